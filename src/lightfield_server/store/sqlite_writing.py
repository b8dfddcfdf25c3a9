"""The writing side of a SQLite file: one connection, which nobody else writes through.

Statements run on the thread that has the requests; the commit alone, which waits for the disk, has a thread of its own.
"""

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lightfield_server.store import group_commit
from lightfield_server.store.group_commit import Done, GroupCommit, Waiting, log
from lightfield_server.store.protocol import Transaction
from lightfield_server.store.turns import Turns

#: What ails the file, not the request, by SQLite's primary result code.
_PASSING = {
    sqlite3.SQLITE_BUSY: "another process holds the database",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk does not answer",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
}


class SqliteWriting(GroupCommit):
    """The writes of all workspaces, one batch after another. Each batch takes a turn of the file's."""

    def __init__(self, connection: sqlite3.Connection, turns: Turns) -> None:
        super().__init__()
        self.connection = connection
        self._turns = turns
        self._has_turn = False
        self._committer = ThreadPoolExecutor(1, "commit")

    async def commit_batch(self, done: list[Done]) -> None:
        try:
            await self._begin()
            self._carry_out(done)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._committer, self._commit)
        except BaseException:
            undo(self.connection)
            self._end_turn()
            raise

    async def _begin(self) -> None:
        """Another process may be writing: a worker like this one, or a command beside a running server."""
        deadline = time.monotonic() + group_commit.LONGEST_WAIT
        self._has_turn = await self._turns.take(group_commit.LONGEST_WAIT)
        if not self._has_turn:
            raise group_commit.refusal(_PASSING[sqlite3.SQLITE_BUSY], "it gives nobody else a turn")
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

    def _carry_out(self, done: list[Done]) -> None:
        for waiting in self.batch(done):
            outcome = Done(waiting)
            done.append(outcome)
            try:
                outcome.result = self._carried_out(waiting)
            except Exception as error:
                if not self.connection.in_transaction:
                    # A full disk, say: SQLite has rolled back the whole batch.
                    raise
                outcome.error = error

    def _carried_out(self, waiting: Waiting, *, again: bool = True) -> Any:
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

    def passing(self, error: Exception) -> str | None:
        if not isinstance(error, sqlite3.OperationalError):
            return None
        return _PASSING.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)

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
