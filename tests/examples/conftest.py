"""Programs run against a server as its owner starts it: a process of its own, an empty folder, any free port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lightfield import Lightfield

ROOT = Path(__file__).resolve().parents[2]

#: Seconds after which a program counts as stuck.
PATIENCE = 240


@dataclass(frozen=True)
class Served:
    """A running server: where it is, a full-access key, and the file in which it keeps everything."""

    address: str
    key: str
    database: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """An example program, as a reader would start it."""
        return run(program, *arguments, LIGHTFIELD_BASE_URL=self.address, LIGHTFIELD_API_KEY=self.key)

    def client(self) -> Lightfield:
        return Lightfield(base_url=self.address, api_key=self.key)


def run(program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / program), *arguments]
    return subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def environment(**variables: str) -> dict[str, str]:
    """This one without what is meant for other servers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTFIELD_")}
    paths = [str(ROOT / "src"), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), **variables}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "lightfield_server", "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(2))
            yield Served(said["address"], said["key"], data / "lightfield.db")
        finally:
            process.terminate()
            process.wait(30)
