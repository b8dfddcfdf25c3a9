"""The story's time: counted in working days from today, so that it reads the same whenever the demo is filled.

Day -1 is the last working day before today, and 0 the first from today on. The fraction of a day is its hour, between
eight and six o'clock UTC. Nothing happens at weekends.
"""

from datetime import UTC, datetime

from lightfield_server.kit import clock
from lightfield_server.kit.clock import DAY, Moment

HOUR: Moment = 3_600_000

#: Working days of two years.
TWO_YEARS = 522

_OPENS, _OPEN_FOR = 8 * HOUR, 10 * HOUR


class Calendar:
    def __init__(self, now: Moment) -> None:
        self._today = now - now % DAY
        weekday = datetime.fromtimestamp(self._today / 1000, UTC).weekday()
        # The first working day from today on, and how many of its week came before it.
        self._first = self._today if weekday < 5 else self._today + (7 - weekday) * DAY
        self._monday = weekday if weekday < 5 else 0

    def moment(self, day: float) -> Moment:
        """The later the day, the later the moment, whatever weekends lie between."""
        whole = int(day // 1)
        weeks, weekday = divmod(self._monday + whole, 5)
        date = self._first + (weeks * 7 + weekday - self._monday) * DAY
        return date + _OPENS + round((day - whole) * _OPEN_FOR)

    def written(self, day: float) -> str:
        return clock.written(self.moment(day))
