"""What goes on beside the requests: chores in rounds, and jobs as soon as there are any."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lightfield_server.background.lease import Lease
from lightfield_server.background.wake import Wake
from lightfield_server.operations.idempotency import RETENTION
from lightfield_server.operations.server import Server
from lightfield_server.records import texts

log = logging.getLogger("lightfield.worker")

#: How often jobs are looked for when nothing wakes this process (seconds).
LONGEST_SLEEP = 60.0

#: Answers deleted in one transaction: few enough that no request waits for them.
SWEEP = 500

#: Between two transactions that read texts, for those who write (seconds).
PAUSE = 0.005


@dataclass(frozen=True)
class Chore:
    """Something to do every so many seconds, by one of all processes."""

    name: str
    every: float
    work: Callable[[Server], Awaitable[None]]


#: Do what there is to do; whether there may be more. Every process looks, so each piece needs a claim of its own.
Job = Callable[[Server], Awaitable[bool]]


async def sweep(server: Server) -> int:
    """Forget idempotency keys that count as new; how many there were, at most `SWEEP`."""
    until = server.clock() - RETENTION
    return await server.store.write(0, lambda tx: tx.forget_answers(until, SWEEP))


async def read_on(server: Server) -> bool:
    """Make a few records from before there was full-text search findable by it; False when all are."""
    workspace = await server.store.read(0, lambda tx: tx.behind())
    if workspace is None:
        return False
    await server.store.write(workspace, lambda tx: texts.read_on(tx, server.catalogs.current(tx)))
    await asyncio.sleep(PAUSE)
    return True


async def sweep_all(server: Server) -> None:
    while await sweep(server) == SWEEP:
        await asyncio.sleep(0)


#: What no repeat can ask for any more is swept.
SWEEPING = Chore("sweep", 60.0, sweep_all)


class Worker:
    """One process's share of what goes on. A failure is logged, and tried again when its time has come."""

    def __init__(self, wake: Wake, *, chores: Sequence[Chore] = (SWEEPING,), jobs: Sequence[Job] = ()) -> None:
        self._wake = wake
        self._chores = chores
        self._jobs = jobs

    async def run(self, server: Server) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for chore in self._chores:
                group.create_task(self._in_rounds(server, chore))
            for job in self._jobs:
                group.create_task(self._as_they_come(server, job))
            if self._jobs:
                group.create_task(self._wake.watch(server))

    async def _in_rounds(self, server: Server, chore: Chore) -> None:
        # Half a round longer than a round, so that it stays with whoever has it until he is gone.
        lease = Lease(server, chore.name, lasting=int(chore.every * 1500))
        while True:
            try:
                if await lease.take():
                    await chore.work(server)
            except Exception:
                log.exception("'%s' failed; it will be tried again", chore.name)
            await asyncio.sleep(chore.every)

    async def _as_they_come(self, server: Server, job: Job) -> None:
        while True:
            news = self._wake.news()
            more = False
            try:
                more = await job(server)
            except Exception:
                log.exception("a job failed; it will be tried again")
            if not more:
                await news.within(LONGEST_SLEEP)
