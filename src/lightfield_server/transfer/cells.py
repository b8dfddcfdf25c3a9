"""Cells as values that the API takes: one reader for each column, put together once.

A reader knows how people write things. What the value may be in the end is the value type's to say, which every
value still passes on its way into a record.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from lightfield_server.model.definitions import Field
from lightfield_server.model.keys import Kind
from lightfield_server.model.value_types import ValueType
from lightfield_server.model.value_types.address import Email, Reachable, Telephone, Url
from lightfield_server.model.value_types.choice import MultiSelect
from lightfield_server.model.value_types.composite import Address, Composite
from lightfield_server.transfer import dates, numbers, words
from lightfield_server.transfer.mapping import Entry, Mapping, filled
from lightfield_server.transfer.refusal import Refused, quoted
from lightfield_server.transfer.table import CSV, ERRORS, XLSX, Cell, Layout

Read = Callable[[Any], Any]

#: What export puts an apostrophe before, and import takes it from: see `escaped`.
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")

#: Texts remembered with what they say: columns of dates and numbers repeat themselves.
_REMEMBERED = 5_000

_LIST = re.compile(r"[;\n]\s*|,\s*")
_SEPARATORS: dict[type[ValueType], re.Pattern[str]] = {
    Email: re.compile(r"[;,\s]+"),
    Url: re.compile(r"[;,]\s+|\s+|[;,](?=https?://)"),
    Telephone: re.compile(r"[;,\n](?!\s*ext)"),
}


def escaped(text: str) -> str:
    """A text as a cell of CSV that no spreadsheet takes for a formula. Reading it back takes the apostrophe off."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unescaped(text: str) -> str:
    return text[1:] if text[0] == "'" and _ESCAPED.match(text) else text


def getter(entry: Entry, layout: Layout) -> Callable[[list[Cell]], Cell]:
    """What an entry finds in a row: a cell, or a text made of several; with its replacements in place."""
    if entry.column is None:
        return _composed(entry, layout)
    place = layout.columns.index(entry.column)
    values = entry.values or {}
    csv, xlsx = layout.format == CSV, layout.format == XLSX

    def get(cells: list[Cell]) -> Cell:
        cell = cells[place]
        if cell.__class__ is str and cell:
            if csv and cell[0] == "'":
                cell = unescaped(cell)
            elif xlsx and cell in ERRORS:
                raise Refused(f"The formula in this cell came to {cell}.", "Correct the formula, or empty the cell.")
            if values and cell.strip() in values:
                return values[cell.strip()]
        return cell

    return get


def _composed(entry: Entry, layout: Layout) -> Callable[[list[Cell]], Cell]:
    from_mapping = entry.text or ""
    parts = {name: getter(Entry(column=name, values=entry.values), layout) for name in entry.columns}

    def get(cells: list[Cell]) -> Cell:
        return filled(from_mapping, {name: text(part(cells)) for name, part in parts.items()})

    return get


def text(cell: Cell) -> str:
    """A cell of any kind as text."""
    match cell:
        case str():
            return cell
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell == int(cell) and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case list() if all(isinstance(each, str) for each in cell):
            return "; ".join(cell)
    return str(cell)


def reader(field: Field, entry: Entry, mapping: Mapping, found: dict[str, str]) -> Read:
    """How the cells of a column that feeds a field are read. `found` is what the column as a whole has told."""
    kind = field.type
    if entry.part is not None:
        return _part(kind, entry.part, entry, mapping, found)
    if kind.kind is Kind.MOMENT:
        return _moment(entry, mapping, found)
    if kind.kind is Kind.NUMBER:
        return _number(entry, mapping, found)
    if kind.kind is Kind.FLAG:
        return lambda cell: cell if cell.__class__ is bool else words.boolean(text(cell))
    if isinstance(kind, Composite):
        return _whole(kind)
    if isinstance(kind, MultiSelect) or (isinstance(kind, Reachable) and field.configuration.multiple):
        return _several(kind, entry)
    if isinstance(kind, Reachable):
        return lambda cell: cell if isinstance(cell, list) else words.listed(text(cell).strip(), _NEVER)
    return text


#: A field that holds one value: what it is sent is one element, unless it is a list as JSON has it.
_NEVER = re.compile(r"(?!)")


def separator(entry: Entry, otherwise: re.Pattern[str]) -> re.Pattern[str]:
    return otherwise if entry.separator is None else re.compile(re.escape(entry.separator))


def _several(kind: ValueType, entry: Entry) -> Read:
    between = separator(entry, _SEPARATORS.get(type(kind), _LIST))

    def read(cell: Any) -> Any:
        return cell if isinstance(cell, list) else words.listed(text(cell).strip(), between)

    return read


def _whole(kind: Composite) -> Read:
    if isinstance(kind, Address):
        return lambda cell: cell if isinstance(cell, dict) else {"street": text(cell)}
    return lambda cell: cell if isinstance(cell, dict) else words.name(text(cell))


def _part(kind: ValueType, part: str, entry: Entry, mapping: Mapping, found: dict[str, str]) -> Read:
    assert isinstance(kind, Composite)
    if part == "country":
        return lambda cell: words.country(text(cell))
    if "number" in kind.schemas[part]["type"]:
        # Coordinates have more decimals than amounts, and no groups.
        return _degrees
    return text


def _degrees(cell: Any) -> Any:
    if isinstance(cell, int | float) and cell.__class__ is not bool:
        return cell
    try:
        return float(text(cell).strip().replace(",", "."))
    except ValueError:
        raise Refused(f"'{quoted(text(cell))}' is not a number of degrees.", "Write it as 52.5163.") from None


def _moment(entry: Entry, mapping: Mapping, found: dict[str, str]) -> Read:
    order = entry.dates or mapping.dates or found.get("dates")
    zone = dates.zone(entry.time_zone or mapping.time_zone)

    def read(cell: Any) -> Any:
        if isinstance(cell, datetime):
            return dates.written(cell, zone)
        if isinstance(cell, date):
            return dates.written(datetime.combine(cell, time()), zone)
        if isinstance(cell, int | float) and cell.__class__ is not bool:
            return dates.serial(float(cell), zone)
        return dates.read(text(cell), order, zone)

    return _remembering(read)


def _number(entry: Entry, mapping: Mapping, found: dict[str, str]) -> Read:
    decimal = entry.decimal or mapping.decimal or found.get("decimal")
    scale = None if entry.scale is None else numbers.exact(entry.scale)

    def read(cell: Any) -> Any:
        if cell.__class__ is str:
            value = numbers.read(cell, decimal)
        elif cell.__class__ is float or cell.__class__ is int:
            value = numbers.rounded(cell) if cell.__class__ is float else cell
        else:
            raise Refused(f"'{quoted(text(cell))}' is not a number.", "Write a number such as 1234.56.")
        return value if scale is None else numbers.json(numbers.exact(value) * scale)

    return _remembering(read)


def _remembering(read: Read) -> Read:
    """The same, asked once for each text."""
    known: dict[str, Any] = {}

    def recalled(cell: Any) -> Any:
        if cell.__class__ is not str:
            return read(cell)
        answer = known.get(cell)
        if answer is None:
            answer = read(cell)
            if len(known) < _REMEMBERED:
                known[cell] = answer
        return answer

    return recalled
