"""A mapping made ready for use: rows in, what they say of a record out, or why they cannot be taken."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.completing import FIELD
from lightfield_server.model.configuration import Option, folded_label
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.keys import Kind
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Stored
from lightfield_server.model.value_types.choice import MultiSelect, Select
from lightfield_server.transfer import cells, dates, numbers, reading, words
from lightfield_server.transfer.mapping import CLEAR, CREATE, ID, Entry, Mapping
from lightfield_server.transfer.refusal import Refused, Rejection, quoted
from lightfield_server.transfer.table import CSV, Layout, Row, blank

#: What the columns of a file as a whole have told: entry → setting → value.
Found = dict[int, dict[str, str]]

#: Labels that no option of a field has yet: field → labels.
NewOptions = dict[str, list[str]]

#: Names of several records in one cell; names have commas in them.
_NAMES = re.compile(r"\s*[;\n]\s*")
_IDS = re.compile(r"[;,\s]+")

#: Options that one import may add to a field.
MOST_NEW_OPTIONS = 500


@dataclass(slots=True)
class Link:
    """A relationship that a row speaks of: the texts by which the other records are to be found."""

    end: End
    entry: Entry
    texts: list[str]


@dataclass(slots=True)
class Converted:
    """What one row says. `fields` are values as the API takes them; None clears."""

    number: int
    fields: dict[str, Any]
    links: list[Link] = field(default_factory=list)
    id: str | None = None


class Plan:
    """A mapping over one layout, under one version of a workspace's definitions.

    `new_options` are for dry runs: options that are to be made, and count as made.
    """

    def __init__(
        self, catalog: Catalog, mapping: Mapping, layout: Layout, found: Found, new_options: NewOptions | None = None
    ) -> None:
        self.version = catalog.version
        self.new_options = new_options or {}
        self.catalog = _with_options(catalog, mapping.type, self.new_options)
        self.mapping = mapping
        self.layout = layout
        self.entity: Entity = self.catalog[mapping.type]
        self._plain: list[tuple[Entry, Any, str, Any]] = []
        self._parts: list[tuple[Entry, Any, str, str, Any]] = []
        self._links: list[tuple[Entry, Any, End, Any]] = []
        self._id: tuple[Entry, Any] | None = None
        for at, entry in enumerate(mapping.entries):
            get = cells.getter(entry, layout)
            if entry.id:
                self._id = (entry, get)
            elif entry.field is not None:
                read = cells.reader(self.entity.fields[entry.field], entry, mapping, found.get(at, {}))
                if entry.part is None:
                    # A text in a file of texts is taken as it is.
                    as_it_is = read is cells.text and layout.format == CSV
                    self._plain.append((entry, get, entry.field, None if as_it_is else read))
                else:
                    self._parts.append((entry, get, entry.field, entry.part, read))
            else:
                end = self.entity.ends[entry.relationship or ""]
                between = cells.separator(entry, _IDS if entry.by == ID else _NAMES)
                self._links.append((entry, get, end, between if end.many or entry.separator else None))
        self._clears = mapping.blanks == CLEAR

    def convert(self, row: Row) -> Converted | Rejection:
        fault = reading.too_wide(row, self.layout)
        if fault is not None:
            return Rejection(row.number, None, None, fault, "Put quotes around values that have the delimiter in them.")
        found = row.cells
        made: dict[str, Any] = {}
        converted = Converted(row.number, made)
        cell: Any = None
        try:
            for entry, get, key, read in self._plain:  # noqa: B007 - told of when refused
                cell = get(found)
                if cell is None or cell == "" or blank(cell):
                    if self._clears:
                        made[key] = None
                else:
                    made[key] = cell if read is None else read(cell)
            for entry, get, key, part, read in self._parts:  # noqa: B007 - told of when refused
                cell = get(found)
                whole = made.setdefault(key, {})
                whole[part] = None if blank(cell) else read(cell)
            for entry, get, end, between in self._links:
                cell = get(found)
                if not blank(cell):
                    converted.links.append(Link(end, entry, self._texts(cell, between)))
                elif self._clears:
                    converted.links.append(Link(end, entry, []))
            if self._id is not None:
                entry, get = self._id
                cell = get(found)
                converted.id = None if blank(cell) else cells.text(cell).strip()
        except Refused as refused:
            return Rejection(row.number, entry.shown, quoted(cells.text(cell)), refused.reason, refused.fix)
        if self._parts:
            self._settle(made)
        return converted

    def _texts(self, cell: Any, between: Any) -> list[str]:
        if isinstance(cell, list):
            return list(dict.fromkeys(str(each).strip() for each in cell if str(each).strip()))
        text = cells.text(cell).strip()
        return [text] if between is None else list(dict.fromkeys(words.listed(text, between)))

    def _settle(self, made: dict[str, Any]) -> None:
        """A value of parts none of which says anything is no value."""
        for _, _, key, _, _ in self._parts:
            whole = made.get(key)
            if whole is not None and not any(part is not None for part in whole.values()):
                if self._clears:
                    made[key] = None
                else:
                    del made[key]

    def refused(self, row: Converted, problem: Problem) -> Rejection:
        """A refusal of the write path, in terms of the file."""
        place = (problem.param or "").partition(".")
        entries = self._fed.get((place[0], place[2]), [])
        column = ", ".join(dict.fromkeys(entry.shown for entry in entries)) or None
        value = row.fields.get(place[2]) if place[0] == "fields" else None
        shown = None if value is None else quoted(value if isinstance(value, str) else cells.text(value))
        return Rejection(row.number, column, shown, problem.message, self._fix(place[0], place[2], problem, column))

    def _fix(self, part: str, key: str, problem: Problem, column: str | None) -> str:
        where = f"column '{column}'" if column else f"a column for '{key}'" if key else "the row"
        field = self.entity.fields.get(key) if part == "fields" else None
        if field is not None and isinstance(field.type, Select):
            known = [option.label for option in field.configuration.options if not option.retired]
            some = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
            return f"Write one of: {some or '(there are no options yet)'}; or ask for missing options to be created."
        if problem.status == 409:
            return "Match rows by this field, so that they update the record that has the value."
        if "require" in problem.message:
            return f"Fill {where}."
        return f"Correct {where}."

    @cached_property
    def _fed(self) -> dict[tuple[str, str], list[Entry]]:
        fed: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.mapping.entries:
            if entry.field is not None:
                fed["fields", entry.field].append(entry)
            elif entry.relationship is not None:
                fed["relationships", entry.relationship].append(entry)
        return fed


def _with_options(catalog: Catalog, type: str, new: NewOptions) -> Catalog:
    """The same definitions, were these options among them."""
    if not new:
        return catalog
    stored = list(catalog.stored)
    for at, (key, labels) in enumerate(new.items()):
        known = catalog.find(FIELD, type, key)
        options = [asdict(option) for option in catalog[type].fields[key].configuration.options]
        options += [asdict(Option(f"new {place}", label)) for place, label in enumerate(labels)]
        number, body = (-1 - at, {}) if known is None else (known.number, known.body)
        stored = [each for each in stored if each is not known]
        stored.append(Stored(number, FIELD, type, key, {**body, "options": options}, False))
    return Catalog(catalog.workspace, catalog.version, stored)


@dataclass(slots=True)
class _Seen:
    """What one column's values have shown so far: an order, or a decimal mark → the first value that has it."""

    sure: dict[str, tuple[int, str]] = field(default_factory=dict)
    unsure: tuple[int, str] | None = None


def surveyed(path: Path, layout: Layout, mapping: Mapping, entity: Entity) -> tuple[Found, NewOptions]:
    """What the columns of the whole file tell: orders of dates, decimal marks; and labels that no option has.

    422 for a column whose dates or numbers can be read in two ways, with the setting that decides.
    """
    watched = [
        (at, entry, cells.getter(entry, layout), _watch(entity, mapping, entry))
        for at, entry in enumerate(mapping.entries)
    ]
    watched = [each for each in watched if each[3] is not None]
    seen: dict[int, _Seen] = defaultdict(_Seen)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    if watched:
        with reading.opened(path, layout) as rows:
            for row in rows:
                if reading.too_wide(row, layout) is None:
                    _look(row, watched, seen, labels, entity)
    found: Found = {}
    for at, each in seen.items():
        entry = mapping.entries[at]
        kind = entity.fields[entry.field or ""].type.kind
        if kind is Kind.MOMENT:
            found[at] = _decided(at, entry, each, "dates", _DATES)
        else:
            found[at] = _decided(at, entry, each, "decimal", _MARKS)
    return {at: what for at, what in found.items() if what}, {key: list(new.values()) for key, new in labels.items()}


_DATES, _MARKS = "ambiguous_dates", "ambiguous_numbers"


def _watch(entity: Entity, mapping: Mapping, entry: Entry) -> Any:
    if entry.field is None or entry.part is not None:
        return None
    field = entity.fields[entry.field]
    if field.type.kind is Kind.MOMENT and not (entry.dates or mapping.dates):
        return dates.evidence
    if field.type.kind is Kind.NUMBER and not (entry.decimal or mapping.decimal):
        return numbers.evidence
    if mapping.options == CREATE and isinstance(field.type, Select):
        return cells.reader(field, entry, mapping, {})
    return None


def _look(
    row: Row, watched: Iterable[Any], seen: dict[int, _Seen], labels: dict[str, dict[str, str]], entity: Entity
) -> None:
    for at, entry, get, watch in watched:
        try:
            cell = get(row.cells)
        except Refused:
            continue
        if blank(cell):
            continue
        field = entity.fields[entry.field]
        if isinstance(field.type, Select):
            known = field.configuration
            several = watch(cell) if isinstance(field.type, MultiSelect) else [watch(cell)]
            for label in several:
                folded = folded_label(label) if isinstance(label, str) else ""
                if folded and folded not in known.by_label and label not in known.by_id:
                    labels[field.key].setdefault(folded, " ".join(label.split()))
            if len(labels[field.key]) > MOST_NEW_OPTIONS:
                raise problems.unprocessable(
                    f"Column '{entry.shown}' would add more than {MOST_NEW_OPTIONS} options to '{field.key}'; "
                    "it is a text rather than a choice.",
                    "mapping.options",
                )
        elif cell.__class__ is str:
            told = watch(cell)
            if told is None:
                continue
            here = seen[at]
            if isinstance(told, str):
                here.sure.setdefault(told, (row.number, cell))
            elif len(told) == 1:
                here.sure.setdefault(next(iter(told)), (row.number, cell))
            elif here.unsure is None:
                here.unsure = (row.number, cell)


def _decided(at: int, entry: Entry, seen: _Seen, setting: str, code: str) -> dict[str, str]:
    param = f"mapping.columns[{at}].{setting}"
    if len(seen.sure) > 1:
        examples = " and ".join(f"'{quoted(text)}' in row {row:,}" for row, text in seen.sure.values())
        raise problems.unprocessable(
            f"Column '{entry.shown}' is written in two ways: {examples}. Set '{setting}' to the one that is meant.",
            param,
            code,
        )
    if not seen.sure and seen.unsure is not None:
        row, text = seen.unsure
        raise problems.unprocessable(
            f"Column '{entry.shown}': '{quoted(text)}' in row {row:,} can be read in two ways, and no other row tells. "
            f"Set '{setting}' to dmy or mdy.",
            param,
            code,
        )
    return dict.fromkeys([setting], next(iter(seen.sure))) if seen.sure else {}
