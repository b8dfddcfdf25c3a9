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


class _Ends(NamedTuple):
    """Where the parts of a text end: its type and marks, its heading, its other fields."""

    head: int
    heading: int
    fields: int


def worth(reading: Reading, text: str) -> Worth | None:
    """How well a text answers a reading; None when it does not."""
    ends = _ends(text)
    total, named = 0.0, 0
    for word in reading:
        value, at = _best(word, text, ends)
        if not value:
            return None
        total += value
        named += at < ends.heading
    words = max(1, text.count(" ", ends.head, ends.heading) - 1)
    return Worth(total / len(reading), min(1.0, named / words))


def _ends(text: str) -> _Ends:
    head = text.index("\n")
    heading = head
    if text.startswith(Weight.HEADING, head + 1):
        heading = text.find("\n", head + 1)
    fields = text.find(f"\n{Weight.RUNNING}", head)
    return _Ends(head, len(text) if heading < 0 else heading, len(text) if fields < 0 else fields)


def _best(word: Word, text: str, ends: _Ends) -> tuple[float, int]:
    """What the best place of a word in a text is worth, and where that is; 0 without one."""
    sought = word.text
    exact = text.find(f" {sought} ", ends.head)
    if len(sought) > 1 and unspaced(sought):
        beginning = text.find(sought, ends.head)
    else:
        beginning = text.find(f" {sought}", ends.head)
        if len(sought) < SHORTEST_BEGINNING and beginning >= ends.heading:
            beginning = -1
    if exact >= 0 or beginning >= 0:
        return max(_worth_at(exact, _EXACT, ends), _worth_at(beginning, _BEGINNING, ends))
    return max((_worth_at(text.find(f" {meant} "), _MISSPELLED, ends) for meant in word.alike), default=(0.0, 0))


def _worth_at(at: int, how: int, ends: _Ends) -> tuple[float, int]:
    if at < 0:
        return 0.0, 0
    weight = Weight.HEADING if at < ends.heading else Weight.FIELD if at < ends.fields else Weight.RUNNING
    return WORTH[weight][how], at


_EXACT, _BEGINNING, _MISSPELLED = range(3)


def found_word(word: Word, line: str) -> str:
    """A word of a line that answers a word that was looked for; empty when none does."""
    if f" {word.text}" in line or (unspaced(word.text) and word.text in line):
        return word.text
    return next((meant for meant in word.alike if f" {meant} " in line), "")


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
