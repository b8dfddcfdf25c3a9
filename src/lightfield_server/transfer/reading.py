"""Open a file as a table: what it is made of is found out once, over the whole of it, before a row is believed."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lightfield_server.model import problems
from lightfield_server.transfer import encodings, read_csv, read_jsonl
from lightfield_server.transfer.read_csv import CsvReader
from lightfield_server.transfer.read_jsonl import JsonlReader
from lightfield_server.transfer.table import (
    CSV,
    FORMATS,
    JSONL,
    XLSX,
    Cell,
    Layout,
    Reader,
    Row,
    blank,
    columns,
    letters,
    without_trailing_blanks,
)

#: Rows whose values are shown and looked at when a mapping is proposed; and how long each is shown.
SAMPLED, LONGEST_SAMPLE = 200, 100

MEDIA = {
    "text/csv": CSV,
    "text/tab-separated-values": CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": XLSX,
    "application/x-ndjson": JSONL,
    "application/jsonl": JSONL,
}
_ENDINGS = {".csv": CSV, ".tsv": CSV, ".tab": CSV, ".txt": CSV, ".xlsx": XLSX, ".jsonl": JSONL, ".ndjson": JSONL}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about a file. `samples` are the first rows, for proposing a mapping."""

    layout: Layout
    rows: int
    samples: tuple[Row, ...]


def format_of_media(content_type: str | None) -> str:
    media = (content_type or "").partition(";")[0].strip().lower()
    found = MEDIA.get(media)
    if found is None:
        raise problems.unsupported_file_type(", ".join(MEDIA))
    return found


def format_of_name(name: str) -> str | None:
    return _ENDINGS.get(Path(name).suffix.lower())


def inspected(
    path: Path, format: str, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Inspection:
    """Read the whole file once; a fault anywhere in it is refused here, with its place."""
    layout = _layout(path, format, encoding, delimiter, sheet)
    count, header, samples = 0, None, []
    with _reader(path, layout).rows() as rows:
        for row in rows:
            if header is None and format != JSONL:
                header = Row(row.number, without_trailing_blanks(row.cells))
                continue
            count += 1
            if count <= SAMPLED:
                samples.append(row)
    if format != JSONL:
        if header is None:
            raise problems.unreadable_file("The file is empty. Its first row names the columns.")
        layout = layout.named(columns(header.cells), header.number)
    elif not count:
        raise problems.unreadable_file("The file is empty. Each line is a JSON object.")
    width = len(layout.columns)
    return Inspection(layout, count, tuple(Row(row.number, _fitted(row.cells, width)) for row in samples))


@contextmanager
def opened(path: Path, layout: Layout, after: int = 0) -> Iterator[Iterator[Row]]:
    """The rows below the header and after a row, each with a cell for every column.

    Cells beyond the last column stay, for the row to be refused by whoever reads it.
    """
    start, width = max(after, layout.header), len(layout.columns)

    def below(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            if row.number > start:
                if len(row.cells) != width:
                    row = Row(row.number, _fitted(row.cells, width))
                yield row

    with _reader(path, layout).rows() as rows:
        yield below(rows)


def too_wide(row: Row, layout: Layout) -> str | None:
    """What is wrong with a row that has more cells than there are columns."""
    width = len(layout.columns)
    if len(row.cells) == width:
        return None
    return f"The row has {len(row.cells)} cells and the header {width}; what is in column {letters(width)} has no name."


def _layout(path: Path, format: str, encoding: str | None, delimiter: str | None, sheet: str | None) -> Layout:
    if format not in FORMATS:
        raise problems.invalid_configuration(f"A file is {', '.join(FORMATS)}.", "format")
    if format == XLSX:
        return Layout(XLSX, sheet=sheet)
    if format == JSONL:
        return Layout(JSONL, read_jsonl.keys(path), 0, "utf-8")
    if _packed(path):
        raise problems.unreadable_file("This is no text but a packed file, a workbook perhaps; send it as XLSX.")
    found = encodings.detected(path) if encoding is None else encodings.checked(path, encodings.known(encoding))
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise problems.invalid_configuration("A delimiter is one character, such as ; or a tab.", "delimiter")
    return Layout(CSV, (), 1, found, delimiter or read_csv.sniffed(path, found))


def _packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _reader(path: Path, layout: Layout) -> Reader:
    if layout.format == XLSX:
        # What reads workbooks is large: a server that never meets one starts without it.
        found: Reader = importlib.import_module("lightfield_server.transfer.read_xlsx").XlsxReader(path, layout)
        return found
    return CsvReader(path, layout) if layout.format == CSV else JsonlReader(path, layout)


def _fitted(cells: list[Cell], width: int) -> list[Cell]:
    """Exactly as many cells as there are columns, unless those beyond say something."""
    if len(cells) < width:
        return cells + [None] * (width - len(cells))
    if len(cells) > width and all(map(blank, cells[width:])):
        return cells[:width]
    return cells
