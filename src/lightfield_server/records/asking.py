"""The body of a query, read (docs/query.md): which records, in which order, how many of them, and what of each."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.sorting import Position, Sort
from lightfield_server.records import access, conditions, cursors, queries, sorts
from lightfield_server.records.context import Context
from lightfield_server.records.reading import array, at, closed, text, whole, word
from lightfield_server.records.shape import Body
from lightfield_server.records.wire import EVERYTHING, Chosen
from lightfield_server.store.protocol import Query

DEFAULT_LIMIT, LARGEST_LIMIT = 25, 1_000

EXACT, CAPPED, NONE = "exact", "capped", "none"

#: Where a capped count stops, unless the caller says otherwise, and the highest that they may say.
DEFAULT_CAP, LARGEST_CAP = 10_000, 100_000

ACTIVE, TRASHED = "active", "trashed"

MOST_INCLUDED_ENDS = 10
#: Related records of one relationship in one answer.
MOST_INCLUDED = 1_000

SUBJECT = ("objectType", "where", "status")
KEYS = (*SUBJECT, "sort", "limit", "cursor", "count", "countLimit", "fields", "relationships", "include")


@dataclass(frozen=True, slots=True)
class Included:
    """Related records to show beside a page: at most `limit`, and what of each."""

    end: End
    target: Entity
    limit: int
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Request:
    entity: Entity
    query: Query
    sorts: tuple[Sort, ...]
    after: Position | None
    limit: int
    count: str
    cap: int
    chosen: Chosen
    include: tuple[Included, ...]
    #: What cursors of the answer are bound to.
    bound: bytes


def request(context: Context, sent: Body) -> Request:
    """The query that a body asks, narrowed to what the actor may learn."""
    closed(sent, KEYS, "")
    entity = subject(context, sent)
    query = matching(context, entity, sent)
    sorted_by = sorts.sorts(context, entity, sent.get("sort", []))
    bound = cursors.binding(
        context.actor.workspace, entity.name, sent.get("where"), sent.get("status", ACTIVE), sent.get("sort", [])
    )
    after = cursors.read(bound, sorted_by.by, text(sent["cursor"], "cursor")) if "cursor" in sent else None
    include = _included(context, entity, sent.get("include", []))
    return Request(
        entity,
        access.guarded(context.actor, entity, query, sorted_by.keys),
        sorted_by.by,
        after,
        whole(sent.get("limit", DEFAULT_LIMIT), 1, LARGEST_LIMIT, "limit"),
        word(sent.get("count", NONE), (EXACT, CAPPED, NONE), "count"),
        whole(sent.get("countLimit", DEFAULT_CAP), 1, LARGEST_CAP, "countLimit"),
        _chosen(entity, sent, "", {each.end.key for each in include}),
        include,
        bound,
    )


def subject(context: Context, sent: Body) -> Entity:
    """The object type that is asked about, if the actor may read it."""
    if "objectType" not in sent:
        raise problems.parameter_missing("objectType")
    name = text(sent["objectType"], "objectType")
    entity = context.catalog.entities.get(name)
    if entity is None or not access.readable(entity):
        raise problems.invalid_configuration(
            f"There is no object type '{problems.shown(name)}' to query.", "objectType"
        )
    access.require(context.actor, entity, "read")
    return entity


def matching(context: Context, entity: Entity, sent: Body) -> Query:
    """The records of a type that are meant."""
    trashed = word(sent.get("status", ACTIVE), (ACTIVE, TRASHED), "status") == TRASHED
    if trashed and not (entity.type.custom or "trash" in entity.type.operations):
        raise problems.invalid_configuration("Nothing of this type lies in a trash.", "status")
    if trashed:
        # The trash is for those who may restore.
        access.require(context.actor, entity, "restore")
    where = conditions.where(context.catalog, entity, sent["where"]) if "where" in sent else ()
    return Query(entity.name, trashed, where, queries.counted(entity))


def _chosen(entity: Entity, sent: Body, param: str, besides: Collection[str] = ()) -> Chosen:
    """What to show of each record; what is included is shown among its relationships."""
    if "fields" not in sent and "relationships" not in sent:
        return EVERYTHING
    fields = ends = None
    if "fields" in sent:
        fields = frozenset(_field(entity, key, param) for key in _keys(sent, "fields", param))
    if "relationships" in sent:
        named = [_end(entity, key, param) for key in _keys(sent, "relationships", param)]
        ends = frozenset((*(end.key for end in named), *besides))
    return Chosen(fields, ends)


def _keys(sent: Body, part: str, param: str) -> list[tuple[str, str]]:
    place = at(param, part)
    listed = array(sent[part], LARGEST_LIMIT, place)
    return [(text(key, f"{place}.{index}"), f"{place}.{index}") for index, key in enumerate(listed)]


def _field(entity: Entity, key: tuple[str, str], param: str) -> str:
    field = entity.fields.get(key[0])
    if field is None or field.hidden:
        raise problems.unknown_field(key[0], entity.plural, key[1])
    return field.key


def _end(entity: Entity, key: tuple[str, str], param: str) -> End:
    end = entity.ends.get(key[0])
    if end is None or end.hidden:
        raise problems.unknown_relationship(key[0], entity.plural, key[1])
    return end


def _included(context: Context, entity: Entity, sent: Any) -> tuple[Included, ...]:
    asked = array(sent, MOST_INCLUDED_ENDS, "include")
    found = tuple(_include(context, entity, each, f"include.{place}") for place, each in enumerate(asked))
    if len({each.end.key for each in found}) < len(found):
        raise problems.invalid_configuration("A relationship is included once.", "include")
    return found


def _include(context: Context, entity: Entity, sent: Any, param: str) -> Included:
    part = closed({"relationship": sent} if isinstance(sent, str) else sent, _PARTS, param)
    if "relationship" not in part:
        raise problems.parameter_missing(f"{param}.relationship")
    key = text(part["relationship"], f"{param}.relationship")
    end = _end(entity, (key, f"{param}.relationship"), param)
    target = context.catalog[end.target]
    if not access.readable(target):
        raise problems.invalid_configuration("Records of this type cannot be read.", f"{param}.relationship")
    access.require(context.actor, target, "read")
    limit = whole(part.get("limit", MOST_INCLUDED), 1, MOST_INCLUDED, f"{param}.limit")
    return Included(end, target, limit, _chosen(target, part, param))


_PARTS = ("relationship", "limit", "fields", "relationships")
