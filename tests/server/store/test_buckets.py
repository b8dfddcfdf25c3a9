"""Buckets that several processes draw from: in a file, and in a real PostgreSQL."""

import asyncio
import os
import pwd
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lightfield_server.identity.limits import READ, WRITE
from lightfield_server.kit import clock
from lightfield_server.store import migrate
from lightfield_server.store.buckets import Grant, SharedBuckets
from lightfield_server.store.buckets.file import PLACES, ROWS, FileBuckets
from lightfield_server.store.buckets.postgres import PostgresBuckets

Open = Callable[[], SharedBuckets]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The connection string of a server of our own, which nobody else can reach."""
    found = [shutil.which("postgres"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)]
    binaries = next((Path(each).parent for each in found if each is not None), None)
    if binaries is None:
        pytest.skip("there is no PostgreSQL on this machine")
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = tempfile.mkdtemp(prefix="lf-pg-")
    shutil.chown(folder, user)
    data = f"{folder}/data"

    def run(*words: str) -> None:
        subprocess.run([str(binaries / words[0]), *words[1:]], user=user, cwd=folder, check=True, capture_output=True)

    try:
        run("initdb", "-D", data, "-U", user, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield f"host={folder} user={user} dbname=postgres"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres: str) -> str:
    """The server with nothing in it but what several processes share."""
    (sql,) = [m.sql for m in migrate.migrations("postgres") if m.name.endswith("processes")]
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        for statement in migrate.statements(sql):
            connection.execute(statement.encode())
    return postgres


@pytest.fixture(params=["file", "postgres"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same buckets once more, as another process would."""
    opened: list[SharedBuckets] = []
    if request.param == "postgres":
        conninfo = request.getfixturevalue("database")

    def open() -> SharedBuckets:
        if request.param == "file":
            opened.append(FileBuckets(tmp_path / "limits", clock.now))
        else:
            opened.append(PostgresBuckets(conninfo))
        return opened[-1]

    yield open
    for each in opened:
        each.close()


def draws(*asked: tuple[SharedBuckets, int, str, int, int]) -> list[Grant]:
    """Several draws, begun together."""

    async def all_of_them() -> list[Grant | None]:
        return await asyncio.gather(*(buckets.take(*rest) for buckets, *rest in asked))

    return given(asyncio.run(all_of_them()))


def drawn(buckets: FileBuckets, workspace: int, rate: int, wanted: int) -> Grant:
    """A draw from a file, for which nobody waits."""
    with pytest.raises(StopIteration) as answered:
        buckets.take(workspace, READ, rate, wanted).send(None)
    return given([answered.value.value])[0]


def given(grants: list[Grant | None]) -> list[Grant]:
    assert None not in grants
    return [grant for grant in grants if grant is not None]


def test_who_draws_from_one_bucket_shares_what_is_in_it(opening: Open) -> None:
    several = [opening() for _ in range(3)]
    began = time.monotonic()

    grants = [draws(*((buckets, 1, READ, 100, 2) for buckets in several)) for _ in range(40)]

    took = time.monotonic() - began
    taken = sum(grant.taken for row in grants for grant in row)
    assert min(100, 3 * 2 * 40) <= taken <= 100 + 100 * took + 1
    # What is not there is not given.
    assert all(grant.left >= 0 and grant.taken in (0, 1, 2) for row in grants for grant in row)


def test_more_than_there_is_gets_what_there_is(opening: Open) -> None:
    (grant,) = draws((opening(), 1, READ, 5, 20))
    assert (grant.taken, grant.left) == (5, 0)


def test_workspaces_and_categories_have_buckets_of_their_own(opening: Open) -> None:
    buckets = opening()
    grants = draws((buckets, 1, READ, 5, 5), (buckets, 1, WRITE, 5, 5), (buckets, 2, READ, 5, 5))
    assert [grant.taken for grant in grants] == [5, 5, 5]


def test_a_rate_that_was_lowered_holds_at_once(opening: Open) -> None:
    draws((opening(), 1, READ, 1000, 1))
    (grant,) = draws((opening(), 1, READ, 10, 100))
    assert grant.taken == 10


# In a file


class Standing:
    at = 1_780_272_000_000

    def __call__(self) -> int:
        return self.at


def test_a_bucket_in_a_file_fills_at_its_rate_up_to_its_capacity(tmp_path: Path) -> None:
    now = Standing()
    one, other = FileBuckets(tmp_path / "limits", now), FileBuckets(tmp_path / "limits", now)
    assert drawn(one, 1, 100, 100) == Grant(100, 0)
    now.at += 250
    assert drawn(other, 1, 100, 100) == Grant(25, 0)
    now.at -= 3_600_000
    assert drawn(one, 1, 100, 100) == Grant(0, 0)
    now.at += 60_000
    assert drawn(other, 1, 100, 10) == Grant(10, 90)
    one.close()
    other.close()


def test_a_file_of_buckets_does_not_grow_and_forgets_full_ones_only(tmp_path: Path) -> None:
    now = Standing()
    buckets = FileBuckets(tmp_path / "limits", now)
    size = (tmp_path / "limits").stat().st_size
    for workspace in range(1, ROWS * PLACES * 2):
        now.at += 1
        assert drawn(buckets, workspace, 10, 10) == Grant(10, 0)
        if workspace % 100 == 0:
            # This one was emptied nine milliseconds ago.
            assert drawn(buckets, workspace - 9, 10, 10) == Grant(0, pytest.approx(0.09, abs=0.001))
    assert (tmp_path / "limits").stat().st_size == size
    buckets.close()


def test_a_file_full_of_anything_is_read_as_full_buckets_at_most(tmp_path: Path) -> None:
    for filling in (b"\xff", b"\x7f", struct.pack("<d", -1e300), struct.pack("<d", 1e300)):
        (tmp_path / "limits").write_bytes((filling * ROWS * PLACES * 32)[: ROWS * PLACES * 32])
        buckets = FileBuckets(tmp_path / "limits", clock.now)
        assert drawn(buckets, 1, 10, 100).taken == 10
        assert drawn(buckets, 1, 10, 100).taken <= 10
        buckets.close()


# In PostgreSQL


CUT_OFF = """
    select pg_terminate_backend(pid) from pg_stat_activity where datname is not null and pid <> pg_backend_pid()
"""


def test_buckets_out_of_reach_are_none_and_are_found_again(database: str) -> None:
    buckets = PostgresBuckets(database)
    draws((buckets, 1, READ, 10, 1))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CUT_OFF)

    assert asyncio.run(buckets.take(1, READ, 10, 1)) is None
    assert asyncio.run(buckets.take(1, READ, 10, 1)) is not None
    buckets.close()
