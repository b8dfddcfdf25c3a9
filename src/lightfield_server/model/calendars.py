"""Days, weeks, months, quarters and years of moments, in any time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lightfield_server.model.adding import SINCE

INTERVALS = ("day", "week", "month", "quarter", "year")

#: Milliseconds of a day and of a second: of what moments are counted in, where that says enough.
_DAY, _SECOND = 86_400_000, 1_000

#: The time zone that needs no table.
UTC_NAME = "UTC"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns a moment, in units since the year 1, into the ordinal of the first day of the interval it lies in.

    Weeks are those of ISO 8601 and begin on Monday.
    """

    interval: str
    zone: str = UTC_NAME

    @property
    def unit(self) -> int:
        return _DAY if self.zone == UTC_NAME else _SECOND

    def __call__(self, units: int) -> int:
        return _start(self.interval, self._day(units)).toordinal()

    def label(self, start: date) -> str:
        match self.interval:
            case "day":
                return start.isoformat()
            case "week":
                year, week, _ = start.isocalendar()
                return f"{year:04d}-W{week:02d}"
            case "month":
                return f"{start.year:04d}-{start.month:02d}"
            case "quarter":
                return f"{start.year:04d}-Q{(start.month + 2) // 3}"
        return f"{start.year:04d}"

    def _day(self, units: int) -> date:
        if self.zone == UTC_NAME:
            return date.fromordinal(units + 1)
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=units - SINCE // _SECOND)
        try:
            return moment.astimezone(ZoneInfo(self.zone)).date()
        except (OverflowError, ValueError):
            # At either end of time there is no other day to be in.
            return moment.date()


def _start(interval: str, day: date) -> date:
    match interval:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


#: The longest names of time zones have half as many characters.
_LONGEST_ZONE = 64


def known(zone: str) -> bool:
    """Whether a text names a time zone."""
    if len(zone) > _LONGEST_ZONE:
        return False
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        return False
    return True
