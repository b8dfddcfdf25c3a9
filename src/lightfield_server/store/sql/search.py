"""Full-text search: the texts of records, the words in them, and which records have which.

The index of terms is the engine's own: `search_sqlite` and `search_postgres` have the same functions. Whatever it
finds are candidates; the texts decide, so that both engines find the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar

from lightfield_server.model import search
from lightfield_server.model.search import Terms
from lightfield_server.store.sql import search_sqlite, slots, vocabulary
from lightfield_server.store.sql.dialect import among
from lightfield_server.store.sql.part import Part
from lightfield_server.store.sql.search_index import Index

#: Words that a beginning is taken for; if there are more, records are told apart by their texts alone.
MOST_BEGINNINGS = 64

#: Words that are compared with a misspelled one, of those that begin like it and of those that end like it.
MOST_COMPARED = 2_000

#: Words that a misspelled one is taken for, the nearest.
MOST_MEANT = 32

TEXTS = f"select number, words from search_text where number {among('?')} and +workspace = ?"
BEHIND = "select workspace from search_backlog order by workspace limit 1"
BACKLOG = "select above from search_backlog where workspace = ?"
UNREAD = """
    select number, length(fields) from record where workspace = ? and kind = ? and number > ? order by number limit ?
"""
READ = "update search_backlog set above = ? where workspace = ?"
ALL_READ = "delete from search_backlog where workspace = ?"


class Search(Part):
    """Rows of `search_text`, `search_word` and `search_backlog`, and the engine's index of terms."""

    index: ClassVar[Index] = search_sqlite

    def put_off(self, changed: Sequence[tuple[str, int]], *, now: bool = False) -> list[tuple[str, int]]:
        """Note that some records, by type and number, say something else; what is to be told now, if anything."""
        return self.index.put_off(self, changed, now=now)

    def pending(self) -> list[tuple[str, int]]:
        """The records that were put off and are not told yet."""
        return self.index.pending(self)

    def tell(self, told: Sequence[tuple[int, str]]) -> None:
        """What records' texts are, by number; an empty one is that of a record not to be found."""
        self.index.keep(self, told)

    def texts(self, wanted: Collection[int]) -> dict[int, str]:
        """The texts of records as they were told, as far as they have one."""
        return dict(self.run(TEXTS, (self.dialect.numbers(wanted), self.workspace)).fetchall())

    def newest(self, asked: Terms, limit: int) -> list[int]:
        """The newest records that the index finds; none that is pending."""
        return self.index.newest(self, asked, limit)

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

    def unread(self, types: Iterable[str], most: int, size: int) -> dict[str, list[int]]:
        """The oldest live records whose texts are still to be read, by type, as many as fit a size in bytes."""
        row = self.run(BACKLOG, (self.workspace,)).fetchone()
        if row is None:
            return {}
        found = [
            (number, length, type)
            for type in types
            for number, length in self.run(UNREAD, (self.workspace, slots.kind(type, False), row[0], most)).fetchall()
        ]
        unread: dict[str, list[int]] = defaultdict(list)
        for number, length, type in sorted(found)[:most]:
            size -= length
            if size < 0 and unread:
                break
            unread[type].append(number)
        return unread

    def read_up_to(self, number: int | None) -> None:
        """Note how far the texts of this workspace's records have been read; None for all of them."""
        if number is None:
            self.run(ALL_READ, (self.workspace,))
        else:
            self.run(READ, (number, self.workspace))
