"""API keys, for administrators: issued and shown once, listed without their secrets, revoked for good."""

from typing import Any

import msgspec

from lightfield_server.identity import keys
from lightfield_server.identity.limits import WRITE
from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.record import State
from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations import schema_shapes as shapes
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import OPERATIONS, REQUIRED_BODY, Asked, Operation, declare
from lightfield_server.operations.schema import admin
from lightfield_server.records import shape
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.records.shape import Body
from lightfield_server.store.protocol import KeyRecord

KEYS = "/v1/schema/keys"


def known_scopes() -> frozenset[str]:
    """Every scope that some operation asks for."""
    return frozenset(scope for operation in OPERATIONS for scope in operation.scopes)


def issue(context: Context, body: Body) -> tuple[KeyRecord, str]:
    """A new key and its text. It has no more rights than the key it was made with."""
    common.check(body, ("name",), ("scopes", "memberId"))
    name = common.text(body["name"], "name", common.LONGEST_LABEL)
    scopes = _scopes(context, body.get("scopes", []))
    member = _member(context, body.get("memberId"))
    number = context.numbers.next()
    return keys.issue(context.tx, number, name, scopes=scopes, member=member, admin=context.actor.admin, at=context.at)


def list_keys(context: Context, asked: Asked) -> bytes:
    every = context.tx.keys()
    data = [view(key) for key in every]
    return msgspec.json.encode({"object": "list", "data": data, "totalCount": len(data)})


def create_key(context: Context, asked: Asked) -> bytes:
    key, token = issue(context, asked.body)
    return msgspec.json.encode({**view(key), "key": token})


def revoke_key(context: Context, asked: Asked) -> bytes:
    key = existing(context, asked.path["id"])
    shape.empty(asked.body)
    context.tx.revoke_key(key.number, context.at)
    return msgspec.json.encode(view(existing(context, asked.path["id"])))


def existing(context: Context, id: str) -> KeyRecord:
    """A key, revoked ones included, or 404."""
    every = context.tx.keys()
    number = ids.body(keys.KEY_ID, id)
    for key in every:
        if key.number == number:
            return key
    raise problems.record_not_found("keys")


def view(key: KeyRecord) -> dict[str, object]:
    """A key as it is listed; `hint` is the end of its text."""
    return {
        "id": ids.written(keys.KEY_ID, key.number),
        "name": key.name,
        "scopes": key.scopes,
        "memberId": None if key.member is None else ids.written("mem", key.member),
        "createdAt": clock.written(key.created_at),
        "revokedAt": None if key.revoked_at is None else clock.written(key.revoked_at),
        "hint": key.hint,
    }


def _scopes(context: Context, sent: Any) -> list[str]:
    """The scopes asked for; none are full access, which only a key with full access can give."""
    if not isinstance(sent, list) or not all(isinstance(scope, str) for scope in sent):
        raise problems.invalid_type("An array of scopes is expected.", "scopes")
    known = known_scopes()
    for scope in sent:
        if scope not in known:
            raise problems.invalid_configuration(f"There is no scope '{problems.shown(scope)}'.", "scopes")
    context.actor.require(tuple(sent))
    if not sent and context.actor.scopes:
        raise problems.forbidden("A key with full access can be made only with one that has full access itself.")
    return sent


def _member(context: Context, sent: Any) -> int | None:
    if sent is None:
        return None
    if not isinstance(sent, str):
        raise problems.invalid_type("An id is expected.", "memberId")
    number = context.catalog["member"].number(sent)
    states = {} if number is None else context.tx.states("member", [number])
    if number is None or number not in states:
        raise problems.referenced_resource_missing(sent, "memberId")
    if states[number] is not State.LIVE:
        raise problems.relationship_entity_inactive(sent, "memberId")
    return number


admin(
    "schema.listKeys",
    "GET",
    KEYS,
    "List the workspace's API keys, revoked ones included.",
    list_keys,
    schemas.listed(shapes.KEY),
)
declare(
    Operation(
        "schema.createKey",
        "POST",
        KEYS,
        "Make an API key. Its text is in this answer and never shown again.",
        create_key,
        WRITE,
        shapes.describe(shapes.ISSUED_KEY, shapes.NEW_KEY),
        scopes=(ADMIN,),
        writes=True,
        # An idempotency key would keep the answer, and with it the secret, for a day.
        idempotent=False,
        body=REQUIRED_BODY,
        compatible=False,
    )
)
admin(
    "schema.revokeKey",
    "POST",
    f"{KEYS}/{{id}}/revoke",
    "Revoke an API key at once and for good.",
    revoke_key,
    shapes.KEY,
)
