"""What tests of the command line share: a server, and a way to type."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lightfield.cli.console import Console
from lightfield.cli.main import run
from tests.serving import PATIENCE, ROOT, Serving

PROGRAM = "from lightfield.cli.main import main; main()"


class Done(NamedTuple):
    """What came of a command line."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@dataclass
class Cli:
    """`lightfield …` with an environment and a home of its own."""

    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, stdin: str = "", terminal: bool = False, **environment: str) -> Done:
        """In this process. `terminal`: all three streams are one."""
        kind = Terminal if terminal else io.StringIO
        console = Console(kind(stdin), kind(), kind(), {**self.environment, **environment})
        code = run(words, console)
        return Done(code, console.stdout.getvalue(), console.stderr.getvalue())  # type: ignore[attr-defined]

    def out(self, *words: str, **more: Any) -> str:
        """What a command prints that succeeds."""
        done = self(*words, **more)
        assert done.code == 0, done
        return done.out.removesuffix("\n")

    def refused(self, *words: str, **more: Any) -> str:
        """What a command says that is refused before anything is sent."""
        done = self(*words, **more)
        assert (done.code, done.out) == (1, ""), done
        return done.err.removesuffix("\n")

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """As a process of its own."""
        return subprocess.Popen([sys.executable, "-c", PROGRAM, *words], env=self.outside, text=True, **options)

    def shell(self, script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
        """A script for bash in which `lightfield` is our command."""
        command = folder / "lightfield"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{PROGRAM}" "$@"\n')
        command.chmod(0o755)
        return subprocess.run(
            ["bash", "--norc", "-c", script],
            env={**self.outside, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    @property
    def outside(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIGHTFIELD_", "XDG_"))}
        return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", **self.environment}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("served")) as serving:
        yield serving


@pytest.fixture
def cli(served: Serving, tmp_path: Path) -> Cli:
    """A command line that has a key and an address in its environment."""
    return Cli({"HOME": str(tmp_path), "LIGHTFIELD_API_KEY": served.token, "LIGHTFIELD_BASE_URL": served.address})


@pytest.fixture
def bare(tmp_path: Path) -> Cli:
    """A command line that knows no server."""
    return Cli({"HOME": str(tmp_path)})


@pytest.fixture
def account(cli: Cli) -> str:
    """The id of a new account."""
    return cli.out("account", "create", "--fields", "{$name: Acme}", "--transform", "id", "-r")
