"""The same limits over several processes: each draws tokens from shared buckets, a few at a time, and spends them."""

import asyncio
import math
from dataclasses import dataclass, field

from lightfield_server.identity.limits import Admission, Limits
from lightfield_server.store.buckets import SharedBuckets

#: The share of a second's tokens that is drawn at a time, and how long they may be spent (seconds). What is drawn and
#: not spent is lost to the others: one share, once in that time, for each process.
SHARE, LASTING = 0.02, 2.0

#: Seconds, since moments are whole milliseconds.
SHORTEST_PAUSE = 0.001

#: How long a process keeps the limit by itself once the shared buckets could not be reached (seconds).
ALONE = 1.0


@dataclass(slots=True)
class _Drawn:
    """Tokens at hand, and how the shared bucket stood when it was last drawn from."""

    tokens: int = 0
    left: float = 0.0
    at: float = -math.inf
    #: Before this moment there is no use in drawing again.
    again: float = -math.inf
    alone: bool = False
    waiting: int = 0
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedLimits:
    """Limits that hold over all processes which draw from the same buckets."""

    def __init__(self, rate: int, buckets: SharedBuckets) -> None:
        self.rate = rate
        self._buckets = buckets
        self._chunk = max(1, int(rate * SHARE))
        self._drawn: dict[tuple[int, str], _Drawn] = {}
        self._own = Limits(rate)

    async def admit(self, workspace: int, category: str, now: float) -> Admission | None:
        drawn = self._drawn.get((workspace, category))
        if drawn is None:
            drawn = self._drawn[workspace, category] = _Drawn()
        while not self._at_hand(drawn, now) and not drawn.at <= now < drawn.again:
            await self._draw(drawn, workspace, category, now)
        if drawn.alone:
            return await self._own.admit(workspace, category, now)
        admitted = drawn.tokens > 0
        drawn.tokens -= admitted
        tokens = self._level(drawn, now)
        reset = math.ceil(now + (self.rate - tokens) / self.rate)
        if admitted:
            return Admission(self.rate, int(tokens), reset)
        return Admission(self.rate, 0, reset, max(1, math.ceil((1 - tokens) / self.rate)))

    def close(self) -> None:
        self._buckets.close()

    def _at_hand(self, drawn: _Drawn, now: float) -> bool:
        return drawn.tokens > 0 and now < drawn.at + LASTING

    async def _draw(self, drawn: _Drawn, workspace: int, category: str, now: float) -> None:
        """Draw for all that wait; only the first of them asks."""
        drawn.waiting += 1
        try:
            async with drawn.drawing:
                if self._at_hand(drawn, now) or drawn.at <= now < drawn.again:
                    return
                wanted = max(self._chunk, drawn.waiting)
                grant = await self._buckets.take(workspace, category, self.rate, wanted)
                drawn.at = now
                drawn.alone = grant is None
                if grant is None:
                    drawn.tokens, drawn.again = 0, now + ALONE
                    return
                drawn.tokens, drawn.left = grant.taken, grant.left
                # Once there is too little, a share must be there before it is asked for again, so that refusals are
                # as cheap as admissions.
                pause = max((self._chunk - grant.left) / self.rate, SHORTEST_PAUSE)
                drawn.again = now + pause if grant.taken < wanted else now
        finally:
            drawn.waiting -= 1

    def _level(self, drawn: _Drawn, now: float) -> float:
        """Tokens at hand and, as far as is known here, in the shared bucket."""
        return min(self.rate, drawn.left + max(now - drawn.at, 0.0) * self.rate + drawn.tokens)
