"""Create, update, delete and restore records: what each verb decides, before `writing` makes it so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from lightfield_server.events import log
from lightfield_server.model.definitions import Proposed
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Fields, Record, State
from lightfield_server.records import fields, relationships, shape
from lightfield_server.records.context import Context
from lightfield_server.records.relationships import Asked, Known
from lightfield_server.records.shape import Body
from lightfield_server.records.writing import Draft, commit, commit_each, permitted

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Intended:
    """A body that is well formed by itself; what it refers to is still to be looked up. `record` is what it changes."""

    record: Record | None
    fields: Fields
    asked: Sequence[Asked]
    external_id: str | None

    @property
    def number(self) -> int | None:
        return None if self.record is None else self.record.number


Edit = tuple[Record, Body]

#: One for each body, None for none; a record without a new one keeps the one it has. Only ours can give them.
ExternalIds = Sequence[str | None]


def create(context: Context, entity: Entity, bodies: Sequence[Body]) -> list[Change]:
    """New records of one type, from bodies as the API takes them: all of them or none (spec: objects 2)."""
    return commit(context, _all(_creations(context, entity, bodies)))


def create_each(
    context: Context, entity: Entity, bodies: Sequence[Body], external_ids: ExternalIds = ()
) -> list[Change | Problem]:
    """The same of every body that can be a record; for each what came of it."""
    return commit_each(context, _creations(context, entity, bodies, external_ids))


def update(context: Context, entity: Entity, edits: Sequence[Edit]) -> list[Change]:
    """Change live records of one type, each once: all of them or none. Only what is sent changes."""
    return commit(context, _all(_updates(context, entity, edits)))


def update_each(
    context: Context, entity: Entity, edits: Sequence[Edit], external_ids: ExternalIds = ()
) -> list[Change | Problem]:
    """The same of every record that can be changed as was asked; for each what came of it."""
    return commit_each(context, _updates(context, entity, edits, external_ids))


def check_create_each(context: Context, entity: Entity, bodies: Sequence[Body]) -> list[Draft | Problem]:
    """What `create_each` would write of each body, or refuse; nothing is written."""
    return permitted(context, _creations(context, entity, bodies))


def check_update_each(context: Context, entity: Entity, edits: Sequence[Edit]) -> list[Draft | Problem]:
    """What `update_each` would write of each record, or refuse; nothing is written."""
    return permitted(context, _updates(context, entity, edits))


def _creations(
    context: Context, entity: Entity, bodies: Sequence[Body], external_ids: ExternalIds = ()
) -> list[Draft | Problem]:
    given = zip(bodies, external_ids or [None] * len(bodies), strict=True)
    return _planned(context, entity, [_attempt(_new, context, entity, body, id) for body, id in given])


def _updates(
    context: Context, entity: Entity, edits: Sequence[Edit], external_ids: ExternalIds = ()
) -> list[Draft | Problem]:
    given = zip(edits, external_ids or [None] * len(edits), strict=True)
    return _planned(context, entity, [_attempt(_edited, context, entity, *edit, id) for edit, id in given])


def _new(context: Context, entity: Entity, body: Body, external_id: str | None) -> _Intended:
    sent_fields, sent_relationships = shape.check(entity, body, shape.CREATE)
    kept = fields.created(entity, sent_fields)
    fields.obey(entity, Proposed(kept, sent_relationships, new=True, at=context.at))
    return _Intended(None, kept, relationships.asked_on_create(entity, sent_relationships), external_id)


def _edited(context: Context, entity: Entity, record: Record, body: Body, external_id: str | None) -> _Intended:
    sent_fields, sent_relationships = shape.check(entity, body, shape.UPDATE)
    kept = fields.updated(entity, record.fields, sent_fields) if sent_fields else record.fields
    fields.obey(entity, Proposed(kept, sent_relationships, new=False, at=context.at))
    return _Intended(record, kept, relationships.asked_on_update(entity, sent_relationships), external_id)


def _planned(context: Context, entity: Entity, intended: Sequence[_Intended | Problem]) -> list[Draft | Problem]:
    """What each body comes to, now that all they refer to is looked up, set by set."""
    known = relationships.look_up(context, [(i.number, i.asked) for i in intended if isinstance(i, _Intended)])
    return [i if isinstance(i, Problem) else _attempt(_draft, context, entity, i, known) for i in intended]


def _draft(context: Context, entity: Entity, intended: _Intended, known: Known) -> Draft:
    record, kept, asked, id = intended.record, intended.fields, intended.asked, intended.external_id
    if record is None:
        added = relationships.on_create(context, entity, asked, known)
        return Draft(entity, log.CREATED, context.numbers.next(), None, kept, added=added, external_id=id)
    added, removed = relationships.on_update(context, record.number, asked, known) if asked else ([], [])
    return Draft(entity, log.UPDATED, record.number, record, kept, record.state, added, removed, id)


def _attempt(plan: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Problem:
    try:
        return plan(*args, **kwargs)
    except Problem as problem:
        return problem


def _all(planned: Sequence[Draft | Problem]) -> list[Draft]:
    """Every draft, or the first refusal."""
    drafts = []
    for draft in planned:
        if isinstance(draft, Problem):
            raise draft
        drafts.append(draft)
    return drafts


def delete(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Move records to the trash; one that lies there already stays as it is (spec: objects 12)."""
    return _moved(context, entity, records, State.TRASHED, log.DELETED)


def restore(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Bring records back from the trash with their links; a live one stays as it is (spec: sdk-python 11.1)."""
    return _moved(context, entity, records, State.LIVE, log.RESTORED)


def restore_each(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change | Problem]:
    """The same of every record that can be restored: what is unique to it may be another's by now."""
    drafts = _moves(entity, records, State.LIVE, log.RESTORED)
    outcomes = dict(zip(drafts, commit_each(context, list(drafts.values())), strict=True))
    return [outcomes.get(record.number) or Change(record, record, None) for record in records]


def _moved(context: Context, entity: Entity, records: Sequence[Record], state: State, verb: str) -> list[Change]:
    drafts = _moves(entity, records, state, verb)
    changes = dict(zip(drafts, commit(context, list(drafts.values())), strict=True))
    return [changes.get(record.number) or Change(record, record, None) for record in records]


def _moves(entity: Entity, records: Sequence[Record], state: State, verb: str) -> dict[int, Draft]:
    """A draft for each record, by its number, that is not where it shall be."""
    return {
        record.number: Draft(entity, verb, record.number, record, record.fields, state)
        for record in records
        if (record.state is State.TRASHED) is not (state is State.TRASHED)
    }
