"""Waiting for something the server does in its own time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

from .steps import Ask, Pause, Steps

T = TypeVar("T")

OVER = frozenset({"done", "failed", "completed", "timed_out"})
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0


@overload
def until_over(look: Callable[[str], Awaitable[T]], name: str, id: str, timeout: float) -> Steps[T]: ...
@overload
def until_over(look: Callable[[str], T], name: str, id: str, timeout: float) -> Steps[T]: ...
def until_over(look: Callable[[str], Any], name: str, id: str, timeout: float) -> Steps[Any]:
    """The steps of `wait`: look, pause, look again, each pause twice the one before up to five seconds.

    Args:
        name: What `look` calls the id.

    Raises:
        TimeoutError: After `timeout` seconds of pauses it was not over.
    """
    waited, pause = 0.0, FIRST_PAUSE
    while True:
        found = yield Ask(look.__name__, {name: id})
        if found.status in OVER:
            return found
        if waited >= timeout:
            raise TimeoutError(f"{id} is still {found.status} after {timeout:g} seconds")
        pause = min(pause, timeout - waited)
        yield Pause(pause)
        waited, pause = waited + pause, min(pause * 2, LONGEST_PAUSE)
