"""What `--debug` shows of requests and answers. The key is never among it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._logs import SECRET
from .console import Console

if TYPE_CHECKING:
    import httpx2

LONGEST = 100_000
"""Characters of a body that are shown."""


def hooks(console: Console) -> dict[str, list[Callable[[Any], None]]]:
    """Hooks of an HTTP client that tell what goes out and what comes back."""

    def sent(request: httpx2.Request) -> None:
        _tell(console, ">", f"{request.method} {request.url}", request.headers, request.content)

    def received(response: httpx2.Response) -> None:
        response.read()
        first = f"{response.status_code} {response.reason_phrase}"
        _tell(console, "<", first, response.headers, response.content)

    return {"request": [sent], "response": [received]}


def _tell(console: Console, sign: str, first: str, headers: Mapping[str, str], body: bytes) -> None:
    console.say(f"{sign} {first}")
    for name, value in headers.items():
        console.say(f"{sign} {name}: {_hidden(name, value)}")
    if body:
        text = body.decode("utf-8", "backslashreplace")
        console.say(f"{sign}\n{sign} {text[:LONGEST]}{' …' if len(text) > LONGEST else ''}")
    console.say("")


def _hidden(name: str, value: str) -> str:
    if name.lower() not in SECRET:
        return value
    return "Bearer <REDACTED>" if value.startswith("Bearer ") else "<REDACTED>"
