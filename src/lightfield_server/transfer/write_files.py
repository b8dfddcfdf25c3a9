"""Rows as CSV and JSONL; what makes workbooks is in a module of its own."""

import csv
import importlib
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from lightfield_server.transfer.cells import escaped
from lightfield_server.transfer.exporting import Writer
from lightfield_server.transfer.table import CSV, JSONL, XLSX

MEDIA = {
    CSV: "text/csv; charset=utf-8",
    JSONL: "application/x-ndjson",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

#: So that spreadsheets know the encoding.
_MARK = "\ufeff"


def writer(format: str) -> Writer:
    if format == XLSX:
        # What writes workbooks is large: a server that never makes one starts without it.
        made: Writer = importlib.import_module("lightfield_server.transfer.write_xlsx").XlsxWriter()
        return made
    return CsvWriter() if format == CSV else JsonlWriter()


class CsvWriter:
    """UTF-8 with its mark, commas, quotes where needed; a text that looks like a formula gets an apostrophe."""

    def start(self, columns: Sequence[str]) -> bytes:
        return (_MARK + self._text([columns])).encode()

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        return self._text(rows).encode()

    async def end(self) -> AsyncIterator[bytes]:
        yield b""

    def close(self) -> None:
        """There is nothing to let go of."""

    def _text(self, rows: Sequence[Sequence[Any]]) -> str:
        text = io.StringIO()
        csv.writer(text).writerows([[escaped(c) if c.__class__ is str else c for c in row] for row in rows])
        return text.getvalue()


class JsonlWriter:
    def start(self, columns: Sequence[str]) -> bytes:
        self._columns = columns
        return b""

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        return b"".join(msgspec.json.encode(dict(zip(self._columns, row, strict=True))) + b"\n" for row in rows)

    async def end(self) -> AsyncIterator[bytes]:
        yield b""

    def close(self) -> None:
        """There is nothing to let go of."""
