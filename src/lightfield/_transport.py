"""Carries out a plan: two short loops, one awaiting. The only place where requests leave the house."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from . import _plan as plan
from ._errors import APIConnectionError, APITimeoutError, status_error
from ._logs import describe_answer, describe_call

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger("lightfield")


def send(http: Any, call: plan.Call, *, stream: bool, sleep: Callable[[float], None]) -> tuple[httpx2.Response, int]:
    """The answer and how often the request was repeated.

    Raises:
        APIStatusError: The answer says no.
        APIConnectionError: There was none.
    """
    for attempt in count():
        request = _request(http, call, attempt)
        try:
            response = http.send(request, stream=stream, follow_redirects=call.follow_redirects)
        except Exception as failure:
            delay = _delay_after(failure, call, attempt)
            if delay is None:
                raise _error(failure, request) from failure
        else:
            delay = _delay_for(response, call, attempt)
            if delay is None:
                if response.status_code >= 400:
                    response.read()
                    raise status_error(response)
                return response, attempt
            response.close()
        sleep(delay)
    raise AssertionError("unreachable")


async def asend(
    http: Any, call: plan.Call, *, stream: bool, sleep: Callable[[float], Awaitable[None]]
) -> tuple[httpx2.Response, int]:
    """As `send`, awaiting."""
    for attempt in count():
        request = _request(http, call, attempt)
        try:
            response = await http.send(request, stream=stream, follow_redirects=call.follow_redirects)
        except Exception as failure:
            delay = _delay_after(failure, call, attempt)
            if delay is None:
                raise _error(failure, request) from failure
        else:
            delay = _delay_for(response, call, attempt)
            if delay is None:
                if response.status_code >= 400:
                    await response.aread()
                    raise status_error(response)
                return response, attempt
            await response.aclose()
        await sleep(delay)
    raise AssertionError("unreachable")


def _request(http: Any, call: plan.Call, attempt: int) -> httpx2.Request:
    request: httpx2.Request = http.build_request(
        call.method,
        call.url,
        headers=call.headers_of(attempt),
        content=call.content,
        files=call.files,
        data=call.data,
        timeout=call.timeout,
    )
    describe_call(request, call, attempt)
    return request


def _delay_for(response: httpx2.Response, call: plan.Call, attempt: int) -> float | None:
    describe_answer(response)
    delay = plan.delay_after_answer(call, attempt, response.status_code, response.headers)
    if delay is not None:
        log.info("Answer was %s; trying again in %.2f seconds", response.status_code, delay)
    return delay


def _delay_after(failure: Exception, call: plan.Call, attempt: int) -> float | None:
    if not _is_of_the_network(failure):
        raise failure
    delay = plan.delay_after_failure(call, attempt)
    if delay is not None:
        log.info("No answer (%s); trying again in %.2f seconds", type(failure).__name__, delay)
    return delay


def _error(failure: Exception, request: httpx2.Request) -> APIConnectionError:
    if _is_a(failure, "TimeoutException") or isinstance(failure, TimeoutError):
        return APITimeoutError(request)
    return APIConnectionError(request=request)


def _is_of_the_network(failure: Exception) -> bool:
    return isinstance(failure, OSError) or _is_a(failure, "RequestError")


def _is_a(failure: Exception, name: str) -> bool:
    # By name, since a caller's client may come from plain `httpx`, whose classes are others with the same names.
    return any(kind.__name__ == name and kind.__module__.startswith("httpx") for kind in type(failure).__mro__)
