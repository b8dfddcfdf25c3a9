"""One JSON object a line: its keys are the columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from lightfield_server.model import problems
from lightfield_server.transfer.table import LONGEST_HEADER, LONGEST_ROW, MOST_COLUMNS, Cell, Layout, Row

_MARK = b"\xef\xbb\xbf"


class JsonlReader:
    """The rows are lists in the order of the layout's columns; a key that it does not know is refused."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._columns = layout.columns

    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        places = {name: position for position, name in enumerate(self._columns)}
        width = len(places)

        def rows() -> Iterator[Row]:
            for number, read in objects(self._path):
                cells: list[Cell] = [None] * width
                for key, value in read.items():
                    cells[places[key]] = value
                yield Row(number, cells)

        yield rows()


def keys(path: Path) -> tuple[str, ...]:
    """Every key of every line, in the order in which they first stand."""
    found: dict[str, None] = {}
    for number, read in objects(path):
        for key in read:
            if key not in found and len(key) > LONGEST_HEADER:
                raise problems.unreadable_file(f"Line {number:,}: a key is longer than {LONGEST_HEADER} characters.")
            found[key] = None
        if len(found) > MOST_COLUMNS:
            raise problems.unreadable_file(
                f"Up to line {number:,} there are more than {MOST_COLUMNS:,} different keys."
            )
    return tuple(found)


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_ROW):
            number += 1
            if len(line) >= LONGEST_ROW:
                raise problems.unreadable_file(f"Line {number:,} is longer than {LONGEST_ROW:,} bytes.")
            if number == 1:
                line = line.removeprefix(_MARK)
            if not line.strip():
                continue
            try:
                read = decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise problems.unreadable_file(f"Line {number:,} is not a JSON object: {error}.") from None
            if read:
                yield number, read
