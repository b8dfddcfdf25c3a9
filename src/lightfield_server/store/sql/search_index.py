"""What full-text search needs of an engine: an index of the terms that records have."""

from collections.abc import Sequence
from typing import Protocol

from lightfield_server.model.search import Terms
from lightfield_server.store.sql.part import Part


class Index(Protocol):
    """What an engine has to bring."""

    def keep(self, part: Part, changed: Sequence[tuple[int, str]]) -> None:
        """Put texts in place of those that were there; an empty one is none."""
        ...

    def fold(self, part: Part) -> None:
        """Let the index know of all that is pending."""
        ...

    def newest(self, part: Part, asked: Terms, limit: int) -> list[int]:
        """The newest records that answer, those pending left out."""
        ...

    def pending(self, part: Part) -> list[int]:
        """The records that the index may be wrong about; few."""
        ...

    def numbers(self, parameter: str) -> str:
        """A query for the `number` of each record that the index finds, for a parameter made by `expression`."""
        ...

    def expression(self, workspace: int, asked: Terms) -> str: ...
