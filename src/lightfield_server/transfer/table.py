"""A file as a table: named columns, and rows that are read one after another."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Protocol

from lightfield_server.model import problems

#: What a cell may hold: text from CSV, typed values from the other formats.
Cell = str | int | float | bool | datetime | date | time | list[Any] | dict[str, Any] | None

#: Caps, each named by the refusal that it causes.
MOST_COLUMNS = 2_000
LONGEST_CELL = 2_000_000
LONGEST_ROW = 8_000_000
LONGEST_HEADER = 400

CSV, XLSX, JSONL = "csv", "xlsx", "jsonl"
FORMATS = (CSV, XLSX, JSONL)

#: What a formula that failed leaves in its cell.
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank. `number` is what a spreadsheet shows beside it: the header is row 1."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read. `header` is the number of the row that names the columns; 0 for JSONL."""

    format: str
    columns: tuple[str, ...] = ()
    header: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def json(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "columns": list(self.columns),
            "header": self.header,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Layout":
        return cls(**{**kept, "columns": tuple(kept["columns"])})

    def named(self, columns: tuple[str, ...], header: int) -> "Layout":
        return replace(self, columns=columns, header=header)


class Reader(Protocol):
    """A format: rows with their numbers, the header among them, blank ones left out."""

    def rows(self) -> AbstractContextManager[Iterator[Row]]: ...


def blank(cell: Cell) -> bool:
    """Whether a cell says nothing: white space is nothing, and so is an empty list."""
    if cell.__class__ is str:
        return not cell.strip()
    return cell is None or (cell.__class__ in (list, dict) and not cell)


def columns(header: list[Cell]) -> tuple[str, ...]:
    """Names for all columns: those without one are called by their letters, repeated ones are numbered."""
    require_width(len(header), 1)
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(header):
        wanted = " ".join(str(cell).replace("\ufeff", "").split()) if not blank(cell) else f"Column {letters(position)}"
        if len(wanted) > LONGEST_HEADER:
            raise problems.unreadable_file(
                f"The header of column {letters(position)} is longer than {LONGEST_HEADER} characters; "
                "the first row of a file names its columns."
            )
        name, repeated = wanted, 1
        while name in taken:
            repeated += 1
            name = f"{wanted} ({repeated})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def letters(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA: how spreadsheets name columns."""
    text, left = "", position + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def require_width(width: int, row: int) -> None:
    if width > MOST_COLUMNS:
        raise problems.unreadable_file(
            f"Row {row:,} has {width:,} columns; at most {MOST_COLUMNS:,} are read. Take away those you do not need."
        )


def without_trailing_blanks(cells: list[Cell]) -> list[Cell]:
    end = len(cells)
    while end and blank(cells[end - 1]):
        end -= 1
    return cells if end == len(cells) else cells[:end]
