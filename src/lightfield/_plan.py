"""A call as data, and what to do after each outcome. No input or output: everything here is a plain function.

One plan serves the synchronous and the asynchronous client; `_transport` carries it out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ._omit import NotGiven, Omit, is_given
from ._operation import Operation
from ._query import fill, query_string
from ._transform import to_json, to_wire
from ._types import Headers, RequestOptions, Timeout, TimeoutOption

API_VERSION = "2026-03-01"
RETRIED = frozenset({408, 409, 429})
LONGEST_ASKED_DELAY = 60.0
"""Seconds. A server that asks for more is not obeyed: a caller who waits that long has better ideas."""
FIRST_DELAY, LONGEST_DELAY = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a client was made with."""

    api_key: str
    base_url: str
    timeout: float | Timeout | None
    max_retries: float
    headers: Mapping[str, str | Omit]
    """Default headers, ours overlaid with the caller's."""
    query: Mapping[str, object]
    idempotency_keys: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be made, as often as it takes."""

    method: str
    url: str
    headers: Mapping[str, str]
    timeout: tuple[float | None, float | None, float | None, float | None]
    """Seconds to connect, read, write and wait for a connection."""
    max_retries: float
    content: Any = None
    """Bytes, or what gives them piece by piece."""
    files: Any = None
    data: Any = None
    """Fields of the form that files are sent in."""
    follow_redirects: bool = True
    rate: str = "read"

    def headers_of(self, attempt: int) -> dict[str, str]:
        return {**self.headers, "x-stainless-retry-count": str(attempt)}


@dataclass(frozen=True, slots=True)
class Message:
    """What a call is to say, before defaults are added."""

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    conditions: list[tuple[str, str]] = field(default_factory=list)
    body: Any = None
    has_body: bool = False
    content: bytes | None = None
    files: Any = None
    rate: str = "read"
    operation: str = ""
    """Which operation it came from, if from one; and the arguments that went into its path, by their wire names."""
    path_arguments: Mapping[str, object] = field(default_factory=dict)


def message_of(
    operation: Operation,
    arguments: Mapping[str, Any],
    extra_query: Mapping[str, object] | None,
    conditions: list[tuple[str, str]],
) -> Message:
    """An operation and its arguments as a message.

    Raises:
        ValueError: A path argument is empty.
    """
    path: dict[str, object] = {}
    query: dict[str, object] = {}
    body: Any = {}
    has_body = operation.sends_object
    for parameter in operation.parameters:
        value = arguments.get(parameter.name)
        if parameter.place == "path":
            path[parameter.wire] = value
        elif not is_given(value):
            continue
        elif parameter.place == "query":
            query[parameter.wire] = value
        elif parameter.place == "body":
            body[parameter.wire] = to_wire(value, parameter.shape)
        else:
            body, has_body = to_wire(value, parameter.shape), True
    query.update(extra_query or {})
    return Message(
        operation.method,
        fill(operation.path, path),
        query,
        conditions,
        body,
        has_body,
        rate=operation.rate,
        operation=operation.id,
        path_arguments=path,
    )


def plan(message: Message, options: Options, request: RequestOptions, new_key: Callable[[], str]) -> Call:
    """A message with everything the client adds: origin, headers, idempotency key, timeouts."""
    url, ours = _address(options.base_url, message.path)
    query = query_string({**options.query, **message.query, **request.get("params", {})}, message.conditions)
    timeout = request.get("timeout", options.timeout)
    limits = seconds(timeout)
    headers = _headers(message, options, request, limits[1], ours=ours)
    chosen = {name.lower() for name in overlaid(options.headers, request.get("headers"))}
    if message.method == "POST" and "idempotency-key" not in chosen:
        key = request.get("idempotency_key") or (new_key() if options.idempotency_keys else None)
        headers |= {"Idempotency-Key": key} if key else {}
    retries = request.get("max_retries", options.max_retries)
    return Call(
        method=message.method,
        url=f"{url}{'&' if '?' in url else '?'}{query}" if query else url,
        headers=headers,
        timeout=limits,
        max_retries=retries,
        content=_content(message, request.get("extra_json")),
        files=message.files,
        data=message.body if message.files is not None and message.has_body else None,
        follow_redirects=request.get("follow_redirects", True),
        rate=message.rate,
    )


def upload_call(url: str, headers: Mapping[str, str], size: int, timeout: Any, pieces: Any) -> Call:
    """Bytes on their way to an address that is its own credential: no key, no version, no second attempt."""
    return Call(
        method="PUT",
        url=url,
        headers={**headers, "Content-Length": str(size)},
        timeout=seconds(timeout),
        max_retries=0,
        content=pieces,
        follow_redirects=False,
    )


def seconds(timeout: Any) -> tuple[float | None, float | None, float | None, float | None]:
    """The four limits of a timeout, whichever library's class it is."""
    if timeout is None or isinstance(timeout, int | float):
        return timeout, timeout, timeout, timeout
    if isinstance(timeout, tuple):
        return timeout
    return timeout.connect, timeout.read, timeout.write, timeout.pool


def overlaid(*layers: Headers | None) -> dict[str, str | Omit]:
    """Headers on top of each other, the last winning whatever its capitals."""
    found: dict[str, tuple[str, str | Omit]] = {}
    for layer in layers:
        for name, value in (layer or {}).items():
            found[name.lower()] = (name, value)
    return dict(found.values())


def _headers(
    message: Message, options: Options, request: RequestOptions, read_timeout: float | None, *, ours: bool
) -> dict[str, str]:
    first: dict[str, str | Omit] = {}
    if read_timeout is not None:
        first["x-stainless-read-timeout"] = f"{read_timeout:g}"
    if message.method != "GET" and message.files is None:
        first["Content-Type"] = "application/json"
    # The key is for the API alone: an absolute address elsewhere does not get it.
    key: Headers = {"Authorization": f"Bearer {options.api_key}"} if ours else {}
    layers = overlaid(key, first, options.headers, request.get("headers"))
    return {name: str(value) for name, value in layers.items() if value is not None and not isinstance(value, Omit)}


def _address(base_url: str, path: str) -> tuple[str, bool]:
    if path.startswith(("http://", "https://")):
        return path, path.startswith(base_url)
    return base_url + path.lstrip("/"), True


def _content(message: Message, extra: Mapping[str, object] | None) -> bytes | None:
    if message.content is not None or message.files is not None:
        return message.content
    if extra:
        if message.has_body and not isinstance(message.body, Mapping):
            raise TypeError("`extra_body` is merged into the JSON body, which is not an object here")
        return to_json({**(message.body or {}), **to_wire(extra)})
    return to_json(message.body) if message.has_body else None


# ---- what next


def delay_after_failure(call: Call, attempt: int, *, chance: Callable[[], float] = random.random) -> float | None:
    """Seconds to wait before trying again after no answer came; None to give up."""
    return backoff(attempt, chance) if attempt < call.max_retries else None


def delay_after_answer(
    call: Call,
    attempt: int,
    status: int,
    headers: Mapping[str, str],
    *,
    now: datetime | None = None,
    chance: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before trying again after this answer; None to take it as it is (spec: sdk-python 8)."""
    if status < 400 or attempt >= call.max_retries or not is_worth_repeating(status, headers):
        return None
    asked = delay_asked_for(headers, now or datetime.now(UTC))
    return asked if asked is not None and 0 < asked <= LONGEST_ASKED_DELAY else backoff(attempt, chance)


def is_worth_repeating(status: int, headers: Mapping[str, str]) -> bool:
    said = headers.get("x-should-retry")
    if said in ("true", "false"):
        return said == "true"
    return status in RETRIED or status >= 500


def delay_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, from `retry-after-ms` or `Retry-After`, which may be seconds or a date."""
    try:
        return float(headers["retry-after-ms"]) / 1000
    except (KeyError, ValueError):
        pass
    text = headers.get("retry-after", "")
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None


def backoff(attempt: int, chance: Callable[[], float]) -> float:
    """Half a second, doubling up to eight, less up to a quarter so that those who failed together return apart."""
    longest: float = min(FIRST_DELAY * 2.0 ** min(attempt, 16), LONGEST_DELAY)
    return longest * (1 - 0.25 * chance())


def request_options(
    extra_headers: Headers | None,
    extra_body: object,
    timeout: TimeoutOption,
) -> RequestOptions:
    """The extra arguments every method takes, as request options."""
    options: RequestOptions = {}
    if extra_headers:
        options["headers"] = extra_headers
    if isinstance(extra_body, Mapping):
        options["extra_json"] = extra_body
    elif extra_body is not None:
        raise TypeError(f"`extra_body` must be a mapping, not {type(extra_body).__name__}")
    if not isinstance(timeout, NotGiven):
        options["timeout"] = timeout
    return options
