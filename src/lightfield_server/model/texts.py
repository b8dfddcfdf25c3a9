"""The text of a record, as it is kept for full-text search; and the terms that an index has of it.

A text is one string. Its first line names the record's type and who may find it; each further line is a field that has
words: a mark, the field's key, and its different words, every one with a space before and after it.

    account 1f3870be274f
    ^$name health group
    -$website health example com
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from lightfield_server.model.words import unspaced

#: What a line begins with: the field that names the record to people, and every other.
HEADING, PLAIN = "^", "-"

#: What a term begins with, besides those two marks for a word of the heading: a word of any field, the beginning of a
#: word of the heading, and who may find the record.
ANYWHERE, BEGINNING, AUDIENCE = ":", "<", "="

#: Beginnings up to this length are terms of their own; longer ones are looked up among the known words.
LONGEST_BEGINNING = 2


def written(type: str, audiences: Iterable[str], lines: Iterable[str]) -> str:
    """A text; each line as `line` makes it."""
    return "".join((" ".join((type, *map(_digest, audiences))), *lines))


def line(mark: str, key: str, words: Iterable[str]) -> str:
    return f"\n{mark}{key} {' '.join(words)} "


def type_of(text: str) -> str:
    return text[: text.index(" ")]


def is_for(text: str, audience: Collection[str]) -> bool:
    """Whether one of some audiences, as terms, may find the record."""
    return any(AUDIENCE + digest in audience for digest in text.partition("\n")[0].split(" ")[1:])


def lines(text: str) -> Iterator[tuple[str, str]]:
    """The key of each field that has words, and its line."""
    for each in text.split("\n")[1:]:
        yield each[1 : each.index(" ")], each


# Terms


def audience(name: str) -> str:
    """The term of those records that an audience may find."""
    return f"{AUDIENCE}{_digest(name)}"


def terms(text: str) -> set[str]:
    """Whatever an index finds a text by; none for an empty one."""
    if not text:
        return set()
    head, *rest = text.split("\n")
    found = {f"{AUDIENCE}{digest}" for digest in head.split(" ")[1:]}
    for each in rest:
        _, *known = each.split()
        whole = known if each.isascii() else list(_parts(known))
        found.update([ANYWHERE + word for word in whole])
        if each[0] == HEADING:
            found.update([HEADING + word for word in whole])
            for length in range(1, LONGEST_BEGINNING + 1):
                found.update([BEGINNING + word[:length] for word in known])
    return found


def vocabulary(text: str) -> set[str]:
    """The words of a text that others may begin with, or be misspelled as."""
    known = {word for each in text.split("\n")[1:] for word in each.split()[1:]}
    return known if text.isascii() else {word for word in known if not unspaced(word)}


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
