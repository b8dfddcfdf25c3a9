"""Definitions, create, list, retrieve, update, delete, restore and field history, for every object type.

One set of handlers serves the shipped types, each under its own paths, and those a workspace defines, under
`/v1/objects/{entitySlug}`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from lightfield_server.identity.limits import READ, SEARCH, WRITE
from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import ObjectType
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.object_types.meeting import FULL, MEETING
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import (
    OPTIONAL_BODY,
    REQUIRED_BODY,
    Again,
    Asked,
    Handler,
    Operation,
    declare,
)
from lightfield_server.records import access, history, pages, queries, service, shape, wire
from lightfield_server.records.context import Context

#: How many earlier values one answer holds (spec: sdk-python 11.2).
HISTORY_LIMIT, LARGEST_HISTORY_LIMIT = 20, 100

#: The prefix of a cursor into a field's history.
CURSOR = "hst"

ACTIVE, TRASHED = "active", "trashed"

#: Which type a call is about, or 404.
Which = Callable[[Context, Asked], Entity]


def shipped(name: str) -> Which:
    return lambda context, asked: context.catalog[name]


def custom(context: Context, asked: Asked) -> Entity:
    """The workspace's own type that the path names; a shipped one is not among them."""
    entity = context.catalog.custom.get(asked.path["entitySlug"])
    if entity is None:
        raise problems.not_found(f"There is no object type '{problems.shown(asked.path['entitySlug'])}'.")
    return entity


# Handlers


def definitions(which: Which) -> Handler:
    return lambda context, asked: wire.definitions(which(context, asked))


def create(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        (change,) = service.create(context, entity, [asked.body])
        return wire.record(context, entity, change.after)

    return handler


def retrieve(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        return wire.record(context, entity, access.existing(context, entity, asked.path["id"]))

    return handler


def update(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"], lock=True)
        access.require_changeable(context, entity, record)
        (change,) = service.update(context, entity, [(record, asked.body)])
        return wire.record(context, entity, change.after)

    return handler


def delete(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        # Deleting twice is a no-op, save for meetings (spec: objects 8).
        again = entity.name != MEETING.name
        record = access.existing(context, entity, asked.path["id"], trashed=again, lock=True)
        access.require_deletable(context, entity, [record])
        shape.empty(asked.body)
        (change,) = service.delete(context, entity, [record])
        return wire.record(context, entity, change.after)

    return handler


def restore(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"], trashed=True, lock=True)
        access.require_deletable(context, entity, [record])
        shape.empty(asked.body)
        (change,) = service.restore(context, entity, [record])
        return wire.record(context, entity, change.after)

    return handler


def again(name: str) -> Again:
    """A kept reply for those who see the record in full; for others, what they would see of it now."""

    def fitted(context: Context, kept: bytes) -> bytes:
        entity = context.catalog[name]
        record = access.existing(context, entity, msgspec.json.decode(kept)["id"], trashed=True)
        return kept if access.level(context.actor, record) == FULL else wire.record(context, entity, record)

    return fitted


def list_(which: Which, family: str) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        trashed, rest = False, asked.query
        if "trash" in entity.type.operations:
            trashed, rest = _status(context, rest, family)
        page, filters = queries.page(rest)
        if "filter" not in entity.type.operations:
            queries.no_more(filters, entity.plural)
        query = queries.query(context.catalog, entity, filters, trashed=trashed)
        return pages.page(context, entity, access.guarded(context.actor, entity, query), page)

    return handler


def field_history(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"])
        limit, before = _history_page(asked)
        field = entity.fields.get(asked.path["fieldKey"])
        if field is None or field.hidden:
            raise problems.unknown_field(asked.path["fieldKey"], entity.plural, "fieldKey")
        if field.read_only:
            raise problems.invalid_configuration(f"'{field.key}' keeps no history.", "fieldKey")
        found, more = history.entries(context, record, field.key, before=before, limit=limit)
        whole = before is None and not more
        return msgspec.json.encode(
            {
                "data": [
                    {
                        "value": entry.value,
                        "valueType": field.value_type,
                        "displayValue": None
                        if entry.value is None
                        else field.type.text(entry.value, field.configuration),
                        "recordedAt": clock.written(entry.at),
                        "isCreate": whole and entry.created,
                        "recordedBy": None if entry.by is None else ids.written("mem", entry.by),
                    }
                    for entry in found
                ],
                "hasMore": more,
                "nextCursor": ids.written(CURSOR, found[-1].fact) if more else None,
            }
        )

    return handler


def _status(context: Context, rest: list[tuple[str, str]], family: str) -> tuple[bool, list[tuple[str, str]]]:
    """`status`, and the other parameters. The trash is for those who may restore (spec: sdk-python 11.1)."""
    sent = [value for name, value in rest if name == "status"]
    if not sent:
        return False, rest
    if not {ACTIVE, TRASHED}.issuperset(sent):
        raise problems.invalid_type(f"'status' is '{ACTIVE}' or '{TRASHED}'.", "status")
    trashed = sent[-1] == TRASHED
    if trashed:
        context.actor.require((scope(family, "restore"),))
    return trashed, [(name, value) for name, value in rest if name != "status"]


def _history_page(asked: Asked) -> tuple[int, int | None]:
    limit, before = HISTORY_LIMIT, None
    for name, value in asked.query:
        if name == "limit":
            limit = queries.whole(name, value, 1, LARGEST_HISTORY_LIMIT)
        elif name == "after":
            before = ids.body(CURSOR, value)
            if before is None:
                raise problems.invalid_type("'after' is the 'nextCursor' of an earlier answer.", "after")
        else:
            queries.no_more([(name, value)], "history")
    return limit, before


# Declarations


@dataclass(frozen=True, slots=True)
class _Family:
    """Where an object type's operations are served, and under which scopes."""

    resource: str
    collection: str
    records: str
    scopes: str
    which: Which
    schema: Callable[[Catalog, Callable[[Entity], schemas.Schema]], schemas.Schema]
    listing: Callable[[Catalog], list[schemas.Schema]]
    label: str
    again: Again | None = None


def _of(object_type: ObjectType) -> _Family:
    name, plural = object_type.name, object_type.plural
    return _Family(
        name,
        f"/v1/{plural}",
        f"/v1/{plural}",
        plural,
        shipped(name),
        lambda catalog, make: make(catalog[name]),
        lambda catalog: schemas.listing(object_type.operations),
        object_type.label.lower(),
        again(name) if "accessLevel" in object_type.envelope else None,
    )


CUSTOM = _Family(
    "object",
    "/v1/objects/{entitySlug}",
    "/v1/objects/{entitySlug}/values",
    CUSTOM_OBJECTS,
    custom,
    schemas.custom,
    lambda catalog: schemas.listing(OBJECT_TYPES["account"].operations),
    "custom object record",
)

_HISTORY_QUERY = [
    schemas.parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_HISTORY_LIMIT, "default": HISTORY_LIMIT},
        "Values.",
    ),
    schemas.parameter("after", {"type": "string"}, "The `nextCursor` of an earlier answer."),
]

_HISTORY_REPLY = schemas.closed(
    {
        "data": {
            "type": "array",
            "items": schemas.closed(
                {
                    "value": {},
                    "valueType": {"type": "string"},
                    "displayValue": {"type": ["string", "null"]},
                    "recordedAt": schemas.MOMENT,
                    "isCreate": {"type": "boolean"},
                    "recordedBy": {"type": ["string", "null"]},
                }
            ),
        },
        "hasMore": {"type": "boolean"},
        "nextCursor": {"type": ["string", "null"]},
    }
)


def _declare(family: _Family, wanted: frozenset[str]) -> None:
    def describe(body: Any = None, reply: Any = schemas.record, query: Any = None) -> Callable[[Catalog], Any]:
        return lambda catalog: schemas.described(
            None if body is None else body if isinstance(body, dict) else family.schema(catalog, body),
            reply if isinstance(reply, dict) else family.schema(catalog, reply),
            query(catalog) if callable(query) else query,
        )

    def operation(name: str, method: str, path: str, summary: str, handler: Handler, **more: Any) -> None:
        if name in wanted:
            declare(Operation(f"{family.resource}.{method_name(name)}", method, path, summary, handler, **more))

    one, which, label = f"{family.records}/{{id}}", family.which, family.label
    article = "an" if label[0] in "aeiou" else "a"
    read = {"scopes": (scope(family.scopes, "read"),)}

    def write(permission: str, body: str = REQUIRED_BODY) -> dict[str, Any]:
        return {
            "category": WRITE,
            "scopes": (scope(family.scopes, permission),),
            "writes": True,
            "idempotent": body == REQUIRED_BODY,
            "body": body,
            "again": family.again,
        }

    operation(
        "definitions",
        "GET",
        f"{family.collection}/definitions",
        f"Fields and relationships of {article} {label}.",
        definitions(which),
        category=READ,
        describe=describe(reply=schemas.definitions),
        **read,
    )
    operation(
        "create",
        "POST",
        family.records,
        f"Create {article} {label}.",
        create(which),
        describe=describe(body=schemas.created),
        **write("create"),
    )
    operation(
        "list",
        "GET",
        family.collection,
        f"List {label} entries, newest first; other parameters are filters.",
        list_(which, family.scopes),
        category=SEARCH,
        describe=describe(reply=lambda entity: schemas.listed(schemas.record(entity)), query=family.listing),
        **read,
    )
    operation(
        "retrieve",
        "GET",
        one,
        f"Retrieve {article} {label}.",
        retrieve(which),
        category=READ,
        describe=describe(),
        **read,
    )
    operation(
        "update",
        "POST",
        one,
        f"Update {article} {label}; what is left out stays.",
        update(which),
        describe=describe(body=schemas.updated),
        **write("update"),
    )
    operation(
        "delete",
        "DELETE",
        one,
        f"Move {article} {label} to the trash.",
        delete(which),
        describe=describe(body=schemas.EMPTY),
        **write("delete", OPTIONAL_BODY),
    )
    operation(
        "restore",
        "POST",
        f"{one}/restore",
        f"Bring {article} {label} back from the trash.",
        restore(which),
        describe=describe(body=schemas.EMPTY),
        **{**write("restore", OPTIONAL_BODY), "idempotent": True},
    )
    operation(
        "history",
        "GET",
        f"{one}/fields/{{fieldKey}}/history",
        f"Earlier values of one field of {article} {label}, newest first.",
        field_history(which),
        category=READ,
        describe=describe(reply=_HISTORY_REPLY, query=_HISTORY_QUERY),
        **read,
    )


def method_name(name: str) -> str:
    """The SDK's method for one of a family's operations."""
    return "fieldHistory" if name == "history" else name


def declare_for(object_type: ObjectType) -> None:
    """Declare the operations of one shipped object type."""
    _declare(_of(object_type), object_type.operations)


_declare(CUSTOM, OBJECT_TYPES["account"].operations)
