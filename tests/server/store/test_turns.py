"""Who writes next, of several processes on one file; here each is a place in the queue of its own."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lightfield_server.store.file_lock import opened, try_lock, unlock
from lightfield_server.store.turns import QUEUE, TURN, Turns

#: Seconds that nothing here takes, unless it never comes.
PATIENCE = 20.0


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def joining(database: Path) -> Iterator[Callable[[], Turns]]:
    joined: list[Turns] = []

    def join() -> Turns:
        joined.append(Turns(database))
        return joined[-1]

    yield join
    for each in joined:
        each.close()


async def until(database: Path, name: str, *, free: bool) -> None:
    """Until nobody has one of the two locks, or somebody."""
    probe = opened(database.with_name(f"{database.name}-{name}"))
    async with asyncio.timeout(PATIENCE):
        found = None
        while found is not free:
            await asyncio.sleep(0)
            found = try_lock(probe)
            if found:
                unlock(probe)
    os.close(probe)


def test_whoever_had_a_turn_is_behind_those_who_wait(database: Path, joining: Callable[[], Turns]) -> None:
    one, other = joining(), joining()
    order = []

    async def turn(name: str, turns: Turns) -> None:
        assert await turns.take(PATIENCE)
        order.append(name)
        turns.give_back()

    async def scene() -> None:
        for _ in range(20):
            assert await one.take(PATIENCE)
            waiting = asyncio.create_task(turn("other", other))
            await until(database, QUEUE, free=False)
            one.give_back()
            await turn("one", one)
            await waiting

    asyncio.run(scene())
    assert order == ["other", "one"] * 20


def test_everybody_who_waits_has_a_turn(joining: Callable[[], Turns]) -> None:
    had = [0] * 4
    alone = []

    async def writer(number: int, turns: Turns) -> None:
        for _ in range(50):
            assert await turns.take(PATIENCE)
            alone.append(number)
            await asyncio.sleep(0)
            assert alone.pop() == number
            had[number] += 1
            turns.give_back()

    async def scene() -> None:
        await asyncio.gather(*(writer(number, joining()) for number in range(len(had))))

    asyncio.run(scene())
    assert had == [50] * 4


def test_a_turn_ends_with_whoever_has_it(joining: Callable[[], Turns], database: Path) -> None:
    gone = Turns(database)
    assert gone.take_now(PATIENCE)
    gone.close()
    assert joining().take_now(PATIENCE)


def test_who_gives_up_waiting_keeps_nobody_else_waiting(database: Path, joining: Callable[[], Turns]) -> None:
    holder, impatient, third = joining(), joining(), joining()

    async def scene() -> None:
        assert await holder.take(PATIENCE)
        assert not await impatient.take(0.01)
        # Asked for once more, it is still the same place in the queue.
        assert not await impatient.take(0.01)
        holder.give_back()
        assert await third.take(PATIENCE)
        third.give_back()
        await until(database, TURN, free=True)
        assert await impatient.take(PATIENCE)

    asyncio.run(scene())
