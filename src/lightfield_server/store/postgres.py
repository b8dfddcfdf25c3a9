"""A store in a PostgreSQL database, which any number of processes may share.

Work is carried out by threads, each with a connection of its own while it has work. A read is one transaction that
sees one moment; nothing begins or ends it but its statements. Writes are committed in groups: see `postgres_writing`.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from psycopg import errors

from lightfield_server.kit import clock
from lightfield_server.kit.memo import Memo
from lightfield_server.model import problems
from lightfield_server.store import migrate
from lightfield_server.store.group_commit import LONGEST_WAIT, log
from lightfield_server.store.postgres_session import Lost, Session
from lightfield_server.store.postgres_sessions import Sessions
from lightfield_server.store.postgres_transaction import ReadingTransaction
from lightfield_server.store.postgres_writing import PostgresWriting, passing, write_now
from lightfield_server.store.protocol import Work

T = TypeVar("T")

OLDEST_POSTGRES = 15

#: A read whose statement took this long is given up (seconds).
LONGEST_READ = 30

#: A write whose statement took this long is given up (seconds).
LONGEST_WRITE = 60

#: Of four connections one writes.
READERS_OF_FOUR = 3

#: The lock under which one process at a time migrates: no number of a table's.
MIGRATING = 7_162_534_401

_ALWAYS = {
    "application_name": "'lightfield'",
    "jit": "off",
    # A host that lost its power holds nothing for long.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

READING = {
    **_ALWAYS,
    "default_transaction_isolation": "'repeatable read'",
    "default_transaction_read_only": "on",
    "statement_timeout": f"'{LONGEST_READ}s'",
}
WRITING = {
    **_ALWAYS,
    "default_transaction_isolation": "'read committed'",
    "statement_timeout": f"'{LONGEST_WRITE}s'",
    "lock_timeout": f"'{LONGEST_WAIT:.0f}s'",
    "idle_in_transaction_session_timeout": f"'{LONGEST_WRITE}s'",
}


class CannotOpen(RuntimeError):
    """The database cannot be worked with; the sentence says why."""


class PostgresStore:
    """One database. `migrated` names the migrations that opening it applied."""

    def __init__(self, url: str, connections: int) -> None:
        self.migrated = _prepared(url)
        readers = max(connections * READERS_OF_FOUR // 4, 1)
        self._memo = Memo()
        self._reading = Sessions(url, READING)
        self._readers = ThreadPoolExecutor(readers, "read")
        self._writing = Sessions(url, WRITING)
        self._writers = ThreadPoolExecutor(max(connections - readers, 1), "write")
        self._groups: dict[int, PostgresWriting] = {}

    # Reading

    async def read(self, workspace: int, work: Work[T], *, long: bool = False) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, workspace, work)

    def _read(self, workspace: int, work: Work[T]) -> T:
        try:
            try:
                return self._read_once(workspace, work)
            except Lost:
                # The server may have been started anew since the connection was put back.
                return self._read_once(workspace, work, fresh=True)
        except errors.QueryCanceled:
            raise problems.unavailable("This query takes too long; narrow it.") from None
        except psycopg.Error as error:
            why = passing(error)
            if why is None:
                raise
            log.error("a read was refused: %s (%s)", why, error)
            raise problems.unavailable(f"The server cannot read just now: {why}.") from error

    def _read_once(self, workspace: int, work: Work[T], *, fresh: bool = False) -> T:
        with self._reading.session(fresh=fresh) as session:
            try:
                return work(ReadingTransaction(session, workspace, self._memo))
            finally:
                if not session.lost:
                    session.end()

    def stamp(self) -> None:
        """Only a transaction can tell: other processes write too."""

    # Writing

    async def write(self, workspace: int, work: Work[T]) -> T:
        group = self._groups.get(workspace)
        if group is None:
            group = self._groups[workspace] = PostgresWriting(self._writing, self._writers, workspace)
        return await group.write(workspace, work)

    def write_now(self, workspace: int, work: Work[T]) -> T:
        return write_now(self._writing, workspace, work)

    # The server

    async def start(self) -> None:
        """Nothing to do: the database was migrated when the store was made, and connections are made on demand."""

    async def close(self) -> None:
        for group in list(self._groups.values()):
            await group.finished()
        self.close_now()

    def close_now(self) -> None:
        for threads in (self._readers, self._writers):
            threads.shutdown()
        for sessions in (self._reading, self._writing):
            sessions.close()

    async def ready(self) -> bool:
        try:
            await self.read(0, lambda tx: tx.run("select 1").fetchone())
        except problems.Problem:
            return False
        return True


def _prepared(url: str) -> list[str]:
    """Bring the database to this release's schema; the names of the migrations that were missing."""
    try:
        session = Session(url, {**_ALWAYS, "statement_timeout": "0"})
    except psycopg.Error as error:
        raise CannotOpen(f"PostgreSQL does not answer: {_first_line(error)}") from None
    try:
        _refuse_unfit(session)
        session.execute("begin")
        session.execute("select pg_advisory_xact_lock(?)", (MIGRATING,))
        names = migrate.apply("postgres", session.execute, clock.now())
        session.execute("commit")
        session.finish()
        return names
    except psycopg.Error as error:
        raise CannotOpen(f"PostgreSQL refuses: {_first_line(error)}") from None
    finally:
        session.close()


def _refuse_unfit(session: Session) -> None:
    (number, version, encoding) = session.execute(
        "select current_setting('server_version_num')::bigint, current_setting('server_version'), "
        "current_setting('server_encoding')"
    ).fetchone()
    session.finish()
    if number < OLDEST_POSTGRES * 10_000:
        raise CannotOpen(f"PostgreSQL {OLDEST_POSTGRES} or newer is needed; this server is {version}.")
    if encoding != "UTF8":
        raise CannotOpen(f"The database's encoding is {encoding}; make one with UTF8: createdb -E UTF8 -T template0.")


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0].removeprefix("connection failed: ")
