"""Token buckets that several processes draw from."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Grant:
    """What was taken out of a bucket, and what is left in it; what is left may be a fraction of a token."""

    taken: int
    left: float


class SharedBuckets(Protocol):
    """One bucket for each workspace and category: it holds `rate` tokens and gains as many a second."""

    async def take(self, workspace: int, category: str, rate: int, wanted: int) -> Grant | None:
        """Take up to so many tokens, fewer when there are fewer; None when the buckets cannot be reached just now."""
        ...

    def close(self) -> None: ...
