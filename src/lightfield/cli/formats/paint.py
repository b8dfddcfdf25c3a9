"""Colours, where a terminal has them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..console import visible
from ..documents import to_json

CODES = {
    "key": "34;1",
    "text": "32",
    "number": "36",
    "truth": "33",
    "null": "90",
    "faint": "90",
    "title": "1",
}


class Paint(NamedTuple):
    """Puts colour on words, or does not."""

    on: bool

    def __call__(self, text: str, what: str) -> str:
        return f"\033[{CODES[what]}m{text}\033[0m" if self.on and text else text


def coloured_json(value: Any, paint: Paint, indent: int = 0) -> str:
    """Indented JSON with each kind of value in a colour of its own."""
    space, close = "  " * (indent + 1), "  " * indent
    if isinstance(value, dict) and value:
        lines = (
            f"{space}{paint(visible(to_json(key)), 'key')}: {coloured_json(each, paint, indent + 1)}"
            for key, each in value.items()
        )
        return "{\n" + ",\n".join(lines) + f"\n{close}}}"
    if isinstance(value, list) and value:
        lines = (f"{space}{coloured_json(each, paint, indent + 1)}" for each in value)
        return "[\n" + ",\n".join(lines) + f"\n{close}]"
    kind = (
        "null"
        if value is None
        else "truth"
        if isinstance(value, bool)
        else "text"
        if isinstance(value, str)
        else "number"
    )
    return paint(visible(to_json(value)), kind)
