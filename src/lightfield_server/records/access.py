"""The only ways to a record, and what of it an actor may see."""

from collections.abc import Sequence

from lightfield_server.identity.actor import Actor
from lightfield_server.model import problems
from lightfield_server.model.catalog import Entity
from lightfield_server.model.object_types import meeting
from lightfield_server.model.record import Record, State
from lightfield_server.records.context import Context


def existing(context: Context, entity: Entity, id: str, *, trashed: bool = False, lock: bool = False) -> Record:
    """The live record of an id, or 404; with `trashed` also one that lies in the trash."""
    number = entity.number(id)
    record = None if number is None else context.tx.record(entity.name, number, lock=lock)
    if record is None or (record.state is State.TRASHED and not trashed):
        raise problems.record_not_found(entity.plural)
    return record


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
REDACTED_ENDS = frozenset({"$transcript"})


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
