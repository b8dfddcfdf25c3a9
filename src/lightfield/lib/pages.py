"""All records of a list, page by page, although others create and delete meanwhile.

Lists are read newest first by offset, so a record created while we read pushes the rest back, and a deleted one pulls
it forward. Each page therefore begins with the last record of the page before: seen again, it proves that nothing was
skipped. When it is missing, we go back until we recognise something. Records seen twice are given once.

What this promises: every record that matches throughout is given exactly once. One that is created, deleted or changed
so as to match no longer meanwhile may or may not be given. Where the server's index lags behind its records, as the
hosted product's may, the promise is about the index. The ids seen are remembered, some hundred bytes each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

PAGE = 25
"""The most a server gives at once."""
OVERLAP = 1


class Reader:
    """Where we are in a list, and what of each page is new."""

    def __init__(self, limit: int | None) -> None:
        self.offset = 0
        self.finished = limit is not None and limit <= 0
        self._left = limit
        self._seen: set[Any] = set()

    @property
    def size(self) -> int:
        # A first page need not be larger than what is wanted; later ones must be, to recognise their beginning.
        return PAGE if self._seen or self._left is None else min(PAGE, self._left)

    def take(self, page: Any) -> list[Any]:
        """What the page read at `offset` adds; moves on, back, or to the end."""
        items = list(page.data or [])
        ids = [getattr(item, "id", None) for item in items]
        if self.offset and self._seen and not self._seen.intersection(ids):
            self.offset = max(0, self.offset - (PAGE - OVERLAP))
            return []
        asked = self.size
        fresh = [item for item, key in zip(items, ids, strict=True) if key is None or key not in self._seen]
        self._seen.update(key for key in ids if key is not None)
        end = self.offset + len(items)
        total = getattr(page, "total_count", None)
        self.finished = len(items) < asked or (isinstance(total, int) and end >= total)
        self.offset = max(0, end - OVERLAP)
        return self._capped(fresh)

    def _capped(self, fresh: list[Any]) -> list[Any]:
        if self._left is None:
            return fresh
        fresh = fresh[: self._left]
        self._left -= len(fresh)
        self.finished = self.finished or self._left == 0
        return fresh


def every(read: Callable[[int, int], Any], limit: int | None) -> Iterator[Any]:
    """Items one by one; `read` takes an offset and a size."""
    reader = Reader(limit)
    while not reader.finished:
        yield from reader.take(read(reader.offset, reader.size))


async def aevery(read: Callable[[int, int], Awaitable[Any]], limit: int | None) -> AsyncIterator[Any]:
    """As `every`, awaiting."""
    reader = Reader(limit)
    while not reader.finished:
        for item in reader.take(await read(reader.offset, reader.size)):
            yield item
