"""Dates and times as people and programs write them, as one moment.

03/04/2017 is a day in March or in April: the order comes from the mapping, or from the other dates of the column.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from lightfield_server.model import problems
from lightfield_server.transfer.refusal import Refused, quoted

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)

#: Two-digit years from here on are of the last century.
PIVOT = 70

#: Day numbers of spreadsheets that stand as text are taken for such between 1954 and 2119.
SERIALS = range(20_000, 80_200)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?", re.ASCII)
_SPREADSHEET_EPOCH = datetime(1899, 12, 30)
_LAST_SERIAL = 2_958_466

_EXACT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{5,18}(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})", re.ASCII)
_NUMERIC = re.compile(r"([0-9]{1,4})\s?([-/.])\s?([0-9]{1,2})\s?\2\s?([0-9]{1,4})\.?", re.ASCII)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_DAY_NAMED = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?:de\s+)?([^\W\d_]{3,})\.?,?[\s-]*(?:de\s+)?([0-9]{4}|[0-9]{2})"
)
_MONTH_NAMED = re.compile(r"([^\W\d_]{3,})\.?[\s-]*([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_WEEKDAY = re.compile(r"[^\W\d_]{2,}\.?,\s+")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?:\s*([AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(Z|z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{1,2}:?(?:[0-9]{2})?))?(?:\s*(?:Uhr|h))?",
    re.ASCII,
)
_HOUR = re.compile(r"([0-9]{1,2})\s*([AaPp])\.?[Mm]\.?", re.ASCII)

# Beginnings of month names: English, German, French, Spanish, Italian, Portuguese, Dutch, folded to lower case.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fév fev", "mar mär mrz maa mrt", "apr avr abr", "may mai mag mei", "jun juin giu",
            "jul juil lug", "aug aou aoû ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_FIX = "Write the date as 2026-03-16, with the time, if any, as 2026-03-16T14:30:00Z."


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise problems.invalid_configuration(
            f"There is no time zone '{problems.shown(name)}'; write one such as Europe/Berlin.", "timeZone"
        ) from None


def read(text: str, order: str | None, where: tzinfo) -> str:
    """A date, with or without its time, as ISO 8601 with an offset. A time without a zone is `where`'s."""
    text = text.strip()
    if _EXACT.fullmatch(text):
        return text
    if _SERIAL.fullmatch(text) and int(float(text)) in SERIALS:
        return serial(float(text), where)
    day, rest = _day(text, order)
    moment, own = _time(rest, text)
    return written(datetime.combine(day, moment), own or where)


def written(at: datetime, where: tzinfo) -> str:
    """A moment of a clock on a wall somewhere, as ISO 8601."""
    placed = at if at.tzinfo is not None else at.replace(tzinfo=where)
    try:
        return placed.isoformat(timespec="milliseconds")
    except (OverflowError, ValueError):
        raise Refused(f"'{at}' lies outside of the years 1 to 9999.", _FIX) from None


def serial(days: float, where: tzinfo) -> str:
    """A spreadsheet's day number."""
    if not 0 < days < _LAST_SERIAL:
        raise Refused(f"'{days}' is not the day number of a spreadsheet.", _FIX)
    # Spreadsheets keep seconds as fractions of a day, a little off.
    seconds = round(days * 86_400_000) / 1000
    return written(_SPREADSHEET_EPOCH + timedelta(seconds=seconds), where)


def evidence(text: str) -> frozenset[str] | None:
    """The orders in which a date of three numbers can be read; None where its order is plain, or it is no date.

    A date that reads the same either way tells nothing and needs nothing.
    """
    match = _NUMERIC.match(text.strip())
    if match is None or len(match[1]) > 2:
        return None
    first, second = int(match[1]), int(match[3])
    if first == second:
        return None
    orders = {
        order for order, month, day in ((DAY_FIRST, second, first), (MONTH_FIRST, first, second))
        if 1 <= month <= 12 and 1 <= day <= 31
    }  # fmt: skip
    if match[2] == "." and DAY_FIRST in orders:
        # Nobody puts points between a month, a day and a year in that order.
        orders = {DAY_FIRST}
    return frozenset(orders) or None


def _day(text: str, order: str | None) -> tuple[date, str]:
    """The day at the beginning of a text, and what follows."""
    start = _WEEKDAY.match(text)
    if start is not None and not text[: start.end()].lower().startswith(tuple(_MONTHS)):
        text = text[start.end() :]
    match = _NUMERIC.match(text)
    if match is not None:
        return _numeric(match, order, text), text[match.end() :]
    match = _COMPACT.match(text)
    if match is not None and text[match.end() : match.end() + 1] in ("", "T", " "):
        return _date(int(match[1]), int(match[2]), int(match[3]), text), text[match.end() :]
    match = _DAY_NAMED.match(text)
    if match is not None:
        return _date(_year(match[3]), _month(match[2], text), int(match[1]), text), text[match.end() :]
    match = _MONTH_NAMED.match(text)
    if match is not None:
        return _date(int(match[3]), _month(match[1], text), int(match[2]), text), text[match.end() :]
    raise Refused(f"'{quoted(text)}' is not a date.", _FIX)


def _numeric(match: re.Match[str], order: str | None, text: str) -> date:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        return _date(int(first), int(second), int(third), text)
    if len(first) == 3 or len(third) == 3:
        raise Refused(f"'{quoted(text)}' is not a date.", _FIX)
    if order == YEAR_FIRST and len(third) <= 2:
        return _date(_year(first), int(second), int(third), text)
    if len(third) == 1:
        raise Refused(f"'{quoted(text)}' is not a date.", _FIX)
    orders = evidence(text)
    if order is None and orders is not None and len(orders) == 1:
        (order,) = orders
    if order is None and first != second and int(first) != int(second):
        raise Refused(
            f"'{quoted(text)}' can be a day and a month in either order.", "Set 'dates' of the column to dmy or mdy."
        )
    day, month = (second, first) if order == MONTH_FIRST else (first, second)
    return _date(_year(third), int(month), int(day), text)


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= PIVOT else 2000)


def _month(name: str, text: str) -> int:
    folded = name.casefold()
    for length in (4, 3):
        if folded[:length] in _MONTHS:
            return _MONTHS[folded[:length]]
    raise Refused(f"'{quoted(text)}' names no month.", _FIX)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(f"'{quoted(text)}' is no day of the calendar.", _FIX) from None


def _time(rest: str, text: str) -> tuple[time, tzinfo | None]:
    """The time after a day, midnight when there is none; and its zone if it says one."""
    rest = rest.strip().removeprefix("T").lstrip(",").strip()
    if not rest:
        return time(), None
    hour = _HOUR.fullmatch(rest)
    if hour is not None:
        return _clock(int(hour[1]), 0, 0, "", hour[2], text), None
    match = _CLOCK.fullmatch(rest)
    if match is None:
        raise Refused(f"'{quoted(rest)}' in '{quoted(text)}' is not a time.", _FIX)
    moment = _clock(int(match[1]), int(match[2]), int(match[3] or 0), match[4] or "", match[5], text)
    return moment, _zone(match[6], text)


def _clock(hour: int, minute: int, second: int, fraction: str, half: str | None, text: str) -> time:
    if half is not None:
        if not 1 <= hour <= 12:
            raise Refused(f"'{quoted(text)}' has no such hour.", _FIX)
        hour = hour % 12 + (12 if half in "pP" else 0)
    try:
        return time(hour, minute, second, int(fraction[:6].ljust(6, "0")) if fraction else 0)
    except ValueError:
        raise Refused(f"'{quoted(text)}' has a time that no clock shows.", _FIX) from None


def _zone(said: str | None, text: str) -> tzinfo | None:
    if said is None:
        return None
    offset = said.upper().removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise Refused(f"'{quoted(text)}' is further from UTC than any place.", _FIX)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if offset[0] == "-" else away)
