"""What a client sent, as values to keep (spec: conventions 4.5, step 12)."""

from lightfield_server.model import problems
from lightfield_server.model.definitions import Field, Proposed
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Fields
from lightfield_server.model.value_types import Json
from lightfield_server.records.shape import Body


def created(entity: Entity, sent: Body) -> Fields:
    """The fields of a new record: what was sent, and what a record never goes without."""
    kept = parsed(entity, sent)
    fields = {key: value for key, value in kept.items() if value is not None}
    for field in entity.fields.values():
        if field.key in fields:
            continue
        if field.first_option:
            _choose_first(field, fields)
        elif field.key in sent and sent[field.key] is None and not field.clearable:
            raise problems.required(_title(entity), field.key, f"fields.{field.key}")
    required(entity, fields)
    return fields


def _choose_first(field: Field, fields: Fields) -> None:
    """The first option that can still be chosen; a field whose options are all retired stays unset."""
    first = next((option for option in field.configuration.options if not option.retired), None)
    if first is not None:
        fields[field.key] = first.id


def updated(entity: Entity, before: Fields, sent: Body) -> Fields:
    """A record's fields with what was sent in place; a field that was not sent keeps its value."""
    fields = dict(before)
    for key, value in parsed(entity, sent).items():
        if value is not None:
            fields[key] = value
        elif not entity.fields[key].clearable:
            raise problems.required(_title(entity), key, f"fields.{key}")
        else:
            fields.pop(key, None)
    required(entity, fields, only=sent)
    return fields


def obey(entity: Entity, proposed: Proposed) -> None:
    """The rules of an object type, each over the whole record."""
    for rule in entity.type.rules:
        problem = rule(proposed)
        if problem is not None:
            raise problem


def parsed(entity: Entity, sent: Body) -> Fields:
    """Every sent value in the form in which it is kept; None for a cleared one."""
    return {key: parsed_one(entity.fields[key], value) for key, value in sent.items()}


def parsed_one(field: Field, sent: Json) -> Json:
    try:
        return None if sent is None else field.type.parse(sent, field.configuration)
    except Problem as problem:
        problems.reraise(problem, f"fields.{field.key}")


def required(entity: Entity, fields: Fields, only: Body | None = None) -> None:
    """Every required field has a value, or 422; on update only those that were sent can have lost theirs."""
    for field in entity.required_fields:
        if (only is None or field.key in only) and blank(fields.get(field.key)):
            raise problems.required(_title(entity), field.key, f"fields.{field.key}")


def blank(value: Json) -> bool:
    """Whether a value is none as far as a required field goes."""
    return value is None or (isinstance(value, str) and not value.strip())


def _title(entity: Entity) -> str:
    return entity.type.label
