"""Answers: one for a message, or one record after another through every page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .refusals import NO_ANSWER, Refused, code_of

if TYPE_CHECKING:
    from .. import APIStatusError, Lightfield
    from .._plan import Message
    from .._types import RequestOptions


class Answer(NamedTuple):
    """A body as it came, and as data if it is JSON."""

    content: bytes
    data: Any
    is_json: bool


Send: TypeAlias = "Callable[[Message], Answer]"


def sender(client: Lightfield, idempotency_key: str | None = None) -> Send:
    """What sends a message with this client.

    Raises (when called):
        Refused: The answer says no, or there was none; in words, with the body for programs.
    """
    from .. import APIConnectionError, APIStatusError

    options: RequestOptions = {"idempotency_key": idempotency_key} if idempotency_key else {}

    def send(message: Message) -> Answer:
        try:
            response = client._perform(message, options, object, "raw").http_response
        except APIStatusError as error:
            status = error.status_code
            raise Refused(told(error), code=code_of(status), said=error.response.content, status=status) from None
        except APIConnectionError as error:
            reason = _reason(error)
            raise Refused(f"{error.request.method} {str(error.request.url)!r}: {reason}", code=NO_ANSWER) from None
        except (ValueError, TypeError, UnicodeError) as fault:
            raise Refused(str(fault)) from None
        return answer_of(response.content)

    return send


def answer_of(content: bytes) -> Answer:
    try:
        return Answer(content, json.loads(content), True)
    except (ValueError, RecursionError):
        return Answer(content, None, False)


def told(error: APIStatusError) -> str:
    """A refusal in words: the line scripts know, then what the server says and where."""
    response = error.response
    first = f'{error.request.method} "{error.request.url}": {response.status_code} {response.reason_phrase}'.rstrip()
    outer = error.body if isinstance(error.body, dict) else {}
    inner = outer.get("error", outer)
    said = inner if isinstance(inner, dict) else {}
    message = said.get("message") if isinstance(said.get("message"), str) else None
    if message is None and isinstance(error.body, str):
        message = " ".join(error.body.split())[:300] or None
    facts = [f"{name} {said[name]}" for name in ("type", "code", "param") if isinstance(said.get(name), str)]
    return "\n".join(part for part in (first, message, f"({', '.join(facts)})" if facts else None) if part)


def by_offset(send: Send, message: Message, limit: int | None) -> Iterator[Any]:
    """All that the pages of a list hold, each record once (see `lightfield.lib.pages`).

    Args:
        limit: Stop after this many.
    """
    from ..lib.pages import Reader

    reader = Reader(limit)
    reader.offset = int(str(message.query.get("offset", 0)))
    while not reader.finished:
        query = {**message.query, "limit": reader.size, "offset": reader.offset}
        page = _page(send(replace(message, query=query)))
        rows = [SimpleNamespace(id=_id(row), row=row) for row in page["data"]]
        for item in reader.take(SimpleNamespace(data=rows, total_count=page.get("totalCount"))):
            yield item.row


def by_cursor(send: Send, message: Message, limit: int | None) -> Iterator[Any]:
    """As `by_offset`, where each answer says what to ask for next."""
    query, left = {key: each for key, each in message.query.items() if key != "limit"}, limit
    while left is None or left > 0:
        page = _page(send(replace(message, query=query)))
        rows = page["data"] if left is None else page["data"][:left]
        yield from rows
        left = None if left is None else left - len(rows)
        if page.get("nextCursor") in (None, "", query.get("after")):
            return
        query["after"] = page["nextCursor"]


def _page(answer: Answer) -> Mapping[str, Any]:
    if not isinstance(answer.data, dict) or not isinstance(answer.data.get("data"), list):
        raise Refused("The answer is not a page of a list, so there is no going through it.", code=NO_ANSWER)
    return answer.data


def _id(row: Any) -> Any:
    return row.get("id") if isinstance(row, dict) else None


def _reason(error: Exception) -> str:
    cause = error.__cause__
    detail = str(cause) if cause is not None else ""
    return f"{getattr(error, 'message', error)} {detail}".strip()
