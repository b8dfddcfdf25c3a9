"""Create, update, delete and restore records: what each verb decides, before `writing` makes it so."""

from collections.abc import Callable, Sequence
from functools import partial

from lightfield_server.events import log
from lightfield_server.model.definitions import Proposed
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Record, State
from lightfield_server.records import fields, relationships, shape
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body
from lightfield_server.records.writing import Draft, commit


def create(context: Context, entity: Entity, bodies: Sequence[Body]) -> list[Change]:
    """New records of one type, from bodies as the API takes them (spec: objects 2)."""
    return commit(context, [_new(context, entity, body) for body in bodies])


def create_each(
    context: Context, entity: Entity, bodies: Sequence[Body], external_ids: Sequence[str | None] = ()
) -> list[Change | Problem]:
    """The same, each body refused on its own: what is refused changes nothing, the rest is written."""
    given = external_ids or [None] * len(bodies)
    return _each(context, [partial(_new, context, entity, *each) for each in zip(bodies, given, strict=True)])


def _new(context: Context, entity: Entity, body: Body, external_id: str | None = None) -> Draft:
    sent_fields, sent_relationships = shape.check(entity, body, shape.CREATE)
    kept = fields.created(entity, sent_fields)
    fields.obey(entity, Proposed(kept, sent_relationships, new=True, at=context.at))
    added = relationships.on_create(context, entity, sent_relationships)
    return Draft(entity, log.CREATED, context.numbers.next(), None, kept, added=added, external_id=external_id)


def update(context: Context, entity: Entity, edits: Sequence[tuple[Record, Body]]) -> list[Change]:
    """Change live records of one type; only what is sent changes."""
    return commit(context, [_edited(context, entity, record, body) for record, body in edits])


def update_each(
    context: Context, entity: Entity, edits: Sequence[tuple[Record, Body]], external_ids: Sequence[str | None] = ()
) -> list[Change | Problem]:
    """The same, each edit refused on its own. Without a new external id a record keeps the one it has."""
    given = external_ids or [None] * len(edits)
    edited = [
        partial(_edited, context, entity, record, body, id) for (record, body), id in zip(edits, given, strict=True)
    ]
    return _each(context, edited)


def _edited(context: Context, entity: Entity, record: Record, body: Body, external_id: str | None = None) -> Draft:
    sent_fields, sent_relationships = shape.check(entity, body, shape.UPDATE)
    kept = fields.updated(entity, record.fields, sent_fields) if sent_fields else record.fields
    fields.obey(entity, Proposed(kept, sent_relationships, new=False, at=context.at))
    added, removed = relationships.on_update(context, entity, record.number, sent_relationships)
    return Draft(entity, log.UPDATED, record.number, record, kept, record.state, added, removed, external_id)


def delete(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Move records to the trash; one that lies there already stays as it is (spec: objects 12)."""
    return _moved(context, entity, records, State.TRASHED, log.DELETED)


def restore(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Bring records back from the trash with their links; a live one stays as it is (spec: sdk-python 11.1)."""
    return _moved(context, entity, records, State.LIVE, log.RESTORED)


def restore_each(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change | Problem]:
    """The same, each refused on its own: what is unique to it may be another's by now."""
    try:
        with context.tx.savepoint():
            return list(restore(context, entity, records))
    except Problem:
        return [_alone(context, partial(restore, context, entity, [record])) for record in records]


def _moved(context: Context, entity: Entity, records: Sequence[Record], state: State, verb: str) -> list[Change]:
    moving = [record for record in records if (record.state is State.TRASHED) is not (state is State.TRASHED)]
    drafts = [Draft(entity, verb, record.number, record, record.fields, state) for record in moving]
    changes = {change.after.number: change for change in commit(context, drafts)}
    return [changes.get(record.number) or Change(record, record, None) for record in records]


# Each on its own


def _each(context: Context, makers: Sequence[Callable[[], Draft]]) -> list[Change | Problem]:
    """Write what each maker drafts, all in one go; one after another if any of them is refused beside the rest."""
    made = [_drafted(make) for make in makers]
    drafts = [each for each in made if isinstance(each, Draft)]
    try:
        with context.tx.savepoint():
            changes = iter(commit(context, drafts))
    except Problem:
        # Drafts are made anew: what was written before each of them counts now.
        return [_alone(context, partial(_written, context, make)) for make in makers]
    return [each if isinstance(each, Problem) else next(changes) for each in made]


def _drafted(make: Callable[[], Draft]) -> Draft | Problem:
    try:
        return make()
    except Problem as problem:
        return problem


def _written(context: Context, make: Callable[[], Draft]) -> list[Change]:
    return commit(context, [make()])


def _alone(context: Context, write: Callable[[], list[Change]]) -> Change | Problem:
    try:
        with context.tx.savepoint():
            (change,) = write()
            return change
    except Problem as problem:
        return problem
