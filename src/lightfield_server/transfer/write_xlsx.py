"""Rows as a workbook."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from lightfield_server.model import problems

#: What a sheet and a cell of a spreadsheet hold at the most.
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767

#: Characters that XML does not carry, or not as they are, and what could be taken for one spelt out.
_UNCARRIED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_BLOCK = 1 << 18


class XlsxWriter:
    """A workbook, written to files of its own as it goes and sent when it is whole."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._sheets: list[Any] = []
        self._saved = False

    def start(self, columns: Sequence[str]) -> bytes:
        self._columns = list(columns)
        self._begin()
        return b""

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        for row in rows:
            if self._left == 0:
                self._begin()
            self._left -= 1
            self._sheets[-1].append([self._cell(value) for value in row])
        return b""

    async def end(self) -> AsyncIterator[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            self._saved = True
            await asyncio.to_thread(self._book.save, path)
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    yield block

    def close(self) -> None:
        """Let go of the files of a workbook that was never saved."""
        for sheet in () if self._saved else self._sheets:
            sheet.close()
            sheet._writer.cleanup()

    def _begin(self) -> None:
        self._left = MOST_ROWS
        number = len(self._sheets) + 1
        self._sheets.append(self._book.create_sheet("Records" if number == 1 else f"Records {number}"))
        self._sheets[-1].append([self._cell(column) for column in self._columns])

    def _cell(self, value: Any) -> Any:
        if value.__class__ is not str:
            return value
        if len(value) > LONGEST_CELL:
            raise problems.unprocessable(
                f"A text is longer than the {LONGEST_CELL:,} characters that a cell of a workbook holds; "
                "export as csv or jsonl, or leave its field out."
            )
        cell = WriteOnlyCell(self._sheets[-1], _UNCARRIED.sub(lambda match: f"_x{ord(match[0]):04X}_", value))
        # Never a formula, whatever it begins with.
        cell.data_type = "s"
        return cell
