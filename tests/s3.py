"""An S3 server of one's own, and what a client's environment says of it."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from types import TracebackType

#: How long a start may take (seconds); a busy machine is slow.
PATIENCE = 60


class S3:
    """Moto's server on a free port, with one bucket. `environment` leads any S3 client to it."""

    BUCKET = "crm-files"

    def __init__(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def location(self, prefix: str) -> str:
        """A place of its own for whoever asks."""
        return f"s3://{self.BUCKET}/{prefix}"

    def __enter__(self) -> "S3":
        port = self.address.rpartition(":")[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stderr is not None
        # It says so when it listens.
        for line in self._process.stderr:
            if b"Running on" in line:
                break
        else:
            raise AssertionError("the S3 server did not start")
        # It goes on to say what it was asked; nobody may keep it waiting.
        self._hearing = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._hearing.start()
        made = urllib.request.Request(f"{self.address}/{self.BUCKET}", method="PUT")
        urllib.request.urlopen(made, timeout=PATIENCE).close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._hearing.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
