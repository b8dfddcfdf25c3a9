"""One of the two databases of a copy: its tables as rows, whatever keeps them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

Row = tuple[Any, ...]

#: Which migrations a database has; each side has its own.
LEDGER = "schema_migration"

#: How far a copy has come, kept in the database that is written.
PROGRESS = "copy_progress"

#: Tables that are worked out from others, each engine having its own: they are made anew in the background.
DERIVED = "search_"

#: What is still to be made anew, once all else is there.
REMAKE = "insert into search_backlog (workspace, above) select workspace, 0 from workspace"


def copied(table: str) -> bool:
    """Whether a table says something of what is kept in a database, and not of the database itself."""
    return table not in (LEDGER, PROGRESS) and not table.startswith(DERIVED)


_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, all of them and those of its primary key, each in their order."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class Side(Protocol):
    """A database opened for a copy. Everything read is of one moment; everything written waits for `commit`."""

    name: str

    def tables(self) -> dict[str, Table]:
        """Every table, by its name, those that are worked out from others left out."""
        ...

    def rows(self, table: Table, after: Row | None, limit: int) -> list[Row]:
        """Rows in the order of the primary key, from behind one key on."""
        ...

    def every(self, table: Table) -> Iterator[Row]:
        """All rows, in whatever order comes cheapest."""
        ...

    def add(self, table: Table, rows: Sequence[Row]) -> None: ...
    def empty(self, table: Table) -> None: ...

    def migrations(self) -> set[int]: ...

    def remake(self) -> None:
        """Have what is worked out from other tables made anew by the next server."""
        ...

    def progress(self) -> dict[str, Any] | None:
        """What an unfinished copy left here; None where none was begun."""
        ...

    def keep(self, progress: dict[str, Any]) -> None: ...
    def forget(self) -> None:
        """Take away the note of an unfinished copy."""
        ...

    def commit(self) -> None: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class Sum:
    """A checksum of rows that does not depend on their order: the sum of their digests."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        self.total += int.from_bytes(hashlib.blake2b(_encode(row), digest_size=16).digest())

    @property
    def text(self) -> str:
        return f"{self.total % (1 << 128):032x}"


def checksum(side: Side, table: Table) -> Sum:
    found = Sum()
    for row in side.every(table):
        found.add(row)
    return found
