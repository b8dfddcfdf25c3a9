"""Counts and sums over all records that answer a query, group by group."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.adding import Column, Fold, Group, KeyColumn, LinkColumn, RouteColumn, Sum, Total, Totals
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.columns import Columns, Values
from lightfield_server.store.sql.queries import Query

#: The most groups that are kept apart; beyond, nobody reads them, and memory would have no bound.
MOST_GROUPS = 100_000

#: The most rows that some records may become by being in several groups each.
MOST_SPREAD = 1_000_000

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
        known: list[dict[Any, Any]] = [{None: None} for _ in groups]
        several = any(isinstance(column, LinkColumn | RouteColumn) and column.several for column in groups)
        for count, columns in self.columns(query, (*groups, *measures)):
            grouping, measured = columns[: len(groups)], columns[len(groups) :]
            if several:
                grouping, measured = _spread(grouping, measured)
            if groups:
                folded = list(map(_folded, (column.fold for column in groups), known, grouping))
                parted = _parted(folded, measured)
            else:
                parted = [((), count, list(map(_there, measured)))]
            for group, size, parts in parted:
                _join(totals, group, size, parts)
            if len(totals) > MOST_GROUPS:
                raise problems.unprocessable(
                    f"There are more than {MOST_GROUPS} groups; group more coarsely.", "groupBy"
                )
        return totals

    def _kept(self, query: Query, column: KeyColumn) -> Totals:
        slot = slots.field(column.field, query.trashed)
        rows = self.run(COUNTED, (self.workspace, slot)).fetchall()
        totals: Totals = {(int(value) if column.whole else value,): Total(count) for value, count in rows}
        lacking = self.count(query) - sum(total.count for total in totals.values())
        return totals | {(None,): Total(lacking)} if lacking else totals


def _parted(grouping: list[Values], measured: list[Values]) -> Iterable[tuple[Group, int, list[list[int]]]]:
    """Each group among some records, its size, and the values there are of each measure."""
    keys = grouping[0] if len(grouping) == 1 else list(zip(*grouping, strict=True))
    sizes = Counter(keys)
    parts: list[dict[Any, list[Any]]] = []
    for values in measured:
        part: dict[Any, list[Any]] = defaultdict(list)
        for key, value in zip(keys, values, strict=True):
            part[key].append(value)
        parts.append(part)
    for key, size in sizes.items():
        group = (key,) if len(grouping) == 1 else key
        yield group, size, [_there(part[key]) for part in parts]


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


def _folded(fold: Fold | None, known: dict[Any, Any], keys: Values) -> Values:
    """The groups that keys are in; what became of a key is known the next time."""
    if fold is None:
        return keys
    if len(known) > MOST_GROUPS:
        known.clear()
        known[None] = None
    for key in set(keys) - known.keys():
        known[key] = fold(key)
    return list(map(known.__getitem__, keys))


def _there(values: Values) -> list[int]:
    return [value for value in values if value is not None]


def _join(totals: Totals, group: Group, size: int, parts: list[list[int]]) -> None:
    total = totals.get(group)
    if total is None:
        total = totals[group] = Total(0, [Sum() for _ in parts])
    total.count += size
    for each, values in zip(total.sums, parts, strict=True):
        each.add(values)
