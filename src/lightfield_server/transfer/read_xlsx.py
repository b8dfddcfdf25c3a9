"""Workbooks, a row at a time. What a workbook says of its own size is checked before it is unpacked."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lightfield_server.model import problems
from lightfield_server.transfer.table import (
    LONGEST_CELL,
    Cell,
    Layout,
    Row,
    blank,
    letters,
    require_width,
    without_trailing_blanks,
)

#: Bytes a workbook may unpack to; its shared texts, which have to be held in memory; and how many times its size.
LARGEST, LARGEST_TEXTS, LARGEST_RATIO = 2 << 30, 128 << 20, 200
#: Smaller parts may be packed as tightly as they like.
SMALL = 8 << 20
MOST_PARTS = 10_000
#: A sheet ends here whatever it says of itself; Excel's own end at 1,048,576.
MOST_ROWS = 2_000_000

#: How workbooks spell characters that XML does not carry.
_SPELT = re.compile("_x([0-9A-Fa-f]{4})_")

_TEXTS = "xl/sharedStrings.xml"

_BROKEN = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError, EOFError, TypeError,
    AttributeError, IndexError, NotImplementedError, RuntimeError,
)  # fmt: skip


class XlsxReader:
    """One sheet of a workbook: values, and of formulas what they came to when the workbook was saved."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._sheet = layout.sheet

    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        with _opened(self._path) as book:
            sheet = _sheet(book, self._sheet)
            # What a sheet says of its dimensions may be anything.
            sheet.reset_dimensions()
            yield _rows(sheet)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    guard(path)
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise _unreadable(error) from None
        try:
            yield book
        finally:
            book.close()


def guard(path: Path) -> None:
    """Refuse what would unpack to more than its size can account for."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise problems.unreadable_file(
                    f"The workbook has {len(parts):,} parts; at most {MOST_PARTS:,} are read."
                )
            total = sum(part.file_size for part in parts)
            if total > LARGEST:
                raise problems.unreadable_file(f"The workbook unpacks to more than {LARGEST:,} bytes; split it.")
            for part in parts:
                if part.filename == _TEXTS and part.file_size > LARGEST_TEXTS:
                    raise problems.unreadable_file(
                        f"The texts of the workbook unpack to more than {LARGEST_TEXTS:,} bytes; save it as CSV."
                    )
                if part.file_size > SMALL and part.file_size > LARGEST_RATIO * part.compress_size:
                    raise problems.unreadable_file(
                        f"'{problems.shown(part.filename)}' in the workbook unpacks to more than {LARGEST_RATIO} times "
                        "its size, as no table does."
                    )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!" in _start(packed, part).replace(b"<!--", b""):
                    raise problems.unreadable_file("The workbook has declarations in it that no spreadsheet writes.")
    except _BROKEN as error:
        raise _unreadable(error) from None


def _start(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with packed.open(part) as file:
        return file.read(4096)


def _sheet(book: Any, name: str | None) -> Any:
    found = [sheet for sheet in book.worksheets if name is None or sheet.title == name]
    if found:
        return found[0]
    known = ", ".join(f"'{sheet.title}'" for sheet in book.worksheets) or "none"
    raise problems.invalid_configuration(
        f"The workbook has no sheet '{problems.shown(name or '')}'. There are: {known}.", "sheet"
    )


def _rows(sheet: Any) -> Iterator[Row]:
    number = 0
    rows = sheet.iter_rows(values_only=True)
    while True:
        try:
            read = next(rows, None)
        except _BROKEN as error:
            raise _unreadable(error) from None
        if read is None:
            return
        number += 1
        if number > MOST_ROWS:
            raise problems.unreadable_file(f"The sheet has more than {MOST_ROWS:,} rows.")
        if not read:
            continue
        cells = without_trailing_blanks([_cell(value, number, place) for place, value in enumerate(read)])
        require_width(len(cells), number)
        if cells and not all(map(blank, cells)):
            yield Row(number, cells)


def _cell(value: Any, row: int, place: int) -> Cell:
    if isinstance(value, timedelta):
        return value.total_seconds() / 86_400
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise problems.unreadable_file(
                f"Row {row:,}, column {letters(place)}: a cell is longer than {LONGEST_CELL:,} characters."
            )
        return _SPELT.sub(_spelt, value) if "_x" in value else value
    found: Cell = value
    return found


def _unreadable(error: BaseException) -> problems.Problem:
    if isinstance(error, problems.Problem):
        return error
    return problems.unreadable_file(
        f"This is not an XLSX workbook that can be read ({problems.shown(str(error) or type(error).__name__, 120)}). "
        "Save it anew as .xlsx, or as CSV."
    )


def _spelt(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    # Half a character is none.
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)
