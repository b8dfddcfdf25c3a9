"""Numbers as people and programs write them: 1,234.56 and 1.234,56, (1,234), $1,200, 45 %.

What a separator means is told by the number itself where it can be. 12.345 can be twelve and a bit, or twelve
thousand; the rest of its column says which.
"""

import re
from decimal import Decimal, InvalidOperation

from lightfield_server.transfer.refusal import Refused, quoted

POINT, COMMA = ".", ","

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,2})?", re.ASCII)
_MONEY = r"(?:[A-Za-z]{1,3}\s?[$]|[$€£¥₹₽₩₺₪₫฿₴₦₱]|[A-Z]{3}|kr\.?|zł|Kč|Ft|Fr\.|R\$)"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?:{_MONEY})?\s*(?P<inner>[-+−–])?\s*"
    r"(?P<digits>[0-9.,][0-9.,'’\s]*?)(?:,[-–—]{1,2})?"
    rf"\s*(?P<after>-)?\s*%?\s*(?:{_MONEY})?\s*%?\s*(?P<close>\))?",
    re.ASCII,
)
#: Marks that only ever group digits.
_GROUPS = re.compile(r"[\s'’\u00a0\u202f\u2009\u2007]")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " "})

_FIX = "Write a number such as 1234.56, or say with 'decimal' whether its decimals follow a point or a comma."


def read(text: str, decimal: str | None) -> int | float:
    """The number a text says. `decimal` is the mark before decimals, None when the column does not tell."""
    text = text.strip()
    if _PLAIN.fullmatch(text) and (decimal == POINT or "." not in text or decimal is None):
        return float(text) if "." in text else int(text)
    match = _NUMBER.fullmatch(text.translate(_SPACES))
    if match is None or bool(match["open"]) is not bool(match["close"]) or _signs(match) > 1:
        raise Refused(f"'{quoted(text)}' is not a number.", _FIX)
    plain = _plain(match["digits"], decimal)
    if plain is None:
        raise Refused(f"'{quoted(text)}' is not a number{_style(decimal)}.", _FIX)
    negative = bool(match["open"]) or "+" not in (match["sign"] or match["inner"] or match["after"] or "+")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Refused(f"'{quoted(text)}' is not a number.", _FIX) from None
    return json(-value if negative else value)


def json(value: Decimal) -> int | float:
    """A decimal as JSON has numbers."""
    return int(value) if value == value.to_integral_value() else float(value)


def exact(value: float) -> Decimal:
    """A number as its text says it."""
    return Decimal(repr(value))


def rounded(value: float) -> int | float:
    """A binary number of a workbook as the two decimals that it stands for, if it does."""
    near = round(value, 2)
    return near if abs(value - near) <= 1e-9 * max(1.0, abs(value)) else value


def evidence(text: str) -> str | None:
    """The decimal mark that a number cannot do without; None when it could be read either way, or is none."""
    match = _NUMBER.fullmatch(text.strip().translate(_SPACES))
    if match is None:
        return None
    digits = _GROUPS.sub("", match["digits"])
    point, comma = digits.count("."), digits.count(",")
    if point and comma:
        return POINT if digits.rfind(".") > digits.rfind(",") else COMMA
    if point + comma != 1:
        # 1.234.567 groups by points: its decimals would follow a comma.
        return None if not point + comma else COMMA if point else POINT
    mark = "." if point else ","
    whole, _, after = digits.partition(mark)
    grouped = len(after) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    if grouped and _GROUPS.search(match["digits"]) is None:
        return None
    return mark


def _plain(digits: str, decimal: str | None) -> str | None:
    """Digits with a point before their decimals; None when the marks do not fit."""
    digits = digits.strip()
    if _GROUPS.search(digits):
        parts = _GROUPS.split(re.split(r"[.,]", digits)[0])
        if not _threes(parts):
            return None
        digits = _GROUPS.sub("", digits)
    mark = decimal or evidence(digits)
    if mark is None:
        # No decimals that anything tells of: marks group.
        mark = COMMA if "." in digits else POINT
    group = COMMA if mark == POINT else POINT
    whole, found, after = digits.partition(mark)
    if group in after or mark in after or (found and not after.isdecimal()):
        return None
    if group in whole and not _threes(whole.split(group)):
        return None
    whole = whole.replace(group, "")
    if not (whole.isdecimal() or (whole == "" and after)):
        return None
    return f"{whole or '0'}.{after}" if after else whole


def _threes(groups: list[str]) -> bool:
    """Whether digits are grouped by thousands, or as in India: three at the end and twos before."""
    if not groups[0] or (len(groups) > 1 and len(groups[-1]) != 3):
        return False
    widths = {len(group) for group in groups[1:-1]}
    return (len(groups[0]) <= 3 and widths <= {3}) or (len(groups[0]) <= 2 and widths == {2})


def _signs(match: re.Match[str]) -> int:
    return sum(match[name] is not None for name in ("open", "sign", "inner", "after"))


def _style(decimal: str | None) -> str:
    return "" if decimal is None else f" with decimals after a {'point' if decimal == POINT else 'comma'}"
