"""Yes and no, lists, names and countries as people write them."""

import re
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from lightfield_server.model.value_types.codes import COUNTRIES
from lightfield_server.transfer.refusal import Refused, quoted

_YES = frozenset(
    {"yes", "y", "true", "t", "1", "1.0", "x", "on", "checked", "✓", "✔", "☑", "ja", "j", "wahr", "oui", "o", "vrai"}
    | {"si", "sí", "s", "verdadero", "vero", "sim"}
)
_NO = frozenset(
    {"no", "n", "false", "f", "0", "0.0", "-", "off", "unchecked", "✗", "✘", "☐", "nein", "falsch", "non", "faux"}
    | {"falso", "não", "nao", "nee"}
)


def boolean(text: str) -> bool:
    folded = text.strip().casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise Refused(f"'{quoted(text)}' is neither yes nor no.", "Write yes or no, true or false, x or nothing.")


def listed(text: str, separator: re.Pattern[str]) -> list[str]:
    """The elements of a list: as JSON has it, or between separators."""
    if not text.startswith("[") and separator.search(text) is None:
        return [text] if text else []
    if text.startswith("["):
        try:
            read: Any = msgspec.json.decode(text)
        except msgspec.MsgspecError:
            read = None
        if isinstance(read, list) and all(isinstance(element, str) for element in read):
            return read
    return [element for element in (part.strip() for part in separator.split(text)) if element]


def name(text: str) -> dict[str, str | None]:
    """A person's name in one cell: `Byron, Ada` or `Ada Byron`; a single word is the first name."""
    last, comma, first = text.partition(",")
    if comma:
        return {"firstName": first.strip() or None, "lastName": last.strip() or None}
    first, _, last = text.strip().rpartition(" ")
    return {"firstName": first.strip(), "lastName": last} if first else {"firstName": last, "lastName": None}


def country(text: str) -> str:
    """Two letters of ISO 3166-1, from those letters or from the country's name."""
    plain = text.strip()
    if plain.upper() in COUNTRIES:
        return plain.upper()
    code = _names().get(plain.casefold())
    if code is None:
        raise Refused(
            f"'{quoted(text)}' is no country that is known by this name.",
            "Write two letters of ISO 3166-1, such as US, or say in 'values' what it stands for.",
        )
    return code


@cache
def _names() -> dict[str, str]:
    """Folded names of countries in English, German, French, Spanish, Italian, Dutch and Portuguese, and their codes."""
    names: dict[str, str] = {}
    for line in (resources.files(__package__) / "countries.txt").read_text("utf-8").splitlines():
        code, _, called = line.partition(" ")
        for name in called.split("|"):
            names.setdefault(name.casefold(), code)
    names.pop("", None)
    return names
