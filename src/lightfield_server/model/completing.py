"""The shipped object types, completed by what a workspace added to them or changed of them."""

import hashlib
from dataclasses import replace
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.definitions import Field, ObjectType, Relationship
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.record import Stored

#: Kinds of stored definition.
TYPE, FIELD, RELATIONSHIP = "type", "field", "relationship"

#: Prefixes of definition ids (spec: conventions 10; `ot` is ours).
TYPE_ID, FIELD_ID, RELATIONSHIP_ID, OPTION_ID = "ot", "ad", "rd", "opt"

#: The prefix of records of every type that a workspace defines.
CUSTOM_PREFIX = "obj"


def object_types(workspace: int, stored: tuple[Stored, ...]) -> dict[str, ObjectType]:
    types = {declared.name: _identified(workspace, declared) for declared in OBJECT_TYPES}
    for definition in stored:
        if definition.kind == TYPE and definition.key in types:
            types[definition.key] = _renamed(types[definition.key], definition)
        elif definition.kind == TYPE and not definition.archived:
            types[definition.key] = _custom_type(workspace, definition)
    for definition in stored:
        owner = types.get(definition.owner)
        if owner is None or definition.kind == TYPE:
            continue
        if definition.kind == FIELD:
            types[owner.name] = replace(owner, fields=_with_field(owner.fields, definition))
        elif definition.body.get("target", owner.name) in types:
            target = types[definition.body.get("target", owner.name)]
            types[owner.name] = replace(owner, relationships=_with_relationship(owner, target, definition))
    return types


def _identified(workspace: int, declared: ObjectType) -> ObjectType:
    def options(f: Field) -> Configuration:
        if not any(option.id == "" for option in f.configuration.options):
            return f.configuration
        given = tuple(
            replace(option, id=shipped_id(OPTION_ID, workspace, declared.name, f.key, option.label))
            for option in f.configuration.options
        )
        return replace(f.configuration, options=given)

    fields = tuple(
        replace(f, configuration=options(f), id=shipped_id(FIELD_ID, workspace, declared.name, f.key))
        for f in declared.fields
    )
    relationships = tuple(
        replace(r, id=shipped_id(RELATIONSHIP_ID, workspace, declared.name, r.key)) for r in declared.relationships
    )
    return replace(declared, fields=fields, relationships=relationships)


def _custom_type(workspace: int, stored: Stored) -> ObjectType:
    """A type of the workspace's own: a name is all it has until fields are added (spec: objects 11)."""
    body = stored.body
    return ObjectType(
        name=stored.key,
        plural=stored.key,
        label=body["label"],
        plural_label=body.get("pluralLabel") or body["label"],
        prefix=CUSTOM_PREFIX,
        fields=(
            Field("$name", "Name", "TEXT", required=True, id=shipped_id(FIELD_ID, workspace, stored.key, "$name")),
        ),
        operations=OBJECT_TYPES["account"].operations,
        mergeable=True,
        description=body.get("description"),
        custom=True,
        id=ids.written(TYPE_ID, stored.number),
    )


def _renamed(shipped: ObjectType, stored: Stored) -> ObjectType:
    return replace(
        shipped,
        label=stored.body.get("label", shipped.label),
        plural_label=stored.body.get("pluralLabel", shipped.plural_label),
        description=stored.body.get("description", shipped.description),
    )


def _with_field(fields: tuple[Field, ...], stored: Stored) -> tuple[Field, ...]:
    shipped = next((f for f in fields if f.key == stored.key), None)
    if shipped is not None:
        changed = replace(
            shipped,
            label=stored.body.get("label", shipped.label),
            description=stored.body.get("description", shipped.description),
            configuration=configuration_of(stored.body, shipped.configuration),
        )
        return tuple(changed if f.key == stored.key else f for f in fields)
    added = Field(
        stored.key,
        stored.body["label"],
        stored.body["valueType"],
        configuration_of(stored.body, Configuration()),
        # Archived, its keys still follow the records that have a value, so that it can come back.
        hidden=stored.archived,
        description=stored.body.get("description"),
        id=ids.written(FIELD_ID, stored.number),
    )
    return (*fields, added)


def configuration_of(body: dict[str, Any], otherwise: Configuration) -> Configuration:
    """The configuration a stored body speaks of; what it leaves out stays as it was."""
    options = body.get("options")
    return replace(
        otherwise,
        options=otherwise.options if options is None else tuple(Option(**option) for option in options),
        currency=body.get("currency", otherwise.currency),
        unique=body.get("unique", otherwise.unique),
        multiple=body.get("multiple", otherwise.multiple),
        service=body.get("service", otherwise.service),
    )


def _with_relationship(owner: ObjectType, target: ObjectType, stored: Stored) -> tuple[Relationship, ...]:
    shipped = next((r for r in owner.relationships if r.key == stored.key), None)
    body = stored.body
    if shipped is not None:
        changed = replace(
            shipped,
            label=body.get("label", shipped.label),
            description=body.get("description", shipped.description),
            required=body.get("required", shipped.required),
            inverse_label=body.get("inverseLabel", shipped.inverse_label),
        )
        return tuple(changed if r.key == stored.key else r for r in owner.relationships)
    added = Relationship(
        stored.key,
        body["label"],
        body["target"],
        many=body["many"],
        required=body.get("required", False),
        inverse=body.get("inverse"),
        inverse_label=body.get("inverseLabel") or "",
        inverse_many=body["inverseMany"],
        inverse_writable=True,
        # A type whose relationships are closed shows none but its own: a member's are always empty.
        inverse_hidden=stored.archived or not target.open_relationships,
        hidden=stored.archived,
        slug=f"{owner.name}-{stored.key}",
        description=body.get("description"),
        id=ids.written(RELATIONSHIP_ID, stored.number),
    )
    return (*owner.relationships, added)


def shipped_id(prefix: str, workspace: int, *words: str) -> str:
    """The id of something shipped: specific to the workspace, yet known without being stored."""
    text = "/".join((str(workspace), prefix, *words))
    return f"{prefix}_{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"
