"""Full-text search over all types of record that a key may read (ours)."""

from collections import defaultdict
from typing import Any

import msgspec

from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import SEARCH
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Record
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.model.value_types import Json
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import REQUIRED_BODY, Asked, Operation, declare
from lightfield_server.records import hits, searching
from lightfield_server.records.context import Context
from lightfield_server.records.searching import Hit
from lightfield_server.records.shape import Body

DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100


def search(context: Context, asked: Asked) -> bytes:
    for key in asked.body:
        if key not in ("text", "objectTypes", "limit"):
            raise problems.unknown_key(key)
    text, limit = _text(asked.body), _limit(asked.body)
    entities = _entities(context, asked.body)
    try:
        found = searching.find(context, entities, text, limit)
    except Problem as problem:
        problems.reraise(problem, "text")
    records = _records(context, found.hits)
    return msgspec.json.encode(
        {
            "data": [_shown(hit, records[hit.number]) for hit in found.hits if hit.number in records],
            "count": found.count,
            "exactCount": found.exact,
            "complete": not context.tx.is_behind(),
        }
    )


def _text(body: Body) -> str:
    if "text" not in body:
        raise problems.parameter_missing("text")
    text = body["text"]
    if not isinstance(text, str):
        raise problems.invalid_type("Expected a string.", "text")
    return text


def _limit(body: Body) -> int:
    limit: Json = body.get("limit", DEFAULT_LIMIT)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= LARGEST_LIMIT:
        raise problems.invalid_type(f"'limit' is a whole number from 1 to {LARGEST_LIMIT}.", "limit")
    return limit


def _entities(context: Context, body: Body) -> list[Entity]:
    """The types that are asked for, all of which the key may read; by default all that it may."""
    known = {name: entity for name, entity in context.catalog.entities.items() if _readable(entity)}
    if "objectTypes" not in body:
        allowed = [entity for entity in known.values() if context.actor.may(_scope(entity))]
        if not allowed:
            raise problems.forbidden("This key may read no type of record.")
        return allowed
    wanted = body["objectTypes"]
    if not isinstance(wanted, list) or not wanted or not all(isinstance(name, str) for name in wanted):
        raise problems.invalid_type("Expected an array of the names of object types.", "objectTypes")
    for name in wanted:
        if name not in known:
            raise problems.invalid_configuration(f"There is no object type '{problems.shown(name)}'.", "objectTypes")
    chosen = [known[name] for name in dict.fromkeys(wanted)]
    _require(context.actor, chosen)
    return chosen


def _require(actor: Actor, entities: list[Entity]) -> None:
    for entity in entities:
        actor.require((_scope(entity),))


def _readable(entity: Entity) -> bool:
    return "retrieve" in entity.type.operations


def _scope(entity: Entity) -> str:
    return scope(CUSTOM_OBJECTS if entity.type.custom else entity.plural, "read")


def _records(context: Context, found: list[Hit]) -> dict[int, Record]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for hit in found:
        numbers[hit.entity.name].append(hit.number)
    return {
        number: record
        for type, wanted in numbers.items()
        for number, record in context.tx.records(type, wanted).items()
    }


def _shown(hit: Hit, record: Record) -> dict[str, Any]:
    answers = hits.shown(hit, record)
    return {
        "objectType": hit.entity.name,
        "id": hit.entity.id(hit.number),
        "title": hits.title(hit.entity, record),
        "field": answers.field,
        "snippet": answers.snippet,
        "score": round(hit.worth.score, 4),
    }


def _describe(catalog: Catalog) -> dict[str, Any]:
    readable = [name for name, entity in catalog.entities.items() if _readable(entity)]
    return schemas.described(
        body=schemas.closed(
            {
                "text": {"type": "string", "minLength": 1, "maxLength": searching.LONGEST_TEXT},
                "objectTypes": {"type": "array", "items": {"enum": readable}, "minItems": 1},
                "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
            },
            required=("text",),
        ),
        reply=schemas.closed(
            {
                "data": {
                    "type": "array",
                    "items": schemas.closed(
                        {
                            "objectType": {"enum": readable},
                            "id": schemas.ID,
                            "title": {"type": "string"},
                            "field": {"type": "string"},
                            "snippet": {"type": "string"},
                            "score": {"type": "number", "minimum": 0, "maximum": 1},
                        }
                    ),
                },
                "count": schemas.COUNT,
                "exactCount": {"type": "boolean"},
                "complete": {"type": "boolean"},
            }
        ),
    )


declare(
    Operation(
        "search.search",
        "POST",
        "/v1/search",
        "Records of any type that have some words, the best first.",
        search,
        SEARCH,
        _describe,
        body=REQUIRED_BODY,
        compatible=False,
        long=True,
    )
)
