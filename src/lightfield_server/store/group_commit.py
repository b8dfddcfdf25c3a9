"""Writes of concurrent requests, carried out one after another and committed together.

Each runs in a savepoint of its own inside one transaction, and is answered after its single durable commit. One that
fails rolls back to its savepoint and hurts nobody.
"""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from lightfield_server.model import problems
from lightfield_server.store.protocol import Transaction, Work
from lightfield_server.store.turns import Turns

T = TypeVar("T")

log = logging.getLogger("lightfield.store")

#: How long another process may hold the file before a write is refused (seconds).
LONGEST_WAIT = 10.0

#: One transaction takes no more writes after this time (seconds), so that neither reads nor other processes are kept
#: waiting.
BATCH_TIME = 0.02

#: What ails the file, not the request, by SQLite's primary result code.
_PASSING = {
    sqlite3.SQLITE_BUSY: "another process holds the database",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk does not answer",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
}


@dataclass(slots=True)
class _Waiting:
    workspace: int
    work: Work[Any]
    future: "asyncio.Future[Any]"


@dataclass(slots=True)
class _Done:
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class GroupCommit:
    """The writing side of one connection, which nobody else writes through. Each batch takes a turn of the file's."""

    def __init__(self, connection: sqlite3.Connection, turns: Turns) -> None:
        self.connection = connection
        self._turns = turns
        self._has_turn = False
        self._waiting: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._committer = ThreadPoolExecutor(1, "commit")

    async def write(self, workspace: int, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(workspace, work, loop.create_future())
        self._waiting.append(waiting)
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        try:
            result: T = await waiting.future
        except sqlite3.OperationalError as error:
            _refuse(error)
            raise
        return result

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            done: list[_Done] = []
            try:
                await self._begin()
                self._batch(done)
                await loop.run_in_executor(self._committer, self._commit)
            except BaseException as error:
                self._fail(done, error)
                if not isinstance(error, Exception):
                    raise
            finally:
                for each in done:
                    each.settle()

    async def _begin(self) -> None:
        """Another process may be writing: a worker like this one, or a command beside a running server."""
        deadline = time.monotonic() + LONGEST_WAIT
        self._has_turn = await self._turns.take(LONGEST_WAIT)
        if not self._has_turn:
            raise _unavailable("another process holds the database", "it gives nobody else a turn")
        pause = 0.001
        while True:
            try:
                self.connection.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                # A program of somebody else's, which knows nothing of turns.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.02)

    def _commit(self) -> None:
        self.connection.execute("commit")
        self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.give_back()

    def _batch(self, done: list[_Done]) -> None:
        until = time.perf_counter() + BATCH_TIME
        while self._waiting and (not done or time.perf_counter() < until):
            next = self._waiting.popleft()
            if next.future.done():
                continue
            outcome = _Done(next.future)
            done.append(outcome)
            try:
                outcome.result = self._carried_out(next)
            except Exception as error:
                if not self.connection.in_transaction:
                    # A full disk, say: SQLite has rolled back the whole batch.
                    raise
                outcome.error = error

    def _carried_out(self, waiting: _Waiting, *, again: bool = True) -> Any:
        """The work in a savepoint of its own. A number that another process made too is made anew, once."""
        run = self.connection.execute
        run("savepoint request")
        try:
            result = waiting.work(Transaction(self.connection, waiting.workspace))
        except Exception as error:
            if self.connection.in_transaction:
                run("rollback to request")
                run("release request")
            if again and isinstance(error, sqlite3.IntegrityError):
                return self._carried_out(waiting, again=False)
            raise
        run("release request")
        return result

    def _fail(self, done: list[_Done], error: BaseException) -> None:
        """Nothing of this batch was kept. Those still waiting are tried again, unless the file cannot be had."""
        if not done:
            done += [_Done(waiting.future) for waiting in self._waiting]
            self._waiting.clear()
        for each in done:
            each.error = error
        undo(self.connection)
        self._end_turn()

    async def finished(self) -> None:
        """Wait until nothing waits any more."""
        if self._draining is not None:
            await asyncio.gather(self._draining, return_exceptions=True)

    def close(self) -> None:
        self._committer.shutdown()
        self.connection.close()
        self._turns.close()


def undo(connection: sqlite3.Connection) -> None:
    """Roll back what is open, whether or not that can still be done."""
    if connection.in_transaction:
        try:
            connection.execute("rollback")
        except sqlite3.Error:
            log.exception("a transaction could not be rolled back")


def _refuse(error: sqlite3.OperationalError) -> None:
    """Refuse a write that the file cannot take just now, and tell the operator; anything else is a fault of ours."""
    why = _PASSING.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if why is not None:
        raise _unavailable(why, str(error)) from error


def _unavailable(why: str, exactly: str) -> problems.Problem:
    log.error("a write was refused: %s (%s)", why, exactly)
    return problems.unavailable(f"The server cannot write just now: {why}.")
