"""Definitions as administrators see them: archived fields and retired options too, each marked as such."""

from typing import Any

from lightfield_server.model.completing import RELATIONSHIP, TYPE
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.records.definitions.relationships import has_inverse

View = dict[str, Any]

#: Where a relationship is defined: here, on the other type, or nowhere, being worked out when it is read.
OWN, INVERSE, DERIVED = "own", "inverse", "derived"


def summaries(context: Context) -> list[View]:
    """Every object type, in a line each."""
    return [summary(context, entity) for entity in context.catalog.whole.entities.values()]


def summary(context: Context, entity: Entity) -> View:
    return {
        "objectType": entity.name,
        "label": entity.type.label,
        "pluralLabel": entity.type.plural_label or entity.type.label,
        "description": entity.type.description or None,
        "custom": entity.type.custom,
        "archived": common.is_archived(context, TYPE, "", entity.name),
        "openFields": entity.type.open_fields,
        "openRelationships": entity.type.open_relationships,
    }


def object_type(context: Context, entity: Entity) -> View:
    """All there is to know of an object type."""
    return {
        **summary(context, entity),
        "fields": [field(each) for each in entity.fields.values() if not (each.hidden and each.system)],
        "relationships": [
            relationship(context, entity, end) for end in entity.ends.values() if not (end.hidden and end.system)
        ],
    }


def field(shown: Field) -> View:
    configuration = shown.type.configuration(shown.configuration)
    if "options" in configuration:
        configuration["options"] = [
            {"id": o.id, "label": o.label, "description": o.description, "retired": o.retired}
            for o in shown.configuration.options
        ]
    return {
        "id": shown.id,
        "key": shown.key,
        "label": shown.label,
        "description": shown.description,
        "valueType": shown.value_type,
        "system": shown.system,
        "readOnly": shown.read_only,
        "required": shown.required,
        "archived": shown.hidden,
        "typeConfiguration": configuration,
    }


def relationship(context: Context, entity: Entity, end: End) -> View:
    named = has_inverse(context, end) and end.hop is not None
    inverse = {"key": end.other_key, "label": end.other_label, "cardinality": cardinality(end.other_many)}
    return {
        "id": end.id,
        "key": end.key,
        "label": end.label,
        "description": end.description,
        "target": end.target,
        "cardinality": cardinality(end.many),
        "system": end.system,
        "required": end.required,
        "archived": _archived(context, entity, end),
        "defined": DERIVED if end.hop is None else OWN if end.hop.forward else INVERSE,
        "inverse": inverse if named else None,
    }


def cardinality(many: bool) -> str:
    return "HAS_MANY" if many else "HAS_ONE"


def _archived(context: Context, entity: Entity, end: End) -> bool:
    """Archived itself, or leading to a type that is."""
    owner, key = (entity.name, end.key) if end.hop and end.hop.forward else (end.target, end.other_key)
    return common.is_archived(context, TYPE, "", end.target) or (
        key is not None and common.is_archived(context, RELATIONSHIP, owner, key)
    )
