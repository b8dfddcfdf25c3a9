"""The options of select fields, a workspace's own and the shipped ones alike."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model import problems
from lightfield_server.model.completing import FIELD, OPTION_ID
from lightfield_server.model.configuration import Option, folded_label
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import Entity
from lightfield_server.model.value_types import ValueType
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.records.shape import Body

Options = tuple[Option, ...]


def require_kind(kind: ValueType) -> None:
    if "options" not in kind.configurable:
        raise problems.invalid_configuration(f"A field of type {kind.name} has no options.", "options")


def changeable(field: Field) -> Field:
    """The same field, if its options are the workspace's to change; those of a task's status are words of the API."""
    require_kind(field.type)
    if any(not option.id.startswith(f"{OPTION_ID}_") for option in field.configuration.options):
        raise problems.invalid_configuration(f"The options of '{field.key}' are part of the API and stay as they are.")
    return field


def existing(field: Field, id: str) -> Option:
    """An option, retired ones included, or 404."""
    option = field.configuration.by_id.get(id)
    if option is None:
        raise problems.not_found(f"'{field.key}' has no option '{problems.shown(id)}'.")
    return option


def first(context: Context, sent: Any) -> list[dict[str, Any]]:
    """The options that a new field starts with."""
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise problems.invalid_type("An array of objects is expected.", "options")
    made: Options = ()
    for position, each in enumerate(sent):
        made = _with_one_more(context, made, each, f"options[{position}].")
    return _kept(made)


def create(context: Context, entity: Entity, field: Field, body: Body) -> str:
    """One more option, after the others; its id."""
    made = _with_one_more(context, field.configuration.options, body, "")
    _keep(context, entity, field, made)
    return made[-1].id


def change(context: Context, entity: Entity, field: Field, option: Option, body: Body) -> None:
    """Other words for an option; records that have it follow."""
    common.check(body, (), ("label", "description"))
    changed = option
    if "label" in body:
        changed = replace(changed, label=common.label(body))
        if not option.retired:
            _require_free(_others(field, option), changed.label, "label")
    if "description" in body:
        changed = replace(changed, description=common.description(body))
    _exchange(context, entity, field, changed)


def retire(context: Context, entity: Entity, field: Field, option: Option) -> None:
    """Take an option out of choice. Records that have it keep it; reading and filtering still know it."""
    if field.first_option and not any(not other.retired for other in _others(field, option)):
        raise problems.conflict(f"'{field.key}' needs an option that can be chosen; add another first.")
    _exchange(context, entity, field, replace(option, retired=True))


def restore(context: Context, entity: Entity, field: Field, option: Option) -> None:
    if option.retired:
        _require_free(_others(field, option), option.label, "label")
    _exchange(context, entity, field, replace(option, retired=False))


def order(context: Context, entity: Entity, field: Field, body: Body) -> None:
    """Another order for the options that can be chosen; retired ones come after them."""
    common.check(body, ("ids",))
    sent: Any = body["ids"]
    if not isinstance(sent, list) or not all(isinstance(id, str) for id in sent):
        raise problems.invalid_type("An array of option ids is expected.", "ids")
    for id in sent:
        if id not in field.configuration.by_id:
            raise problems.referenced_resource_missing(id, "ids")
    live = [option.id for option in field.configuration.options if not option.retired]
    if sorted(sent) != sorted(live):
        raise problems.invalid_configuration("'ids' names every option that is not retired, once.", "ids")
    retired = [option for option in field.configuration.options if option.retired]
    _keep(context, entity, field, (*(field.configuration.by_id[id] for id in sent), *retired))


def _with_one_more(context: Context, options: Options, body: Body, at: str) -> Options:
    common.check(body, ("label",), ("description",), at)
    label, description = common.label(body, at=at), common.description(body, at)
    _require_free(options, label, f"{at}label")
    if len(options) >= common.MOST_OPTIONS:
        raise problems.conflict(f"A field has at most {common.MOST_OPTIONS} options, retired ones included.")
    return (*options, Option(ids.written(OPTION_ID, context.numbers.next()), label, description))


def _require_free(options: Sequence[Option], label: str, param: str) -> None:
    folded = folded_label(label)
    if any(not option.retired and folded_label(option.label) == folded for option in options):
        raise problems.conflict(f"There is an option '{problems.shown(label)}' already.", param)


def _others(field: Field, option: Option) -> list[Option]:
    return [other for other in field.configuration.options if other.id != option.id]


def _exchange(context: Context, entity: Entity, field: Field, changed: Option) -> None:
    before = field.configuration.options
    after = tuple(changed if option.id == changed.id else option for option in before)
    if after != before:
        _keep(context, entity, field, after)


def _keep(context: Context, entity: Entity, field: Field, options: Options) -> None:
    kept = common.body_of(context, FIELD, entity.name, field.key)
    common.keep(context, FIELD, entity.name, field.key, {**kept, "options": _kept(options)})


def _kept(options: Options) -> list[dict[str, Any]]:
    return [asdict(option) for option in options]
