"""The people of a workspace: added, changed, sent away and taken back by its administrators."""

from typing import NoReturn

from lightfield_server.model import problems
from lightfield_server.model.object_types import member
from lightfield_server.model.predicates import OneOf
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Record, State
from lightfield_server.records import service
from lightfield_server.records.access import existing as record
from lightfield_server.records.context import Context
from lightfield_server.records.definitions.common import check
from lightfield_server.records.shape import Body
from lightfield_server.records.writing import Draft, commit
from lightfield_server.store.protocol import Query

#: Verbs of the facts told here, besides those of every record.
DEACTIVATED, ACTIVATED = "deactivated", "activated"

TYPE = "member"

_KEYS = {"email": "$email", "name": "$name", "role": "$role", "profileImage": "$profileImage"}

#: Administrators looked through to find an active one.
_MANY = 10_000


def existing(context: Context, id: str) -> Record:
    """A member, active or not, or 404."""
    return record(context, context.catalog[TYPE], id, lock=True)


def by_email(context: Context, email: str) -> Record | None:
    """The member with an address, active or not."""
    place = context.catalog[TYPE].places["$email"]
    found = context.tx.page(Query(TYPE, where=(OneOf(place.name, (email.casefold(),)),)), 1, 0)
    return found[0] if found else None


def add(context: Context, body: Body) -> Record:
    """A new member: an ordinary one unless a role is given. Nobody else may have the address."""
    check(body, ("email", "name"), ("role", "profileImage"))
    fields = {_KEYS[key]: value for key, value in {"role": member.MEMBER, **body}.items()}
    try:
        (change,) = service.create(context, context.catalog[TYPE], [{"fields": fields}])
    except Problem as problem:
        _named(problem)
    return change.after


def change(context: Context, person: Record, body: Body) -> Record:
    """Another name, role or picture. The last active administrator stays one."""
    check(body, (), ("name", "role", "profileImage"))
    if _is_admin(person) and body.get("role") == member.MEMBER:
        _require_another_admin(context, person)
    edits = {"fields": {_KEYS[key]: value for key, value in body.items()}}
    try:
        (changed,) = service.update(context, context.catalog[TYPE], [(person, edits)])
    except Problem as problem:
        _named(problem)
    return changed.after


def deactivate(context: Context, person: Record) -> Record:
    """Someone who left: still listed and linked where linked, linked anew nowhere; their keys stop working."""
    if _is_admin(person):
        _require_another_admin(context, person)
    return _moved(context, person, State.INACTIVE, DEACTIVATED)


def activate(context: Context, person: Record) -> Record:
    return _moved(context, person, State.LIVE, ACTIVATED)


def _moved(context: Context, person: Record, state: State, verb: str) -> Record:
    if person.state is state:
        return person
    draft = Draft(context.catalog[TYPE], verb, person.number, person, person.fields, state)
    (change,) = commit(context, [draft])
    return change.after


def _is_admin(person: Record) -> bool:
    return person.state is State.LIVE and person.fields["$role"] == member.ADMIN


def _require_another_admin(context: Context, person: Record) -> None:
    role = context.catalog[TYPE].places["$role"]
    admins = context.tx.page(Query(TYPE, where=(OneOf(role.name, (member.ADMIN,)),)), _MANY, 0)
    if not any(other.state is State.LIVE and other.number != person.number for other in admins):
        raise problems.conflict("This is the last active administrator; make somebody else one first.")


def _named(problem: Problem) -> NoReturn:
    """A refusal in the words of these bodies: `email` for `fields.$email`."""
    if problem.param is not None:
        problem.param = problem.param.replace("fields.$", "", 1)
    raise problem from None
