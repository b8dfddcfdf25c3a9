"""What somebody looks for in texts, and how well a text answers.

A record is found when each word of a reading is in its text: as it stands, as the beginning of a word, or as a word
that somebody may have meant. A beginning counts from three letters on, in what names a record from one; scripts
without spaces are found by any part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from lightfield_server.model import texts
from lightfield_server.model.words import spelled, unspaced

#: The shortest word that counts as the beginning of another, wherever that stands.
SHORTEST_BEGINNING = 3

#: The shortest words in which one typing error, and two, are looked past.
ONE_ERROR, TWO_ERRORS = 4, 8

#: With two errors, as many letters at the beginning or at the end are right.
SURE_LETTERS = 3


class Place(IntEnum):
    """Where a word stands: in what names the record, in another field, in pages of text."""

    HEADING = 0
    FIELD = 1
    RUNNING = 2


#: What a word adds to a record's score by place: as it stands, as a beginning, misspelled.
WORTH = {
    Place.HEADING: (1.0, 0.9, 0.4),
    Place.FIELD: (0.8, 0.7, 0.3),
    Place.RUNNING: (0.6, 0.5, 0.2),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, with those of the workspace's words that begin with it and that it may have meant.

    `more` says that others begin with it than those named here.
    """

    text: str
    beginnings: tuple[str, ...] = ()
    more: bool = False
    alike: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether a text that has a term of each of its clauses has the word for certain."""
        return not self.more and not (len(self.text) > 2 and unspaced(self.text))


Reading = tuple[Word, ...]

#: A term of each clause is needed.
Clauses = tuple[tuple[str, ...], ...]


class Worth(NamedTuple):
    """How well a text answers: a score up to 1; and how much of what names the record was looked for."""

    score: float
    coverage: float


def worth(reading: Reading, text: str, places: Mapping[str, Place]) -> Worth | None:
    """How well a text answers a reading within some fields; None when it does not."""
    shown = [(places[key], line) for key, line in texts.lines(text) if key in places]
    total, named = 0.0, 0
    for word in reading:
        best = 0.0
        for place, line in shown:
            value = _worth_in(word, place, line)
            if value and place is Place.HEADING:
                named += 1
            best = max(best, value)
        if not best:
            return None
        total += best
    heading = next((line for place, line in shown if place is Place.HEADING), "  ")
    return Worth(total / len(reading), min(1.0, named / max(1, heading.count(" ") - 1)))


def _worth_in(word: Word, place: Place, line: str) -> float:
    exact, beginning, misspelled = WORTH[place]
    if f" {word.text} " in line:
        return exact
    if _begins(word.text, place is Place.HEADING) and f" {word.text}" in line:
        return beginning
    if len(word.text) > 1 and unspaced(word.text) and word.text in line:
        return beginning
    return misspelled if any(f" {meant} " in line for meant in word.alike) else 0.0


def found_word(word: Word, line: str) -> str:
    """A word of a line that answers a word that was looked for; empty when none does."""
    if f" {word.text}" in line or (unspaced(word.text) and word.text in line):
        return word.text
    return next((meant for meant in word.alike if f" {meant} " in line), "")


def _begins(text: str, heading: bool) -> bool:
    return heading or len(text) >= SHORTEST_BEGINNING


# Clauses: what an index is asked


def clauses(reading: Reading, mark: str, *, misspelled: bool = False) -> Clauses:
    """Terms for the texts that may answer a reading: in what names them, or anywhere. `worth` decides.

    Words of which not all beginnings are known are left out, unless nothing else is asked for.
    """
    asked = [clause for word in reading if not word.more for clause in _of(word, mark, misspelled=misspelled)]
    if not asked:
        asked = [clause for word in reading for clause in _of(word, mark, misspelled=misspelled)]
    return tuple(asked)


def _of(word: Word, mark: str, *, misspelled: bool) -> Iterable[tuple[str, ...]]:
    text = word.text
    if unspaced(text):
        if len(text) == 1:
            return [(mark + text, texts.BEGINNING + text)]
        return [(mark + pair,) for pair in texts.pairs(text)]
    if len(text) < SHORTEST_BEGINNING:
        return [tuple(dict.fromkeys((mark + text, texts.BEGINNING + text)))]
    forms = dict.fromkeys((text, *word.beginnings, *(word.alike if misspelled else ())))
    return [tuple(mark + form for form in forms)]


# Typing errors


def errors(word: str) -> int:
    """How many typing errors are looked past in a word."""
    if not spelled(word) or len(word) < ONE_ERROR:
        return 0
    return 1 if len(word) < TWO_ERRORS else 2


class Sketch(NamedTuple):
    """How words that a misspelled one may stand for begin or end, and how long they are; `others` are such words.

    One error leaves the one half of a word as it is or the other, unless the two letters in the middle changed about.
    """

    opening: str
    closing: str
    lengths: tuple[int, int]
    others: tuple[str, ...]


def sketch(word: str) -> Sketch | None:
    """Where to look for what somebody may have meant by a word; None for one that is taken as it stands."""
    most = errors(word)
    if not most:
        return None
    lengths = (len(word) - most, len(word) + most)
    if most > 1:
        return Sketch(word[:SURE_LETTERS], word[-SURE_LETTERS:], lengths, ())
    middle = len(word) // 2
    changed = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return Sketch(word[:middle], word[middle:], lengths, (changed,))


def meant(word: str, candidates: Iterable[str]) -> list[str]:
    """Those candidates that somebody may have meant by a word, the nearest first."""
    most = errors(word)
    letters = set(word)
    found = []
    for other in dict.fromkeys(candidates):
        near = other != word and abs(len(other) - len(word)) <= most and len(letters ^ set(other)) <= 2 * most
        if near and _sure(word, other) and spelled(other):
            distance = next((n for n in range(1, most + 1) if alike(word, other, n)), 0)
            if distance:
                found.append((distance, other))
    return [other for _, other in sorted(found)]


def _sure(word: str, other: str) -> bool:
    if errors(word) < 2:
        return True
    return word[:SURE_LETTERS] == other[:SURE_LETTERS] or word[-SURE_LETTERS:] == other[-SURE_LETTERS:]


def alike(one: str, other: str, most: int) -> bool:
    """Whether one word becomes the other by so many letters missing, added, wrong or changed about."""
    at = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        at += 1
    one, other = one[at:], other[at:]
    if one == other:
        return True
    if not most or abs(len(one) - len(other)) > most:
        return False
    return (
        alike(one[1:], other[1:], most - 1)
        or alike(one[1:], other, most - 1)
        or alike(one, other[1:], most - 1)
        or (one[:2] == other[1::-1] and len(one) > 1 and alike(one[2:], other[2:], most - 1))
    )
