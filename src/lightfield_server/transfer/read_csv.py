"""Delimited text, as strictly as quotes allow: what cannot be told apart is refused with the line where it begins."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightfield_server.model import problems
from lightfield_server.transfer.table import LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, Layout, Row, blank, require_width

DELIMITERS = ",;\t|"

#: Characters by which the delimiter is told.
SAMPLE = 1 << 16

#: Rows of the sample that have to have the same number of cells for a delimiter to be believed.
_SAMPLED = 200

# One limit for the process: csv has no other, and nobody else reads CSV here.
csv.field_size_limit(LONGEST_CELL)


class CsvReader:
    """One file in one encoding with one delimiter."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._encoding = layout.encoding or "utf-8"
        self._delimiter = layout.delimiter or ","

    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        with self._path.open(encoding=self._encoding, newline="") as file:
            yield self._rows(file)

    def _rows(self, file: io.TextIOWrapper) -> Iterator[Row]:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        number = 0
        pending = lines.pending
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise self._fault(lines, number + 1, error) from None
            if cells is None:
                return
            number += 1
            pending.clear()
            lines.size = 0
            if len(cells) > MOST_COLUMNS:
                require_width(len(cells), number)
            if number == 1 and cells and cells[0][:4].lower() == "sep=":
                # Excel's own note of the delimiter; it is in the layout already.
                continue
            if any(cells) and not all(map(blank, cells)):
                yield Row(number, cells)  # type: ignore[arg-type]

    def _fault(self, lines: "_Lines", row: int, error: csv.Error) -> problems.Problem:
        """What is wrong with the row at hand, from its beginning on."""
        began = lines.count - len(lines.pending) + 1
        opened = _open_quote("".join(lines.pending), self._delimiter)
        if opened is not None:
            line, column = opened
            return problems.unreadable_file(
                f"Line {began + line:,}, column {column}: a quote opens here and does not close. Close it, or double "
                "every quote that is part of a value."
            )
        if "field larger" in str(error):
            column = _long_cell("".join(lines.pending), self._delimiter)
            return problems.unreadable_file(
                f"Row {row:,}, column {column}, from line {began:,}: a cell is longer than {LONGEST_CELL:,} characters."
            )
        return problems.unreadable_file(
            f"Row {row:,}, line {lines.count:,}: something follows a closing quote. Double every quote that is part "
            "of a value."
        )


class _Lines:
    """The lines of a file; those of the row at hand are remembered, to say where its fault is."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._readline = file.readline
        self.pending: list[str] = []
        self.count = 0
        self.size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._readline(LONGEST_ROW)
        if not line:
            raise StopIteration
        self.count += 1
        self.pending.append(line)
        self.size += len(line)
        if self.size >= LONGEST_ROW:
            began = self.count - len(self.pending) + 1
            raise problems.unreadable_file(
                f"The row that begins in line {began:,} is longer than {LONGEST_ROW:,} characters; "
                "a quote that does not close may be the reason."
            )
        return line


def _open_quote(text: str, delimiter: str) -> tuple[int, int] | None:
    """(lines before, column) of the quote that is open at the end of a row; columns count from 1."""
    line, column, opened = 0, 1, None
    start = True
    position = 0
    while position < len(text):
        character = text[position]
        if opened is not None:
            if character == '"':
                if text[position + 1 : position + 2] == '"':
                    position += 1
                else:
                    opened = None
            elif character == "\n":
                line += 1
        elif character == '"' and start:
            opened = (line, column)
        elif character == delimiter:
            column += 1
            start = True
            position += 1
            continue
        elif character == "\n":
            line += 1
        start = False
        position += 1
    return opened


def _long_cell(text: str, delimiter: str) -> int:
    """Which column of a row has the first cell that is too long."""
    column, start, quoted = 1, 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            if position - start > LONGEST_CELL:
                break
            column, start = column + 1, position + 1
    return column


def sniffed(path: Path, encoding: str) -> str:
    """The delimiter under which most rows of the beginning have the same number of cells, and more than one."""
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE)
    if sample[:4].lower() == "sep=" and sample[4:5] in DELIMITERS:
        return sample[4:5]
    return max(DELIMITERS, key=lambda delimiter: _regular(sample, delimiter))


def _regular(sample: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) == _SAMPLED:
                break
    except csv.Error:
        return (0, 0)
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    # A row cut off by the end of the sample counts for little among many.
    return (0, 0) if usual < 2 else (round(widths.count(usual) / len(widths), 1), usual)
