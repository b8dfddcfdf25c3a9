"""Stretches of records of one kind: what tells which part of a large answer has to be worked out again.

A stretch begins at a record and ends where the next begins; the first begins at 0. Which new records begin one is a
matter of their numbers alone, so that nobody has to look how long the last has become.
"""

import random
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lightfield_server.store.sql import slots
from lightfield_server.store.sql.part import Part

#: One new record in so many begins a stretch.
ONE_IN = 16_384

BEGIN = """
    insert into stretch (workspace, kind, first, version) values (?, ?, ?, ?)
    on conflict (workspace, kind, first) do nothing
"""
TOUCH = """
    update stretch set version = version + ? where workspace = ? and kind = ? and first =
    (select max(first) from stretch where workspace = ? and kind = ? and first <= ?)
"""
ALL = "select first, version from stretch where workspace = ? and kind = ? order by first"

#: Beyond every number.
END = (1 << 63) - 1


class Stretch(NamedTuple):
    """Records from `low` to below `high`. `version` differs after any write to one of them."""

    low: int
    high: int
    version: int


class Stretches(Part):
    """Rows of `stretch`."""

    def touch(self, written: Mapping[tuple[str, bool], Iterable[int]]) -> None:
        """Records of (type, trashed) have been written: made, changed, or moved there or away."""
        # By chance: a version that was rolled back and one that was kept are never mistaken for each other.
        step = 1 + random.getrandbits(24)
        kinds = {slots.kind(*kind): sorted(numbers) for kind, numbers in written.items()}
        begin = [(self.workspace, kind, 0, step) for kind in sorted(kinds)]
        touched = []
        for kind, numbers in sorted(kinds.items()):
            touched += [(step, self.workspace, kind, self.workspace, kind, number) for number in numbers]
            begin += [(self.workspace, kind, number, step) for number in numbers if _begins(number)]
        # Before one is parted, what it was is told to have changed.
        self.many(BEGIN, begin[: len(kinds)])
        self.many(TOUCH, touched)
        self.many(BEGIN, begin[len(kinds) :])

    def stretches(self, type: str, *, trashed: bool) -> list[Stretch]:
        """All of a type's records, in the order of their numbers."""
        rows = self.run(ALL, (self.workspace, slots.kind(type, trashed))).fetchall() or [(0, 0)]
        ends = [*(first for first, _ in rows[1:]), END]
        return [Stretch(first, end, version) for (first, version), end in zip(rows, ends, strict=True)]


def _begins(number: int) -> bool:
    # Numbers made at one moment follow one another: what decides are their digits well mixed.
    return (number * 0x9E3779B97F4A7C15 >> 32 & 0xFFFFFFFF) % ONE_IN == 0
