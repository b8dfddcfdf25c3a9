"""How many columns of a terminal a text takes, and how to cut it to fit."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ..console import visible

ELLIPSIS = "…"
JOINER, EMOJI_SIGN = "\u200d", "\ufe0f"


def width(text: str) -> int:
    """Columns: two for East Asian wide letters and emoji, none for marks that sit on the letter before."""
    if text.isascii():
        return len(text)
    return sum(columns for _, columns in _letters(text))


def cut(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits before an ellipsis."""
    if width(text) <= most:
        return text
    taken, used = [], 0
    for letter, columns in _letters(text):
        if used + columns > most - 1:
            break
        taken.append(letter)
        used += columns
    return "".join(taken) + ELLIPSIS


def padded(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def line(text: str) -> str:
    """Any text as one line without anything that steers a terminal."""
    return (
        visible(" ".join(text.split("\n")).replace("\t", " ")).strip()
        if "\n" in text or "\t" in text
        else visible(text)
    )


def _letters(text: str) -> list[tuple[str, int]]:
    """What is drawn as one, with its width: an emoji of several parts is as wide as its first."""
    found: list[tuple[str, int]] = []
    joined = False
    for character in text:
        columns = _columns(character)
        if found and (columns == 0 or joined):
            before, was = found[-1]
            found[-1] = (before + character, 2 if character == EMOJI_SIGN and was else was)
        else:
            found.append((character, columns))
        joined = character == JOINER
    return found


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\U0001f3fb" <= character <= "\U0001f3ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
