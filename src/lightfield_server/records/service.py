"""Create, update, delete and restore records: what each verb decides, before `writing` makes it so."""

from collections.abc import Sequence

from lightfield_server.events import log
from lightfield_server.model.definitions import Proposed
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Change, Record, State
from lightfield_server.records import fields, relationships, shape
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body
from lightfield_server.records.writing import Draft, commit


def create(context: Context, entity: Entity, bodies: Sequence[Body]) -> list[Change]:
    """New records of one type, from bodies as the API takes them (spec: objects 2)."""
    return commit(context, [_new(context, entity, body) for body in bodies])


def _new(context: Context, entity: Entity, body: Body) -> Draft:
    sent_fields, sent_relationships = shape.check(entity, body, shape.CREATE)
    kept = fields.created(entity, sent_fields)
    fields.obey(entity, Proposed(kept, sent_relationships, new=True, at=context.at))
    added = relationships.on_create(context, entity, sent_relationships)
    return Draft(entity, log.CREATED, context.numbers.next(), None, kept, added=added)


def update(context: Context, entity: Entity, edits: Sequence[tuple[Record, Body]]) -> list[Change]:
    """Change live records of one type; only what is sent changes."""
    return commit(context, [_edited(context, entity, record, body) for record, body in edits])


def _edited(context: Context, entity: Entity, record: Record, body: Body) -> Draft:
    sent_fields, sent_relationships = shape.check(entity, body, shape.UPDATE)
    kept = fields.updated(entity, record.fields, sent_fields) if sent_fields else record.fields
    fields.obey(entity, Proposed(kept, sent_relationships, new=False, at=context.at))
    added, removed = relationships.on_update(context, entity, record.number, sent_relationships)
    return Draft(entity, log.UPDATED, record.number, record, kept, record.state, added, removed)


def delete(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Move records to the trash; one that lies there already stays as it is (spec: objects 12)."""
    return _moved(context, entity, records, State.TRASHED, log.DELETED)


def restore(context: Context, entity: Entity, records: Sequence[Record]) -> list[Change]:
    """Bring records back from the trash with their links; a live one stays as it is (spec: sdk-python 11.1)."""
    return _moved(context, entity, records, State.LIVE, log.RESTORED)


def _moved(context: Context, entity: Entity, records: Sequence[Record], state: State, verb: str) -> list[Change]:
    moving = [record for record in records if (record.state is State.TRASHED) is not (state is State.TRASHED)]
    drafts = [Draft(entity, verb, record.number, record, record.fields, state) for record in moving]
    changes = {change.after.number: change for change in commit(context, drafts)}
    return [changes.get(record.number) or Change(record, record, None) for record in records]
