"""What every group of statements stands on: one connection, one workspace."""

import copy
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, Self

from lightfield_server.kit.memo import Memo
from lightfield_server.store.sql.dialect import SQLITE, Dialect

Row = tuple[Any, ...]


class Cursor(Protocol):
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    @property
    def rowcount(self) -> int: ...


class Connection(Protocol):
    """What a driver must offer. Statements are in SQLite's spelling; who speaks another translates: see `dialect`."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any: ...


class Part:
    """Statements over one connection, each bound to one workspace: none can reach into another.

    `stamp` names the state of the database that a reading transaction sees; it differs after any commit. A writing
    transaction has none, since what it sees changes as it goes.
    """

    #: An engine whose spelling differs has a transaction of its own with another.
    dialect: Dialect = SQLITE

    def __init__(
        self, connection: Connection, workspace: int, memo: Memo | None = None, stamp: Hashable = None
    ) -> None:
        self.workspace = workspace
        self.memo = memo or Memo()
        self.stamp = stamp
        self.run: Callable[..., Cursor] = connection.execute
        self._several: Callable[..., Cursor] = connection.executemany

    @property
    def began(self) -> Hashable:
        """The state of the database when the transaction began, in one that writes too; None where none is told."""
        return self.stamp

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """A statement for each row; a single row, the usual case, is spared the machinery of sets."""
        if len(rows) == 1:
            self.run(sql, rows[0])
        elif rows:
            self._several(sql, rows)

    def within(self, workspace: int) -> Self:
        """The same transaction, bound to another workspace: for operators, who make workspaces and fill them."""
        other = copy.copy(self)
        other.workspace = workspace
        return other
