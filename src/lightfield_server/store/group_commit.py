"""Writes of concurrent requests, carried out one after another and committed together.

Each runs in a savepoint of its own inside one transaction, and is answered after its single durable commit. One that
fails rolls back to its savepoint and hurts nobody. How a batch is begun, carried out and committed is its engine's
affair.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.store.protocol import Work

T = TypeVar("T")

log = logging.getLogger("lightfield.store")

#: How long another process may keep a write waiting before it is refused (seconds).
LONGEST_WAIT = 10.0

#: One transaction takes no more writes after this time (seconds), so that neither reads nor other processes are kept
#: waiting.
BATCH_TIME = 0.02


@dataclass(slots=True)
class Waiting:
    workspace: int
    work: Work[Any]
    future: "asyncio.Future[Any]"


@dataclass(slots=True)
class Done:
    """A write that was carried out, and what came of it; not to be told before the commit."""

    waiting: Waiting
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        future = self.waiting.future
        if future.done():
            return
        if self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(self.result)


class GroupCommit:
    """A queue of writes, of which one batch at a time is under way."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None

    async def write(self, workspace: int, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        waiting = Waiting(workspace, work, loop.create_future())
        self._waiting.append(waiting)
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        try:
            result: T = await waiting.future
        except Exception as error:
            why = self.passing(error)
            if why is None:
                raise
            raise refusal(why, error) from error
        return result

    async def commit_batch(self, done: list[Done]) -> None:
        """Carry out what waits, as `batch` gives it, and commit it; `done` grows with every write carried out.

        An error from here is the whole batch's: nothing of it was kept, or nobody knows whether it was.
        """
        raise NotImplementedError

    def passing(self, error: Exception) -> str | None:
        """What ails the database for the time being, if that is what an error says; None for a fault of ours."""
        raise NotImplementedError

    async def _drain(self) -> None:
        while self._waiting:
            done: list[Done] = []
            try:
                await self.commit_batch(done)
            except BaseException as error:
                self._fail(done, error)
                if not isinstance(error, Exception):
                    raise
            finally:
                for each in done:
                    each.settle()

    def batch(self, done: list[Done], most: int | None = None) -> Iterator[Waiting]:
        """Those waiting, the ones that join meanwhile included, until a batch has taken its time."""
        until = time.perf_counter() + BATCH_TIME
        while self._waiting and (not done or time.perf_counter() < until) and len(done) != most:
            next = self._waiting.popleft()
            if not next.future.done():
                yield next

    def _fail(self, done: list[Done], error: BaseException) -> None:
        """Nothing of this batch was kept. Those still waiting are tried again, unless none could be begun with."""
        if not done:
            done += [Done(waiting) for waiting in self._waiting]
            self._waiting.clear()
        for each in done:
            each.error = error

    async def finished(self) -> None:
        """Wait until nothing waits any more."""
        if self._draining is not None:
            await asyncio.gather(self._draining, return_exceptions=True)


def refusal(why: str, exactly: object) -> Problem:
    """A write that cannot be taken just now is refused, and the operator is told."""
    log.error("a write was refused: %s (%s)", why, exactly)
    return problems.unavailable(f"The server cannot write just now: {why}.")
