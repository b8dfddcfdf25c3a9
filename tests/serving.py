"""A server of one's own, in a process or several: started on a free port, stopped or killed, started again."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

import httpx2

from lightfield_server.store.postgres import PostgresStore
from lightfield_server.store.protocol import Store
from lightfield_server.store.sqlite import SqliteStore

VERSION = "2026-03-01"

ROOT = Path(__file__).resolve().parents[1]

#: How long a start may take (seconds); a busy machine is slow.
PATIENCE = 30

_ANSWERS = re.compile(r"process (\d+) \((\d+)\) answers")
_ENDED = re.compile(r"process (\d+) \((\d+)\) ended")


class Serving:
    """`lightfield serve` over a folder, or a database on PostgreSQL. `token` is the key that its first start showed."""

    def __init__(self, folder: Path, *, rate_limit: str = "off", workers: int = 1, postgres: str | None = None) -> None:
        self.folder = folder
        self.postgres = postgres
        self.rate_limit = rate_limit
        self.workers = workers
        self.token = ""
        self.address = ""
        #: Of several processes, those that answer: place → process id.
        self.answering: dict[int, int] = {}
        self._news = threading.Condition()
        self._process: subprocess.Popen[str] | None = None

    @property
    def database(self) -> Path | str:
        """The file, or the URL of a database on PostgreSQL."""
        return self.postgres or self.folder / "lightfield.db"

    def store(self) -> Store:
        """The store of another process beside the server."""
        if isinstance(self.database, Path):
            return SqliteStore(self.database)
        return PostgresStore(self.database, 2)

    @property
    def most_memory(self) -> int:
        """Bytes that the process has had in memory at the most."""
        assert self._process is not None
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "VmHWM":
                return int(value.split()[0]) * 1024
        raise AssertionError("the kernel does not say")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Lightfield-Version": VERSION}

    def start(self, **environment: str) -> "Serving":
        own = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTFIELD_")}
        command = [sys.executable, "-m", "lightfield_server", "serve", "--rate-limit", self.rate_limit]
        if self.workers > 1:
            command += ["--workers", str(self.workers), "--log-level", "info"]
        self._process = subprocess.Popen(
            [*command, "--port", "0", "--data", str(self.folder)],
            env={**own, "PYTHONPATH": str(ROOT / "src"), **self._where(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self.workers > 1 else subprocess.DEVNULL,
            text=True,
        )
        if self.workers > 1:
            threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()
        late = threading.Timer(PATIENCE, self._process.kill)
        late.start()
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                name, _, value = line.strip().partition(": ")
                if name == "key":
                    self.token = value
                elif name == "address":
                    self.address = value
                    if self.workers > 1:
                        self.wait_until_answering(self.workers)
                    return self
        finally:
            late.cancel()
        raise AssertionError(f"the server did not start: {self._process.wait()}")

    def _follow(self, process: subprocess.Popen[str]) -> None:
        """Read what several processes log: which of them answer."""
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                with self._news:
                    if found := _ANSWERS.search(line):
                        self.answering[int(found[1])] = int(found[2])
                    elif found := _ENDED.search(line):
                        self.answering.pop(int(found[1]), None)
                    self._news.notify_all()

    def wait_until_answering(self, processes: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.answering) == processes, PATIENCE)

    def _where(self) -> dict[str, str]:
        return {} if self.postgres is None else {"LIGHTFIELD_DATABASE": self.postgres}

    def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.kill()
        self.ended()

    def ended(self) -> int:
        """Wait for it to be gone."""
        assert self._process is not None
        code = self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self.ended()

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, headers=self.headers, timeout=PATIENCE)

    def async_client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.address, headers=self.headers, timeout=PATIENCE)

    def __enter__(self) -> "Serving":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()
