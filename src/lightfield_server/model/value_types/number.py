"""Amounts: at most two decimals, found by their whole hundredths."""

import re
from collections.abc import Mapping
from decimal import Decimal

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.keys import LONGEST_TEXT, Key, Kind
from lightfield_server.model.value_types.base import Amount, Json, Schema, finite, value_type
from lightfield_server.model.value_types.codes import CURRENCIES

#: The largest whole number that every JSON client reads exactly.
LARGEST = 9_007_199_254_740_991


@value_type
class Number(Amount):
    name = "NUMBER"
    kind = Kind.NUMBER
    scale = 100
    widget = "number"

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        number = finite(sent)
        if abs(number) > LARGEST:
            raise problems.unprocessable(f"Expected a number within ±{LARGEST}.")
        if (_exact(number) * 100) % 1:
            raise problems.unprocessable("Expected a number of at most two decimal places.")
        return int(number) if number == int(number) else number

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return (int(_exact(kept) * 100),)

    def bounds(self, text: str, configuration: Configuration) -> tuple[int, int]:
        low, high = _hundredths(text)
        last = LARGEST * 100
        if low > last:
            return last, last + 1
        if high < -last:
            return -last - 1, -last
        return low, high

    def text(self, kept: Json, configuration: Configuration) -> str:
        return f"{kept:,}"

    def write_schema(self, configuration: Configuration) -> Schema:
        return {
            "type": "number",
            "minimum": -LARGEST,
            "maximum": LARGEST,
            "description": "At most two decimal places.",
        }


@value_type
class Currency(Number):
    """The amount alone is sent and kept; its currency is the field's."""

    name = "CURRENCY"
    configurable = ("currency",)

    def text(self, kept: Json, configuration: Configuration) -> str:
        amount = f"{kept:,}" if isinstance(kept, int) else f"{kept:,.2f}"
        return f"{amount} {configuration.currency}" if configuration.currency else amount

    def configure(self, sent: Mapping[str, Json]) -> Configuration:
        super().configure(sent)
        currency = sent.get("currency", "USD")
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise problems.invalid_configuration("'currency' is three upper-case letters of ISO 4217, such as USD.")
        return Configuration(currency=currency)


def _exact(number: int | float) -> Decimal:
    """The number as its decimal text says it, which is what the client wrote."""
    return Decimal(repr(number))


_DECIMAL = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
#: Powers of ten beyond this put any text of at most `LONGEST_TEXT` digits below one hundredth or above every key.
_POWER = 2 * LONGEST_TEXT


def _hundredths(text: str) -> tuple[int, int]:
    """The whole hundredths next to a decimal text, below and above."""
    match = _DECIMAL.fullmatch(text.strip()) if len(text) <= LONGEST_TEXT else None
    if match is None:
        raise problems.invalid_type("Expected a decimal number, such as 1234.5.")
    sign, whole, fraction, power = match.groups(default="")
    digits = int(f"{sign}{whole}{fraction}")
    places = max(-_POWER, min(int(power or 0), _POWER)) - len(fraction) + 2
    if places >= 0:
        exact = digits * 10**places
        return exact, exact
    scale = 10**-places
    return digits // scale, -(-digits // scale)
