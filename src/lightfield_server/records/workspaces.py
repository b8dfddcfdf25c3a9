"""New workspaces: each with a first administrator and that person's key."""

import re
from dataclasses import dataclass

from lightfield_server.identity import keys
from lightfield_server.identity.actor import Actor
from lightfield_server.kit.clock import Moment
from lightfield_server.kit.ids import Numbers
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.object_types import member
from lightfield_server.records import service
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction

#: The first administrator's address until there is a real one: no mail reaches it (RFC 2606).
FIRST_EMAIL = "admin@example.com"

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True)
class Founded:
    """A new workspace; `token` is the key's text, which can never be read again."""

    workspace: int
    member: str
    key: str
    token: str


def found(
    tx: Transaction,
    numbers: Numbers,
    at: Moment,
    slug: str,
    name: str,
    email: str = FIRST_EMAIL,
    origin: str = "command",
) -> Founded:
    """A workspace with an administrator and a full-access key, together or not at all.

    The transaction is an operator's: one of no workspace.
    """
    if not _SLUG.fullmatch(slug):
        raise problems.invalid_configuration(
            "A workspace's slug has small letters, digits and '-', starts with a letter and has at most 60 characters.",
            "slug",
        )
    if any(row.slug == slug for row in tx.workspaces()):
        raise problems.conflict(f"There is a workspace '{slug}' already.", "slug")
    inside = tx.within(tx.add_workspace(slug, name, at))
    actor = Actor(inside.workspace, None, None, None, True, frozenset())
    catalog = Catalog(inside.workspace, inside.catalog_version(), ())
    context = Context(inside, catalog, actor, at, numbers, origin)
    person = _first_member(context, email)
    key, token = keys.issue(inside, numbers.next(), "First key", scopes=(), member=person, admin=True, at=at)
    return Founded(inside.workspace, catalog["member"].id(person), key.name, token)


def _first_member(context: Context, email: str) -> int:
    fields = {"$email": email, "$name": {"firstName": "Admin", "lastName": None}, "$role": member.ADMIN}
    (change,) = service.create(context, context.catalog["member"], [{"fields": fields}])
    return change.after.number
