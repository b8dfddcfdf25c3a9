"""`groupBy` of an aggregation: fields, relationships and moments as columns, and what their groups are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model import calendars, problems
from lightfield_server.model.adding import Column, KeyColumn, LinkColumn, RouteColumn, StampColumn
from lightfield_server.model.attributes import CREATED_AT, UPDATED_AT
from lightfield_server.model.calendars import Calendar
from lightfield_server.model.entity import End, Entity, Place
from lightfield_server.model.keys import Key, Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.object_types.meeting import FULL
from lightfield_server.model.predicates import Stamp
from lightfield_server.records import access, queries
from lightfield_server.records.context import Context
from lightfield_server.records.reading import array, closed, text, word
from lightfield_server.store.protocol import Query

MOST_GROUPINGS = 3

#: What a group is called: as a value of the API, and as people read it.
Named = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grouping:
    """One thing to group by: `place` is the field or the end, None for a moment of the record's own."""

    column: Column
    place: Place | End | None
    calendar: Calendar | None

    @property
    def key(self) -> str | None:
        """The field or relationship that groups reveal something of."""
        return self.place.key if isinstance(self.place, End) else None if self.place is None else self.place.field.key

    def order(self, key: Key) -> Any:
        """What groups are sorted by: options as they stand, everything else by key."""
        if isinstance(self.place, Place) and self.place.matching is Matching.CHOICE:
            options = list(self.place.field.configuration.by_id)
            return options.index(str(key)) if key in options else key
        return key


def groupings(context: Context, entity: Entity, sent: Any) -> tuple[Grouping, ...]:
    asked = array(sent, MOST_GROUPINGS, "groupBy")
    return tuple(_grouping(context, entity, each, f"groupBy.{place}") for place, each in enumerate(asked))


def _grouping(context: Context, entity: Entity, sent: Any, param: str) -> Grouping:
    closed(sent, ("key", "attribute", "interval", "timeZone"), param)
    if ("key" in sent) is ("attribute" in sent):
        raise problems.invalid_configuration("A grouping has a key or an attribute.", param)
    if "attribute" in sent:
        name = word(sent["attribute"], (CREATED_AT, UPDATED_AT), f"{param}.attribute")
        calendar = _calendar(sent, param)
        stamp = Stamp.CREATED if name == CREATED_AT else Stamp.UPDATED
        return Grouping(StampColumn(stamp, calendar.unit, calendar), None, calendar)
    place = queries.place_of(context.catalog, entity, text(sent["key"], f"{param}.key"), "", f"{param}.key")
    if isinstance(place, Place) and place.field.type.kind is Kind.MOMENT:
        calendar = _calendar(sent, param)
        return Grouping(KeyColumn(place.name, True, calendar.unit, calendar), place, calendar)
    for key in ("interval", "timeZone"):
        if key in sent:
            raise problems.invalid_configuration("Only moments are grouped by intervals.", f"{param}.{key}")
    if isinstance(place, End):
        return _by_end(context, place, param)
    if place.matching not in (Matching.CHOICE, Matching.PHRASE):
        raise problems.invalid_configuration("Records cannot be grouped by this field.", f"{param}.key")
    return Grouping(KeyColumn(place.name, place.field.type.kind is not Kind.TEXT), place, None)


def _by_end(context: Context, end: End, param: str) -> Grouping:
    target = context.catalog[end.target]
    if not access.readable(target):
        raise problems.invalid_configuration("Records of this type cannot be read.", f"{param}.key")
    access.require(context.actor, target, "read")
    column = (
        RouteColumn(end.routes) if end.hop is None else LinkColumn(end.hop, target.name, end.many, not end.other_many)
    )
    return Grouping(column, end, None)


def _calendar(sent: Mapping[str, Any], param: str) -> Calendar:
    if "interval" not in sent:
        raise problems.parameter_missing(f"{param}.interval")
    interval = word(sent["interval"], calendars.INTERVALS, f"{param}.interval")
    zone = text(sent.get("timeZone", calendars.UTC_NAME), f"{param}.timeZone")
    if not calendars.known(zone):
        raise problems.invalid_configuration(
            "Expected a time zone of the IANA, such as Europe/Berlin.", f"{param}.timeZone"
        )
    return Calendar(interval, zone)


# What groups are called


def named(context: Context, query: Query, grouping: Grouping, keys: Sequence[Key]) -> dict[Key | None, Named]:
    """For each key of one grouping what its group is called; the group of none has neither value nor label."""
    found: dict[Key | None, Named] = {None: {"value": None, "label": None}}
    if grouping.calendar is not None:
        for key in keys:
            start = date.fromordinal(int(key))
            found[key] = {"value": start.isoformat(), "label": grouping.calendar.label(start)}
    elif isinstance(grouping.place, End):
        found.update(_linked(context, context.catalog[grouping.place.target], [int(key) for key in keys]))
    elif grouping.place is not None:
        found.update(_valued(context, query, grouping.place, keys))
    return found


def _linked(context: Context, target: Entity, numbers: Sequence[int]) -> dict[Key | None, Named]:
    title = target.places[target.type.title].field
    found: dict[Key | None, Named] = {n: {"value": ids.written(target.prefix, n), "label": None} for n in numbers}
    for number, record in context.tx.records(target.name, numbers).items():
        kept = record.fields.get(title.key)
        hidden = "accessLevel" in target.type.envelope and access.level(context.actor, record) != FULL
        if kept is not None and not hidden:
            found[number]["label"] = title.type.text(kept, title.configuration)
    return found


def _valued(context: Context, query: Query, place: Place, keys: Sequence[Key]) -> dict[Key | None, Named]:
    field = place.field
    if field.type.kind is Kind.FLAG:
        return {key: {"value": bool(key), "label": field.type.text(bool(key), field.configuration)} for key in keys}
    if place.matching is Matching.CHOICE:
        return {key: {"value": key, "label": field.type.text(key, field.configuration)} for key in keys}
    # Texts alike but for case are one group, called as its oldest record spells it.
    oldest = context.tx.oldest(place.name, keys, trashed=query.trashed)
    records = context.tx.records(query.type, oldest.values())
    found: dict[Key | None, Named] = {}
    for key in keys:
        record = records.get(oldest.get(key, 0))
        kept = None if record is None else record.fields.get(field.key)
        spelt = str(key) if kept is None else field.type.text(kept, field.configuration)
        found[key] = {"value": spelt, "label": spelt}
    return found
