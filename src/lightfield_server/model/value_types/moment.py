"""Moments."""

import re

from lightfield_server.kit import clock
from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.keys import Key, Kind
from lightfield_server.model.value_types.base import Amount, Json, Schema, string, value_type


@value_type
class Datetime(Amount):
    """A moment with its offset, kept in UTC to the millisecond; what is finer is dropped."""

    name = "DATETIME"
    kind = Kind.MOMENT
    widget = "datetime"

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        moment = clock.read(string(sent))
        if moment is None:
            raise problems.unprocessable(_EXPECTED)
        return clock.written(moment)

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        moment = clock.read(kept)
        return () if moment is None else (moment,)

    def bounds(self, text: str, configuration: Configuration) -> tuple[int, int]:
        moment = clock.read(_LOST_PLUS.sub(r"+\1", text))
        if moment is None:
            raise problems.invalid_type(_EXPECTED)
        return (moment, moment + 1) if _FINER.search(text) else (moment, moment)

    def text(self, kept: Json, configuration: Configuration) -> str:
        return f"{kept[:10]} {kept[11:16]} UTC"

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "string", "format": "date-time"}


_EXPECTED = "Expected an ISO 8601 date and time with an offset, such as 2026-03-16T12:00:00Z."
#: A `+` that was not percent-encoded in a query string arrives as a space.
_LOST_PLUS = re.compile(r" ([0-9]{2}:?[0-9]{2})\Z")
#: Anything but zeros after the third digit of a fraction of a second.
_FINER = re.compile(r"\.[0-9]{3}[0-9]*[1-9]")
