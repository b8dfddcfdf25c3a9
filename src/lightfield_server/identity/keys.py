"""API keys: issued once, kept as a digest, revoked for good (spec: conventions 2).

A key reads `sk_lf_<workspace>_<32 hexadecimal digits>`: which workspace to ask is known before its digest is looked up.
"""

import re
from collections.abc import Iterable

from lightfield_server.identity.actor import Actor
from lightfield_server.kit import signing
from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems
from lightfield_server.model.object_types import member
from lightfield_server.model.record import State
from lightfield_server.store.protocol import KeyRecord, Transaction

PREFIX = "sk_lf_"

#: The prefix of a key's id, not of its secret.
KEY_ID = "key"

_TOKEN = re.compile(r"sk_lf_([1-9][0-9]{0,8})_[0-9a-f]{32}", re.ASCII)


def issue(
    tx: Transaction,
    number: int,
    name: str,
    *,
    scopes: Iterable[str],
    member: int | None,
    admin: bool,
    at: Moment,
) -> tuple[KeyRecord, str]:
    """A new key and its text, which can never be read again."""
    token = f"{PREFIX}{tx.workspace}_{signing.secret()}"
    record = KeyRecord(number, name, tuple(sorted(set(scopes))), member, admin, at, None, token[-4:])
    tx.add_key(record, signing.digest(token))
    return record, token


def workspace_of(token: str) -> int | None:
    """The workspace a well-formed key belongs to."""
    match = _TOKEN.fullmatch(token)
    return int(match[1]) if match else None


def actor_for(tx: Transaction, token: str) -> Actor:
    """Whoever the key speaks for, or 401 for an unknown or revoked key and for one whose member was deactivated."""
    key = tx.key_by_digest(signing.digest(token))
    if key is None:
        raise problems.unauthorized()
    if key.member is None:
        return Actor(tx.workspace, key.number, None, None, key.admin, frozenset(key.scopes))
    person = tx.record("member", key.member)
    if person is None or person.state is not State.LIVE:
        raise problems.unauthorized()
    return Actor(
        tx.workspace,
        key.number,
        key.member,
        person.fields.get("$email"),
        key.admin and person.fields.get("$role") == member.ADMIN,
        frozenset(key.scopes),
    )
