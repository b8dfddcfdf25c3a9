"""The parts of a request: path segments, query parameters, the body (spec: conventions 1)."""

import json
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from lightfield_server.model import problems
from lightfield_server.operations.operation import NO_BODY, OPTIONAL_BODY, Operation, Parameters
from lightfield_server.records.shape import Body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Parameters of one request that are read; more are refused before they are looked at.
MOST_PARAMETERS = 1_000

VERSION = "2026-03-01"

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?", re.ASCII)


class TooLarge(bytes):
    """A body that was not read to its end."""


async def body(receive: Receive, limit: int) -> bytes:
    """The whole body, or as much as shows that it is larger than so many bytes."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Gone before all was said: none of it is meant.
            return TooLarge()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            return TooLarge()
        more = message.get("more_body", False)
    return b"".join(chunks)


async def chunks(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes; 400 for one that breaks off."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise problems.invalid_type("The body broke off before its end.")
        chunk: bytes = message.get("body", b"")
        if chunk:
            yield chunk
        more = message.get("more_body", False)


def origin(scope: MutableMapping[str, Any]) -> str:
    """Where the client says that it reaches us: `https://crm.example.com`."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    if not _HOST.fullmatch(host):
        address, port = scope.get("server") or ("127.0.0.1", None)
        named = f"[{address}]" if ":" in address else address
        host = named if port is None else f"{named}:{port}"
    return f"{scope.get('scheme', 'http')}://{host}"


def segments(raw_path: bytes) -> list[str] | None:
    """The decoded segments of a path; None for one that is not UTF-8. A trailing slash is not looked at."""
    try:
        if b"%" in raw_path:
            parts = [unquote_to_bytes(part).decode() for part in raw_path.split(b"/")[1:]]
        else:
            parts = raw_path.decode().split("/")[1:]
    except UnicodeDecodeError:
        return None
    return parts[:-1] if len(parts) > 1 and parts[-1] == "" else parts


def parameters(query: bytes) -> Parameters:
    """Query parameters in their order; `+` is a space and raw `$`, `[` and `]` are taken as they are."""
    if not query:
        return []
    if query.count(b"&") >= MOST_PARAMETERS:
        raise problems.invalid_type(f"A request has at most {MOST_PARAMETERS} parameters.")
    found = []
    for part in query.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            found.append((_decoded(name), _decoded(value)))
    return found


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise problems.invalid_type("Query parameters are percent-encoded UTF-8.") from None


def parsed(operation: Operation, content_type: str | None, sent: bytes) -> Body:
    """The body as an object, or 413, 415 or 400."""
    if operation.body == NO_BODY:
        return {}
    if isinstance(sent, TooLarge):
        raise problems.body_too_large(operation.largest_body)
    if operation.body == OPTIONAL_BODY and not sent:
        return {}
    _require_json(content_type)
    return _object(sent)


def _require_json(content_type: str | None) -> None:
    media, *parts = [part.strip().lower() for part in (content_type or "").split(";")]
    charsets = [part.partition("=")[2].strip('" ') for part in parts if part.startswith("charset")]
    if media != "application/json" or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise problems.unsupported_media_type()


def _object(sent: bytes) -> Body:
    try:
        read = json.loads(sent.decode(), object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        raise problems.invalid_type("The body is not valid JSON.") from None
    if not isinstance(read, dict):
        raise problems.invalid_type("The body is a JSON object.")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise problems.invalid_type("The body says one key twice.")
    return read


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
