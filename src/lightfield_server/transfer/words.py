"""Yes and no, lists, names and countries as people write them."""

import re
from functools import cache
from typing import Any

import msgspec
from phonenumbers.geodata.locale import LOCALE_DATA

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

#: Languages in which the names of countries are known.
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
_OTHER_NAMES = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US", "uk": "GB",
    "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "korea": "KR",
    "republic of korea": "KR", "south korea": "KR", "holland": "NL", "the netherlands": "NL", "czechia": "CZ",
    "czech republic": "CZ", "russia": "RU", "russian federation": "RU", "viet nam": "VN", "hong kong": "HK",
    "taiwan": "TW", "iran": "IR", "syria": "SY", "ivory coast": "CI", "uae": "AE", "turkey": "TR", "türkiye": "TR",
}  # fmt: skip


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
    names: dict[str, str] = {}
    for code, called in LOCALE_DATA.items():
        if code not in COUNTRIES:
            continue
        for language in _LANGUAGES:
            text = called.get(language, "")
            # A star points to the language that has the same name.
            text = called.get(text[1:], "") if text.startswith("*") else text
            if text:
                names.setdefault(text.casefold(), code)
    return names | _OTHER_NAMES
