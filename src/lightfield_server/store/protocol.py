"""The whole of what may be asked of a store."""

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from lightfield_server.store.sql.identity import KeyRecord, WorkspaceRow
from lightfield_server.store.sql.merges import MergeRow
from lightfield_server.store.sql.queries import Query
from lightfield_server.store.sql.records import KeyRow
from lightfield_server.store.sql.transaction import SqlTransaction as Transaction
from lightfield_server.store.sql.transfers import ChunkRow, JobRow, MappingRow, Progress
from lightfield_server.store.sql.uploads import UploadRow

T = TypeVar("T")

#: What is done in one transaction. It may be carried out twice, so it changes nothing but the store.
Work = Callable[[Transaction], T]


class Store(Protocol):
    """A database. `workspace` walls every transaction in; 0 is no workspace, for operators."""

    @property
    def migrated(self) -> Sequence[str]:
        """The migrations that were missing when it was opened, and are applied."""
        ...

    async def read(self, workspace: int, work: Work[T], *, long: bool = False) -> T:
        """Carry out reads that all see one moment; long ones, as some are known to be, where nobody waits for them."""
        ...

    async def write(self, workspace: int, work: Work[T]) -> T:
        """Carry out writes together or not at all; durable when this returns."""
        ...

    def write_now(self, workspace: int, work: Work[T]) -> T:
        """The same from a thread of one's own: commands and tests."""
        ...

    async def start(self) -> None: ...
    async def close(self) -> None: ...

    def close_now(self) -> None:
        """The same as `close` from a thread of one's own; nothing may be under way."""
        ...

    def stamp(self) -> Hashable | None:
        """The state of the database now; it differs after any commit, by whichever process.

        None where only a transaction can tell: see `began` of each.
        """
        ...

    async def ready(self) -> bool:
        """Whether a read would be answered."""
        ...


__all__ = [
    "ChunkRow",
    "JobRow",
    "KeyRecord",
    "KeyRow",
    "MappingRow",
    "MergeRow",
    "Progress",
    "Query",
    "Store",
    "Transaction",
    "UploadRow",
    "Work",
    "WorkspaceRow",
]
