"""The text of a record, as it is kept for full-text search; and the terms that an index has of it.

A text is one string. Its first line is the record's type, and marks for whom it is hidden from. Each further line is a
field that has words: its weight, its key, and its different words, every one with a space before and after it. The
weightier fields come first.

    account
    ^$name health group
    -$website health example com
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

from lightfield_server.model.words import unspaced


class Weight(StrEnum):
    """What a word counts for: in what names the record, in another field, in pages of text. Each begins its lines."""

    HEADING = "^"
    FIELD = "-"
    RUNNING = "~"


#: What a term begins with: a word of any field, one of the heading, the beginning of one of the heading, and a type or
#: a mark.
ANYWHERE, HEADING, BEGINNING, MARK = ":", "^", "<", "="

#: Beginnings up to this length are terms of their own; longer ones are looked up among the known words.
LONGEST_BEGINNING = 2


def written(type: str, marks: Iterable[str], lines: Iterable[str]) -> str:
    """A text; each line as `line` makes it, the weightiest first."""
    return "".join((" ".join((type, *map(_digest, marks))), *lines))


def line(weight: Weight, key: str, words: Iterable[str]) -> str:
    return f"\n{weight}{key} {' '.join(words)} "


def lines(text: str) -> Iterator[tuple[str, str]]:
    """The key of each field that has words, and its line."""
    for each in text.split("\n")[1:]:
        yield each[1 : each.index(" ")], each


def type_of(text: str) -> str:
    head = text.partition("\n")[0]
    return head.partition(" ")[0]


def has_mark(text: str, mark: str) -> bool:
    return _digest(mark) in text.partition("\n")[0].split(" ")[1:]


def only(text: str, keys: Collection[str]) -> str:
    """The text as it would be with no other fields than some."""
    head = text.partition("\n")[0]
    return "\n".join((head, *(each for key, each in lines(text) if key in keys)))


# Terms


def mark(name: str) -> str:
    """The term of the records of a type, or with a mark."""
    return MARK + _digest(name)


def terms(text: str, prefix: str = "") -> str:
    """Whatever an index finds a text by, each with a prefix and with spaces between, some of it twice."""
    if not text:
        return ""
    head, *rest = text.split("\n")
    type, *digests = head.split(" ")
    found = [prefix + mark(type), *[f" {prefix}{MARK}{digest}" for digest in digests]]
    anywhere, heading, beginning = f" {prefix}{ANYWHERE}", f" {prefix}{HEADING}", f" {prefix}{BEGINNING}"
    for each in rest:
        # Each word with a space before it: to replace those is the quickest way to make terms of the words.
        said = each[each.index(" ") : -1]
        whole = said if each.isascii() else "".join([f" {part}" for part in _parts(said.split())])
        found.append(whole.replace(" ", anywhere))
        if each[0] == Weight.HEADING:
            found.append(whole.replace(" ", heading))
            for word in said.split():
                found += [beginning + word[:length] for length in range(1, LONGEST_BEGINNING + 1)]
    return "".join(found)


def vocabulary(text: str) -> list[str]:
    """The words of a text that others may begin with, or be misspelled as; some of them twice."""
    known = [word for each in text.split("\n")[1:] for word in each.split()[1:]]
    return known if text.isascii() else [word for word in known if not unspaced(word)]


def pairs(word: str) -> list[str]:
    """The neighbours in a run of a script without spaces; a character alone is all there is of itself."""
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


def _parts(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if unspaced(word):
            yield from pairs(word)
        else:
            yield word


@lru_cache(maxsize=16_384)
def _digest(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
