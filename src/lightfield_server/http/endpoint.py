"""A request becomes a call, and what comes of it a response."""

from collections.abc import Hashable, MutableMapping
from functools import partial
from typing import Any

from lightfield_server.files.addresses import Addresses
from lightfield_server.http import problems as rendering
from lightfield_server.http import reading, streaming
from lightfield_server.identity import keys
from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import Admission
from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.operations.operation import OPERATIONS, Call, Confirm, Incoming, Streamed
from lightfield_server.operations.perform import fault, perform
from lightfield_server.operations.routing import Router
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import Transaction

Scope = MutableMapping[str, Any]
Receive = reading.Receive
Send = reading.Send
Header = tuple[bytes, bytes]

#: Keys whose owners are remembered, each until anything is written.
MOST_ACTORS = 1_000

_JSON: Header = (b"content-type", b"application/json")


class Endpoint:
    """Answers every operation: route, credential and version here, the rest in `perform`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._router = Router(OPERATIONS)
        self._actors: dict[str, tuple[Hashable, Actor]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body, extra = await self._answer(scope, receive)
        if isinstance(body, Streamed):
            await streaming.send_all(status, body, extra, receive, send)
            return
        extra.append(_JSON)
        extra.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": extra})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes | Streamed, list[Header]]:
        try:
            call = await self._call(scope, receive)
            reply = await perform(self._server, call)
        except Problem as problem:
            return problem.status, rendering.envelope(problem), rendering.headers(problem)
        except Exception:
            fallen = fault(f"{scope['method']} {scope['path']}")
            return fallen.status, rendering.envelope(fallen), []
        found = _limits(reply.admission)
        if reply.problem is not None:
            found += rendering.headers(reply.problem)
            return reply.problem.status, rendering.envelope(reply.problem), found
        if reply.stream is not None:
            return 200, reply.stream, found
        if reply.repeated:
            found.append((b"idempotent-replayed", b"true"))
        return 200, reply.body, found

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        segments = reading.segments(raw_path)
        found = None if segments is None else self._router.find(scope["method"], segments)
        if found is None:
            raise problems.route_not_found(scope["method"], scope["path"])
        operation, path = found
        headers = _wanted(scope["headers"])
        actor, confirm = await self._actor(headers)
        if headers.get(b"lightfield-version") != reading.VERSION and operation.versioned:
            raise problems.version_header(reading.VERSION)
        query = scope["query_string"]
        sent, incoming = b"", None
        content_type = headers.get(b"content-type")
        if operation.takes is not None:
            incoming = Incoming(content_type, reading.chunks(receive), lambda: self._settled(headers))
        elif operation.body != "none":
            sent = await reading.body(receive, operation.largest_body)
            # It may have been long on its way: what counts is whose the key is now.
            actor, confirm = await self._actor(headers)
        return Call(
            operation,
            actor,
            path,
            lambda: reading.parameters(query),
            lambda: reading.parsed(operation, content_type, sent),
            headers.get(b"idempotency-key"),
            addresses=lambda: self._addresses(scope),
            confirm=confirm,
            incoming=incoming,
        )

    def _addresses(self, scope: Scope) -> Addresses:
        return Addresses(self._server.public_url or reading.origin(scope), self._server.lifetime)

    async def _actor(self, headers: dict[bytes, str]) -> tuple[Actor, Confirm | None]:
        """Whose key it is; and, unless that is as of now, how the operation's transaction makes sure of it."""
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        token = token.strip()
        workspace = keys.workspace_of(token) if scheme.lower() == "bearer" else None
        if workspace is None:
            raise problems.unauthorized()
        stamp = self._server.store.stamp()
        confirm = partial(self._confirmed, token) if stamp is None else None
        known = self._actors.get(token)
        if known is not None and (stamp is None or known[0] == stamp):
            return known[1], confirm
        return await self._server.store.read(workspace, partial(self._confirmed, token)), confirm

    async def _settled(self, headers: dict[bytes, str]) -> Actor:
        """Whose key it is as of now."""
        actor, confirm = await self._actor(headers)
        return actor if confirm is None else await self._server.store.read(actor.workspace, confirm)

    def _confirmed(self, token: str, tx: Transaction) -> Actor:
        """Whose key it was when a transaction began. Looked up once for each state of the database."""
        known = self._actors.get(token)
        if known is not None and known[0] == tx.began:
            return known[1]
        self._actors.pop(token, None)
        actor = keys.actor_for(tx, token)
        if len(self._actors) >= MOST_ACTORS:
            self._actors.clear()
        self._actors[token] = (tx.began, actor)
        return actor


_WANTED = frozenset({b"authorization", b"lightfield-version", b"content-type", b"idempotency-key"})


def _wanted(headers: list[Header]) -> dict[bytes, str]:
    return {name: value.decode("latin-1") for name, value in headers if name in _WANTED}


def _limits(admission: Admission | None) -> list[Header]:
    if admission is None:
        return []
    return [
        (b"x-ratelimit-limit", str(admission.limit).encode()),
        (b"x-ratelimit-remaining", str(admission.remaining).encode()),
        (b"x-ratelimit-reset", str(admission.reset).encode()),
    ]
