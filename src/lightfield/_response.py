"""An answer with everything around it: status, headers, how often it was asked for, and its body in any form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar, cast, overload

import httpx2

from ._parse import parsed

__all__ = ["APIResponse", "AsyncAPIResponse", "RateLimit"]

R = TypeVar("R")
T = TypeVar("T")


class RateLimit(NamedTuple):
    """How much the workspace may still ask in this category."""

    limit: int
    """Requests per second."""
    remaining: int
    """Requests left at this moment."""
    reset: int
    """Unix time, in seconds, at which the limit is whole again."""


def rate_limit_of(headers: Mapping[str, str]) -> RateLimit | None:
    """What the `X-RateLimit-…` headers say; None when one is missing or not a number."""
    try:
        limit, remaining, reset = (int(headers[f"x-ratelimit-{part}"]) for part in ("limit", "remaining", "reset"))
    except (KeyError, ValueError):
        return None
    return RateLimit(limit, remaining, reset)


class _Answer(Generic[R]):
    """What both kinds of response share."""

    http_response: httpx2.Response
    """The response as the HTTP library gave it."""
    retries_taken: int
    """How often the request was repeated before this answer."""

    def __init__(self, http_response: httpx2.Response, cast_to: Any, *, strict: bool, retries_taken: int) -> None:
        self.http_response = http_response
        self.retries_taken = retries_taken
        self._cast_to = cast_to
        self._strict = strict
        self._parsed: dict[Any, Any] = {}

    @property
    def status_code(self) -> int:
        return self.http_response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        return self.http_response.headers

    @property
    def url(self) -> httpx2.URL:
        return self.http_response.url

    @property
    def method(self) -> str:
        return self.http_request.method

    @property
    def http_request(self) -> httpx2.Request:
        return self.http_response.request

    @property
    def http_version(self) -> str:
        return self.http_response.http_version

    @property
    def elapsed(self) -> timedelta:
        """Time from sending the request to closing the response; only known once it is closed."""
        return self.http_response.elapsed

    @property
    def is_closed(self) -> bool:
        return self.http_response.is_closed

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the rate-limit headers say, None when they are not there."""
        return rate_limit_of(self.http_response.headers)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code} {self.http_response.reason_phrase}]>"

    def _as(self, to: Any) -> Any:
        wanted = self._cast_to if to is None else to
        if wanted not in self._parsed:
            self._parsed[wanted] = parsed(self.http_response, wanted, strict=self._strict)
        return self._parsed[wanted]


class APIResponse(_Answer[R]):
    """An answer of the synchronous client."""

    @overload
    def parse(self, *, to: type[T]) -> T: ...
    @overload
    def parse(self) -> R: ...
    def parse(self, *, to: type[T] | None = None) -> R | T:
        """The body as what the method returns, or as `to`: a model, `str`, `bytes`, `object` for plain data, …"""
        self.read()
        return cast("R | T", self._as(to))

    def read(self) -> bytes:
        return self.http_response.read()

    def text(self) -> str:
        self.read()
        return self.http_response.text

    def json(self) -> object:
        self.read()
        return self.http_response.json()

    def close(self) -> None:
        """Gives the connection back; the body can no longer be read."""
        self.http_response.close()

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from self.http_response.iter_bytes(chunk_size)

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        yield from self.http_response.iter_text(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        yield from self.http_response.iter_lines()


class AsyncAPIResponse(_Answer[R]):
    """An answer of the asynchronous client: whatever may have to wait for the body is awaited."""

    @overload
    async def parse(self, *, to: type[T]) -> T: ...
    @overload
    async def parse(self) -> R: ...
    async def parse(self, *, to: type[T] | None = None) -> R | T:
        """The body as what the method returns, or as `to`: a model, `str`, `bytes`, `object` for plain data, …"""
        await self.read()
        return cast("R | T", self._as(to))

    async def read(self) -> bytes:
        return await self.http_response.aread()

    async def text(self) -> str:
        await self.read()
        return self.http_response.text

    async def json(self) -> object:
        await self.read()
        return self.http_response.json()

    async def close(self) -> None:
        """Gives the connection back; the body can no longer be read."""
        await self.http_response.aclose()

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        async for chunk in self.http_response.aiter_bytes(chunk_size):
            yield chunk

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        async for chunk in self.http_response.aiter_text(chunk_size):
            yield chunk

    async def iter_lines(self) -> AsyncIterator[str]:
        async for line in self.http_response.aiter_lines():
            yield line
