"""Counts and sums over all records that answer a query, group by group."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import product
from math import prod
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.adding import Column, Fold, Group, KeyColumn, LinkColumn, RouteColumn, Sum, Total, Totals
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.columns import Columns, Range, Values
from lightfield_server.store.sql.predicates import follows_links
from lightfield_server.store.sql.queries import Query

#: The most groups that are kept apart; beyond, nobody reads them, and memory would have no bound.
MOST_GROUPS = 100_000

#: The most rows that some records may become by being in several groups each.
MOST_SPREAD = 1_000_000

#: Questions of one workspace of which the parts are remembered, and the groups in the parts of one: 30 MB at the most.
MOST_QUESTIONS, MOST_PARTS = 4, 30_000

#: What became of keys when they were folded into groups.
Known = dict[Any, Any]

#: The bounds of a stretch → its version and those of the types that were grouped by, and what it came to.
Parts = dict[tuple[int, int], tuple[tuple[int | None, Hashable], Totals]]

COUNTED = "select value, count from tally where workspace = ? and slot = ? and count > 0"


class Aggregates(Columns):
    """Totals of groups, from counts that are kept where these say it all, else from columns."""

    def added(self, query: Query, groups: Sequence[Column], measures: Sequence[Column]) -> Totals:
        """For each group what its records come to. A record with several links is in the group of each.

        Raises 422 for more than `MOST_GROUPS`.
        """
        if not measures and not query.where:
            if not groups:
                return {(): Total(self.count(query))}
            if len(groups) == 1 and isinstance(groups[0], KeyColumn) and groups[0].field in query.counted:
                return self._kept(query, groups[0])
        # All there is is one group, even of nothing.
        totals: Totals = {} if groups else {(): Total(0, [Sum() for _ in measures])}
        known: list[Known] = [{None: None} for _ in groups]
        parts = self._parts(query, groups, measures)
        others = self._others(groups)
        for range in self.ranges(query):
            place, state = (range.low, range.high), (range.version, others)
            before, part = parts.get(place, (None, {}))
            if range.version is None or before != state:
                part = self._part(query, range, groups, measures, known)
                parts[place] = state, part
            for group, total in part.items():
                _join(totals, group, total)
            if len(totals) > MOST_GROUPS:
                raise problems.unprocessable(
                    f"There are more than {MOST_GROUPS} groups; group more coarsely.", "groupBy"
                )
        self._keep(query, groups, measures, parts)
        return totals

    def _part(
        self, query: Query, range: Range, groups: Sequence[Column], measures: Sequence[Column], known: list[Known]
    ) -> Totals:
        """What the records of one range come to."""
        count, columns = self.columns(query, range, (*groups, *measures))
        grouping, measured = columns[: len(groups)], columns[len(groups) :]
        if not count:
            return {}
        if not groups:
            return {(): Total(count, [_sum(values) for values in measured])}
        if any(isinstance(column, LinkColumn | RouteColumn) and column.several for column in groups):
            grouping, measured = _spread(grouping, measured)
        folded = list(map(_folded, (column.fold for column in groups), known, grouping))
        return {group: Total(size, sums) for group, size, sums in _parted(folded, measured)}

    def lasting(self, query: Query, groups: Sequence[Column]) -> bool:
        """Whether totals hold until a record of the type, or one of a type that is grouped by, is written.

        A link is written with one of the records at its ends, unless it is lost to another record's; and what lies
        further away may be written unnoticed.
        """
        beyond = any(isinstance(c, RouteColumn) or (isinstance(c, LinkColumn) and c.exclusive) for c in groups)
        return not beyond and not any(map(follows_links, query.where))

    def totals_state(self, query: Query, groups: Sequence[Column]) -> Hashable:
        """What totals, and the titles of linked records, depend on."""
        if self.stamp is None or not self.lasting(query, groups):
            return self.stamp
        return self.state(query), self._others(groups)

    def _others(self, groups: Sequence[Column]) -> Hashable:
        """What moves with every write to the types that are grouped by."""
        types = tuple(sorted({column.target for column in groups if isinstance(column, LinkColumn)}))
        return self.kinds(types) if types else ()

    # What stretches came to is remembered, as long as it holds.

    def _parts(self, query: Query, groups: Sequence[Column], measures: Sequence[Column]) -> Parts:
        known: dict[Any, Parts] = self.memo.recall((self.workspace, "parts"), 0, dict)
        return dict(known.get((query, tuple(groups), tuple(measures)), ()))

    def _keep(self, query: Query, groups: Sequence[Column], measures: Sequence[Column], parts: Parts) -> None:
        if self.stamp is None or not self.lasting(query, groups):
            return
        whole = {place: part for place, part in parts.items() if part[0][0] is not None}
        if not whole or sum(len(part) for _, part in whole.values()) > MOST_PARTS:
            return
        known: dict[Any, Parts] = self.memo.recall((self.workspace, "parts"), 0, dict)
        question = query, tuple(groups), tuple(measures)
        if len(known) >= MOST_QUESTIONS and question not in known:
            known.clear()
        known[question] = whole

    def _kept(self, query: Query, column: KeyColumn) -> Totals:
        slot = slots.field(column.field, query.trashed)
        rows = self.run(COUNTED, (self.workspace, slot)).fetchall()
        totals: Totals = {(int(value) if column.whole else value,): Total(count) for value, count in rows}
        lacking = self.count(query) - sum(total.count for total in totals.values())
        return totals | {(None,): Total(lacking)} if lacking else totals


def _parted(grouping: list[Values], measured: list[Values]) -> Iterable[tuple[Group, int, list[Sum]]]:
    """Each group among some records, its size, and what each measure comes to."""
    keys = grouping[0] if len(grouping) == 1 else list(zip(*grouping, strict=True))
    sizes = Counter(keys)
    parts: list[dict[Any, Values]] = []
    for values in measured:
        part: dict[Any, Values] = defaultdict(list)
        for key, value in zip(keys, values, strict=True):
            part[key].append(value)
        parts.append(part)
    for key, size in sizes.items():
        group = (key,) if len(grouping) == 1 else key
        yield group, size, [_sum(part[key]) for part in parts]


def _sum(values: Values) -> Sum:
    there = [value for value in values if value is not None]
    return Sum(len(there), sum(there), min(there), max(there)) if there else Sum()


def _spread(grouping: list[Values], measured: list[Values]) -> tuple[list[Values], list[Values]]:
    """The same records, those in several groups once for each."""
    rows: list[tuple[Any, ...]] = []
    for place, keys in enumerate(zip(*grouping, strict=True)):
        values = tuple(values[place] for values in measured)
        lists = [key if isinstance(key, list) else [key] for key in keys]
        if len(rows) + prod(map(len, lists)) > MOST_SPREAD:
            raise problems.unprocessable(
                "Records are in too many groups each; group by fewer relationships.", "groupBy"
            )
        rows += [(*each, *values) for each in product(*lists)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns[: len(grouping)], columns[len(grouping) :]


def _folded(fold: Fold | None, known: Known, keys: Values) -> Values:
    """The groups that keys are in; what became of a key is known the next time."""
    if fold is None:
        return keys
    if len(known) > MOST_GROUPS:
        known.clear()
        known[None] = None
    for key in set(keys) - known.keys():
        known[key] = fold(key)
    return list(map(known.__getitem__, keys))


def _join(totals: Totals, group: Group, part: Total) -> None:
    total = totals.get(group)
    if total is None:
        total = totals[group] = Total(0, [Sum() for _ in part.sums])
    total.count += part.count
    for one, other in zip(total.sums, part.sums, strict=True):
        one.add(other)
