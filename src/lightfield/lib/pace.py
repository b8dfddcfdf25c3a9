"""How fast many calls may go before the server has to refuse one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from .._response import RateLimit, rate_limit_of

FRESH = 1.0
"""Seconds for which what a server said about its limit is worth anything: buckets refill once a second."""


class Pace:
    """What answers said about the rate limit lately, by category. Copies of a client share one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, tuple[float, RateLimit]] = {}

    def observe(self, category: str, headers: Mapping[str, str]) -> None:
        limit = rate_limit_of(headers)
        if limit is not None:
            self._said[category] = (self._clock(), limit)

    def delay(self, concurrency: int) -> float:
        """Seconds to wait before one more call, so that `concurrency` of them at once still fit."""
        now = self._clock()
        return max(
            (
                (concurrency - limit.remaining) / max(limit.limit, 1)
                for said, limit in list(self._said.values())
                if now - said < FRESH and limit.remaining < concurrency
            ),
            default=0.0,
        )
