"""Comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from ..console import visible
from . import Style, first_of
from .rows import cell, columns_of


def lines(records: Iterable[Any], style: Style) -> Iterator[str]:
    """A line of column names, taken from the first page unless they were asked for, and one for each record."""
    first, all_of_them = first_of(records, 25)
    columns = columns_of(first, style)
    if columns:
        yield _line(columns)
    for record in all_of_them:
        line = _line([cell(record, column, style) for column in columns])
        yield visible(line) if style.terminal else line


def _line(values: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(values)
    return written.getvalue()
