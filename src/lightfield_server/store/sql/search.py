"""Full-text search: the texts of records, the words in them, and which records have which.

The index of terms is the engine's own: `search_sqlite` and `search_postgres` have the same functions. Whatever it
finds are candidates; the texts decide, so that both engines find the same.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Protocol

from lightfield_server.model import search
from lightfield_server.model.search import Clauses
from lightfield_server.store.sql import search_sqlite, slots, vocabulary
from lightfield_server.store.sql.part import Part, numbers

#: Words that a beginning is taken for; if there are more, records are told apart by their texts alone.
MOST_BEGINNINGS = 64

#: Words that are compared with a misspelled one, of those that begin like it and of those that end like it.
MOST_COMPARED = 2_000

#: Words that a misspelled one is taken for, the nearest.
MOST_MEANT = 32

TEXTS = "select number, words from search_text where number in (select value from json_each(?)) and +workspace = ?"
BEHIND = "select workspace from search_backlog order by workspace limit 1"
BACKLOG = "select kind, below from search_backlog where workspace = ? order by kind"
UNREAD = """
    select number, length(fields) from record where workspace = ? and kind = ? and number < ?
    order by number desc limit ?
"""
READ = "update search_backlog set below = ? where workspace = ? and kind = ?"
ALL_READ = "delete from search_backlog where workspace = ? and kind = ?"


class Index(Protocol):
    """What an engine has to bring."""

    def keep(self, part: Part, changed: Sequence[tuple[int, str]]) -> None:
        """Put texts in place of those that were there; an empty one is none."""
        ...

    def newest(self, part: Part, clauses: Clauses, limit: int) -> list[int]:
        """The newest records of which the index has a term of each clause, those pending left out."""
        ...

    def pending(self, part: Part) -> list[int]:
        """The records that the index may be wrong about; few."""
        ...

    def numbers(self, parameter: str) -> str:
        """A query for the `number` of each record that the index finds, for a parameter made by `expression`."""
        ...

    def expression(self, workspace: int, clauses: Clauses) -> str: ...


class Search(Part):
    """Rows of `search_text`, `search_word` and `search_backlog`, and the engine's index of terms."""

    index: ClassVar[Index] = search_sqlite

    def tell(self, changed: Sequence[tuple[int, str]]) -> None:
        """What records' texts are from now on, by number; an empty one is that of a record not to be found."""
        self.index.keep(self, changed)

    def texts(self, wanted: Collection[int]) -> dict[int, str]:
        """The texts of records, as far as they have one."""
        return dict(self.run(TEXTS, (numbers(wanted), self.workspace)).fetchall())

    def newest(self, clauses: Clauses, limit: int) -> list[int]:
        """The newest records that the index finds; those that are pending are not among them."""
        return self.index.newest(self, clauses, limit)

    def pending(self) -> list[int]:
        """Records written a moment ago, of which the index knows nothing."""
        return self.index.pending(self)

    # Words

    def word(self, text: str, pending: Iterable[str] = ()) -> tuple[search.Word, bool]:
        """A word that is looked for, with the known words it may stand for; and whether these are all there are.

        `pending` are the words of pending texts, which may not be known yet.
        """
        beginnings: list[str] = []
        if len(text) >= search.SHORTEST_BEGINNING:
            beginnings = vocabulary.beginning_with(self, text, MOST_BEGINNINGS + 1)
        more = len(beginnings) > MOST_BEGINNINGS
        meant, all_compared = self._meant(text, pending)
        word = search.Word(text, tuple(beginnings[:MOST_BEGINNINGS]), more, tuple(meant[:MOST_MEANT]))
        return word, all_compared and len(meant) <= MOST_MEANT

    def _meant(self, text: str, pending: Iterable[str]) -> tuple[list[str], bool]:
        sketch = search.sketch(text)
        if sketch is None:
            return [], True
        alike = vocabulary.alike(self, sketch.opening, sketch.closing, sketch.lengths, MOST_COMPARED)
        exact = vocabulary.known(self, sketch.others)
        return search.meant(text, (*alike, *exact, *pending)), len(alike) < MOST_COMPARED

    # Records from before there were texts

    def behind(self) -> int | None:
        """A workspace with records whose texts are still to be read; None when all are."""
        row = self.run(BEHIND).fetchone()
        return None if row is None else int(row[0])

    def is_behind(self) -> bool:
        """Whether texts of this workspace are still to be read."""
        return bool(self.run(BACKLOG, (self.workspace,)).fetchone())

    def unread(self, types: Iterable[str], most: int, size: int) -> tuple[str, list[int]] | None:
        """A type of which texts are still to be read, and the newest such records, as many as fit a size in bytes.

        None when all types have been read; the rest of what there was lies in the trash.
        """
        kinds = {slots.kind(type, False): type for type in types}
        for kind, below in self.run(BACKLOG, (self.workspace,)).fetchall():
            if kind in kinds:
                rows = self.run(UNREAD, (self.workspace, kind, below, most)).fetchall()
                return kinds[kind], _fitting(rows, size)
            self.run(ALL_READ, (self.workspace, kind))
        return None

    def read_down_to(self, type: str, below: int | None) -> None:
        """Note how far the texts of a type have been read; None for all of them."""
        kind = slots.kind(type, False)
        if below is None:
            self.run(ALL_READ, (self.workspace, kind))
        else:
            self.run(READ, (below, self.workspace, kind))


def _fitting(rows: Sequence[tuple[int, int]], size: int) -> list[int]:
    """The first numbers whose sizes add up to no more than one size; one number at least."""
    found: list[int] = []
    for number, length in rows:
        size -= length
        if found and size < 0:
            break
        found.append(number)
    return found
