"""Measure, print the table, and put it into README.md.

    python -m benchmarks.run [SIZE ...] [--rounds N] [--seconds S] [--no-readme]

The servers run on one core, the load comes from another. Server and bare server take turns within every round, so
that whatever else the machine does meets all of them alike; figures are medians over the rounds. The CPU time that a
request takes is measured too: it says the same on a machine that has other things to do.
"""

import argparse
import contextlib
import itertools
import os
import platform
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import load, scenarios
from benchmarks.generate import DATA, STAGES, Dataset, dataset
from benchmarks.scenarios import CREATE, LIST, RETRIEVE, SCENARIOS, UPDATE
from benchmarks.singles import TIMES, Single, singles

ROOT = Path(__file__).parent.parent
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- begin: written by benchmarks/run.py -->", "<!-- end -->"

#: The `lightfield` command, also where it is not installed.
SERVE = [sys.executable, "-c", "from lightfield_server.commands import main; main()", "serve"]

SERVER_CORE, LOAD_CORE = 0, 1

#: Asked once, before this process binds itself to a core that its children would inherit.
_SEVERAL_CORES = hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1
STARTS, DEEP, DEEP_OFFSET = 3, 60, 50_000

#: The floors of the budget: share of bare, and share of the smallest size's rate that the largest keeps.
OF_BARE = {RETRIEVE: 0.40, LIST: 0.12, CREATE: 0.06, UPDATE: 0.06}
OF_SMALL = {RETRIEVE: 0.85, LIST: 0.80, CREATE: 0.80, UPDATE: 0.80}
START, DEEP_PAGE, IDLE, GROWTH = 1.5, 5.0, 120.0, 40.0


@dataclass
class Measured:
    """The rounds of one scenario against one server."""

    rates: list[float] = field(default_factory=list)
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    busy: list[float] = field(default_factory=list)
    #: Microseconds of CPU that the server spent on a request.
    cpu: list[float] = field(default_factory=list)

    def add(self, found: load.Round, cpu: float = 0.0) -> None:
        self.rates.append(found.rate)
        self.cpu.append(cpu / found.count * 1e6)
        self.latencies.extend(found.latencies)
        self.busy.append(found.busy)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def each(self) -> float:
        return statistics.median(self.cpu)

    def quantile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[int(share * (len(ordered) - 1))] * 1000


@dataclass
class Subject:
    """A server on a copy of a generated workspace, and what was measured of it."""

    data: Dataset
    database: Path
    requests: dict[str, scenarios.Make]
    starts: list[float] = field(default_factory=list)
    idle: float = 0.0
    loaded: float = 0.0
    rounds: dict[str, Measured] = field(default_factory=lambda: {name: Measured() for name in SCENARIOS})
    deep: dict[str, Measured] = field(default_factory=dict)
    singles: dict[str, tuple[Single, Measured]] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        database = f"sqlite:///{self.database}"
        return [*SERVE, "--database", database, "--rate-limit", "off", "--log-level", "warning", "--port"]


@dataclass(frozen=True)
class Row:
    """One line of the verdicts: what, how much, and the floor or ceiling it is held against."""

    what: str
    value: float
    bound: float
    ceiling: bool = False
    unit: str = ""

    @property
    def kept(self) -> bool:
        return self.value <= self.bound if self.ceiling else self.value >= self.bound

    def line(self) -> str:
        sign = "≤" if self.ceiling else "≥"
        verdict = "kept" if self.kept else "**missed**"
        return f"| {self.what} | {_number(self.value)}{self.unit} | {sign} {self.bound:g}{self.unit} | {verdict} |"


# Measuring


def measure(sizes: Sequence[int], rounds: int, seconds: float) -> tuple[list[Subject], dict[str, Measured]]:
    """Every scenario against a server of each size and against the bare server."""
    bare = {name: Measured() for name in SCENARIOS}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_data_folder())))
        subjects = [_subject(dataset(size), folder) for size in sizes]
        servers = [stack.enter_context(_started(subject)) for subject in subjects]
        beside = stack.enter_context(_bare(subjects[0], servers[0].port))
        for name in SCENARIOS:
            for number in range(rounds + 1):
                # The first round warms up and is forgotten.
                for subject, server in zip(subjects, servers, strict=True):
                    for running, measured in ((beside, bare[name]), (server, subject.rounds[name])):
                        used = running.cpu()
                        length = seconds if number else seconds / 4
                        found = load.drive(running.port, subject.requests[name], seconds=length)
                        if number:
                            measured.add(found, running.cpu() - used)
            print(f"  {name} measured", file=sys.stderr)
            if name == LIST:
                for subject, server in zip(subjects, servers, strict=True):
                    _measure_deep(subject, server.port)
                    _measure_singles(subject, server.port)
        for subject, server in zip(subjects, servers, strict=True):
            subject.loaded = server.memory()
    return subjects, bare


def _measure_deep(subject: Subject, port: int) -> None:
    """One page after another over one connection, far down the list."""
    for what, stage in (("", None), (", filtered", STAGES[2])):
        if subject.data.size < (DEEP_OFFSET if stage is None else DEEP_OFFSET * len(STAGES)) * 1.1:
            continue
        make = itertools.repeat(scenarios.page(subject.data, stage, DEEP_OFFSET)).__next__
        load.drive(port, make, connections=1, most=5)
        measured = subject.deep[what] = Measured()
        measured.add(load.drive(port, make, connections=1, most=DEEP, seconds=10))


def _measure_singles(subject: Subject, port: int) -> None:
    """One request after another over one connection; what the first of its kind has to find out is left out."""
    for single in singles(subject.data, port):
        load.drive(port, single.make, connections=1, most=1)
        measured = Measured()
        measured.add(load.drive(port, single.make, connections=1, most=TIMES, seconds=20))
        subject.singles[single.name] = single, measured


# Servers


@dataclass(frozen=True)
class Running:
    process: "subprocess.Popen[bytes]"
    port: int

    def cpu(self) -> float:
        """Seconds of CPU that the process has used."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return float("nan")
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that the process has in memory."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return float("nan")
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def _subject(data: Dataset, folder: Path) -> Subject:
    """The generated workspace stays as it is: writes go to a copy."""
    database = folder / f"{data.size}.db"
    shutil.copyfile(data.database, database)
    return Subject(data, database, scenarios.requests(data, scenarios.ids_of(data)))


@contextlib.contextmanager
def _started(subject: Subject) -> Iterator[Running]:
    for _ in range(STARTS - 1):
        with _timed(subject):
            pass
    with _timed(subject) as running:
        yield running


@contextlib.contextmanager
def _timed(subject: Subject) -> Iterator[Running]:
    """A server started and asked until it answers: how long that took, and what it then has in memory."""
    began = time.perf_counter()
    with _process(subject.command) as running:
        _until_answered(running, subject.requests[RETRIEVE]())
        subject.starts.append(time.perf_counter() - began)
        time.sleep(0.2)
        subject.idle = running.memory()
        yield running


@contextlib.contextmanager
def _bare(subject: Subject, port: int) -> Iterator[Running]:
    """The bare server, with constants as long as this server's replies."""
    sizes = [str(_usual_size(port, subject.requests[name])) for name in SCENARIOS]
    with _process([sys.executable, "-m", "benchmarks.bare"], *sizes) as running:
        _until_answered(running, subject.requests[RETRIEVE]())
        print(f"  bytes of a reply: {dict(zip(SCENARIOS, sizes, strict=True))}", file=sys.stderr)
        yield running


def _usual_size(port: int, make: scenarios.Make) -> int:
    return statistics.median_low([len(load.ask(port, make())) for _ in range(9)])


@contextlib.contextmanager
def _process(command: Sequence[str], *more: str) -> Iterator[Running]:
    port = _free_port()
    process = subprocess.Popen(
        [*command, str(port), *more],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: _pin(SERVER_CORE),  # noqa: PLW1509
    )
    try:
        yield Running(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _until_answered(running: Running, request: bytes) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            load.ask(running.port, request)
            return
        except ConnectionError:
            if time.monotonic() > until or running.process.poll() is not None:
                raise
            time.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _pin(core: int) -> None:
    if _SEVERAL_CORES:
        os.sched_setaffinity(0, {core})


def _data_folder() -> Path:
    DATA.mkdir(exist_ok=True)
    return DATA


# Telling


def report(about: str, subjects: Sequence[Subject], bare: dict[str, Measured]) -> str:
    return "\n\n".join(
        [about, _rates(subjects, bare), _processes(subjects), _one_at_a_time(subjects), _verdicts(subjects, bare)]
    )


def _about() -> str:
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    when = datetime.now(UTC).date().isoformat()
    return f"{when}, commit {_commit()}. {_machine()}; {python}. {load.CONNECTIONS} connections."


def _rates(subjects: Sequence[Subject], bare: dict[str, Measured]) -> str:
    lines = [
        "| | Opportunities | Requests/s | Bare | Of bare | Of smallest | p50 | p99 | CPU | Bare | Of bare, by CPU |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in SCENARIOS:
        beside = bare[name]
        for subject in subjects:
            it = subject.rounds[name]
            lines.append(
                f"| {name} | {subject.data.size:,} | {it.rate:,.0f} | {beside.rate:,.0f} "
                f"| {it.rate / beside.rate:.2f} | {it.rate / subjects[0].rounds[name].rate:.2f} "
                f"| {it.quantile(0.5):.1f} ms | {it.quantile(0.99):.1f} ms "
                f"| {it.each:.0f} µs | {beside.each:.0f} µs | {beside.each / it.each:.2f} |"
            )
    busiest = max(statistics.median(measured.busy) for measured in bare.values())
    return "\n".join(lines) + f"\n\nThe load generator was busy for {busiest:.0%} of the time at most."


def _processes(subjects: Sequence[Subject]) -> str:
    lines = [
        "| Opportunities | Database | Start to first answer | Memory, idle | After load | Page at offset 50,000 "
        "| The same, filtered |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for subject in subjects:
        deep = [
            f"{subject.deep[what].quantile(0.5):.1f} ms" if what in subject.deep else "–" for what in ("", ", filtered")
        ]
        size = subject.data.database.stat().st_size / 1e6
        lines.append(
            f"| {subject.data.size:,} | {size:,.0f} MB | {statistics.median(subject.starts):.2f} s "
            f"| {subject.idle:.0f} MB | {subject.loaded:.0f} MB | {' | '.join(deep)} |"
        )
    return "\n".join(lines)


def _one_at_a_time(subjects: Sequence[Subject]) -> str:
    lines = [
        f"| One at a time, {TIMES} times | {' | '.join(f'{it.data.size:,}' for it in subjects)} |",
        f"| --- |{' ---: |' * len(subjects)}",
    ]
    for name in subjects[0].singles:
        found = [f"{it.singles[name][1].quantile(0.5):.1f} ms" for it in subjects]
        lines.append(f"| {name} | {' | '.join(found)} |")
    return "\n".join(lines)


def _verdicts(subjects: Sequence[Subject], bare: dict[str, Measured]) -> str:
    small, large = subjects[0], subjects[-1]
    rows = [
        Row(f"{name}, share of bare, {it.data.size:,}", it.rounds[name].rate / bare[name].rate, OF_BARE[name])
        for name in SCENARIOS
        for it in subjects
    ]
    if small is not large:
        rows += [
            Row(
                f"{name}, {large.data.size:,} against {small.data.size:,}",
                large.rounds[name].rate / small.rounds[name].rate,
                OF_SMALL[name],
            )
            for name in SCENARIOS
        ]
        rows.append(Row("memory, idle, more than the smallest", large.idle - small.idle, GROWTH, True, " MB"))
    rows += [
        Row(f"page at offset {DEEP_OFFSET:,}{what}, {it.data.size:,}", found.quantile(0.5), DEEP_PAGE, True, " ms")
        for it in subjects
        for what, found in it.deep.items()
    ]
    rows += [
        Row(f"{name}, {it.data.size:,}", found.quantile(0.5), single.ceiling, True, " ms")
        for it in subjects
        for name, (single, found) in it.singles.items()
        if single.ceiling is not None
    ]
    for it in subjects:
        first, deep = (found.quantile(0.5) for _, found in list(it.singles.values())[:2])
        rows.append(Row(f"page by cursor half way down, of the first page's rate, {it.data.size:,}", first / deep, 0.8))
    for it in subjects:
        start = statistics.median(it.starts)
        rows.append(Row(f"start to first answer, {it.data.size:,}", start, START, True, " s"))
        rows.append(Row(f"memory, idle, {it.data.size:,}", it.idle, IDLE, True, " MB"))
    return "\n".join(
        ["| Budget | Measured | Floor or ceiling | |", "| --- | ---: | ---: | --- |", *(r.line() for r in rows)]
    )


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    asked = subprocess.run([git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(
        [git, "status", "--porcelain", "src/lightfield_server"], cwd=ROOT, capture_output=True, check=False
    )
    return (asked.stdout.strip() or "unknown") + (" with changes" if changed.stdout else "")


def _machine() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{os.cpu_count()} cores, {model}, {platform.system()}"


def write(readme: Path, table: str) -> None:
    """Put the table between the markers; what is written by hand stays."""
    text = readme.read_text()
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    readme.write_text(f"{before}{BEGIN}\n\n{table}\n\n{after}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Measure the server.")
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000], help="opportunities, smallest first")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--no-readme", action="store_true", help="print the table only")
    asked = parser.parse_args(arguments)
    _pin(LOAD_CORE)
    about = _about()
    table = report(about, *measure(sorted(asked.sizes), asked.rounds, asked.seconds))
    print(table)
    if not asked.no_readme:
        write(README, table)


if __name__ == "__main__":
    main()
