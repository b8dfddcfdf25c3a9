"""Do a thing once, however often it is asked for under one key (spec: conventions 5)."""

from lightfield_server.kit import clock
from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems
from lightfield_server.operations.operation import Call
from lightfield_server.store.protocol import Transaction

LONGEST_KEY = 255

#: How long an answer is kept; then its key counts as new.
RETENTION: Moment = clock.DAY


def checked(key: str | None) -> str | None:
    """The key, if there is one. An empty key is none (inferred)."""
    if key is not None and len(key) > LONGEST_KEY:
        raise problems.idempotency_key_too_long(LONGEST_KEY)
    return key or None


def scope(call: Call) -> str:
    """What a key is unique within, besides the workspace: the operation, and a custom object's type (inferred)."""
    slug = call.path.get("entitySlug")
    return call.operation.id if slug is None else f"{call.operation.id}/{slug}"


def answered(tx: Transaction, scope: str, key: str, at: Moment) -> bytes | None:
    """What was answered under this key in the last 24 hours."""
    kept = tx.answered(scope, key, at - RETENTION)
    return None if kept is None else kept[1]


def complete(tx: Transaction, number: int, scope: str, key: str, reply: bytes, at: Moment) -> None:
    """Keep the reply; it commits together with what it tells of, so a crash keeps both or neither."""
    tx.answer(number, scope, key, at, 200, reply)
