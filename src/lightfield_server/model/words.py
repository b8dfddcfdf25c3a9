"""Running text as words: what full-text search compares, in records and in what is looked for alike.

Words are folded: case, accents and the width of letters make no difference. What is neither letter, digit nor mark
parts words. Scripts that write without spaces yield runs of characters, of which any two neighbours can be looked for.
"""

import re
import unicodedata

#: A word ends here, whatever follows.
LONGEST_WORD = 64

#: Longer runs of a script without spaces are kept in pieces of `LONGEST_WORD` characters, each sharing this many with
#: the next; of a run that is looked for, as many count.
OVERLAP = 32

#: Digits that are read as one telephone number, however they are grouped.
SHORTEST_NUMBER = 7

#: Scripts without spaces, and Hangul, whose words are glued together: Thai to Myanmar, Khmer, kana, Han, Hangul.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED_START = re.compile(f"[{_UNSPACED}]")
_ASCII = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_ANY = re.compile(f"[{_UNSPACED}]+|[^\\s@'{_UNSPACED}]+(?:'[^\\s@'{_UNSPACED}]+)*")
_MAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+")

#: Telephone numbers as people write them: groups of digits with at most two signs in between.
_NUMBER = re.compile(r"(?<![\w@.])\+?\(?[0-9]{1,15}(?:[\s().\-/]{1,2}[0-9]{1,15}){0,6}(?![\w@])", re.ASCII)
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?")
_DIGITS = re.compile(r"[0-9]+")


def words(text: str) -> list[str]:
    """The words of a text in their order, with repeats.

    An address yields itself whole (`jon.smith@acme.com`) after all of its parts, and a word with an apostrophe itself
    without it (`obrien`) before what it parts.
    """
    folded = _folded(text)
    found = _split(folded)
    if "'" in folded or len(folded) > LONGEST_WORD:
        found = [piece for word in found for piece in _pieces(word)]
    if "@" in folded:
        found += [whole for whole in map(_address, _MAIL.findall(folded)) if whole]
    return found


def readings(text: str) -> list[tuple[str, ...]]:
    """What somebody looks for, as words of which each counts: one reading, or two.

    An address is one word; how a web address begins is none. In a second reading the groups of a telephone number are
    one word, without the zeros that are dialled before it.
    """
    folded = _SCHEME.sub("", _folded(text))
    joined = _NUMBER.sub(_joined, folded)
    read = dict.fromkeys(_asked(each) for each in (folded, joined))
    return [reading for reading in read if reading]


def _pieces(word: str) -> list[str]:
    """A word with its apostrophes gone and what they parted; a word of the length in which words are kept."""
    if "'" in word:
        return [piece[:LONGEST_WORD] for piece in (word.replace("'", ""), *word.split("'"))]
    if len(word) <= LONGEST_WORD:
        return [word]
    if unspaced(word):
        return [word[at : at + LONGEST_WORD] for at in range(0, len(word) - OVERLAP, LONGEST_WORD - OVERLAP)]
    return [word[:LONGEST_WORD]]


def unspaced(word: str) -> bool:
    """Whether a word is a run of characters of a script without spaces."""
    return not word.isascii() and _UNSPACED_START.match(word) is not None


def spelled(word: str) -> bool:
    """Whether a word can be misspelled: it is nothing but letters, of a script with spaces."""
    return word.isalpha() and not unspaced(word)


def _asked(folded: str) -> tuple[str, ...]:
    found: list[str] = []
    for chunk in folded.split():
        whole = _address(chunk) if "@" in chunk else ""
        if whole:
            found.append(whole)
            continue
        for word in _split(chunk):
            plain = word.replace("'", "")
            found.append(plain[: OVERLAP if unspaced(plain) else LONGEST_WORD])
    return tuple(dict.fromkeys(found))


def _joined(match: "re.Match[str]") -> str:
    digits = "".join(_DIGITS.findall(match[0])).lstrip("0")
    return f" {digits} " if len(digits) >= SHORTEST_NUMBER else match[0]


def _split(folded: str) -> list[str]:
    found: list[str] = (_ASCII if folded.isascii() else _ANY).findall(folded)
    return found


def _address(chunk: str) -> str:
    """What stands before and after an `@`, each with dots for whatever parts its words; empty when a side is."""
    before, _, after = chunk.rpartition("@")
    local, domain = (".".join(_split(side)).replace("'", "") for side in (before, after))
    return f"{local}@{domain}"[:LONGEST_WORD] if local and domain else ""


# Folding


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_CHARACTERS)
    return unicodedata.normalize("NFC", plain)


#: Letters that have no accent to lose, as they are typed without one; and other apostrophes.
_PLAIN = dict(zip("øłđðþæœıħŧ’ʼ", ("o", "l", "d", "d", "th", "ae", "oe", "i", "h", "t", "'", "'"), strict=True))

#: Marks that may be there or not: accents, Hebrew points, Arabic vowels and the stretching bar.
_DROPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")

#: Characters whose part is remembered; beyond, all are forgotten, which bounds memory.
_MOST_CHARACTERS = 20_000


class _Characters(dict[int, str]):
    """What each character stands for within folded text, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_CHARACTERS:
            self.clear()
        self[code] = meant = _meant(chr(code))
        return meant


def _meant(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    category = unicodedata.category(character)
    if category == "Cf" or _DROPPED.match(character):
        return ""
    return character if category[0] in "LMN" or character in "@'" else " "


_CHARACTERS = _Characters()
