"""The words of a workspace: what beginnings of words, and misspelled ones, are looked up among.

A word stays known when no record has it any more; then it finds nothing.
"""

from collections.abc import Iterable

from lightfield_server.store.sql.part import Part

BEGINNING = """
    select word from search_word where workspace = ? and word > ? and word < ? order by word limit ?
"""
KNOWN = "select word from search_word where workspace = ? and word = ?"
OPENING = """
    select word from search_word
    where workspace = ? and word >= ? and word < ? and length(word) between ? and ? and mirrored is not null
    limit ?
"""
CLOSING = """
    select word from search_word
    where workspace = ? and mirrored >= ? and mirrored < ? and length(mirrored) between ? and ?
    limit ?
"""
_LAST = "\U0010ffff"


def beginning_with(part: Part, text: str, limit: int) -> list[str]:
    """Known words that begin with a text and go on, in order."""
    rows = part.run(BEGINNING, (part.workspace, text, text + _LAST, limit)).fetchall()
    return [word for (word,) in rows]


def known(part: Part, words: Iterable[str]) -> list[str]:
    """Those of a few words that are known."""
    return [word for word in words if part.run(KNOWN, (part.workspace, word)).fetchone()]


def alike(part: Part, opening: str, closing: str, lengths: tuple[int, int], limit: int) -> list[str]:
    """Known words of letters that begin in one way or end in another; at most `limit` of either."""
    found = part.run(OPENING, (part.workspace, opening, opening + _LAST, *lengths, limit)).fetchall()
    mirrored = closing[::-1]
    found += part.run(CLOSING, (part.workspace, mirrored, mirrored + _LAST, *lengths, limit)).fetchall()
    return [word for (word,) in found]
