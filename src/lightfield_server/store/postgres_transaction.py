"""Transactions on PostgreSQL: what they know of the state of the database they began in."""

import random
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Self

from lightfield_server.kit.memo import Memo
from lightfield_server.model.record import Stored
from lightfield_server.store.postgres_session import Session
from lightfield_server.store.sql import search_postgres, slots
from lightfield_server.store.sql.dialect import POSTGRES
from lightfield_server.store.sql.part import Cursor
from lightfield_server.store.sql.records import COUNT
from lightfield_server.store.sql.search_index import Index
from lightfield_server.store.sql.transaction import SqlTransaction

#: Where a workspace's own version stands among its tallies.
VERSION = slots.slot("workspace")

CURRENT = "select version from tally where workspace = ? and slot = ? and value = ''"
MOVE = """
    insert into tally (workspace, slot, value, count, version) values (?, ?, '', 0, ?)
    on conflict (workspace, slot, value) do update set version = tally.version + excluded.version
    returning version
"""
CATALOG = "select catalog_version from workspace where workspace = ?"


class PostgresTransaction(SqlTransaction):
    """`stamp` is the workspace and its version: every write moves it, whichever process makes it."""

    dialect = POSTGRES
    index: ClassVar[Index] = search_postgres


class ReadingTransaction(PostgresTransaction):
    def __init__(self, session: Session, workspace: int, memo: Memo) -> None:
        found = session.execute(CURRENT, (workspace, VERSION)).fetchone()
        super().__init__(session, workspace, memo, (workspace, 0 if found is None else found[0]))


class WritingTransaction(PostgresTransaction):
    """Holds the workspace from its first statement to its end. Several requests may share one.

    Counts are kept back until somebody asks or the transaction ends: a row that one transaction rewrites again and
    again is dearer each time, since PostgreSQL keeps every version of it.
    """

    def __init__(self, session: Session, workspace: int) -> None:
        super().__init__(session, workspace)
        self.session = session
        self.run = self._run
        #: Whether it ends in a commit.
        self.keeps = True
        self._counts: dict[tuple[int, int, str], int] = {}
        self._counts_before: dict[tuple[int, int, str], int] = {}
        # By chance: where a backup took a server's place, a version it had seen before does not come back.
        self._step = 1 + random.getrandbits(24)
        self._moved = session.execute(MOVE, (workspace, VERSION, self._step))
        self._catalog = session.execute(CATALOG, (workspace,))
        self._catalog_version: int | None = None
        self._began: Hashable = None

    @property
    def began(self) -> Hashable:
        """The stamp of all that was committed before."""
        if self._began is None:
            self._began = (self.workspace, self._moved.fetchone()[0] - self._step)
        return self._began

    def within(self, workspace: int) -> Self:
        """Another workspace's version moves too, and it is held as well. Only operators do this, who hold none."""
        inside = super().within(workspace)
        self.run(MOVE, (workspace, VERSION, self._step))
        inside._forget_catalog()
        return inside

    # Requests, one after another

    def begin_request(self) -> None:
        self.run("savepoint request")
        self._counts_before = self._counts.copy()

    def end_request(self) -> None:
        self.run("release savepoint request")

    def undo_request(self) -> None:
        """As if it had never begun."""
        self.run("rollback to savepoint request")
        self.run("release savepoint request")
        # Whether or not they were written meanwhile, that is undone.
        self._counts.clear()
        self._counts.update(self._counts_before)
        self._forget_catalog()

    def end(self) -> None:
        """Write what was kept back."""
        self._write_counts()

    # Counts

    def _run(self, sql: str, parameters: Any = (), /) -> Cursor:
        if self._counts and "tally" in sql:
            self._write_counts()
        return self.session.execute(sql, parameters)

    def _count(self, changes: Mapping[tuple[int, str], int]) -> None:
        for (slot, value), change in changes.items():
            place = self.workspace, slot, value
            self._counts[place] = self._counts.get(place, 0) + change

    def _write_counts(self) -> None:
        # By chance: a version that was rolled back and one that was kept are never mistaken for each other.
        step = 1 + random.getrandbits(24)
        rows = [(*place, change, step) for place, change in sorted(self._counts.items())]
        self._counts.clear()
        self.many(COUNT, rows)

    # The catalog's version is asked for together with the first statement, and again when it was changed.

    def catalog_version(self) -> int:
        if self._catalog_version is None:
            row = self._catalog.fetchone()
            self._catalog_version = -1 if row is None else int(row[0])
        return self._catalog_version

    def define(self, stored: Stored) -> None:
        super().define(stored)
        self._forget_catalog()

    def _forget_catalog(self) -> None:
        """What is known of the catalog may hold no longer: it was changed, or a change was taken back."""
        self._catalog = self.session.execute(CATALOG, (self.workspace,))
        self._catalog_version = None
