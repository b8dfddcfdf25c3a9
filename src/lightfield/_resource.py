"""What generated resource classes stand on: the step from a method's arguments to a request of the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from ._operations import OPERATIONS
from ._plan import Message, message_of, request_options
from ._types import Body, Headers, Mode, Query, TimeoutOption
from .lib.filters import pairs

if TYPE_CHECKING:
    from ._async_client import AsyncLightfield
    from ._client import Lightfield
    from .lib.filters import Filters

T = TypeVar("T")


class Resource:
    """A group of operations of a client."""

    def __init__(self, client: Lightfield, mode: Mode = "parsed") -> None:
        self._client = client
        self._mode = mode

    @property
    def _labels(self) -> dict[Any, Any]:
        return self._client._labels

    def _in_mode(self, mode: Mode) -> Self:
        return type(self)(self._client, mode)

    def _call(
        self,
        operation: str,
        cast_to: type[T],
        arguments: Mapping[str, Any],
        extra_headers: Headers | None,
        extra_query: Query | None,
        extra_body: Body | None,
        timeout: TimeoutOption,
        filters: Filters | None = None,
    ) -> T:
        message = _message(operation, arguments, extra_query, filters)
        options = request_options(extra_headers, extra_body, timeout)
        return cast(T, self._client._perform(message, options, cast_to, self._mode))


class AsyncResource:
    """A group of operations of an asynchronous client."""

    def __init__(self, client: AsyncLightfield, mode: Mode = "parsed") -> None:
        self._client = client
        self._mode = mode

    @property
    def _labels(self) -> dict[Any, Any]:
        return self._client._labels

    def _in_mode(self, mode: Mode) -> Self:
        return type(self)(self._client, mode)

    async def _call(
        self,
        operation: str,
        cast_to: type[T],
        arguments: Mapping[str, Any],
        extra_headers: Headers | None,
        extra_query: Query | None,
        extra_body: Body | None,
        timeout: TimeoutOption,
        filters: Filters | None = None,
    ) -> T:
        message = _message(operation, arguments, extra_query, filters)
        options = request_options(extra_headers, extra_body, timeout)
        return cast(T, await self._client._perform(message, options, cast_to, self._mode))


def _message(operation: str, arguments: Mapping[str, Any], query: Query | None, filters: Filters | None) -> Message:
    return message_of(OPERATIONS[operation], arguments, query, pairs(filters))
