"""Fields of a workspace's own, and the words for the shipped ones."""

from collections.abc import Mapping
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.completing import FIELD
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import VALUE_TYPES, ValueType
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common, options
from lightfield_server.records.shape import Body

#: What may be set anew of a shipped field: figures stay as they are and count in another currency.
SYSTEM_SETTINGS = frozenset({"currency"})


def existing(context: Context, entity: Entity, key: str) -> Field:
    """A field, archived ones included, or 404."""
    field = entity.fields.get(key)
    if field is None or (field.hidden and field.system):
        raise problems.not_found(f"There is no field '{problems.shown(key)}' on '{entity.name}'.")
    return field


def in_use(context: Context, entity: Entity, key: str) -> Field:
    field = existing(context, entity, key)
    if field.hidden:
        raise common.archived(f"Field '{key}'")
    return field


def create(context: Context, entity: Entity, body: Body) -> str:
    """A new field of any value type; its key."""
    common.check(body, ("key", "label", "valueType"), ("description", "typeConfiguration", "options"))
    if not entity.type.open_fields:
        raise problems.invalid_configuration(f"The fields of '{entity.name}' are fixed.")
    key = common.slug(body["key"], "key")
    kept: dict[str, Any] = {"label": common.label(body), "description": common.description(body)}
    kind = _value_type(body["valueType"])
    kept["valueType"] = kind.name
    kept |= _settings(_configured(kind, common.part(body, "typeConfiguration")))
    if "options" in body:
        options.require_kind(kind)
        kept["options"] = options.first(context, body["options"])
    require_free(entity, key, "key")
    common.require_room(
        context,
        FIELD,
        entity.name,
        common.MOST_FIELDS,
        f"fields of your own on '{entity.name}', archived ones included",
    )
    common.keep(context, FIELD, entity.name, key, kept)
    return key


def change(context: Context, entity: Entity, field: Field, body: Body) -> None:
    """Other words for a field, and such settings as lose no value that a record has."""
    common.check(body, (), ("label", "description", "typeConfiguration"))
    kept = common.body_of(context, FIELD, entity.name, field.key)
    if "label" in body:
        kept["label"] = common.label(body)
    if "description" in body:
        kept["description"] = common.description(body)
    settings = common.part(body, "typeConfiguration")
    if settings:
        kept |= _changed(context, entity, field, settings)
    if body:
        common.keep(context, FIELD, entity.name, field.key, kept)


def archive(context: Context, entity: Entity, field: Field) -> None:
    """Take a field off every surface; records keep their values and the key stays taken."""
    _require_own(field)
    common.move(context, FIELD, entity.name, field.key, archived=True)


def restore(context: Context, entity: Entity, field: Field) -> None:
    _require_own(field)
    common.move(context, FIELD, entity.name, field.key, archived=False)


def require_free(entity: Entity, key: str, param: str) -> None:
    """No field and no relationship has the key: filters name both alike."""
    holder = entity.fields.get(key) or entity.ends.get(key)
    if holder is not None:
        what = "field" if key in entity.fields else "relationship"
        hint = " It is archived; restore it, or choose another key." if holder.hidden else ""
        raise problems.conflict(f"'{entity.name}' has a {what} '{key}' already.{hint}", param)


def _require_own(field: Field) -> None:
    if field.system:
        raise problems.invalid_configuration(f"Field '{field.key}' is part of every workspace.")


def _value_type(sent: Any) -> ValueType:
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", "valueType")
    kind = VALUE_TYPES.get(sent)
    if kind is None or not kind.custom:
        names = ", ".join(sorted(declared.name for declared in VALUE_TYPES if declared.custom))
        raise problems.invalid_configuration(f"'valueType' is one of {names}.", "valueType")
    return kind


def _configured(kind: ValueType, sent: Mapping[str, Any]) -> Configuration:
    try:
        return kind.configure(sent)
    except Problem as problem:
        problems.reraise(problem, "typeConfiguration")


def _settings(configuration: Configuration) -> dict[str, Any]:
    """A configuration as it is kept, options aside."""
    named = {
        "currency": configuration.currency,
        "unique": configuration.unique,
        "multiple": configuration.multiple,
        "service": configuration.service,
    }
    return {name: value for name, value in named.items() if value}


def _changed(context: Context, entity: Entity, field: Field, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The settings a field has once those that were sent are in place, with its records made ready for them."""
    if field.system and not set(sent) <= SYSTEM_SETTINGS:
        raise _lost(f"The settings of '{field.key}' are part of every workspace.")
    shown = field.type.configuration(field.configuration)
    before = field.configuration
    after = _configured(field.type, {**{k: v for k, v in shown.items() if k != "options"}, **sent})
    if before.multiple and not after.multiple:
        raise _lost("A field that holds several values cannot hold one from now on.")
    if before.service != after.service:
        raise _lost("Profiles of one service are none of another; add a field instead.")
    if after.unique and not before.unique and context.tx.shares_keys(entity.places[field.key].name):
        raise problems.conflict(
            f"Some records share a value in '{field.key}'; make them differ first.", "typeConfiguration"
        )
    if after.multiple and not before.multiple:
        context.tx.make_arrays(entity.name, field.key)
    return {"unique": False, **_settings(after)} if "unique" in shown else _settings(after)


def _lost(message: str) -> Problem:
    return problems.invalid_configuration(message, "typeConfiguration")
