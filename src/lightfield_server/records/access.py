"""The only ways to a record, and what of it an actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lightfield_server.identity.actor import Actor
from lightfield_server.model import problems
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types import meeting
from lightfield_server.model.object_types.file import FILE
from lightfield_server.model.predicates import (
    AllOf,
    AnyOf,
    Between,
    Linked,
    LinkedWith,
    Not,
    OneOf,
    Predicate,
    Prefix,
    Related,
    Search,
    Stamped,
    Within,
)
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Fields, Record, State
from lightfield_server.model.routes import LinkHop
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query


def existing(context: Context, entity: Entity, id: str, *, trashed: bool = False, lock: bool = False) -> Record:
    """The live record of an id, or 404; with `trashed` also one that lies in the trash."""
    number = entity.number(id)
    record = None if number is None else context.tx.record(entity.name, number, lock=lock)
    if record is None or (record.state is State.TRASHED and not trashed):
        raise problems.record_not_found(entity.plural)
    if entity.name == FILE.name and _is_hidden_transcript(context, record):
        raise problems.record_not_found(entity.plural)
    return record


def existing_each(
    context: Context, entity: Entity, ids: Sequence[str], *, trashed: bool = False, lock: bool = False
) -> list[Record | Problem]:
    """The same for several ids at once: a record, or the refusal, for each."""
    numbers = [entity.number(id) for id in ids]
    found = context.tx.records(entity.name, {number for number in numbers if number is not None}, lock=lock)
    records = [None if number is None else found.get(number) for number in numbers]
    return [
        problems.record_not_found(entity.plural)
        if record is None or (record.state is State.TRASHED and not trashed)
        else record
        for record in records
    ]


def deleted_twice(entity: Entity) -> bool:
    """Whether deleting a record that lies in the trash is a no-op: always, save for meetings (spec: objects 8)."""
    return entity.name != meeting.MEETING.name


def readable(entity: Entity) -> bool:
    """Whether the API shows records of a type at all."""
    return entity.type.custom or "retrieve" in entity.type.operations


def require(actor: Actor, entity: Entity, permission: str) -> None:
    """A permission on an object type, or 403."""
    family = CUSTOM_OBJECTS if entity.type.custom else entity.plural
    actor.require((scope(family, permission),))


def level(actor: Actor, record: Record) -> str:
    """What an actor sees of a meeting: FULL or METADATA (spec: objects 8; who gets which is inferred).

    Participants, administrators and workspace keys see everything; others what the meeting's privacy says.
    """
    if actor.admin or actor.member is None or participates(actor, record):
        return meeting.FULL
    return str(record.fields.get("$privacySetting") or meeting.FULL)


def participates(actor: Actor, record: Record) -> bool:
    invited = [record.fields.get("$organizerEmail"), *record.fields.get("$attendeeEmails", ())]
    return actor.email is not None and actor.email in invited


#: What METADATA access leaves out of a meeting (inferred).
REDACTED_FIELDS = frozenset({"$title", "$description", "$meetingUrl"})
TRANSCRIPT = "$transcript"
REDACTED_ENDS = frozenset({TRANSCRIPT})


def may_be_told_by(entity: Entity, key: str) -> bool:
    """Whether anybody may learn which record has a value of a field."""
    return entity.name != meeting.MEETING.name or key not in REDACTED_FIELDS


def guarded(actor: Actor, entity: Entity, query: Query, by: Iterable[str] = ()) -> Query:
    """The same query; but who asks by what a meeting may hide from them is shown only those that hide nothing.

    `by` are the keys of the fields and relationships that the answer is put in order, grouped or added up by.
    """
    if entity.name != meeting.MEETING.name or _sees_every_meeting(actor):
        return query
    hidden = (REDACTED_FIELDS | REDACTED_ENDS).intersection(by)
    if not hidden and not any(_asks_by_hidden(entity, predicate) for predicate in query.where):
        return query
    return replace(query, where=(*query.where, _seen_in_full(actor, entity)))


def without_hidden_files(context: Context, query: Query) -> Query:
    """The same query over files; transcripts of meetings that the actor sees in part only are left out."""
    actor, meetings = context.actor, context.catalog[meeting.MEETING.name]
    if _sees_every_meeting(actor):
        return query
    return replace(query, where=(*query.where, Not(LinkedWith(_transcribes(meetings), _seen_in_part(actor, meetings)))))


def _is_hidden_transcript(context: Context, file: Record) -> bool:
    """A transcript is for those who see all meetings that have it in full (spec: files 2; inferred)."""
    if _sees_every_meeting(context.actor):
        return False
    hop = _transcribes(context.catalog[meeting.MEETING.name])
    (numbers,) = context.tx.links([file.number], (hop,), hidden=True).get(file.number, [None])
    meetings = (context.tx.record(meeting.MEETING.name, number) for number in numbers or ())
    return any(held is not None and level(context.actor, held) != meeting.FULL for held in meetings)


def _transcribes(meetings: Entity) -> LinkHop:
    """How a file leads to the meetings that it is the transcript of."""
    hop = meetings.ends[TRANSCRIPT].hop
    assert hop is not None
    return hop.reversed()


def _sees_every_meeting(actor: Actor) -> bool:
    return actor.admin or actor.member is None


def _asks_by_hidden(entity: Entity, predicate: Predicate) -> bool:
    match predicate:
        case Not(inner=inner):
            return _asks_by_hidden(entity, inner)
        case AnyOf(inner=several) | AllOf(inner=several):
            return any(_asks_by_hidden(entity, each) for each in several)
        case Linked(routes=routes) | Related(routes=routes):
            return any(routes == entity.ends[key].routes for key in REDACTED_ENDS)
        case OneOf(field=field) | Between(field=field) | Prefix(field=field) | Within(field=field):
            return field in {entity.places[key].name for key in REDACTED_FIELDS}
        case Stamped() | LinkedWith() | Search():
            # What is searched for names who may find it.
            return False
    # Whatever else can be asked may be asked of anything.
    return True


def _seen_in_full(actor: Actor, entity: Entity) -> Predicate:
    """What `level` says of one meeting, asked of all."""
    return AnyOf((Not(_private(entity)), *_participating(actor, entity)))


def _seen_in_part(actor: Actor, entity: Entity) -> tuple[Predicate, ...]:
    """The opposite, as questions that must all be answered."""
    return (_private(entity), *(Not(each) for each in _participating(actor, entity)))


def _private(entity: Entity) -> Predicate:
    return _has(entity, "$privacySetting", meeting.METADATA)


def _participating(actor: Actor, entity: Entity) -> list[Predicate]:
    return [] if actor.email is None else [_has(entity, key, actor.email) for key in meeting.PARTICIPANTS]


def _has(entity: Entity, key: str, value: str) -> Predicate:
    place = entity.places[key]
    return OneOf(place.name, place.field.type.keys(value, place.field.configuration))


# Full-text search: records that not everybody may find have marks


def marks(entity: Entity, fields: Fields) -> tuple[str, ...]:
    """The mark of a record that its words do not lead everybody to, and one for each whom they do; see `level`."""
    if entity.name != meeting.MEETING.name or fields.get("$privacySetting") != meeting.METADATA:
        return ()
    invited = (fields.get("$organizerEmail"), *fields.get("$attendeeEmails", ()))
    return (_hidden(entity), *dict.fromkeys(_let_in(entity, email) for email in invited if email is not None))


def barred(actor: Actor, entity: Entity) -> tuple[str, str] | None:
    """The mark of those records of a type that an actor may not find, unless they have the other mark."""
    if entity.name != meeting.MEETING.name or actor.admin or actor.member is None:
        return None
    return _hidden(entity), _let_in(entity, actor.email or "")


def _hidden(entity: Entity) -> str:
    return f"{entity.name}/hidden"


def _let_in(entity: Entity, email: str) -> str:
    return f"{entity.name}/{email}"


def require_changeable(context: Context, entity: Entity, record: Record) -> None:
    """Whoever sees a meeting in part may not change it, or its privacy could be lifted by anyone (inferred)."""
    if entity.name == meeting.MEETING.name and level(context.actor, record) != meeting.FULL:
        raise problems.forbidden("Only those who see a meeting in full may change it.")


def require_deletable(context: Context, entity: Entity, records: Sequence[Record]) -> None:
    """Meetings are deleted and restored by their participants and by administrators only (spec: objects 8)."""
    if entity.name != meeting.MEETING.name or context.actor.admin or context.actor.member is None:
        return
    for record in records:
        if not participates(context.actor, record):
            raise problems.forbidden("Only participants and administrators may delete or restore a meeting.")
