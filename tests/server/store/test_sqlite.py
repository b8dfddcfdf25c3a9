"""What a store in a file promises of its own: short reads at once, long reads out of the way, one writer at a time."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from lightfield_server.store import group_commit, sqlite
from lightfield_server.store.protocol import Transaction
from lightfield_server.store.sqlite import SHORT_READ, TICK, SqliteStore
from tests.server.conftest import World
from tests.server.store.support import names, together, workspace

pytestmark = pytest.mark.engine("sqlite")


def counting(to: int) -> str:
    """A statement that takes about ten instructions for each number it counts."""
    return f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {to}) select max(i) from n"


#: Counts to more than a short read may.
LONG = counting(TICK * SHORT_READ)


def test_a_write_waits_for_another_process_that_is_writing(world: World) -> None:
    other = sqlite3.connect(world.store.path, isolation_level=None)
    other.execute("begin immediate")

    async def scene() -> None:
        waiting = asyncio.create_task(world.store.write(0, workspace("later")))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        other.execute("commit")
        await waiting

    world.loop.run_until_complete(scene())
    other.close()
    assert "later" in names(world.store)


def test_a_store_is_closed_when_every_write_it_was_asked_for_is_done(world: World, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "other.db")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("begin immediate")

    async def scene() -> None:
        writes = [asyncio.create_task(store.write(0, workspace(f"w{number}"))) for number in range(50)]
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0.05)
        assert not closing.done()
        other.execute("commit")
        await closing
        assert all(write.done() for write in writes)

    world.loop.run_until_complete(scene())
    assert other.execute("select count(*) from workspace").fetchone() == (50,)
    other.close()


def test_a_long_read_is_carried_out_elsewhere_and_short_ones_do_not_wait_for_it(world: World) -> None:
    order = []

    async def read(name: str, sql: str) -> None:
        await world.store.read(0, lambda tx: tx.run(sql).fetchone())
        order.append(name)

    async def scene() -> None:
        await asyncio.gather(read("long", LONG), read("short", "select 1"))

    world.loop.run_until_complete(scene())
    assert order == ["short", "long"]


def test_many_short_reads_never_add_up_to_a_long_one(world: World) -> None:
    async def scene() -> None:
        for _ in range(200):
            await world.store.read(0, lambda tx: tx.run(counting(500)).fetchone())

    world.loop.run_until_complete(scene())
    assert world.store._long == []


def test_the_stamp_moves_with_every_commit_of_whatever_connection(world: World) -> None:
    async def stamp() -> object:
        return world.store.stamp()

    first = world.loop.run_until_complete(stamp())
    assert world.loop.run_until_complete(stamp()) == first
    world.store.write_now(0, workspace("other"))
    assert world.loop.run_until_complete(stamp()) != first


# When the file cannot be had


class Failing:
    """A connection whose statements fail when they are told to."""

    def __init__(self, connection: sqlite3.Connection, *statements: str) -> None:
        self._connection = connection
        self.failing = statements

    def execute(self, sql: str, *parameters: Any) -> Any:
        if sql in self.failing:
            raise sqlite3.OperationalError("disk I/O error")
        return self._connection.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def named(name: str) -> dict[str, Any]:
    return {"fields": {"$name": name}}


def test_a_write_that_another_process_keeps_waiting_too_long_is_refused_for_now(
    world: World, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LONGEST_WAIT", 0.05)
    other = sqlite3.connect(world.store.path, isolation_level=None)
    other.execute("begin immediate")

    answer = api.post("/v1/accounts", named("Acme"))
    other.close()

    assert answer.error == (503, "service_unavailable", None, None)
    api.post("/v1/accounts", named("Acme")).ok()


def test_a_full_disk_refuses_writes_and_keeps_nothing_of_them(world: World, api: Any) -> None:
    (pages,) = world.store._writing.connection.execute("pragma page_count").fetchone()
    world.store._writing.connection.execute(f"pragma max_page_count = {pages + 1}")
    large = {"fields": {"$title": "Minutes", "$content": "x" * 100_000}}

    answer = api.post("/v1/notes", large)

    assert answer.error == (503, "service_unavailable", None, None)
    assert api.get("/v1/notes").ok()["totalCount"] == 0
    world.store._writing.connection.execute("pragma max_page_count = 1000000")
    api.post("/v1/notes", large).ok()


def test_nobody_waits_for_ever_when_neither_commit_nor_rollback_can_be_done(world: World) -> None:
    sound = world.store._writing.connection
    world.store._writing.connection = Failing(sound, "commit", "rollback")  # type: ignore[assignment]

    async def scene() -> list[Any]:
        async with asyncio.timeout(5):
            return await together(world.store, workspace("a")) + await together(world.store, workspace("b"))

    outcomes = world.loop.run_until_complete(scene())
    sound.execute("rollback")

    assert all(isinstance(outcome, sqlite3.OperationalError) for outcome in outcomes)
    assert names(world.store) == ["default"]


def test_reads_go_on_after_one_that_could_not_begin(world: World) -> None:
    failing = Failing(world.store._reader, "pragma data_version")
    world.store._reader = failing  # type: ignore[assignment]

    async def read() -> int:
        return await world.store.read(0, lambda tx: len(tx.workspaces()))

    with pytest.raises(sqlite3.OperationalError):
        world.loop.run_until_complete(read())
    failing.failing = ()
    assert world.loop.run_until_complete(read()) == 1


def test_a_server_whose_file_cannot_be_read_is_not_ready(world: World) -> None:
    for path in (world.store.path, world.store.path.with_name(f"{world.store.path.name}-wal")):
        path.write_bytes(b"no database" * 10_000)
    assert not world.loop.run_until_complete(world.store.ready())


def test_an_sqlite_without_full_text_search_is_said_to_be_one(monkeypatch, tmp_path):
    monkeypatch.setattr(sqlite, "FULL_TEXT", "create virtual table temp.probe using no_such_module (x)")
    with pytest.raises(RuntimeError, match="built without FTS5"):
        SqliteStore(tmp_path / "lightfield.db")
    assert not list(tmp_path.iterdir())


def test_a_read_that_is_known_to_be_long_leaves_the_loop_to_others(store, world):
    def where(tx: Transaction) -> int:
        return threading.get_ident()

    async def both() -> tuple[int, int]:
        return await store.read(world.workspace, where), await store.read(world.workspace, where, long=True)

    short, long = world.loop.run_until_complete(both())
    assert short == threading.get_ident() != long
