"""What tests of the commands share: a database with a workspace, and a command line over it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lightfield_server import main
from lightfield_server.commands import group
from lightfield_server.configuration import Settings
from lightfield_server.records.workspaces import found


@dataclass
class Line:
    """`lightfield …` over one data folder."""

    folder: Path

    def __call__(self, *words: str) -> Result:
        result = CliRunner().invoke(group, [*words, "--data", str(self.folder)], prog_name="lightfield")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def out(self, *words: str) -> str:
        """What a command prints that succeeds."""
        result = self(*words)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout.removesuffix("\n")

    def refused(self, *words: str, code: int = 1) -> str:
        """What a command says on standard error that fails; nothing goes to standard output."""
        result = self(*words)
        assert (result.exit_code, result.stdout) == (code, ""), result.output
        assert "Traceback" not in result.stderr
        return result.stderr.strip()


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in os.environ:
        if name.startswith("LIGHTFIELD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def within(tmp_path: Path) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something with the server's parts over the folder."""

    def work(do: Callable[[Any], Any]) -> Any:
        made = main.server(Settings(data=tmp_path / "data"))
        try:
            return do(made)
        finally:
            main.close(made)

    return work


@pytest.fixture
def line(tmp_path: Path, within: Any) -> Line:
    within(lambda made: made.store.write_now(0, lambda tx: found(tx, made.numbers, made.clock(), "default", "Default")))
    return Line(tmp_path / "data")
