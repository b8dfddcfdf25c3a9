"""A large file up and down through a real server, and what that costs it in memory.

`python -m benchmarks.files` sends 512 MiB to a folder; `--files s3://bucket/prefix`, with the credentials in the
environment, to a bucket.
"""

import argparse
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks.run import SERVE
from lightfield import Lightfield

MIB = 1 << 20


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=512, help="MiB")
    options.add_argument("--files", help="where the bytes are kept; a folder of its own by default")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.bin"
        with large.open("wb") as file:
            for _ in range(given.size):
                file.write(os.urandom(MIB))
        command = [*SERVE, "--data", f"{folder}/data", "--port", str(free_port())]
        if given.files:
            command += ["--files", given.files]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            measured(server, large)
        finally:
            server.terminate()
            server.wait()


def measured(server: "subprocess.Popen[str]", large: Path) -> None:
    assert server.stdout is not None
    told = {}
    while "address" not in told:
        name, _, value = server.stdout.readline().strip().partition(": ")
        told[name] = value
    with Lightfield(api_key=told["key"], base_url=told["address"]) as client:
        client.file.upload(b"warm")
        before = memory(server.pid)
        size = large.stat().st_size / MIB
        begun = time.perf_counter()
        uploaded = client.file.upload(large)
        up = time.perf_counter() - begun
        begun = time.perf_counter()
        with httpx2.stream("GET", client.file.url(uploaded.id).url, timeout=60) as answer:
            down_size = sum(len(piece) for piece in answer.iter_raw())
        down = time.perf_counter() - begun
        assert down_size == large.stat().st_size
    after = memory(server.pid)
    print(f"up    {size:.0f} MiB in {up:.1f} s, {size / up:.0f} MiB/s")
    print(f"down  {size:.0f} MiB in {down:.1f} s, {size / down:.0f} MiB/s")
    print(f"memory of the server, at the most: {before:.0f} MiB before, {after:.0f} MiB after")


def memory(process: int) -> float:
    """MiB that a process has had in memory at the most."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not say")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    main()
