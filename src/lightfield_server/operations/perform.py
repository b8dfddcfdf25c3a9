"""The one way in. Every door passes here, and the checks come in the order of conventions 4.5."""

import logging
import secrets
from dataclasses import dataclass

from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import Admission
from lightfield_server.kit import crash
from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.operations import idempotency
from lightfield_server.operations.operation import Asked, Call, Streamed
from lightfield_server.operations.server import Server
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction

log = logging.getLogger("lightfield.operations")


@dataclass(slots=True)
class Reply:
    """A success, or the refusal in its place; and what the rate limit's headers say."""

    body: bytes
    problem: Problem | None = None
    admission: Admission | None = None
    repeated: bool = False
    stream: Streamed | None = None


async def perform(server: Server, call: Call) -> Reply:
    """Carry out a call, or say why not: every refusal is part of the reply, and so is a fault of our own."""
    admission = await server.limits.admit(call.actor.workspace, call.operation.category, server.clock() / 1000)
    if admission is not None and admission.retry_after:
        return Reply(b"", problems.too_many_requests(admission.retry_after), admission)
    try:
        asked, key = _read(call) if call.confirm is None else await _read_confirmed(server, call)
        if call.operation.gives is not None or call.operation.takes is not None:
            await _settle(server, call)
        if call.operation.gives is not None:
            stream = await call.operation.gives(server, call.actor, asked)
            return Reply(b"", None, admission, stream=stream)
        if call.operation.takes is not None and call.incoming is not None:
            asked.body = await call.operation.takes(server, call.actor, asked, call.incoming)
            call.actor = await call.incoming.settled()
        if call.operation.writes:
            reply, repeated = await server.store.write(
                call.actor.workspace, lambda tx: _once(server, call, asked, key, tx)
            )
            crash.point("after-commit")
        else:
            reply = await server.store.read(
                call.actor.workspace, lambda tx: _read_only(server, call, asked, tx), long=call.operation.long
            )
            repeated = False
    except Problem as problem:
        # Whoever turns out to be nobody is told of no allowance.
        return Reply(b"", problem, admission if problem.status != 401 else None)
    except Exception:
        return Reply(b"", fault(call.operation.id), admission)
    return Reply(reply, None, admission, repeated)


def _read(call: Call) -> tuple[Asked, str | None]:
    """What is asked, and the idempotency key; or a refusal of what can be told without the store."""
    body = call.read()
    key = idempotency.checked(call.idempotency_key) if call.operation.idempotent else None
    _require(call, call.actor)
    return Asked(call.path, call.query, body, call.addresses), key


async def _read_confirmed(server: Server, call: Call) -> tuple[Asked, str | None]:
    """The same for an actor found out earlier: who refuses makes sure first whom."""
    try:
        return _read(call)
    except Problem:
        assert call.confirm is not None
        call.actor = await server.store.read(call.actor.workspace, call.confirm)
        return _read(call)


async def _settle(server: Server, call: Call) -> None:
    """Make sure who asks, where no transaction does: what is streamed has none that lasts."""
    if call.confirm is not None:
        call.actor = await server.store.read(call.actor.workspace, call.confirm)
        call.actor.require(call.operation.scopes)


def _confirm(call: Call, tx: Transaction) -> None:
    if call.confirm is not None:
        actor = call.confirm(tx)
        if actor != call.actor:
            _require(call, actor)
            call.actor = actor


def _require(call: Call, actor: Actor) -> None:
    actor.require(call.operation.scopes)
    actor.require_any(call.operation.any_scopes)


def fault(what: str) -> Problem:
    """The exception at hand as a 500. What it says stays in the log; the caller gets a reference to it."""
    reference = secrets.token_hex(4)
    log.exception("%s failed, reference %s", what, reference)
    return problems.internal(reference)


def _once(server: Server, call: Call, asked: Asked, key: str | None, tx: Transaction) -> tuple[bytes, bool]:
    _confirm(call, tx)
    if key is None:
        return _handled(server, call, asked, tx), False
    scope = idempotency.scope(call)
    at = server.clock()
    kept = idempotency.answered(tx, scope, key, at)
    if kept is not None:
        again = call.operation.again
        return kept if again is None else again(_context(server, call, tx), kept), True
    reply = _handled(server, call, asked, tx)
    idempotency.complete(tx, server.numbers.next(), scope, key, reply, at)
    crash.point("before-commit")
    return reply, False


def _read_only(server: Server, call: Call, asked: Asked, tx: Transaction) -> bytes:
    _confirm(call, tx)
    return _handled(server, call, asked, tx)


def _handled(server: Server, call: Call, asked: Asked, tx: Transaction) -> bytes:
    return call.operation.handler(_context(server, call, tx), asked)


def _context(server: Server, call: Call, tx: Transaction) -> Context:
    return Context(tx, server.catalogs.current(tx), call.actor, server.clock(), server.numbers, call.origin)
