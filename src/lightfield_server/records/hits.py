"""What a hit of full-text search shows of its record: a title, and where the words stand."""

import re
from typing import NamedTuple

from lightfield_server.model import texts
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Record
from lightfield_server.model.search import Judge, Reading, found_word
from lightfield_server.model.words import words
from lightfield_server.records.searching import Hit
from lightfield_server.records.texts import keys

#: Characters of a title and of a snippet, and of a value's text that are looked through for one.
LONGEST_TITLE, LONGEST_SNIPPET, LONGEST_LOOK = 200, 160, 20_000

#: What stands before the word that was found.
_BEFORE = 40

_SPACES = re.compile(r"\s+")
_CHUNK = re.compile(r"\S+")


class Shown(NamedTuple):
    """The key of the field that answers best, and a piece of what it says."""

    field: str
    snippet: str


def title(entity: Entity, record: Record) -> str:
    """What names a record to people; for want of a name, the first thing that can be read of it."""
    for key in keys(entity):
        text = _text(entity, record, key)
        if text:
            return _cut(text, LONGEST_TITLE)
    return entity.type.label


def shown(hit: Hit, record: Record) -> Shown:
    """Where the words of a reading stand in a record."""
    key, line = max(texts.lines(hit.text), key=lambda found: _answers(hit, found[1]))
    text = _text(hit.entity, record, key)
    at = next((at for at in (_position(text, word) for word in _words(hit.reading, line)) if at is not None), 0)
    return Shown(key, _around(text, at))


def _answers(hit: Hit, line: str) -> float:
    found = (Judge((word,)).worth(f"\n{line}") for word in hit.reading)
    return sum(each.score for each in found if each is not None)


def _words(reading: Reading, line: str) -> list[str]:
    return [found for found in (found_word(word, line) for word in reading) if found]


def _text(entity: Entity, record: Record, key: str) -> str:
    value = record.fields.get(key)
    field = entity.fields[key]
    return "" if value is None else field.type.text(value, field.configuration)[:LONGEST_LOOK]


def _position(text: str, word: str) -> int | None:
    """Where a word stands in a text, as a word or at the beginning of one."""
    if text.isascii():
        match = re.search(rf"(?<![a-z0-9]){re.escape(word)}", text.lower())
        return None if match is None else match.start()
    for chunk in _CHUNK.finditer(text):
        found = words(chunk[0])
        if any(each.startswith(word) for each in found) or (not word.isascii() and any(word in each for each in found)):
            return chunk.start()
    return None


def _around(text: str, at: int) -> str:
    start = max(0, at - _BEFORE)
    if start:
        # Not in the middle of a word.
        start = text.find(" ", start, at) + 1 or at
    piece = _cut(text[start : start + 2 * LONGEST_SNIPPET], LONGEST_SNIPPET)
    return f"…{piece}" if start else piece


def _cut(text: str, length: int) -> str:
    plain = _SPACES.sub(" ", text).strip()
    return plain if len(plain) <= length else f"{plain[: length - 1].rstrip()}…"
