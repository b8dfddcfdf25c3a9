"""Several calls in a row, written once for both clients: a generator says what is next and is told what came of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from .._errors import NotFoundError
from .._types import TimeoutOption
from .sources import Source

T = TypeVar("T")


class Ask(NamedTuple):
    """Call this method of the resource."""

    method: str
    arguments: Mapping[str, Any]
    may_be_missing: bool = False
    """Take "not found" for an answer, which is then None."""


class Pause(NamedTuple):
    """Wait."""

    seconds: float


class Send(NamedTuple):
    """Upload bytes to an address."""

    url: str
    headers: Mapping[str, str]
    source: Source
    timeout: TimeoutOption


Step: TypeAlias = Ask | Pause | Send
Steps: TypeAlias = Generator[Step, Any, T]


def run(resource: Any, steps: Steps[T]) -> T:
    """Carries the steps out with a resource's methods and gives what the generator returns.

    What goes wrong is raised where the generator waits, which may know better.
    """
    go_on: Callable[[], Step] = partial(next, steps)
    while True:
        try:
            step = go_on()
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        try:
            answer = _taken(resource, step)
        except Exception as error:
            go_on = partial(steps.throw, error)
        else:
            go_on = partial(steps.send, answer)


def _taken(resource: Any, step: Step) -> Any:
    if isinstance(step, Pause):
        return resource._client._sleep(step.seconds)
    if isinstance(step, Send):
        return resource._client._upload(step.url, step.headers, step.source, step.timeout)
    try:
        return getattr(resource, step.method)(**step.arguments)
    except NotFoundError:
        if not step.may_be_missing:
            raise
    return None


async def arun(resource: Any, steps: Steps[T]) -> T:
    """As `run`, awaiting."""
    go_on: Callable[[], Step] = partial(next, steps)
    while True:
        try:
            step = go_on()
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        try:
            answer = await _ataken(resource, step)
        except Exception as error:
            go_on = partial(steps.throw, error)
        else:
            go_on = partial(steps.send, answer)


async def _ataken(resource: Any, step: Step) -> Any:
    if isinstance(step, Pause):
        return await resource._client._sleep(step.seconds)
    if isinstance(step, Send):
        return await resource._client._upload(step.url, step.headers, step.source, step.timeout)
    try:
        return await getattr(resource, step.method)(**step.arguments)
    except NotFoundError:
        if not step.may_be_missing:
            raise
    return None
