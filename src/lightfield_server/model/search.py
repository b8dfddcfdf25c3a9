"""What somebody looks for in texts, and how well a text answers.

A record is found when each word of a reading is in its text: as it stands, as the beginning of a word, or as a word
that somebody may have meant. A beginning counts from three letters on, in what names a record from one; scripts
without spaces are found by any part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from lightfield_server.model import texts
from lightfield_server.model.texts import Weight
from lightfield_server.model.words import spelled, unspaced

#: The shortest word that counts as the beginning of another, wherever that stands.
SHORTEST_BEGINNING = 3

#: The shortest words in which one typing error, and two, are looked past.
ONE_ERROR, TWO_ERRORS = 4, 8

#: With two errors, as many letters at the beginning or at the end are right.
SURE_LETTERS = 3


#: What a word adds to a record's score by where it stands: as it stands, as a beginning, misspelled.
WORTH = {
    Weight.HEADING: (1.0, 0.9, 0.4),
    Weight.FIELD: (0.8, 0.7, 0.3),
    Weight.RUNNING: (0.6, 0.5, 0.2),
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


class Terms(NamedTuple):
    """What an index is asked: a term of each clause, and of each pair not the first unless there is the second."""

    clauses: Clauses
    barred: tuple[tuple[str, str | None], ...] = ()


class Worth(NamedTuple):
    """How well a text answers: a score up to 1; and how much of what names the record was looked for."""

    score: float
    coverage: float


class Judge:
    """How well texts answer one reading."""

    def __init__(self, reading: Reading) -> None:
        self._words = [
            (f" {word.text} ", _beginning(word.text), _is_short(word.text), [f" {meant} " for meant in word.alike])
            for word in reading
        ]

    def worth(self, text: str) -> Worth | None:
        """How well a text answers; None when it does not."""
        head, heading, fields = _parts(text)
        total, named = 0.0, 0
        for exact, beginning, short, alike in self._words:
            best, best_at = 0.0, 0
            at = text.find(exact, head)
            if at >= 0:
                best, best_at = _worth_at(at, _EXACT, heading, fields), at
            at = text.find(beginning, head)
            if 0 <= at < (heading if short else len(text)) and at != best_at:
                value = _worth_at(at, _BEGINNING, heading, fields)
                if value > best:
                    best, best_at = value, at
            if not best:
                found = [at for at in [text.find(meant, head) for meant in alike] if at >= 0]
                if not found:
                    return None
                best_at = min(found)
                best = _worth_at(best_at, _MISSPELLED, heading, fields)
            total += best
            named += best_at < heading
        words = max(1, text.count(" ", head, heading) - 1)
        return Worth(total / len(self._words), min(1.0, named / words))


_EXACT, _BEGINNING, _MISSPELLED = range(3)


def _parts(text: str) -> tuple[int, int, int]:
    """Where a text's type and marks end, its heading, and its fields; the weightiest come first."""
    head = text.index("\n")
    heading = fields = text.find(f"\n{Weight.RUNNING}", head)
    if fields < 0:
        heading = fields = len(text)
    if not text.startswith(Weight.HEADING, head + 1):
        return head, head, fields
    end = text.find("\n", head + 1)
    return head, heading if end < 0 else end, fields


def _worth_at(at: int, how: int, heading: int, fields: int) -> float:
    return WORTH[Weight.HEADING if at < heading else Weight.FIELD if at < fields else Weight.RUNNING][how]


def _beginning(word: str) -> str:
    """What is in a text where a word stands at the beginning of another, or in a run of a script without spaces."""
    return word if len(word) > 1 and unspaced(word) else f" {word}"


def _is_short(word: str) -> bool:
    """Whether a word is the beginning of others in what names a record only."""
    return len(word) < SHORTEST_BEGINNING and not (len(word) > 1 and unspaced(word))


def found_word(word: Word, line: str) -> str:
    """A word of a line that answers a word that was looked for; empty when none does."""
    if f" {word.text}" in line or (unspaced(word.text) and word.text in line):
        return word.text
    return next((meant for meant in word.alike if f" {meant} " in line), "")


# Clauses: what an index is asked


def clauses(reading: Reading, mark: str, *, misspelled: bool = False, some: bool = False) -> Clauses:
    """Terms for the texts that may answer a reading: in what names them, or anywhere. A `Judge` decides.

    A word of which not all beginnings are known is left out, unless nothing else is asked for; with `some` it stands
    for those that are known.
    """
    asked = [clause for word in reading if some or not word.more for clause in _of(word, mark, misspelled=misspelled)]
    return tuple(asked) if asked else clauses(reading, mark, misspelled=misspelled, some=True)


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
    for other in candidates:
        # What costs little comes first.
        if abs(len(other) - len(word)) > most or other == word or len(letters.symmetric_difference(other)) > 2 * most:
            continue
        if _sure(word, other) and spelled(other):
            distance = next((n for n in range(1, most + 1) if alike(word, other, n)), 0)
            if distance:
                found.append((distance, other))
    return [other for _, other in sorted(set(found))]


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
