"""Aggregations: the body read, and the answer (docs/query.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec

from lightfield_server.kit.memo import Memo
from lightfield_server.model import problems
from lightfield_server.model.adding import Column, Group, LinkColumn, RouteColumn, Totals
from lightfield_server.model.entity import Entity
from lightfield_server.records import access
from lightfield_server.records.asking import SUBJECT, matching, subject
from lightfield_server.records.context import Context
from lightfield_server.records.grouping import Grouping, groupings, named
from lightfield_server.records.measures import Measure, measures, shown, standing
from lightfield_server.records.reading import array, closed, text, whole, word
from lightfield_server.records.shape import Body
from lightfield_server.records.sorts import ASCENDING, DESCENDING
from lightfield_server.store.protocol import Query

#: The most groups that one answer shows.
LARGEST_LIMIT = 10_000

#: Answers of one object type that are remembered, and the bytes of the largest: 16 MB at the most.
MOST_ANSWERS, LARGEST_ANSWER = 64, 256 * 1024

KEYS = (*SUBJECT, "groupBy", "measures", "sort", "limit")


@dataclass(frozen=True, slots=True)
class Aggregation:
    entity: Entity
    query: Query
    groupings: tuple[Grouping, ...]
    measures: tuple[Measure, ...]
    #: The places of measures to sort groups by, each with whether downward.
    sort: tuple[tuple[int, bool], ...]
    limit: int


def aggregation(context: Context, sent: Body) -> Aggregation:
    """What a body asks, narrowed to what the actor may learn."""
    closed(sent, KEYS, "")
    entity = subject(context, sent)
    query = matching(context, entity, sent)
    grouped = groupings(context, entity, sent.get("groupBy", []))
    measured = measures(context.catalog, entity, sent.get("measures", [{"function": "count"}]))
    by = [key for key in (*(each.key for each in grouped), *(each.key for each in measured)) if key is not None]
    return Aggregation(
        entity,
        access.guarded(context.actor, entity, query, by),
        grouped,
        measured,
        _sort(measured, sent.get("sort", [])),
        whole(sent.get("limit", LARGEST_LIMIT), 1, LARGEST_LIMIT, "limit"),
    )


def _sort(measured: Sequence[Measure], sent: Any) -> tuple[tuple[int, bool], ...]:
    names = [measure.name for measure in measured]
    found = []
    for place, each in enumerate(array(sent, len(names), "sort")):
        param = f"sort.{place}"
        closed(each, ("measure", "direction"), param)
        name = text(each.get("measure"), f"{param}.measure")
        if name not in names:
            raise problems.invalid_configuration("There is no measure of this name.", f"{param}.measure")
        down = word(each.get("direction", ASCENDING), (ASCENDING, DESCENDING), f"{param}.direction") == DESCENDING
        found.append((names.index(name), down))
    return tuple(found)


def answer(context: Context, asked: Aggregation) -> bytes:
    """The groups and what they come to. The same asked again, with nothing written in between, is not worked out anew,
    unless what it shows depends on who asks."""
    columns = [each.column for each in asked.groupings]
    targets = [each.place.target for each in asked.groupings if isinstance(each.column, LinkColumn | RouteColumn)]  # type: ignore[union-attr]
    if any("accessLevel" in context.catalog[name].type.envelope for name in (asked.entity.name, *targets)):
        return _made(context, asked, columns)
    remembered: Memo = asked.entity.memo.setdefault("aggregations", Memo(MOST_ANSWERS, LARGEST_ANSWER))
    question = (asked.query, tuple(columns), asked.measures, asked.sort, asked.limit)
    state = context.tx.totals_state(asked.query, columns)
    return remembered.recall(question, state, lambda: _made(context, asked, columns))


def _made(context: Context, asked: Aggregation, columns: Sequence[Column]) -> bytes:
    measured = list(dict.fromkeys(measure.column for measure in asked.measures if measure.column is not None))
    totals = context.tx.added(asked.query, columns, measured)
    places = [0 if each.column is None else measured.index(each.column) for each in asked.measures]
    groups = _in_order(asked, totals, places)[: asked.limit]
    names = [
        named(context, asked.query, each, list({key for group in groups if (key := group[place]) is not None}))
        for place, each in enumerate(asked.groupings)
    ]
    data = [
        {
            "group": [names[place][key] for place, key in enumerate(group)],
            "values": {
                each.name: shown(each, totals[group], place) for each, place in zip(asked.measures, places, strict=True)
            },
        }
        for group in groups
    ]
    capped = len(totals) > len(data)
    return msgspec.json.encode({"object": "aggregation", "data": data, "groupCount": len(totals), "capped": capped})


def _in_order(asked: Aggregation, totals: Totals, places: Sequence[int]) -> list[Group]:
    """By the measures that were asked for, else by the groups themselves; those of none come last."""

    def of_groups(group: Group) -> tuple[Any, ...]:
        return tuple(
            (key is None, 0 if key is None else g.order(key)) for g, key in zip(asked.groupings, group, strict=True)
        )

    groups = sorted(totals, key=of_groups)
    for index, down in reversed(asked.sort):
        measure, place = asked.measures[index], places[index]
        values = {group: standing(measure, totals[group], place) for group in groups}
        valued = [(value, group) for group, value in values.items() if value is not None]
        valued.sort(key=itemgetter(0), reverse=down)
        groups = [*(group for _, group in valued), *(group for group in groups if values[group] is None)]
    return groups
