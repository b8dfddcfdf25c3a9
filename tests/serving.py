"""A server process of one's own: started on a free port, stopped or killed, started again on the same data."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

import httpx2

VERSION = "2026-03-01"

ROOT = Path(__file__).resolve().parents[1]

#: How long a start may take (seconds); a busy machine is slow.
PATIENCE = 30


class Serving:
    """`lightfield serve` over one folder. `token` is the key that its first start showed."""

    def __init__(self, folder: Path, *, rate_limit: str = "off") -> None:
        self.folder = folder
        self.rate_limit = rate_limit
        self.token = ""
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def database(self) -> Path:
        return self.folder / "lightfield.db"

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
        self._process = subprocess.Popen(
            [*command, "--port", "0", "--data", str(self.folder)],
            env={**own, "PYTHONPATH": str(ROOT / "src"), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
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
                    return self
        finally:
            late.cancel()
        raise AssertionError(f"the server did not start: {self._process.wait()}")

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
