"""Fixtures of the SDK's tests. They stay on this machine, but for installing the vendor's package once."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHED = ROOT / ".cache" / "vendor"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set must not decide what a test sees."""
    for name in ("API_KEY", "BASE_URL", "CUSTOM_HEADERS", "LOG"):
        monkeypatch.delenv(f"LIGHTFIELD_{name}", raising=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def vendor_python() -> str:
    """A Python with the vendor's package. Run it with `-I`: both packages are called `lightfield`."""
    given = os.environ.get("OPENLIGHTFIELD_VENDOR_PYTHON")
    if given:
        return given
    python = CACHED / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not _has_package(python):
        venv.create(CACHED, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--pre", "lightfield"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"the vendor's package could not be installed: {done.stderr.strip()[-300:]}")
    return str(python)


def _has_package(python: Path) -> bool:
    return (
        python.exists()
        and not subprocess.run([python, "-I", "-c", "import lightfield"], capture_output=True, check=False).returncode
    )
