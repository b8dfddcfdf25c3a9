"""Many calls at once, a bounded number of them under way, none of them lost to another's failure."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from .pace import Pace

I = TypeVar("I")  # noqa: E741
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[I, T]):
    """What came of one item."""

    item: I
    value: T | None = None
    error: Exception | None = None

    def unwrap(self) -> T:
        """The value; raises the error if there was one."""
        if self.error is not None:
            raise self.error
        return cast(T, self.value)


def in_threads(
    pace: Pace, sleep: Callable[[float], None], function: Callable[[I], T], items: Iterable[I], concurrency: int
) -> list[Outcome[I, T]]:
    """Each worker takes the next item when it is free, so that `items` is read no faster than it is used."""
    numbered, turn = enumerate(items), threading.Lock()
    outcomes: dict[int, Outcome[I, T]] = {}

    def work() -> None:
        while True:
            with turn:
                number, item = next(numbered, (None, None))
            if number is None:
                return
            if (delay := pace.delay(concurrency)) > 0:
                sleep(delay)
            try:
                outcomes[number] = Outcome(cast(I, item), function(cast(I, item)))
            except Exception as error:
                outcomes[number] = Outcome(cast(I, item), error=error)

    with ThreadPoolExecutor(max_workers=_checked(concurrency)) as pool:
        for worker in [pool.submit(work) for _ in range(concurrency)]:
            worker.result()
    return [outcomes[number] for number in sorted(outcomes)]


async def in_tasks(
    pace: Pace,
    sleep: Callable[[float], Awaitable[None]],
    function: Callable[[I], Awaitable[T]],
    items: Iterable[I],
    concurrency: int,
) -> list[Outcome[I, T]]:
    """As `in_threads`, with tasks."""
    import anyio

    numbered = enumerate(items)
    outcomes: dict[int, Outcome[I, T]] = {}

    async def work() -> None:
        for number, item in cast(Any, numbered):
            if (delay := pace.delay(concurrency)) > 0:
                await sleep(delay)
            try:
                outcomes[number] = Outcome(item, await function(item))
            except Exception as error:
                outcomes[number] = Outcome(item, error=error)

    async with anyio.create_task_group() as group:
        for _ in range(_checked(concurrency)):
            group.start_soon(work)
    return [outcomes[number] for number in sorted(outcomes)]


def _checked(concurrency: int) -> int:
    if concurrency < 1:
        raise ValueError(f"`concurrency` must be at least 1, not {concurrency}")
    return concurrency
