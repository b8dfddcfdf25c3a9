"""JSON Schemas of bodies and replies, read off a catalog: for OpenAPI and for every other description."""

from collections.abc import Collection
from typing import Any

from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import REPLACE, Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.filters import OPERATORS
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.model.value_types.address import SERVICES
from lightfield_server.records import upserting

Schema = dict[str, Any]

ID: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
COUNT: Schema = {"type": "integer", "minimum": 0}
EMPTY: Schema = {"type": "object", "properties": {}, "additionalProperties": False}


def nullable(schema: Schema) -> Schema:
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def closed(properties: dict[str, Schema], *, required: tuple[str, ...] | None = None) -> Schema:
    """An object with these keys and no others; all of them required unless said otherwise."""
    needed = list(properties) if required is None else list(required)
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": needed} if needed else schema


def listed(item: Schema) -> Schema:
    return closed({"object": {"const": "list"}, "data": {"type": "array", "items": item}, "totalCount": COUNT})


def described(
    body: Schema | None = None, reply: Schema | None = None, query: list[Schema] | None = None
) -> dict[str, Any]:
    return {"body": body, "reply": reply, "query": query or []}


# Records


def record(entity: Entity) -> Schema:
    """A record of a type as it is read."""
    parts: dict[str, Schema] = {
        "id": ID,
        "createdAt": MOMENT,
        "updatedAt": nullable(MOMENT),
        "httpLink": {"type": ["string", "null"]},
        "externalId": {"type": ["string", "null"]},
        "fields": closed({field.key: _value(field) for field in entity.shown_fields}),
        "relationships": closed({end.key: _links(end) for end in entity.shown_ends}, required=_shown_always(entity)),
        "objectType": {"const": entity.name},
        "accessLevel": {"enum": ["FULL", "METADATA"]},
    }
    if entity.type.fixed_relationships:
        parts["relationships"] = closed(
            {key: {"const": shown} for key, shown in entity.type.fixed_relationships.items()}
        )
    return closed({key: parts[key] for key in entity.type.envelope})


def _shown_always(entity: Entity) -> tuple[str, ...]:
    redacts = "accessLevel" in entity.type.envelope
    return tuple(end.key for end in entity.shown_ends if not (redacts and end.key == "$transcript"))


def _value(field: Field) -> Schema:
    return closed(
        {
            "value": nullable(field.type.read_schema(field.configuration)),
            "valueType": {"const": field.value_type},
        }
    )


def _links(end: End) -> Schema:
    parts: dict[str, Schema] = {
        "cardinality": {"const": "has_many" if end.many else "has_one"},
        "objectType": {"const": end.target},
        "values": {"type": "array", "items": ID},
    }
    if end.both:
        parts["directions"] = closed({"asSource": _direction(end.many), "asDestination": _direction(end.other_many)})
    return closed(parts)


def _direction(many: bool) -> Schema:
    cardinality = {"const": "HAS_MANY" if many else "HAS_ONE"}
    return closed({"cardinality": cardinality, "values": {"type": "array", "items": ID}})


def created(entity: Entity) -> Schema:
    """The body that makes a record."""
    fields = {
        f.key: _written(f, cleared=not f.required and (f.clearable or f.first_option))
        for f in entity.shown_fields
        if not f.read_only
    }
    ends = {end.key: _named() for end in entity.shown_ends if end.on_create}
    required = tuple(f.key for f in entity.required_fields if not f.hidden)
    needed = tuple(end.key for end in entity.stored_ends if end.required)
    parts = {
        "fields": closed(fields, required=required),
        "relationships": closed(ends, required=needed),
        **{key: {"type": kind} for key, kind in entity.type.body_extras.items()},
    }
    return closed(parts, required=("fields", "relationships") if needed else ("fields",))


def updated(entity: Entity) -> Schema:
    """The body that changes a record."""
    fields = {
        f.key: _written(f, cleared=f.clearable and not f.required)
        for f in entity.shown_fields
        if not f.read_only and f.on_update
    }
    ends = {end.key: _operations(end) for end in entity.shown_ends if end.on_update}
    return closed({"fields": closed(fields, required=()), "relationships": closed(ends, required=())}, required=())


def upserted(entity: Entity) -> Schema:
    """The body that changes a record known by a value, or creates one."""
    parts: dict[str, Schema] = dict(created(entity)["properties"])
    known = [key for key in entity.places if upserting.tells(entity, key)]
    if entity.has_external_ids:
        known.append(upserting.EXTERNAL_ID)
        parts[upserting.EXTERNAL_ID] = {"type": "string", "minLength": 1, "maxLength": upserting.LONGEST_EXTERNAL_ID}
    ends = parts["relationships"]["properties"]
    either = {key: {"anyOf": [_named(), _operations(entity.ends[key])]} for key in ends}
    parts["fields"] = closed(parts["fields"]["properties"], required=())
    parts["relationships"] = closed(either, required=())
    return closed({"by": {"enum": known}, **parts}, required=("by", "fields"))


def _written(field: Field, *, cleared: bool) -> Schema:
    schema = field.type.write_schema(field.configuration)
    return nullable(schema) if cleared else schema


def _named() -> Schema:
    return {"anyOf": [ID, {"type": "array", "items": ID}]}


def _operations(end: End) -> Schema:
    named = ID if end.one_id else _named()
    clears = set() if end.keeps else {REPLACE}
    names = {name: nullable(named) if name in clears else named for name in sorted(end.operations)}
    return {**closed(names, required=()), "minProperties": 1}


# Definitions


def definitions(entity: Entity) -> Schema:
    """The definitions of a type."""
    configuration = closed(
        {
            "options": {
                "type": "array",
                "items": closed({"id": ID, "label": {"type": "string"}, "description": {"type": ["string", "null"]}}),
            },
            "currency": {"type": "string"},
            "unique": {"type": "boolean"},
            "multipleValues": {"type": "boolean"},
            "handleService": {"enum": list(SERVICES)},
        },
        required=(),
    )
    common: dict[str, Schema] = {
        "id": ID,
        "slug": {"type": "string"},
        "system": {"type": "boolean"},
        "label": {"type": "string"},
        "description": {"type": ["string", "null"]},
    }
    field = closed(
        {
            **common,
            "valueType": {"enum": [declared.name for declared in VALUE_TYPES]},
            "readOnly": {"type": "boolean"},
            "typeConfiguration": configuration,
        }
    )
    cardinality = {"enum": ["HAS_ONE", "HAS_MANY"]}
    direction = closed({"cardinality": cardinality, "label": {"type": "string"}})
    end = closed(
        {
            **common,
            "cardinality": cardinality,
            "objectType": {"type": "string"},
            "directions": closed({"asSource": direction, "asDestination": direction}),
        },
        required=("slug", "system", "label", "description", "cardinality", "objectType"),
    )
    return closed(
        {
            "objectType": {"const": entity.name},
            "fieldDefinitions": {"type": "object", "additionalProperties": field},
            "relationshipDefinitions": {"type": "object", "additionalProperties": end},
        }
    )


# Query parameters


def parameter(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


PAGING: list[Schema] = [
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": 25, "default": 25}, "Records to return."),
    parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "Records to skip."),
]
STATUS = parameter(
    "status",
    {"enum": ["active", "trashed"], "default": "active"},
    "`trashed` lists the trash; it also needs the restore scope.",
)


def filters() -> Schema:
    """Every further parameter of a list: `key`, `key[operator]` or `key[-operator]`."""
    operators = ", ".join(f"`{declared.name}` ({declared.says})" for declared in OPERATORS)
    text = (
        "Conditions, all of which must hold. Every further parameter is one: the key of a field or relationship, with "
        f"an operator in brackets (`$amount[greaterThan]=5`), negated by a minus before it. Operators: {operators}."
    )
    values = {"type": "object", "additionalProperties": {"type": "string"}}
    return {**parameter("filters", values, text), "style": "form", "explode": True}


def listing(operations: Collection[str]) -> list[Schema]:
    """The parameters of a list, for a type with these operations."""
    offered = list(PAGING)
    if "trash" in operations:
        offered.append(STATUS)
    if "filter" in operations:
        offered.append(filters())
    return offered


def custom(catalog: Catalog, make: Any) -> Schema:
    """A schema for any of the workspace's own object types."""
    made = [make(entity) for entity in catalog.custom.values()]
    return {"anyOf": made} if made else {"type": "object"}
