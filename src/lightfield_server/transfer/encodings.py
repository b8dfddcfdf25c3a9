"""Which characters the bytes of a text file stand for: found out over the whole file before a row is believed."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from charset_normalizer import from_bytes

from lightfield_server.model import problems

BLOCK = 1 << 20

#: Bytes looked at when the encoding has to be guessed.
SAMPLE = 1 << 16

UTF8, WESTERN = "utf-8", "cp1252"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings a guess may name, beside the Western ones.
_OTHERS = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "shift_jis", "gb18030", "big5", "euc_kr"]
_HIGH = re.compile(rb"[\x80-\xff]+")
_LETTERS = re.compile(rb"[A-Za-z]")


def known(name: str) -> str:
    """An encoding that was asked for, by Python's name for it."""
    try:
        found = codecs.lookup(name)
        "x".encode(found.name).decode(found.name)
    except (LookupError, ValueError, AttributeError):
        raise problems.invalid_configuration(f"There is no encoding '{problems.shown(name)}'.", "encoding") from None
    return found.name


def checked(path: Path, encoding: str) -> str:
    """The same encoding, once the whole file has been read in it."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    for block, last in _blocks(path):
        try:
            lines += decoder.decode(block, last).count("\n")
        except UnicodeError:
            before = block.decode(encoding, "replace").partition("\ufffd")[0]
            _refuse(
                f"Line {lines + before.count(chr(10)):,} is not {encoding}. Name the encoding the file was saved in."
            )
    return encoding


def detected(path: Path) -> str:
    """UTF-8 if all of it is, else what its marks or its letters say. A file that mixes two is refused with the line."""
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return checked(path, name)
    if start.count(0) > len(start) // 4:
        return checked(path, "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be")
    fault, multibyte = _utf8(path)
    if fault is None:
        return UTF8
    sample = _sample(path, fault)
    high = sum(map(len, _HIGH.findall(sample)))
    letters = len(_LETTERS.findall(sample))
    if high * 3 > letters:
        # Mostly letters beyond ASCII: another script, which has to be guessed.
        best = from_bytes(sample, cp_isolation=_OTHERS).best()
        return checked(path, WESTERN if best is None else best.encoding)
    _require_one(path, fault, multibyte)
    return _western(path)


def _western(path: Path) -> str:
    """Windows-1252, or Latin-1 where bytes stand that it has no characters for."""
    for block, _ in _blocks(path):
        try:
            block.decode(WESTERN)
        except UnicodeDecodeError:
            return "latin-1"
    return WESTERN


def _utf8(path: Path) -> tuple[int | None, bool]:
    """(where UTF-8 ends to be UTF-8, whether characters beyond ASCII came before)."""
    decoder = codecs.getincrementaldecoder(UTF8)("strict")
    at, multibyte = 0, False
    for block, last in _blocks(path):
        pending = len(decoder.getstate()[0])
        try:
            multibyte |= not decoder.decode(block, last).isascii()
        except UnicodeDecodeError as error:
            return max(0, at - pending) + error.start, multibyte or not error.object[: error.start].isascii()
        at += len(block)
    return None, multibyte


def _sample(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, at - SAMPLE // 2))
        return file.read(SAMPLE)


def _require_one(path: Path, fault: int, multibyte: bool) -> None:
    """No characters of UTF-8 in a file that is not: somebody has put two files together."""
    if not multibyte:
        first = _first_utf8(path, fault)
        if first is None:
            return
        utf8, other = first, _line(path, fault)
    else:
        utf8, other = None, _line(path, fault)
    where = "other lines" if utf8 is None else f"line {_line(path, utf8):,}"
    _refuse(
        f"The file mixes encodings: line {other:,} is not UTF-8 and {where} can be nothing else. "
        "Save it anew in UTF-8, or name the encoding to read it in."
    )


def _first_utf8(path: Path, start: int) -> int | None:
    """Where, from a place on, bytes beyond ASCII are characters of UTF-8."""
    at = 0
    for block, _ in _blocks(path):
        if at + len(block) > start:
            for match in _HIGH.finditer(block, max(0, start - at)):
                try:
                    match[0].decode(UTF8)
                except UnicodeDecodeError:
                    continue
                return at + match.start()
        at += len(block)
    return None


def _line(path: Path, offset: int) -> int:
    lines, at = 1, 0
    for block, _ in _blocks(path):
        lines += block[: max(0, offset - at)].count(b"\n")
        at += len(block)
        if at >= offset:
            break
    return lines


def _blocks(path: Path) -> Iterator[tuple[bytes, bool]]:
    """The file in pieces, each with whether it is the last; an empty file is one empty piece."""
    with path.open("rb") as file:
        block = file.read(BLOCK)
        while True:
            following = file.read(BLOCK)
            yield block, not following
            if not following:
                return
            block = following


def _refuse(message: str) -> NoReturn:
    raise problems.unreadable_file(message)
