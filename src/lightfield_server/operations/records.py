"""Definitions, create, list, retrieve, update, delete, restore and field history, declared for every object type.

Shipped types are served under paths of their own, those a workspace defines under `/v1/objects/{entitySlug}`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lightfield_server.events import log
from lightfield_server.identity.limits import READ, SEARCH, WRITE
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import ObjectType
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.operations import handlers, schemas
from lightfield_server.operations.operation import (
    OPTIONAL_BODY,
    REQUIRED_BODY,
    Again,
    Handler,
    Operation,
    Verb,
    declare,
)


@dataclass(frozen=True, slots=True)
class _Family:
    """Where an object type's operations are served, and under which scopes."""

    resource: str
    collection: str
    records: str
    scopes: str
    which: handlers.Which
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
        handlers.shipped(name),
        lambda catalog, make: make(catalog[name]),
        lambda catalog: schemas.listing(object_type.operations),
        object_type.label.lower(),
        handlers.again(name) if "accessLevel" in object_type.envelope else None,
    )


CUSTOM = _Family(
    "object",
    "/v1/objects/{entitySlug}",
    "/v1/objects/{entitySlug}/values",
    CUSTOM_OBJECTS,
    handlers.custom,
    schemas.custom,
    lambda catalog: schemas.listing(OBJECT_TYPES["account"].operations),
    "custom object record",
)

_HISTORY_QUERY = [
    schemas.parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": handlers.LARGEST_HISTORY_LIMIT, "default": handlers.HISTORY_LIMIT},
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
            "verb": Verb(permission, which, family.again),
        }

    operation(
        "definitions",
        "GET",
        f"{family.collection}/definitions",
        f"Fields and relationships of {article} {label}.",
        handlers.definitions(which),
        category=READ,
        describe=describe(reply=schemas.definitions),
        **read,
    )
    operation(
        "create",
        "POST",
        family.records,
        f"Create {article} {label}.",
        handlers.create(which),
        describe=describe(body=schemas.created),
        **write("create"),
    )
    operation(
        "list",
        "GET",
        family.collection,
        f"List {label} entries, newest first; other parameters are filters.",
        handlers.list_(which, family.scopes),
        category=SEARCH,
        describe=describe(reply=lambda entity: schemas.listed(schemas.record(entity)), query=family.listing),
        **read,
    )
    operation(
        "retrieve",
        "GET",
        one,
        f"Retrieve {article} {label}.",
        handlers.retrieve(which),
        category=READ,
        describe=describe(),
        **read,
    )
    operation(
        "update",
        "POST",
        one,
        f"Update {article} {label}; what is left out stays.",
        handlers.update(which),
        describe=describe(body=schemas.updated),
        **write("update"),
    )
    if {"create", "update"} <= wanted:
        _declare_upsert(family, article, describe, write("create"))
    operation(
        "delete",
        "DELETE",
        one,
        f"Move {article} {label} to the trash.",
        handlers.delete(which),
        describe=describe(body=schemas.EMPTY),
        **write("delete", OPTIONAL_BODY),
    )
    operation(
        "restore",
        "POST",
        f"{one}/restore",
        f"Bring {article} {label} back from the trash.",
        handlers.restore(which),
        describe=describe(body=schemas.EMPTY),
        **{**write("restore", OPTIONAL_BODY), "idempotent": True},
    )
    operation(
        "history",
        "GET",
        f"{one}/fields/{{fieldKey}}/history",
        f"Earlier values of one field of {article} {label}, newest first.",
        handlers.field_history(which),
        category=READ,
        describe=describe(reply=_HISTORY_REPLY, query=_HISTORY_QUERY),
        **read,
    )


def _declare_upsert(family: _Family, article: str, describe: Any, write: dict[str, Any]) -> None:
    def reply(entity: Entity) -> schemas.Schema:
        outcome: schemas.Schema = {"enum": [log.CREATED, log.UPDATED, log.UNCHANGED]}
        return schemas.closed({"outcome": outcome, "record": schemas.record(entity)})

    changed = {
        "scopes": tuple(scope(family.scopes, permission) for permission in ("create", "update")),
        "again": None if family.again is None else handlers.upserted_again(family.again),
        "verb": Verb("upsert", family.which, family.again),
    }
    declare(
        Operation(
            f"{family.resource}.upsert",
            "POST",
            f"{family.collection}/upsert",
            f"Change the {family.label} that is known by a value, or create {article} {family.label}.",
            handlers.upsert(family.which),
            describe=describe(body=schemas.upserted, reply=reply),
            compatible=False,
            **{**write, **changed},
        )
    )


def method_name(name: str) -> str:
    """The SDK's method for one of a family's operations."""
    return "fieldHistory" if name == "history" else name


def declare_for(object_type: ObjectType) -> None:
    """Declare the operations of one shipped object type."""
    _declare(_of(object_type), object_type.operations)


_declare(CUSTOM, OBJECT_TYPES["account"].operations)
