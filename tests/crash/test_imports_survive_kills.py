"""However often what carries an import is killed, no row is lost and none is done twice; the same of its undoing."""

import random
import sqlite3
from collections import Counter
from pathlib import Path

from benchmarks.imports import WORKSPACE, killed, prepared
from lightfield_server import main
from lightfield_server.commands.options import operator
from lightfield_server.configuration import Settings
from lightfield_server.records import service
from lightfield_server.store.protocol import JobRow
from lightfield_server.transfer import jobs, storage
from tests.audit import audited

ROWS, KILLS = 2_500, 20

#: Each process lives for a moment of its own, at most this long (seconds).
LONGEST = 0.3


def file(folder: Path) -> Path:
    """Rows that create, change, leave alone and fail, some naming one another's records."""
    path = folder / "accounts.csv"
    with path.open("w") as out:
        out.write("Name,Revenue,Website\n")
        for n in range(ROWS):
            name = f"Old {n}" if n % 10 == 0 else f"Company {n - n % 7}" if n % 7 == 6 else f"Company {n}"
            revenue = "none" if n % 13 == 12 else n
            out.write(f"{name},{revenue},company{n}.example\n")
    return path


def furnish(data: Path) -> None:
    """Accounts that the file will change."""
    server = main.server(Settings(data=data))
    bodies = [{"fields": {"$name": f"Old {n}", "$revenue": 1}} for n in range(0, ROWS, 10)]

    def work(tx):
        context = operator(server, tx)
        service.create(context, context.catalog["account"], bodies)

    server.store.write_now(WORKSPACE, work)
    main.close(server)


def state(data: Path, number: int) -> JobRow:
    server = main.server(Settings(data=data))
    try:
        return server.store.write_now(WORKSPACE, lambda tx: tx.job(number))
    finally:
        main.close(server)


def live(data: Path) -> list[tuple[int, bytes]]:
    database = sqlite3.connect(data / "lightfield.db")
    try:
        return database.execute("select number, fields from record where state = 0 order by number").fetchall()
    finally:
        database.close()


def test_no_row_is_lost_or_doubled(tmp_path: Path) -> None:
    rng = random.Random(11)
    data = tmp_path / "data"
    path = file(tmp_path)
    prepared(data, path, "account")
    furnish(data)
    before = live(data)

    # The same file into a workspace of its own, undisturbed, is what must come out.
    calm = tmp_path / "calm"
    prepared(calm, path, "account")
    furnish(calm)
    undisturbed = prepared(calm, path, "account")
    killed(calm, undisturbed, 0, rng, LONGEST)
    expected = state(calm, undisturbed)

    kills = 0
    while kills < KILLS:
        number = prepared(data, path, "account")
        kills += killed(data, number, KILLS - kills, rng, LONGEST)
        done = state(data, number)
        assert (done.state, done.done) == (jobs.DONE, ROWS)
        assert jobs.counts(done) == jobs.counts(expected)
        assert Counter(fields for _, fields in live(data)) == Counter(fields for _, fields in live(calm))
        folder = storage.Folder(data / main.IMPORTS)
        rejected = list(storage.listed(folder.rejected(done.body["file"]["key"]), done.report))
        assert len({each["row"] for each in rejected}) == len(rejected) == done.rejected

        kills += killed(data, number, KILLS - kills, rng, LONGEST, "undo")
        assert state(data, number).state == jobs.UNDONE
        assert live(data) == before
    assert audited(data / "lightfield.db") == []
