"""Where the time of one scenario goes, in one process and without the web server.

    python -m benchmarks.profile SCENARIO [--size N] [--seconds S] [--lines]

The stack is sampled at every millisecond of CPU time: *own* is the share of samples in a function itself, what it
calls in C included; *all* is the share in it and everything below.
"""

import argparse
import asyncio
import itertools
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import uvloop

from benchmarks import scenarios
from benchmarks.generate import DATA, STAGES, dataset
from benchmarks.load import CONNECTIONS, Make
from benchmarks.scenarios import SCENARIOS
from lightfield_server import main as composition
from lightfield_server.configuration import Settings
from lightfield_server.http.app import App

INTERVAL, MOST = 0.001, 25

#: A list far down, besides the scenarios of the table.
DEEP = "deep"


class Sampler:
    """Counts where the program is, by function or by line."""

    def __init__(self, *, lines: bool) -> None:
        self.own: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.samples = 0
        self._lines = lines

    def __enter__(self) -> "Sampler":
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        self.samples += 1
        if frame is not None:
            self.own[self._name(frame)] += 1
        seen = set()
        while frame is not None:
            seen.add(self._name(frame))
            frame = frame.f_back
        self.all.update(seen)

    def _name(self, frame: FrameType) -> str:
        code = frame.f_code
        file = "/".join(Path(code.co_filename).parts[-2:])
        line = frame.f_lineno if self._lines else code.co_firstlineno
        return f"{file}:{line} {code.co_qualname}"

    def table(self, counted: Counter[str], most: int) -> Iterable[str]:
        for name, count in counted.most_common(most):
            yield f"  {count / self.samples:6.1%}  {name}"


async def repeat(app: App, make: Make, seconds: float) -> int:
    """Ask over and over, as many at a time as the load generator does; how many were answered."""
    until = time.perf_counter() + seconds
    answered = itertools.count()

    async def one_after_another() -> None:
        while time.perf_counter() < until:
            await ask(app, make())
            next(answered)

    await asyncio.gather(*(one_after_another() for _ in range(CONNECTIONS)))
    return next(answered)


async def ask(app: App, request: bytes) -> None:
    """A request as the web server would hand it over."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    method, target, _ = line.split(b" ")
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "method": method.decode(),
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": [tuple(header.split(b": ", 1)) for header in lines],
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"{line.decode()} was answered with {message['status']}")

    await app(scope, receive, send)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description="Profile one scenario.")
    parser.add_argument("scenario", choices=[*SCENARIOS, DEEP])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--lines", action="store_true", help="by line rather than by function")
    asked = parser.parse_args(arguments)
    data = dataset(asked.size)
    makers = scenarios.requests(data, scenarios.ids_of(data))
    makers[DEEP] = lambda: scenarios.page(data, STAGES[2], min(50_000, asked.size // 10))
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        database = shutil.copyfile(data.database, Path(folder) / "profiled.db")
        settings = Settings(database=f"sqlite:///{database}", rate_limit=None)
        app, make = composition.application(composition.server(settings)), makers[asked.scenario]
        sampler = Sampler(lines=asked.lines)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(repeat(app, make, 0.5))
            began = time.process_time()
            count = runner.run(repeat(app, make, asked.seconds))
            each = (time.process_time() - began) / count
            with sampler:
                runner.run(repeat(app, make, asked.seconds))
    print(f"{asked.scenario}, {asked.size:,} opportunities: {each * 1e6:.0f} µs of CPU a request without sampling\n")
    print("Own")
    print("\n".join(sampler.table(sampler.own, MOST)))
    print("\nAll")
    print("\n".join(sampler.table(sampler.all, MOST)))


if __name__ == "__main__":
    main()
