"""Identifiers: a prefix that names the kind, a body that is the record's number in hexadecimal.

The number is its moment of creation and a counter, so numbers, ids and creation times all sort alike, an id needs no
look-up table, and no process has to ask another for the next one. Bodies are 16 characters (spec: conventions 10
allows 15 to 26).
"""

import random
import threading

from lightfield_server.kit.clock import Clock, Moment

#: Milliseconds of 2024-01-01T00:00:00Z; 41 bits from here last until 2093.
_EPOCH: Moment = 1_704_067_200_000
_COUNTER_BITS = 22
_BODY = 16
_DIGITS = frozenset("0123456789abcdef")
_LIMIT = 1 << 63


class Numbers:
    """Numbers that grow: one source a process. A thousand at one moment are neighbours.

    The counter starts at random within each millisecond, so two processes meet in one number about once in four
    million simultaneous writes; the store then refuses the second and the request is carried out again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        with self._lock:
            floor = first(self._clock())
            if floor > self._last:
                # Half the range is left free, so that a burst within the millisecond keeps its own time.
                self._last = floor + random.getrandbits(_COUNTER_BITS - 1)
            else:
                self._last += 1
            return self._last


def first(moment: Moment) -> int:
    """The lowest number made at a moment or later."""
    return max(moment - _EPOCH, 0) << _COUNTER_BITS


def written(prefix: str, number: int) -> str:
    return f"{prefix}_{number:016x}"


def body(prefix: str, text: str) -> int | None:
    """The number an id names, or None when the text is not an id of that prefix."""
    start = len(prefix) + 1
    if len(text) != start + _BODY or not text.startswith(prefix) or text[start - 1] != "_":
        return None
    digits = text[start:]
    if not _DIGITS.issuperset(digits):
        return None
    number = int(digits, 16)
    return number if number < _LIMIT else None
