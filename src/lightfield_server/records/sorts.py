"""`sort` of a query: fields, relationships and attributes as what a store puts records in order by (docs/query.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.attributes import ATTRIBUTES, CREATED_AT, ID
from lightfield_server.model.entity import End, Entity, Place
from lightfield_server.model.keys import Key, Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Stamp
from lightfield_server.model.record import Record
from lightfield_server.model.sorting import ByKey, ByLink, ByNumber, ByOption, ByReading, ByRoute, ByStamp, Sort
from lightfield_server.records import access, queries
from lightfield_server.records.context import Context
from lightfield_server.records.reading import array, closed, text, word

MOST_SORTS = 5

ASCENDING, DESCENDING = "ascending", "descending"
LAST, FIRST = "last", "first"


@dataclass(frozen=True, slots=True)
class Sorted:
    """What to sort by, and the keys of the fields and relationships that this reveals something of."""

    by: tuple[Sort, ...]
    keys: tuple[str, ...]


def sorts(context: Context, entity: Entity, sent: Any) -> Sorted:
    asked = array(sent, MOST_SORTS, "sort")
    read = [_sort(context, entity, each, f"sort.{place}") for place, each in enumerate(asked)]
    return Sorted(tuple(sort for sort, _ in read), tuple(key for _, key in read if key is not None))


def _sort(context: Context, entity: Entity, sent: Any, param: str) -> tuple[Sort, str | None]:
    closed(sent, ("key", "attribute", "direction", "nulls"), param)
    down = word(sent.get("direction", ASCENDING), (ASCENDING, DESCENDING), f"{param}.direction") == DESCENDING
    first = word(sent.get("nulls", LAST), (LAST, FIRST), f"{param}.nulls") == FIRST
    if ("key" in sent) is ("attribute" in sent):
        raise problems.invalid_configuration("A sort has a key or an attribute.", param)
    if "attribute" in sent:
        return _by_attribute(word(sent["attribute"], ATTRIBUTES, f"{param}.attribute"), down, first), None
    place = queries.place_of(context.catalog, entity, text(sent["key"], f"{param}.key"), "", f"{param}.key")
    if isinstance(place, End):
        return _by_end(context, place, down, first), place.key
    return _by_field(place, down, first), place.field.key


def _by_attribute(name: str, down: bool, first: bool) -> Sort:
    if name == ID:
        return ByNumber(down, first)
    return ByStamp(Stamp.CREATED if name == CREATED_AT else Stamp.UPDATED, down, first)


def _by_field(place: Place, down: bool, first: bool) -> Sort:
    value_type, configuration = place.field.type, place.field.configuration
    if place.matching is Matching.NONE:
        return _by_reading(place, down, first)
    if place.matching is Matching.CHOICE and value_type.kind is Kind.TEXT:
        return ByOption(place.name, tuple(configuration.by_id), down, first)
    return ByKey(place.name, value_type.kind is not Kind.TEXT, configuration.multiple, down, first)


def _by_reading(place: Place, down: bool, first: bool) -> Sort:
    """Values that nothing is found by are read from the records."""
    field = place.field

    def read(records: Sequence[Record]) -> Mapping[int, Key]:
        kept = {record.number: record.fields.get(field.key) for record in records}
        # A text with nothing in it is sorted as no value is, as where texts have keys.
        return {n: field.type.rank(value, field.configuration) for n, value in kept.items() if value not in (None, "")}

    return ByReading(place.name, read, down, first)


def _by_end(context: Context, end: End, down: bool, first: bool) -> Sort:
    target = context.catalog[end.target]
    title = None
    # Titles of meetings may be hidden from whoever asks: they, and what cannot be read at all, go by their ids.
    if access.readable(target) and "accessLevel" not in target.type.envelope:
        access.require(context.actor, target, "read")
        title = target.places[target.type.title].name
    if end.hop is None:
        return ByRoute(end.routes, title, down, first)
    return ByLink(end.hop, target.name, title, end.many, down, first)
