"""Imports of linked rows: how fast, in how much memory, and beside the same database rows inserted by bare SQL.

    python -m benchmarks.imports [--rows 100000] [--kills 100]

Half of the rows are accounts, half are contacts that name their account. Bare SQL inserts every row that the import
left in any table, a transaction for each 1,000 records, by `executemany`. With `--kills` the import is killed so many
times at random moments, taken up again each time, and what came of it is counted.
"""

import argparse
import asyncio
import multiprocessing
import random
import resource
import signal
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from lightfield_server import main
from lightfield_server.background.imports import Carrier, holder_name
from lightfield_server.commands.options import operator
from lightfield_server.configuration import Settings
from lightfield_server.records import workspaces
from lightfield_server.transfer import jobs, proposing, reading

WORKSPACE = 1
PACE = 0.2


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """accounts.csv and contacts.csv, the second naming the first."""
    rng = random.Random(1)
    accounts, contacts = folder / "accounts.csv", folder / "contacts.csv"
    with accounts.open("w") as file:
        file.write("Name,Website,Revenue,Headcount,City,Country\n")
        for n in range(rows // 2):
            file.write(f'Company {n},company{n}.example,"{rng.randrange(10**7):,}",51-200,Berlin,Germany\n')
    with contacts.open("w") as file:
        file.write("First name,Last name,E-mail,Job title,Company\n")
        for n in range(rows - rows // 2):
            company = rng.randrange(max(1, rows // 2))
            file.write(f"Ada,Byron {n},ada{n}@company{company}.example,Engineer,Company {company}\n")
    return accounts, contacts


def prepared(data: Path, path: Path, type: str) -> int:
    """An import of a file that is ready to be carried; its number."""
    server = main.server(Settings(data=data))
    try:
        if not server.store.write_now(0, lambda tx: tx.workspaces()):
            server.store.write_now(
                0, lambda tx: workspaces.found(tx, server.numbers, server.clock(), "default", "Default")
            )
        assert server.files is not None
        files = server.files
        stored, inspection = files.copy(path), reading.inspected(path, "csv")

        def work(tx: Any) -> int:
            context = operator(server, tx)
            entity = context.catalog[type]
            mapping = proposing.proposed(context.catalog, entity, inspection.layout, inspection.samples)
            job = jobs.create(context, files.host, stored, path.name, inspection, mapping)
            jobs.start(context, job)
            return job.number

        return server.store.write_now(WORKSPACE, work)
    finally:
        main.close(server)


def carry(data: str, number: int, seconds: float | None, verb: str | None = None) -> None:
    """Carry an import in this process, and die after some seconds, without a goodbye."""
    if seconds is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)
    server = main.server(Settings(data=Path(data)))
    if verb == "undo":
        server.store.write_now(WORKSPACE, lambda tx: begin_undo(server, tx, number))
    carrier = Carrier(server, WORKSPACE, number, holder_name(), pace=PACE)
    asyncio.run(carrier.carry())
    signal.setitimer(signal.ITIMER_REAL, 0)
    main.close(server)


def begin_undo(server: Any, tx: Any, number: int) -> None:
    job = tx.job(number)
    if job.state != jobs.UNDOING:
        jobs.undo(operator(server, tx), job)


def killed(data: Path, number: int, kills: int, rng: random.Random, longest: float, verb: str | None = None) -> int:
    """Kill what carries an import so many times, and let it come to its end; how often it was killed."""
    forks = multiprocessing.get_context("forkserver")
    # What all of them need is loaded once.
    forks.set_forkserver_preload(["lightfield_server.main", "lightfield_server.commands.options"])
    done = 0
    while True:
        seconds = rng.uniform(0.01, longest) if done < kills else None
        process = forks.Process(target=carry, args=(str(data), number, seconds, verb))
        process.start()
        process.join()
        if process.exitcode == 0:
            return done
        assert process.exitcode == -signal.SIGALRM, process.exitcode
        done += 1


def bare(source: Path, target: Path) -> tuple[float, int]:
    """(seconds, rows) of inserting all rows of one database into another like it, 1,000 records a transaction."""
    there = sqlite3.connect(source)
    schema = [sql for (sql,) in there.execute("select sql from sqlite_master where sql is not null")]
    records = [number for (number,) in there.execute("select number from record order by number")]
    group_of = {number: place // 1_000 for place, number in enumerate(records)}
    tables: dict[str, tuple[str, str]] = {
        "record": ("number", ""),
        "key_text": ("number", ""),
        "key_int": ("number", ""),
        "link": ("source", ""),
        "event": ("record", ""),
    }
    groups: dict[int, list[tuple[str, list[Any]]]] = defaultdict(list)
    count = 0
    for table, (column, _) in tables.items():
        cursor = there.execute(f"select * from {table}")
        names = [each[0] for each in cursor.description]
        at = names.index(column)
        rows: dict[int, list[Any]] = defaultdict(list)
        for row in cursor:
            rows[group_of[row[at]]].append(row)
            count += 1
        insert = f"insert into {table} values ({', '.join('?' * len(names))})"
        for group, some in rows.items():
            groups[group].append((insert, some))
    here = sqlite3.connect(target, isolation_level=None)
    here.execute("pragma journal_mode = wal")
    here.execute("pragma synchronous = full")
    for sql in schema:
        here.execute(sql)
    began = time.perf_counter()
    for group in sorted(groups):
        here.execute("begin immediate")
        for insert, some in groups[group]:
            here.executemany(insert, some)
        here.execute("commit")
    return time.perf_counter() - began, count


def run(rows: int, kills: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        accounts, contacts = generate(folder, rows)
        data = folder / "data"
        took = 0.0
        for path, type in ((accounts, "account"), (contacts, "contact")):
            began = time.perf_counter()
            number = prepared(data, path, type)
            carry(str(data), number, None)
            each = time.perf_counter() - began
            took += each
            size = rows // 2
            print(f"{path.name:>14} {size:>9,} rows {each:8.1f} s {size / each:>9,.0f} rows/s", flush=True)
        seconds, count = bare(data / "lightfield.db", folder / "bare.db")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{'together':>14} {rows:>9,} rows {took:8.1f} s {rows / took:>9,.0f} rows/s")
        print(f"{'bare SQL':>14} {count:>9,} database rows {seconds:.1f} s; import is {seconds / took:.2f} of it")
        print(f"peak memory, the bare copy included: {memory} MB")
        if kills:
            many = folder / "killed"
            first = prepared(many, accounts, "account")
            done = killed(many, first, kills, random.Random(2), 0.3)
            database = sqlite3.connect(many / "lightfield.db")
            counts = dict(database.execute("select verb, count(*) from event where type = 'account' group by verb"))
            print(f"killed {done} times: {counts} of {rows // 2:,} rows; 0 lost and 0 doubled is {rows // 2:,} created")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0)
    given = parser.parse_args()
    run(given.rows, given.kills)
    sys.exit(0)
