"""Keys before values: what a body may say at all (spec: conventions 4.5, steps 10 and 11)."""

from collections.abc import Mapping
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.entity import Entity
from lightfield_server.model.value_types import Json

Body = Mapping[str, Json]

#: What a body is for. One that may do either says what a creation or a change may say.
CREATE, UPDATE, UPSERT = "create", "update", "upsert"

_JSON_TYPES: dict[str, type] = {"boolean": bool}


def check(entity: Entity, body: Body, verb: str) -> tuple[Body, Body]:
    """The body's fields and relationships, every key of which may be written."""
    if entity.type.spelling is not None:
        body = entity.type.spelling(body)
    extras = {} if verb == UPDATE else entity.type.body_extras
    for key in body:
        if key not in ("fields", "relationships") and key not in extras:
            raise problems.unknown_key(key)
    for key, kind in extras.items():
        if key in body and not isinstance(body[key], _JSON_TYPES[kind]):
            raise problems.invalid_type(f"'{key}' is a {kind}.", key)
    if verb != UPDATE and "fields" not in body:
        raise problems.parameter_missing("fields")
    fields = _part(body, "fields")
    relationships = _part(body, "relationships")
    _present(entity, body, fields, relationships, verb)
    _known(entity, fields, relationships)
    _writable(entity, fields, relationships, verb)
    return fields, relationships


def empty(body: Body) -> None:
    """Refuse a body that says anything, where there is nothing to say."""
    for key in body:
        raise problems.unknown_key(key)


def _part(body: Body, name: str) -> Body:
    part: Any = body.get(name, {})
    if not isinstance(part, dict):
        raise problems.invalid_type(f"'{name}' is an object.", name)
    return part


def _present(entity: Entity, body: Body, fields: Body, relationships: Body, verb: str) -> None:
    if verb == CREATE and not entity.type.open_fields:
        for field in entity.required_fields:
            if field.key not in fields:
                raise problems.parameter_missing(f"fields.{field.key}")
    for name, key in entity.type.needs.get(verb, {}).items():
        if name in body and not (fields if name == "fields" else relationships):
            raise problems.parameter_missing(f"{name}.{key}")


def _known(entity: Entity, fields: Body, relationships: Body) -> None:
    for key in fields:
        field = entity.fields.get(key)
        if field is None or field.hidden:
            raise problems.unknown_field(key, entity.plural, f"fields.{problems.shown(key)}")
    for key in relationships:
        end = entity.ends.get(key)
        if end is None or end.hidden:
            raise problems.unknown_relationship(key, entity.plural, f"relationships.{problems.shown(key)}")


def _writable(entity: Entity, fields: Body, relationships: Body, verb: str) -> None:
    for key in fields:
        field = entity.fields[key]
        if field.read_only or (verb == UPDATE and not field.on_update):
            raise problems.read_only(key, f"fields.{key}")
    for key in relationships:
        end = entity.ends[key]
        if not ((verb != UPDATE and end.on_create) or (verb != CREATE and end.on_update)):
            raise problems.read_only(key, f"relationships.{key}")
