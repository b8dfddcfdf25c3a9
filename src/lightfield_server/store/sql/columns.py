"""One key of each of many records at once, as a list: what is counted and added up.

Rows are dear to hand over one by one, so a column comes as one text that holds an array. Where every record of a range
has its key, and each has one, columns read in the order of the records lie side by side as they are.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from lightfield_server.model.adding import SINCE, Column, KeyColumn, LinkColumn, RouteColumn, StampColumn
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.dialect import among, packed
from lightfield_server.store.sql.driving import linked, stream
from lightfield_server.store.sql.ordering import Ordering
from lightfield_server.store.sql.predicates import Parameters, ends, probe
from lightfield_server.store.sql.queries import Query
from lightfield_server.store.sql.stretches import Stretches

#: Records, picked one by one, of which columns are read at once.
AT_ONCE = 16_384

#: So many matches, and no more, are looked up one by one; beyond, ranges of records are read and matched.
FEW_MATCHES = 20_000

#: A column is read whole where at least one record of so many is wanted.
SPARSE = 8

#: Of each record in turn, what it has in one column: a key, None, or for several the list of them.
Values = list[Any]

_decode = msgspec.json.Decoder(list[Any]).decode


class Range(NamedTuple):
    """Records by number, from `low` to below `high`, of which `numbers` are wanted; None for every one.

    `version` differs after any write to one of them; None for records that were picked one by one.
    """

    low: int
    high: int
    version: int | None
    numbers: list[int] | None = None


class Columns(Ordering, Stretches):
    """Columns over `record`, `key_text`, `key_int` and `link`."""

    def ranges(self, query: Query) -> list[Range]:
        """Where the records that answer are: they themselves if they are few, else all stretches."""
        few = self.first(query, FEW_MATCHES) if query.where and self._fewest(query, FEW_MATCHES) else None
        if few is None or len(few) > FEW_MATCHES:
            return [Range(*stretch) for stretch in self.stretches(query.type, trashed=query.trashed)]
        few.sort()
        parts = [few[start : start + AT_ONCE] for start in range(0, len(few), AT_ONCE)]
        return [Range(part[0], part[-1] + 1, None, part) for part in parts]

    def columns(self, query: Query, range: Range, wanted: Sequence[Column]) -> tuple[int, list[Values]]:
        """How many records of a range answer, and their columns."""
        size = None
        if range.numbers is None:
            kind = slots.kind(query.type, query.trashed)
            (size,) = self.run(SIZE, (self.workspace, kind, range.low, range.high)).fetchone()
            found = [] if query.where else [self._aligned(query, column, range) for column in wanted]
            whole = [values for values in found if values is not None and len(values) == size]
            if not query.where and len(whole) == len(wanted):
                return size, whole
            range = range._replace(numbers=self._numbers_in(query, range))
        numbers = range.numbers or []
        if not numbers:
            return 0, [[] for _ in wanted]
        sparse = size is None or len(numbers) * SPARSE < size
        return len(numbers), [self._matched(query, column, range, numbers, sparse) for column in wanted]

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
        return self._list(f"select {packed('number')} from ({found_there}) as found", parameters.values)

    def _aligned(self, query: Query, column: Column, range: Range) -> Values | None:
        """A column of all records of a range that have a key, each of one at the most; None where that is not so."""
        if isinstance(column, RouteColumn) or (isinstance(column, LinkColumn) and column.several):
            return None
        source, number, value = self._source(query, column)
        between = IN_RANGE.format(number, range.low, range.high)
        found = f"select {value} as value from {source} and {between} order by {number}"
        return self._list(f"select {packed('value')} from ({found}) as found", {"workspace": self.workspace})

    def _matched(self, query: Query, column: Column, range: Range, wanted: list[int], sparse: bool) -> Values:
        """A column of the wanted records of a range; of each a key or None, or a list of keys."""
        if isinstance(column, RouteColumn):
            reached = self.reach(wanted, column.routes)
            return [reached.get(number) for number in wanted]
        source, number, value = self._source(query, column)
        which = AMONG.format(number) if sparse else IN_RANGE.format(number, range.low, range.high)
        found = f"select {number} as number, {value} as value from {source} and {which} order by {number}"
        sought = {"workspace": self.workspace} | ({"wanted": self.dialect.numbers(wanted)} if sparse else {})
        rows = self.run(f"select {packed('number')}, {packed('value')} from ({found}) as found", sought).fetchone()
        keys, values = (_decode(each) for each in rows)
        if isinstance(column, LinkColumn) and column.several:
            lists: dict[int, list[int]] = {}
            for key, each in zip(keys, values, strict=True):
                lists.setdefault(key, []).append(each)
            return list(map(lists.get, wanted))
        return values if keys == wanted else list(map(dict(zip(keys, values, strict=True)).get, wanted))

    def _source(self, query: Query, column: Column) -> tuple[str, str, str]:
        """(what a column is read from, with its conditions; the record's number; its key)"""
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
        return source, number, value

    def _list(self, sql: str, parameters: dict[str, Any]) -> list[Any]:
        return _decode(self.run(sql, parameters).fetchone()[0])


SIZE = "select count(*) from record where workspace = ? and kind = ? and number >= ? and number < ?"

IN_RANGE = "{0} >= {1} and {0} < {2}"
AMONG = f"{{0}} {among(':wanted')}"
