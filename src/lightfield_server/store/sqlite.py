"""A store in one SQLite file.

Short reads run on the thread that has the request, since they cost less than a hop to another. One that turns out
long is broken off after a fixed amount of work and carried out again by a thread with a connection of its own.

Writes of concurrent requests are carried out one after another, each in its own savepoint, inside one transaction,
and answered after its single durable commit. A write that fails rolls back to its savepoint and hurts nobody.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lightfield_server.kit import clock
from lightfield_server.kit.memo import Memo
from lightfield_server.model import problems
from lightfield_server.store import migrate
from lightfield_server.store.protocol import Transaction, Work

T = TypeVar("T")

log = logging.getLogger("lightfield.store")

OLDEST_SQLITE = (3, 40, 0)

#: A read counts as long after this many ticks of this many virtual machine instructions: about two milliseconds.
TICK, SHORT_READ = 5_000, 10

#: A read that took this long is given up (seconds).
LONGEST_READ = 30.0

#: Threads for long reads.
LONG_READERS = 4

#: One transaction takes no more writes after this time (seconds), so that reads are not kept waiting.
BATCH_TIME = 0.02

#: What ails the file, not the request, by SQLite's primary result code.
_PASSING = {
    sqlite3.SQLITE_BUSY: "another process holds the database",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk does not answer",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
}

#: How long another process may hold the file before a write is refused (seconds).
LONGEST_WAIT = 10.0

#: Pages of the write-ahead log after which it is copied into the file. The pages that many writes touch are then copied
#: once and not again and again; 64 MB of log are the price.
CHECKPOINT = 16_000

#: Kilobytes of pages each kind of connection may keep.
READER_CACHE, WRITER_CACHE = 65_536, 65_536


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


class SqliteStore:
    """One file, one writing process at a time, any number of readers."""

    def __init__(self, path: Path) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            needed = ".".join(map(str, OLDEST_SQLITE))
            raise RuntimeError(f"SQLite {needed} or newer is needed; this Python has {sqlite3.sqlite_version}.")
        self.path = path
        self.migrated = self._migrate()
        self._reader = self._connect(READER_CACHE, reading=True)
        self._reader.set_progress_handler(self._tick, TICK)
        self._ticks = 0
        self._turn: tuple[int, int] | None = None
        self._writer = self._connect(WRITER_CACHE)
        self._writer.execute("pragma busy_timeout = 0")
        self._writer.execute(f"pragma wal_autocheckpoint = {CHECKPOINT}")
        self._memo = Memo()
        self._waiting: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._committer = ThreadPoolExecutor(1, "commit")
        self._readers = ThreadPoolExecutor(LONG_READERS, "long-read")
        self._own = threading.local()
        self._long: list[sqlite3.Connection] = []

    # Reading

    async def read(self, workspace: int, work: Work[T]) -> T:
        stamp = self.stamp()
        self._ticks = 0
        try:
            return work(Transaction(self._reader, workspace, self._memo, stamp))
        except sqlite3.OperationalError as error:
            if not _interrupted(error):
                raise
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._long_read, workspace, work)

    def stamp(self) -> tuple[int, int]:
        """The state of the database, as everything read in this turn of the loop sees it.

        Whatever was acknowledged before a turn began, by whichever process, is seen in it: what is answered in a turn
        was received before it. Looking once for all of them spares each request a pair of file locks.
        """
        if self._turn is None:
            self._ticks = 0
            self._reader.execute("begin")
            try:
                self._turn = _stamp(self._reader)
            except sqlite3.Error:
                # Else no turn could begin any more.
                _undo(self._reader)
                raise
            asyncio.get_running_loop().call_soon(self._end_turn)
        return self._turn

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn = None
            self._reader.execute("rollback")

    def _tick(self) -> bool:
        """Break off a read that has gone on for long. SQLite counts instructions over a statement's whole life."""
        self._ticks += 1
        return self._ticks > SHORT_READ

    def _long_read(self, workspace: int, work: Work[T]) -> T:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect(READER_CACHE, reading=True)
            self._long.append(connection)
        deadline = time.monotonic() + LONGEST_READ
        connection.set_progress_handler(lambda: time.monotonic() > deadline, TICK)
        try:
            with _snapshot(connection):
                return work(Transaction(connection, workspace, self._memo, _stamp(connection)))
        except sqlite3.OperationalError as error:
            if not _interrupted(error):
                raise
            raise problems.unavailable("This query takes too long; narrow it.") from None

    # Writing

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
                await loop.run_in_executor(self._committer, self._writer.execute, "commit")
            except BaseException as error:
                self._fail(done, error)
                if not isinstance(error, Exception):
                    raise
            finally:
                for each in done:
                    each.settle()

    async def _begin(self) -> None:
        """Another process may be writing: a command beside a running server, say."""
        deadline = time.monotonic() + LONGEST_WAIT
        pause = 0.001
        while True:
            try:
                self._writer.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.02)

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
                if not self._writer.in_transaction:
                    # A full disk, say: SQLite has rolled back the whole batch.
                    raise
                outcome.error = error

    def _carried_out(self, waiting: _Waiting, *, again: bool = True) -> Any:
        """The work in a savepoint of its own. A number that another process made too is made anew, once."""
        run = self._writer.execute
        run("savepoint request")
        try:
            result = waiting.work(Transaction(self._writer, waiting.workspace))
        except Exception as error:
            if self._writer.in_transaction:
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
        _undo(self._writer)

    def write_now(self, workspace: int, work: Work[T]) -> T:
        connection = self._connect(WRITER_CACHE)
        try:
            connection.execute("begin immediate")
            try:
                result = work(Transaction(connection, workspace))
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")
            return result
        finally:
            connection.close()

    # The file

    async def start(self) -> None:
        """Nothing to do: the file was opened and migrated when the store was made."""

    async def close(self) -> None:
        if self._draining is not None:
            await asyncio.gather(self._draining, return_exceptions=True)
        self.close_now()

    def close_now(self) -> None:
        self._end_turn()
        self._committer.shutdown()
        self._readers.shutdown()
        for connection in (*self._long, self._reader, self._writer):
            connection.close()

    def ready(self) -> bool:
        self._ticks = 0
        try:
            # A statement that names no table is answered without the file.
            self._reader.execute("select 1 from workspace limit 1").fetchone()
        except sqlite3.Error:
            return False
        return True

    def _migrate(self) -> list[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = self._connect(WRITER_CACHE)
        try:
            connection.execute("begin immediate")
            names = migrate.apply(connection.execute, clock.now())
            connection.execute("commit")
            return names
        finally:
            connection.close()

    def _connect(self, cache: int, *, reading: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=LONGEST_WAIT
        )
        try:
            _prepare(connection, cache, reading=reading)
        except sqlite3.Error:
            # The file is no database.
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, cache: int, *, reading: bool) -> None:
    # The journal mode is kept in the file; asking again costs nothing.
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute(f"pragma cache_size = -{cache}")
    connection.execute("pragma temp_store = memory")
    if reading:
        connection.execute("pragma query_only = on")


@contextlib.contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """All reads within see the database as it was at the first of them."""
    connection.execute("begin")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def _stamp(connection: sqlite3.Connection) -> tuple[int, int]:
    """Which state of the database a connection sees: its `data_version` moves with every commit but its own."""
    (version,) = connection.execute("pragma data_version").fetchone()
    return id(connection), version


def _undo(connection: sqlite3.Connection) -> None:
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
        log.error("a write was refused: %s (%s)", why, error)
        raise problems.unavailable(f"The server cannot write just now: {why}.") from error


def _interrupted(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
