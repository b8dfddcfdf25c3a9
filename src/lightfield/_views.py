"""Typed views of a resource: the same methods, answering with the response around the record.

At run time a view is the resource in another mode; these functions only tell type checkers what comes back then, and
turn streamed calls into context managers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar, cast

from ._response import APIResponse, AsyncAPIResponse

P = ParamSpec("P")
R = TypeVar("R")


class RawView:
    """A resource whose methods return `APIResponse`."""


class AsyncRawView:
    """A resource whose methods return `AsyncAPIResponse` when awaited."""


class StreamedView:
    """A resource whose methods are context managers around an `APIResponse` that was not read yet."""


class AsyncStreamedView:
    """A resource whose methods are asynchronous context managers around an `AsyncAPIResponse` that was not read yet."""


class StreamedCall(Generic[R]):
    """A call that is made on entering and given up on leaving."""

    def __init__(self, call: Callable[[], APIResponse[R]]) -> None:
        self._call = call

    def __enter__(self) -> APIResponse[R]:
        self._response = self._call()
        return self._response

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()


class AsyncStreamedCall(Generic[R]):
    """As `StreamedCall`, for `async with`."""

    def __init__(self, call: Callable[[], Awaitable[AsyncAPIResponse[R]]]) -> None:
        self._call = call

    async def __aenter__(self) -> AsyncAPIResponse[R]:
        self._response = await self._call()
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._response.close()


def raw(method: Callable[P, R]) -> Callable[P, APIResponse[R]]:
    return cast("Callable[P, APIResponse[R]]", method)


def araw(method: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[AsyncAPIResponse[R]]]:
    return cast("Callable[P, Awaitable[AsyncAPIResponse[R]]]", method)


def streamed(method: Callable[P, R]) -> Callable[P, StreamedCall[R]]:
    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> StreamedCall[R]:
        return StreamedCall(lambda: cast(Any, method(*args, **kwargs)))

    return call


def astreamed(method: Callable[P, Awaitable[R]]) -> Callable[P, AsyncStreamedCall[R]]:
    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> AsyncStreamedCall[R]:
        return AsyncStreamedCall(lambda: cast(Any, method(*args, **kwargs)))

    return call
