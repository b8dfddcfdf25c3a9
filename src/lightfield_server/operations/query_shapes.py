"""JSON Schemas of queries and their answers."""

from typing import Any

from lightfield_server.model import calendars
from lightfield_server.model.attributes import ATTRIBUTES, CREATED_AT, UPDATED_AT
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.filters import OPERATORS
from lightfield_server.operations import schemas
from lightfield_server.operations.schemas import Schema, closed
from lightfield_server.records import access, aggregating, asking, conditions, grouping, measures, sorts

KEY: Schema = {"type": "string", "description": "The key of a field or of a relationship."}
YES_OR_NO: Schema = {"type": "boolean"}
ATTRIBUTE: Schema = {"enum": list(ATTRIBUTES)}


def _names(catalog: Catalog) -> Schema:
    return {"enum": [entity.name for entity in catalog.entities.values() if access.readable(entity)]}


def _condition(depth: int) -> Schema:
    """Conditions within conditions, spelt out as deep as a reader cares to look."""
    operators = ", ".join(f"`{declared.name}` ({declared.says})" for declared in OPERATORS)
    asked: dict[str, Schema] = {
        "operator": {"type": "string", "description": f"One of {operators}; the type's own if left out."},
        "value": {"type": ["string", "number", "boolean"]},
        "set": {"type": "boolean", "description": "Instead of a value: whether there is any."},
    }
    kinds = [
        closed({"key": KEY, **asked}, required=("key",)),
        closed({"attribute": ATTRIBUTE, **asked}, required=("attribute",)),
    ]
    inner = _condition(depth - 1) if depth else {"type": "object"}
    several: Schema = {"type": "array", "items": inner, "minItems": 1, "maxItems": conditions.MOST_CONDITIONS}
    return {"anyOf": [*kinds, closed({"and": several}), closed({"or": several}), closed({"not": inner})]}


def _subject(catalog: Catalog) -> dict[str, Schema]:
    return {
        "objectType": _names(catalog),
        "where": _condition(1),
        "status": {"enum": [asking.ACTIVE, asking.TRASHED], "default": asking.ACTIVE},
    }


_KEYS: Schema = {"type": "array", "items": {"type": "string"}}

_SORT = closed(
    {
        "key": KEY,
        "attribute": ATTRIBUTE,
        "direction": {"enum": [sorts.ASCENDING, sorts.DESCENDING], "default": sorts.ASCENDING},
        "nulls": {"enum": [sorts.LAST, sorts.FIRST], "default": sorts.LAST},
    },
    required=(),
)

_INCLUDE: Schema = {
    "anyOf": [
        {"type": "string"},
        closed(
            {
                "relationship": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": asking.MOST_INCLUDED},
                "fields": _KEYS,
                "relationships": _KEYS,
            },
            required=("relationship",),
        ),
    ]
}


def describe_query(catalog: Catalog) -> dict[str, Any]:
    body = closed(
        {
            **_subject(catalog),
            "sort": {"type": "array", "items": _SORT, "maxItems": sorts.MOST_SORTS},
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": asking.LARGEST_LIMIT,
                "default": asking.DEFAULT_LIMIT,
            },
            "cursor": {"type": "string", "description": "The `nextCursor` of an earlier answer to the same query."},
            "count": {"enum": [asking.EXACT, asking.CAPPED, asking.NONE], "default": asking.NONE},
            "countLimit": {
                "type": "integer",
                "minimum": 1,
                "maximum": asking.LARGEST_CAP,
                "default": asking.DEFAULT_CAP,
            },
            "fields": _KEYS,
            "relationships": _KEYS,
            "include": {"type": "array", "items": _INCLUDE, "maxItems": asking.MOST_INCLUDED_ENDS},
        },
        required=("objectType",),
    )
    records: Schema = {"type": "array", "items": {"type": "object"}}
    included = closed({"objectType": {"type": "string"}, "data": records, "capped": YES_OR_NO})
    reply = closed(
        {
            "object": {"const": "list"},
            "data": records,
            "totalCount": {"type": ["integer", "null"]},
            "totalCountCapped": YES_OR_NO,
            "hasMore": YES_OR_NO,
            "nextCursor": {"type": ["string", "null"]},
            "included": {"type": "object", "additionalProperties": included},
        },
        required=("object", "data", "totalCount", "totalCountCapped", "hasMore", "nextCursor"),
    )
    return schemas.described(body=body, reply=reply)


_GROUPING = closed(
    {
        "key": KEY,
        "attribute": {"enum": [CREATED_AT, UPDATED_AT]},
        "interval": {"enum": list(calendars.INTERVALS), "description": "For moments, which need one."},
        "timeZone": {"type": "string", "default": calendars.UTC_NAME},
    },
    required=(),
)

_MEASURE = closed(
    {
        "function": {"enum": list(measures.FUNCTIONS)},
        "key": KEY,
        "attribute": {"enum": [CREATED_AT, UPDATED_AT]},
        "as": {"type": "string", "minLength": 1, "maxLength": measures.LONGEST_NAME},
    },
    required=("function",),
)


def describe_aggregate(catalog: Catalog) -> dict[str, Any]:
    largest = aggregating.LARGEST_LIMIT
    direction = {"enum": [sorts.ASCENDING, sorts.DESCENDING], "default": sorts.ASCENDING}
    body = closed(
        {
            **_subject(catalog),
            "groupBy": {"type": "array", "items": _GROUPING, "maxItems": grouping.MOST_GROUPINGS},
            "measures": {"type": "array", "items": _MEASURE, "minItems": 1, "maxItems": measures.MOST_MEASURES},
            "sort": {
                "type": "array",
                "items": closed({"measure": {"type": "string"}, "direction": direction}, required=("measure",)),
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": largest, "default": largest},
        },
        required=("objectType",),
    )
    name = closed({"value": {"type": ["string", "boolean", "null"]}, "label": {"type": ["string", "null"]}})
    group = closed(
        {
            "group": {"type": "array", "items": name},
            "values": {"type": "object", "additionalProperties": {"type": ["number", "string", "null"]}},
        }
    )
    reply = closed(
        {
            "object": {"const": "aggregation"},
            "data": {"type": "array", "items": group},
            "groupCount": schemas.COUNT,
            "capped": YES_OR_NO,
        }
    )
    return schemas.described(body=body, reply=reply)
