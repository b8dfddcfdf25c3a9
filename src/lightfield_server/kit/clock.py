"""Now, and how a moment is written (spec: conventions 1)."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

#: A moment: whole milliseconds since 1970-01-01T00:00:00Z.
Moment = int

#: What the server asks for the time; tests pass their own.
Clock = Callable[[], Moment]

DAY: Moment = 86_400_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|z|[+-]\d{2}:?\d{2})",
    re.ASCII,
)


def now() -> Moment:
    return time.time_ns() // 1_000_000


def written(moment: Moment) -> str:
    """`2026-05-01T09:00:00.000Z`: UTC with milliseconds."""
    seconds, milliseconds = divmod(moment, 1000)
    return f"{_to_the_second(seconds)}{milliseconds:03d}Z"


@lru_cache(maxsize=16_384)
def _to_the_second(seconds: int) -> str:
    at = _EPOCH + timedelta(seconds=seconds)
    # strftime does not pad years before 1000 on every platform.
    return f"{at.year:04d}-{at:%m-%dT%H:%M:%S}."


def read(text: str) -> Moment | None:
    """The moment an ISO 8601 text with an offset or `Z` names; None for anything else, a bare date included."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    date, clock, offset = match.groups()
    if len(clock) == 5:
        clock += ":00"
    whole, _, fraction = clock.partition(".")
    zone = "+00:00" if offset in "Zz" else offset
    try:
        at = datetime.fromisoformat(f"{date}T{whole}{zone}")
        since = at - _EPOCH
    except (ValueError, OverflowError):
        return None
    moment = (since.days * 86_400 + since.seconds) * 1000 + int(fraction[:3].ljust(3, "0") if fraction else "0")
    return moment if _FIRST <= moment <= _LAST else None


def _of(at: datetime) -> Moment:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000


_FIRST = _of(datetime(1, 1, 1, tzinfo=UTC))
_LAST = _of(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) + 999
