"""Types that user code and the generated modules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import IO, Any, Literal, Protocol, TypeAlias, TypedDict, TypeVar

import httpx2
from httpx2 import Timeout

from ._omit import NotGiven, Omit

__all__ = [
    "Body",
    "FileTypes",
    "Headers",
    "Mode",
    "NoneType",
    "ProxiesTypes",
    "Query",
    "RequestOptions",
    "SequenceNotStr",
    "Timeout",
    "TimeoutOption",
    "Transport",
]

NoneType = type(None)
Transport = httpx2.BaseTransport
ProxiesTypes: TypeAlias = str | httpx2.Proxy | dict[str, str | httpx2.URL | httpx2.Proxy | None]

Headers: TypeAlias = Mapping[str, str | Omit]
Query: TypeAlias = Mapping[str, object]
Body: TypeAlias = object
FileContent: TypeAlias = IO[bytes] | bytes | PathLike[str]
FileTypes: TypeAlias = FileContent | tuple[str | None, FileContent] | tuple[str | None, FileContent, str | None]

Mode: TypeAlias = Literal["parsed", "raw", "streamed"]
"""What a method hands back: the record, the response around it, or the response before its body was read."""

TimeoutOption: TypeAlias = float | Timeout | NotGiven | None
"""Seconds, a `Timeout`, None for no limit, or not given for what the client has."""

T_co = TypeVar("T_co", covariant=True)


class SequenceNotStr(Protocol[T_co]):
    """Any sequence but a bare string, so that a type checker catches `"ab"` where `["ab"]` was meant.

    What keeps strings out is `__contains__`: theirs takes strings only, that of lists and tuples takes anything.
    """

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, index: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[T_co]: ...
    def __len__(self) -> int: ...


class SyncHttp(Protocol):
    """An HTTP client of the kind `Lightfield` takes: `httpx2.Client`, or that of plain httpx."""

    @property
    def is_closed(self) -> bool: ...
    def close(self) -> None: ...


class AsyncHttp(Protocol):
    """An HTTP client of the kind `AsyncLightfield` takes."""

    @property
    def is_closed(self) -> bool: ...
    async def aclose(self) -> None: ...


class RequestOptions(TypedDict, total=False):
    """Options of the low-level calls `client.get(path, options=…)` and the like."""

    headers: Headers
    max_retries: int
    timeout: float | Timeout | None
    params: Query
    extra_json: Mapping[str, object]
    idempotency_key: str
    follow_redirects: bool
