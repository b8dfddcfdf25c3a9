"""What every group of statements stands on: one connection, one workspace."""

import copy
import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, Self

from lightfield_server.kit.memo import Memo

Row = tuple[Any, ...]


class Cursor(Protocol):
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    @property
    def rowcount(self) -> int: ...


class Connection(Protocol):
    """What a driver must offer. Statements are written with `?`; an engine that spells it otherwise translates."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any: ...


class Part:
    """Statements over one connection, each bound to one workspace: none can reach into another.

    `stamp` names the state of the database that a reading transaction sees; it differs after any commit. A writing
    transaction has none, since what it sees changes as it goes.
    """

    def __init__(
        self, connection: Connection, workspace: int, memo: Memo | None = None, stamp: Hashable = None
    ) -> None:
        self.workspace = workspace
        self.memo = memo or Memo()
        self.stamp = stamp
        self.run: Callable[..., Cursor] = connection.execute
        self._several: Callable[..., Cursor] = connection.executemany

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


def numbers(values: Iterable[int]) -> str:
    """Several record numbers as one parameter of a statement."""
    return f"[{','.join(map(str, values))}]"


def several(values: Iterable[str | int]) -> str:
    """Several keys as one parameter of a statement."""
    return json.dumps(list(values), ensure_ascii=False)
