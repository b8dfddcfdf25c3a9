"""Server-sent events as a stream of parsed items: `client.get(path, stream=True, stream_cls=Stream[dict], …)`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

import httpx2

__all__ = ["AsyncStream", "Stream"]

T = TypeVar("T")


class Stream(Generic[T]):
    """Items of an event stream, parsed one by one. Close it, or use it in a `with`, to give the connection back."""

    response: httpx2.Response

    def __init__(self, *, cast_to: type[T], response: httpx2.Response, client: Any) -> None:
        self.response = response
        self._cast_to = cast_to
        self._strict = bool(client.strict)

    def __iter__(self) -> Iterator[T]:
        for event in httpx2.EventSource(self.response):
            yield _item(event.data, self._cast_to, strict=self._strict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.response.close()


class AsyncStream(Generic[T]):
    """As `Stream`, for `async for` and `async with`."""

    response: httpx2.Response

    def __init__(self, *, cast_to: type[T], response: httpx2.Response, client: Any) -> None:
        self.response = response
        self._cast_to = cast_to
        self._strict = bool(client.strict)

    async def __aiter__(self) -> AsyncIterator[T]:
        async for event in httpx2.EventSource(self.response):
            yield _item(event.data, self._cast_to, strict=self._strict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self.response.aclose()


def _item(data: str, cast_to: type[T], *, strict: bool) -> T:
    value = json.loads(data)
    if cast_to in (object, Any):
        return cast(T, value)
    from ._models import shaped

    return shaped(value, cast_to, strict=strict)
