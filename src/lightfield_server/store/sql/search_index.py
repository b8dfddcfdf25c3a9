"""What full-text search needs of an engine: an index of the terms that records have."""

from collections.abc import Sequence
from typing import Protocol

from lightfield_server.model.search import Terms
from lightfield_server.store.sql.part import Part


class Index(Protocol):
    """What an engine has to bring."""

    def put_off(self, part: Part, changed: Sequence[tuple[str, int]], *, now: bool) -> list[tuple[str, int]]:
        """Which records are to be read, by type and number, when some have changed: none yet, or all that wait."""
        ...

    def pending(self, part: Part) -> list[tuple[str, int]]:
        """The records that were put off, which the index is behind on; few."""
        ...

    def keep(self, part: Part, told: Sequence[tuple[int, str]]) -> None:
        """Put texts in place of those that were there; an empty one is none."""
        ...

    def newest(self, part: Part, asked: Terms, limit: int) -> list[int]:
        """The newest records that answer, those pending left out."""
        ...

    def numbers(self, parameter: str) -> str:
        """A query for the `number` of each record that the index finds, for a parameter made by `expression`."""
        ...

    def expression(self, workspace: int, asked: Terms) -> str: ...
