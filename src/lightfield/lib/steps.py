"""Several calls in a row, written once for both clients: a generator says what is next and is told what came of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

from .._errors import NotFoundError

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


Steps: TypeAlias = Generator[Ask | Pause, Any, T]


def run(resource: Any, steps: Steps[T]) -> T:
    """Carries the steps out with a resource's methods and gives what the generator returns."""
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = None
        if isinstance(step, Pause):
            resource._client._sleep(step.seconds)
            continue
        try:
            answer = getattr(resource, step.method)(**step.arguments)
        except NotFoundError:
            if not step.may_be_missing:
                raise


async def arun(resource: Any, steps: Steps[T]) -> T:
    """As `run`, awaiting."""
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = None
        if isinstance(step, Pause):
            await resource._client._sleep(step.seconds)
            continue
        try:
            answer = await getattr(resource, step.method)(**step.arguments)
        except NotFoundError:
            if not step.may_be_missing:
                raise
