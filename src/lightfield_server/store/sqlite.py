"""A store in one SQLite file.

Short reads run on the thread that has the request, since they cost less than a hop to another. One that turns out
long is broken off after a fixed amount of work and carried out again by a thread with a connection of its own.

Writes go through one connection, in groups: see `sqlite_writing`.
"""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lightfield_server.kit import clock
from lightfield_server.kit.memo import Memo
from lightfield_server.model import problems
from lightfield_server.store import migrate
from lightfield_server.store.group_commit import LONGEST_WAIT
from lightfield_server.store.protocol import Transaction, Work
from lightfield_server.store.sqlite_writing import SqliteWriting, undo
from lightfield_server.store.turns import Turns

T = TypeVar("T")

OLDEST_SQLITE = (3, 40, 0)

#: What succeeds where SQLite was built with full-text search, as it is wherever Python comes from as a rule.
FULL_TEXT = "create virtual table temp.probe using fts5 (x)"

#: A read counts as long after this many ticks of this many virtual machine instructions: about two milliseconds.
TICK, SHORT_READ = 5_000, 10

#: A read that took this long is given up (seconds).
LONGEST_READ = 30.0

#: Threads for long reads.
LONG_READERS = 4

#: Pages of the write-ahead log after which it is copied into the file. The pages that many writes touch are then copied
#: once and not again and again; 64 MB of log are the price.
CHECKPOINT = 16_000

#: Kilobytes of pages each kind of connection may keep.
READER_CACHE, WRITER_CACHE = 65_536, 65_536


class SqliteStore:
    """One file, any number of processes: one of them writes at a time, and they take turns."""

    def __init__(self, path: Path) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            needed = ".".join(map(str, OLDEST_SQLITE))
            raise RuntimeError(f"SQLite {needed} or newer is needed; this Python has {sqlite3.sqlite_version}.")
        _require_full_text()
        self.path = path
        self.migrated = self._migrate()
        self._reader = self._connect(READER_CACHE, reading=True)
        self._reader.set_progress_handler(self._tick, TICK)
        self._ticks = 0
        self._turn: tuple[int, int] | None = None
        writer = self._connect(WRITER_CACHE)
        writer.execute("pragma busy_timeout = 0")
        writer.execute(f"pragma wal_autocheckpoint = {CHECKPOINT}")
        self._writing = SqliteWriting(writer, Turns(path))
        self._memo = Memo()
        self._readers = ThreadPoolExecutor(LONG_READERS, "long-read")
        self._own = threading.local()
        self._long: list[sqlite3.Connection] = []

    # Reading

    async def read(self, workspace: int, work: Work[T], *, long: bool = False) -> T:
        if not long:
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
                undo(self._reader)
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
        return await self._writing.write(workspace, work)

    def write_now(self, workspace: int, work: Work[T]) -> T:
        with self._alone() as connection:
            return work(Transaction(connection, workspace))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction that writes, in a turn of its own; it is committed at the end."""
        turns = Turns(self.path)
        try:
            if not turns.take_now(LONGEST_WAIT):
                raise sqlite3.OperationalError("database is locked")
            with contextlib.closing(self._connect(WRITER_CACHE)) as connection:
                connection.execute("begin immediate")
                try:
                    yield connection
                except BaseException:
                    connection.execute("rollback")
                    raise
                connection.execute("commit")
        finally:
            turns.close()

    # The file

    async def start(self) -> None:
        """Nothing to do: the file was opened and migrated when the store was made."""

    async def close(self) -> None:
        await self._writing.finished()
        self.close_now()

    def close_now(self) -> None:
        self._end_turn()
        self._readers.shutdown()
        for connection in (*self._long, self._reader):
            connection.close()
        self._writing.close()

    async def ready(self) -> bool:
        self._ticks = 0
        try:
            # A statement that names no table is answered without the file.
            self._reader.execute("select 1 from workspace limit 1").fetchone()
        except sqlite3.Error:
            return False
        return True

    def _migrate(self) -> list[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone() as connection:
            return migrate.apply("sqlite", connection.execute, clock.now())

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


def _require_full_text() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(FULL_TEXT)
        except sqlite3.OperationalError as error:
            raise RuntimeError(f"This Python's SQLite was built without FTS5, which search needs: {error}.") from None


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


def _interrupted(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
