"""Chores are done once in a round, over all processes; jobs as soon as there are any."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from lightfield_server.background.wake import Wake
from lightfield_server.background.worker import Chore, Job, Worker
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import Transaction
from tests.server.conftest import Time, World

#: Seconds that nothing here takes, unless it never comes.
PATIENCE = 20.0


@asynccontextmanager
async def working(worker: Worker, server: Server) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run(server))
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Rounds:
    """A chore that knows who did it."""

    def __init__(self) -> None:
        self.done: list[Server] = []
        self.chore = Chore("chore", 0.01, self._work)

    async def _work(self, server: Server) -> None:
        self.done.append(server)

    async def come(self, rounds: int) -> set[int]:
        """Who did the next so many."""
        self.done.clear()
        while len(self.done) < rounds:
            await asyncio.sleep(0)
        return {id(server) for server in self.done}


def test_a_chore_is_done_by_one_process_and_by_another_when_that_one_is_gone(
    world: World, other: Server, time: Time
) -> None:
    rounds = Rounds()

    async def scene() -> None:
        async with working(Worker(Wake(), chores=[rounds.chore]), other):
            async with working(Worker(Wake(), chores=[rounds.chore]), world.server):
                first = await rounds.come(5)
                assert len(first) == 1
            if first == {id(world.server)}:
                time.advance(15)
            assert await rounds.come(5) == {id(other)}

    world.loop.run_until_complete(scene())


def test_a_chore_that_fails_is_tried_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    tried = []

    async def failing(server: Server) -> None:
        tried.append(1)
        raise ZeroDivisionError

    async def scene() -> None:
        async with working(Worker(Wake(), chores=[Chore("chore", 0.001, failing)]), world.server):
            while len(tried) < 3:
                await asyncio.sleep(0)

    world.loop.run_until_complete(scene())
    assert "'chore' failed" in caplog.text


def queue(tx: Transaction) -> None:
    """Something to do: a workspace that nobody has looked after."""
    tx.add_workspace(f"w{len(tx.workspaces())}", "Queued", 0)


def queued(tx: Transaction) -> int:
    return len(tx.workspaces()) - 1


class Queue:
    """A job for as many pieces as were queued."""

    def __init__(self) -> None:
        self.done = 0

    async def work(self, server: Server) -> bool:
        waiting = await server.store.read(0, queued) - self.done
        if waiting:
            self.done += 1
        return waiting > 1

    async def emptied(self, pieces: int) -> None:
        while self.done < pieces:
            await asyncio.sleep(0)


def test_a_job_queued_here_is_begun_without_looking_again(world: World) -> None:
    # Nothing else would wake it within the test.
    wake, jobs = Wake(every=3600), Queue()

    async def scene() -> None:
        async with working(Worker(wake, chores=(), jobs=[jobs.work]), world.server):
            for pieces in range(1, 20):
                await world.store.write(0, queue)
                wake.nudge()
                await jobs.emptied(pieces)

    world.loop.run_until_complete(scene())


def test_a_job_queued_through_another_process_is_found(world: World, other: Server) -> None:
    jobs = Queue()

    async def scene() -> None:
        async with working(Worker(Wake(every=0.001), chores=(), jobs=[jobs.work]), world.server):
            for pieces in range(1, 10):
                await other.store.write(0, queue)
                await jobs.emptied(pieces)
            # Several at once are done one after another, without another word.
            for _ in range(5):
                await other.store.write(0, queue)
            await jobs.emptied(14)

    world.loop.run_until_complete(scene())


def test_what_is_queued_while_one_looks_is_not_missed(world: World) -> None:
    wake = Wake(every=3600)
    looks = []

    async def look(server: Server) -> bool:
        looks.append(1)
        if len(looks) < 3:
            # As if queued after the look and before the wait.
            wake.nudge()
        return False

    async def scene() -> None:
        async with working(Worker(wake, chores=(), jobs=[look]), world.server):
            while len(looks) < 3:
                await asyncio.sleep(0)

    world.loop.run_until_complete(scene())


def test_a_job_that_fails_stops_no_other(world: World, caplog: pytest.LogCaptureFixture) -> None:
    wake, jobs = Wake(every=3600), Queue()

    async def failing(server: Server) -> bool:
        raise ZeroDivisionError

    async def scene() -> None:
        several: list[Job] = [failing, jobs.work]
        async with working(Worker(wake, chores=(), jobs=several), world.server):
            await world.store.write(0, queue)
            wake.nudge()
            await jobs.emptied(1)

    world.loop.run_until_complete(scene())
    assert "a job failed" in caplog.text
