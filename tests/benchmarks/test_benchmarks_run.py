"""The benchmarks still run: a small workspace, one short round of each scenario."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import generate, run
from benchmarks.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]


def test_every_scenario_is_measured_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "DATA", tmp_path)
    monkeypatch.setattr(run, "DATA", tmp_path)
    table = run.report("about", *run.measure([100], rounds=1, seconds=0.2))
    for name in SCENARIOS:
        assert f"| {name} | 100 |" in table
        assert f"| {name}, share of bare, 100 |" in table


def test_a_profile_names_the_functions_that_take_the_time() -> None:
    command = [sys.executable, "-m", "benchmarks.profile", "retrieve", "--size", "100", "--seconds", "0.2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "wire.py" in done.stdout
