"""How often a workspace may ask: one token bucket for each category of operation (spec: conventions 6)."""

import math
from dataclasses import dataclass
from typing import Protocol

#: Requests a second in each category. Upstream's is 25; a small machine's owner is annoyed by that (inferred).
DEFAULT_RATE = 1_000

READ, WRITE, SEARCH = "Read", "Write", "Search"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request may go on, and what its headers say. `retry_after` is in whole seconds, 0 when it may."""

    limit: int
    remaining: int
    reset: int
    retry_after: int = 0


class Limiter(Protocol):
    """Admits requests, each from the bucket of its workspace and category."""

    async def admit(self, workspace: int, category: str, now: float) -> Admission | None:
        """Take one token, or say when there is one again; None where there is no limit. `now`: seconds since 1970."""
        ...

    def close(self) -> None: ...


class Limits:
    """The limits of a process that serves alone.

    Buckets of `rate` tokens, refilled at `rate` a second. A rate of None admits everything and says nothing."""

    def __init__(self, rate: int | None = DEFAULT_RATE) -> None:
        self.rate = rate
        self._buckets: dict[tuple[int, str], _Bucket] = {}

    async def admit(self, workspace: int, category: str, now: float) -> Admission | None:
        rate = self.rate
        if rate is None:
            return None
        bucket = self._buckets.get((workspace, category))
        if bucket is None:
            bucket = self._buckets[workspace, category] = _Bucket(rate, now)
        tokens = min(rate, bucket.tokens + max(now - bucket.at, 0.0) * rate)
        bucket.at = now
        if tokens < 1:
            bucket.tokens = tokens
            return Admission(rate, 0, math.ceil(now + (rate - tokens) / rate), max(1, math.ceil((1 - tokens) / rate)))
        bucket.tokens = tokens = tokens - 1
        return Admission(rate, int(tokens), math.ceil(now + (rate - tokens) / rate))

    def close(self) -> None:
        """Nothing to let go of."""
