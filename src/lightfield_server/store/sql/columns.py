"""One key of each of many records at once, as a list: what is counted and added up.

Rows are dear to hand over one by one, so a column comes as one text that holds an array. Where every record of a range
has its key, and each has one, columns read in the order of the records lie side by side as they are.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from lightfield_server.model.adding import SINCE, Column, KeyColumn, LinkColumn, RouteColumn, StampColumn
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.driving import linked, stream
from lightfield_server.store.sql.ordering import Ordering
from lightfield_server.store.sql.part import numbers
from lightfield_server.store.sql.predicates import Parameters, ends, probe
from lightfield_server.store.sql.queries import Query

#: Records of which columns are read at once.
AT_ONCE = 16_384

#: So many matches, and no more, are looked up one by one; beyond, ranges of records are read and matched.
FEW_MATCHES = 20_000

#: A column is read whole where at least one record of so many is wanted.
SPARSE = 8

#: Of each record in turn, what it has in one column: a key, None, or for several the list of them.
Values = list[Any]

_decode = msgspec.json.Decoder(list[Any]).decode


class Range(NamedTuple):
    """Records by number, from `low` to below `high`. `numbers` are those wanted; None for all `size` of them."""

    low: int
    high: int
    size: int
    numbers: list[int] | None


class Columns(Ordering):
    """Columns over `record`, `key_text`, `key_int` and `link`."""

    def columns(self, query: Query, wanted: Sequence[Column]) -> Iterator[tuple[int, list[Values]]]:
        """How many records there are in a range, and their columns, for one range after another."""
        for range in self._ranges(query):
            if range.numbers is None:
                found = [self._aligned(query, column, range) for column in wanted]
                if all(values is not None for values in found):
                    yield range.size, [values for values in found if values is not None]
                    continue
                range = range._replace(numbers=self._numbers_in(query, range))
            if range.numbers:
                yield len(range.numbers), [self._matched(query, column, range) for column in wanted]

    def _ranges(self, query: Query) -> Iterator[Range]:
        few = self.first(query, FEW_MATCHES) if query.where and self._fewest(query, FEW_MATCHES) else None
        if few is not None and len(few) <= FEW_MATCHES:
            few.sort()
            for start in range(0, len(few), AT_ONCE):
                part = few[start : start + AT_ONCE]
                # Who knows how many lie between them: they are looked up.
                yield Range(part[0], part[-1] + 1, len(part) * (SPARSE + 1), part)
            return
        kind = slots.kind(query.type, query.trashed)
        for low, high in pairwise(self._bounds(query, kind)):
            (size,) = self.run(SIZE, (self.workspace, kind, low, high)).fetchone()
            all_of_them = Range(low, high, size, None)
            yield all_of_them._replace(numbers=self._numbers_in(query, all_of_them)) if query.where else all_of_them

    def _bounds(self, query: Query, kind: int) -> list[int]:
        """Numbers between which all records lie, about `AT_ONCE` in each gap."""

        def found() -> list[int]:
            bounds = [0]
            while True:
                row = self.run(NEXT, (self.workspace, kind, bounds[-1], AT_ONCE)).fetchone()
                if row is None:
                    return [*bounds, _END]
                bounds.append(row[0])

        # They serve as long as there are about as many records.
        about = None if self.stamp is None else self.kind(query.type, trashed=query.trashed)[0] // (2 * AT_ONCE)
        return self.memo.recall((self.workspace, "bounds", kind), about, found)

    def _numbers_in(self, query: Query, range: Range) -> list[int]:
        """The records of a range that answer, in the order of their numbers."""
        parameters = Parameters({"workspace": self.workspace, "low": range.low, "high": range.high})
        found = None
        for predicate in query.where:
            found = stream(query, predicate, parameters)
            if found is not None:
                break
        if found is None:
            kind = slots.kind(query.type, query.trashed)
            found = f"record o where o.workspace = :workspace and o.kind = {kind}", "o.number"
        source, number = found
        asked = [f"{number} >= :low and {number} < :high"]
        # A sign before the number keeps what is probed from being looked for by the bounds of the range.
        asked += [probe(p, query.trashed, f"+{number}", parameters) for p in query.where]
        found_there = f"select {number} as number from {source} and {' and '.join(asked)} order by 1"
        return self._list(f"select {packed('number')} from ({found_there})", parameters.values)

    def _aligned(self, query: Query, column: Column, range: Range) -> Values | None:
        """A column of all records of a range; None unless each has exactly one key."""
        if isinstance(column, RouteColumn) or (isinstance(column, LinkColumn) and column.several):
            return None
        source, _, value = self._source(query, column, range)
        found = self._list(
            f"select {packed('value')} from (select {value} as value {source})", {"workspace": self.workspace}
        )
        return found if len(found) == range.size else None

    def _matched(self, query: Query, column: Column, range: Range) -> Values:
        """A column of the wanted records of a range; of each a key or None, or a list of keys."""
        wanted = range.numbers or []
        if isinstance(column, RouteColumn):
            reached = self.reach(wanted, column.routes)
            return [reached.get(number) for number in wanted]
        source, number, value = self._source(query, column, range)
        if len(wanted) * SPARSE < range.size:
            source = source.replace(
                _IN_RANGE.format(number, range.low, range.high), _AMONG.format(number, numbers(wanted))
            )
        sql = (
            f"select {packed('number')}, {packed('value')} from (select {number} as number, {value} as value {source})"
        )
        rows = self.run(sql, {"workspace": self.workspace}).fetchone()
        keys, values = (_decode(each) for each in rows)
        if isinstance(column, LinkColumn) and column.several:
            lists: dict[int, list[int]] = {}
            for key, each in zip(keys, values, strict=True):
                lists.setdefault(key, []).append(each)
            return list(map(lists.get, wanted))
        return values if keys == wanted else list(map(dict(zip(keys, values, strict=True)).get, wanted))

    def _source(self, query: Query, column: Column, range: Range) -> tuple[str, str, str]:
        """(what a column is read from, in the order of records; their number; their key)"""
        match column:
            case KeyColumn(field=field, whole=whole):
                source = f"{'key_int' if whole else 'key_text'} o where o.workspace = :workspace"
                source += f" and o.slot = {slots.field(field, query.trashed)}"
                number, value = "o.number", "o.value"
            case StampColumn(stamp=stamp):
                kind = slots.kind(query.type, query.trashed)
                value = f"o.{stamp.value}"
                source = f"record o where o.workspace = :workspace and o.kind = {kind} and {value} is not null"
                number = "o.number"
            case LinkColumn(hop=hop):
                here, there = ends(hop)
                links, asked = linked(query, hop, "o")
                source, number, value = f"{links} where {asked}", f"o.{here}", f"o.{there}"
            case _:
                raise TypeError("what is worked out has no source")
        if isinstance(column, KeyColumn | StampColumn) and column.unit is not None:
            value = f"({value} + {SINCE}) / {column.unit}"
        bounds = _IN_RANGE.format(number, range.low, range.high)
        return f"from {source} and {bounds} order by {number}", number, value

    def _list(self, sql: str, parameters: dict[str, Any]) -> list[Any]:
        return _decode(self.run(sql, parameters).fetchone()[0])


SIZE = "select count(*) from record where workspace = ? and kind = ? and number >= ? and number < ?"
NEXT = "select number from record where workspace = ? and kind = ? and number >= ? order by number limit 1 offset ?"

#: Beyond every number.
_END = (1 << 63) - 1

_IN_RANGE = "{0} >= {1} and {0} < {2}"
_AMONG = "{0} in (select value from json_each('{1}'))"


def packed(column: str) -> str:
    """A column of a subquery as one array, in the order of its rows."""
    return f"json_group_array({column})"
