"""The HTTP clients we make ourselves, and what we ask of those we are given."""

from __future__ import annotations

import contextlib
from typing import Any

import httpx2

DEFAULT_TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
DEFAULT_MAX_RETRIES = 2
DEFAULT_CONNECTION_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20)


def _with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    return {"timeout": DEFAULT_TIMEOUT, "limits": DEFAULT_CONNECTION_LIMITS, "follow_redirects": True, **options}


class DefaultHttpxClient(httpx2.Client):
    """An `httpx2.Client` with our time-outs and limits, to be changed in part: `DefaultHttpxClient(proxy=…)`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with_defaults(options))


class DefaultAsyncHttpxClient(httpx2.AsyncClient):
    """As `DefaultHttpxClient`, asynchronous."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with_defaults(options))


class DefaultAioHttpClient:
    """An asynchronous client that goes through aiohttp, for whoever has `httpx-aiohttp` installed.

    Raises:
        RuntimeError: It is not installed.
    """

    def __new__(cls, **options: Any) -> Any:
        try:
            from httpx_aiohttp import HttpxAiohttpClient  # type: ignore[import-not-found, unused-ignore]
        except ImportError as missing:
            raise RuntimeError(
                "DefaultAioHttpClient needs the package httpx-aiohttp; install it beside this one"
            ) from missing
        # Its time-out and limits are those of plain httpx, so ours are handed over as numbers.
        return HttpxAiohttpClient(**{"timeout": 30.0, "follow_redirects": True, **options})


class OwnClient(DefaultHttpxClient):
    """The client we make when none is given. Nobody else closes it, so it closes itself when it is forgotten."""

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            if not self.is_closed:
                self.close()


class OwnAsyncClient(DefaultAsyncHttpxClient):
    """As `OwnClient`; closing needs the loop it ran on, so it is only asked for while that loop lives."""

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            import asyncio

            if not self.is_closed:
                asyncio.get_running_loop().create_task(self.aclose())


def require(kind: str, given: Any) -> None:
    """Refuses a client of the wrong kind; `kind` is `Client` or `AsyncClient`, of httpx2 or of plain httpx.

    Raises:
        TypeError: It is neither.
    """
    if not any(base.__name__ == kind and base.__module__.startswith("httpx") for base in type(given).__mro__):
        raise TypeError(
            f"`http_client` must be an `httpx2.{kind}`, not {type(given).__module__}.{type(given).__qualname__}"
        )


def timeout_of(client: Any) -> Any:
    """The time-out a given client was made with, or ours if it was left alone."""
    timeout = client.timeout
    untouched = (timeout.connect, timeout.read, timeout.write, timeout.pool) == (5.0, 5.0, 5.0, 5.0)
    return DEFAULT_TIMEOUT if untouched else timeout
