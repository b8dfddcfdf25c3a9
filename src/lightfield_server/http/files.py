"""The bytes of files, in and out, by signed addresses: `PUT` and `GET /files/<workspace>/<id>?…` (spec: files 1.4).

No key and no version: the address is the credential. Bytes pass in pieces, no faster than the other side takes them.
Whatever a file is, a browser that opens its address saves it and runs nothing of it in our name.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lightfield_server.files import addresses, receiving, sniffing
from lightfield_server.files.addresses import Address
from lightfield_server.files.blobs import Missing
from lightfield_server.http import problems as rendering
from lightfield_server.http import reading
from lightfield_server.http.problems import Header
from lightfield_server.http.reading import Receive, Send
from lightfield_server.model import problems
from lightfield_server.model.object_types.file import FILE
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Record
from lightfield_server.operations.perform import fault
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import Transaction, UploadRow

PREFIX = "/files/"

#: Uploads that one process takes at a time; together they cost a few hundred megabytes at the most.
MOST_UPLOADS = 32

#: Bytes of a refused upload that are still read, so that its sender hears why; beyond, the connection ends.
LINGER = 1 << 20

#: And for how long (seconds).
LINGER_TIME = 2.0

#: How long a page may keep what it fetched (seconds); the address is good for about as long.
KEEP = 300

Scope = MutableMapping[str, Any]

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)

#: Nothing of a file runs, nothing is guessed, nothing is told to others about where it came from.
_SAFE: list[Header] = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", f"private, max-age={KEEP}".encode()),
    (b"accept-ranges", b"bytes"),
]


class Gone(Exception):
    """The client left before all was said."""


@dataclass(slots=True)
class _Body:
    """The body of a request, in pieces; `over` once there is no more of it, `late` when nobody waits for it."""

    receive: Receive
    over: bool = False
    late: bool = False

    async def pieces(self) -> AsyncIterator[bytes]:
        while not self.over:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            self.over = not message.get("more_body", False)
            yield message.get("body", b"")

    async def hear_out(self) -> None:
        """Read on for a little, and not for long."""
        left = LINGER
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_TIME):
                async for piece in self.pieces():
                    left -= len(piece)
                    if left < 0:
                        return


class Files:
    """Takes bytes in and gives them out."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            address = addresses.read(scope["path"], reading.parameters(scope["query_string"]))
            headers = dict(scope["headers"])
            if scope["method"] == "PUT":
                await self._put(address, headers, receive, send)
            elif scope["method"] in ("GET", "HEAD"):
                await self._get(address, headers, scope["method"] == "HEAD", receive, send)
            else:
                raise problems.route_not_found(scope["method"], scope["path"])
        except Problem as problem:
            await _refuse(send, problem)
        except Gone:
            return

    # In

    async def _put(self, address: Address | None, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        body = _Body(receive)
        try:
            md5 = await self._taken(address, headers, body)
        except Problem as problem:
            # Who asks first has not begun to send.
            if b"expect" not in headers and not body.over and not body.late:
                await body.hear_out()
            await _refuse(send, problem, close=not body.over)
        else:
            await _answer(send, 200, [(b"etag", f'"{md5}"'.encode())])

    async def _taken(self, address: Address | None, headers: dict[bytes, bytes], body: _Body) -> str:
        if address is None:
            raise receiving.no_address()
        server, at = self._server, self._server.clock()
        admission = await server.store.read(address.workspace, lambda tx: receiving.admitted(tx, address, at))
        _require_headers(admission.upload, headers)
        if self._uploads >= MOST_UPLOADS:
            raise problems.unavailable("Many files are uploaded just now; try again in a moment.", retry_after=1)
        self._uploads += 1
        try:
            async with asyncio.timeout((address.expires - at) / 1000):
                return await receiving.receive(
                    server.store, server.blobs, address, admission, body.pieces(), server.clock
                )
        except TimeoutError:
            body.late = True
            raise problems.forbidden("The bytes did not come in time; announce the file again.") from None
        except (Problem, Gone):
            raise
        except Exception:
            raise fault(f"PUT {PREFIX}") from None
        finally:
            self._uploads -= 1

    # Out

    async def _get(
        self, address: Address | None, headers: dict[bytes, bytes], head: bool, receive: Receive, send: Send
    ) -> None:
        if address is None:
            raise receiving.no_address()
        server, at = self._server, self._server.clock()
        row, record = await server.store.read(address.workspace, lambda tx: _given(tx, address, at))
        etag = f'"{row.md5}"'.encode()
        shown = [(b"etag", etag), *_SAFE]
        if etag in [each.strip() for each in headers.get(b"if-none-match", b"").split(b",")]:
            await _answer(send, 304, shown)
            return
        named = headers.get(b"range") if headers.get(b"if-range", etag) == etag else None
        wanted = _range(named, row.size)
        start, end = wanted or (0, row.size)
        shown += [
            (b"content-type", sniffing.given_out(row.type, row.sniffed or sniffing.STREAM).encode()),
            (b"content-disposition", disposition(record.fields["$name"])),
            (b"content-length", str(end - start).encode()),
        ]
        if wanted is not None:
            shown.append((b"content-range", f"bytes {start}-{end - 1}/{row.size}".encode()))
        status = 200 if wanted is None else 206
        if head:
            await _start(send, status, shown)
            await send({"type": "http.response.body", "body": b""})
            return
        assert row.blob is not None
        try:
            pieces = await server.blobs.get(row.blob, start, end)
        except Missing:
            raise problems.not_found("The bytes of this file are missing.") from None
        await _start(send, status, shown)
        await _sent(pieces, receive, send)


async def _sent(pieces: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """The pieces, until they end or the client leaves. If they break off, so does the connection."""
    left = asyncio.create_task(_left(receive))
    try:
        async for piece in pieces:
            if left.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except Problem:
        # What has begun as a success cannot become a refusal any more; it stays unfinished.
        return
    finally:
        left.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _given(tx: Transaction, address: Address, at: int) -> tuple[UploadRow, Record]:
    """The file that an address is for, if it may be had, or 403."""
    row = tx.upload(address.number)
    record = tx.record(FILE.name, address.number)
    if row is None or record is None or not row.kept or not address.holds(row, addresses.DOWNLOAD):
        raise receiving.no_address()
    if address.expires <= at:
        raise problems.forbidden("This address has expired; ask for another one.")
    return row, record


def _require_headers(row: UploadRow, headers: dict[bytes, bytes]) -> None:
    """The headers that were given with the address, each as it was given, and no more bytes than were announced."""
    if headers.get(b"content-type", b"").decode("latin-1").strip() != row.type:
        raise problems.forbidden("Send every header of 'uploadHeaders' as it is: 'content-type' is another.")
    if row.once:
        if headers.get(b"if-none-match", b"").strip() != b"*":
            raise problems.forbidden("Send every header of 'uploadHeaders' as it is: 'if-none-match' is missing.")
        if row.blob is not None:
            raise receiving.already_there()
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > row.size:
        raise problems.more_than_promised(row.size)


def _range(named: bytes | None, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for what is no range we know, 416 for one that is not there."""
    match = _RANGE.fullmatch(named.decode("latin-1").strip()) if named else None
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise problems.range_not_satisfiable(size)
    return start, end


def disposition(name: str) -> bytes:
    """To be saved under a name: once for clients that know only ASCII, once for all others."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()


# Answers


async def _start(send: Send, status: int, headers: list[Header]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _answer(send: Send, status: int, headers: list[Header], body: bytes = b"") -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body})


async def _refuse(send: Send, problem: Problem, *, close: bool = False) -> None:
    headers = [*rendering.headers(problem), (b"content-type", b"application/json")]
    if close:
        headers.append((b"connection", b"close"))
    await _answer(send, problem.status, headers, rendering.envelope(problem))
