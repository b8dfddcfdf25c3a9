"""The whole of what may be asked of a store."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from lightfield_server.store.sql.identity import KeyRecord, WorkspaceRow
from lightfield_server.store.sql.merges import MergeRow
from lightfield_server.store.sql.queries import Query
from lightfield_server.store.sql.records import KeyRow
from lightfield_server.store.sql.transaction import SqlTransaction as Transaction
from lightfield_server.store.sql.uploads import UploadRow

T = TypeVar("T")

#: What is done in one transaction. It may be carried out twice, so it changes nothing but the store.
Work = Callable[[Transaction], T]


class Store(Protocol):
    """A database. `workspace` walls every transaction in; 0 is no workspace, for operators."""

    async def read(self, workspace: int, work: Work[T]) -> T:
        """Carry out reads that all see one moment; long ones where nobody waits behind them."""
        ...

    async def write(self, workspace: int, work: Work[T]) -> T:
        """Carry out writes together or not at all; durable when this returns."""
        ...

    def write_now(self, workspace: int, work: Work[T]) -> T:
        """The same from a thread of one's own: commands and tests."""
        ...

    async def start(self) -> None: ...
    async def close(self) -> None: ...

    def stamp(self) -> Hashable:
        """The state of the database now; it differs after any commit, by whichever process."""
        ...

    def ready(self) -> bool:
        """Whether a read would be answered."""
        ...


__all__ = ["KeyRecord", "KeyRow", "MergeRow", "Query", "Store", "Transaction", "UploadRow", "Work", "WorkspaceRow"]
