"""Records as rows: any list query, oldest first, labels and names beside ids, so that import reads them back.

In CSV and XLSX a column is called as people call it; in JSONL by its key, and values keep their types.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.configuration import folded_label
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.keys import Kind
from lightfield_server.model.object_types import meeting
from lightfield_server.model.record import Record
from lightfield_server.model.value_types.choice import MultiSelect, Select
from lightfield_server.model.value_types.composite import Composite
from lightfield_server.records import access
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query
from lightfield_server.transfer import proposing
from lightfield_server.transfer.table import FORMATS, JSONL

#: Records read at a time; each page is of one moment.
PAGE = 250

#: What a column of a relationship holds.
NAMES, IDS, BOTH = "names", "ids", "both"
REFERENCES = (BOTH, NAMES, IDS)

ID_COLUMN, CREATED_COLUMN, UPDATED_COLUMN = "id", "createdAt", "updatedAt"

_HEADERS = {ID_COLUMN: "ID", CREATED_COLUMN: "Created at", UPDATED_COLUMN: "Updated at"}

#: One page of a workspace's records, as a transaction of its own shows them.
ReadPage = Callable[[Callable[[Context], Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: the records of a query, in a format; all fields and relationships unless some are named."""

    type: str
    query: Query
    format: str
    references: str = BOTH
    keys: tuple[str, ...] = ()


class Writer(Protocol):
    """A format: bytes for the columns, for some rows, and for the end. XLSX has them all at the end."""

    def start(self, columns: Sequence[str]) -> bytes: ...
    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes: ...
    def end(self) -> AsyncIterator[bytes]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: `cell` makes its value of a record, the links of it by end, and the names of linked records."""

    header: str
    cell: Callable[[Record, dict[str, list[int]], dict[tuple[str, int], str]], Any]


def wanted(
    context: Context, entity: Entity, query: Query, format: str, references: str, keys: Sequence[str] | None
) -> Wanted:
    """The same, once all of it is known to make sense."""
    if format not in FORMATS:
        raise problems.invalid_configuration(f"'format' is one of {', '.join(FORMATS)}.", "format")
    if references not in REFERENCES:
        raise problems.invalid_configuration(f"'references' is one of {', '.join(REFERENCES)}.", "references")
    known = {ID_COLUMN, CREATED_COLUMN, UPDATED_COLUMN, *(f.key for f in entity.shown_fields)}
    known |= {end.key for end in entity.shown_ends if end.hop is not None}
    for key in keys or ():
        if key not in known:
            raise problems.unknown_field(key, entity.plural, "fields")
    guarded = access.guarded(context.actor, entity, query)
    return Wanted(entity.name, guarded, format, references, tuple(dict.fromkeys(keys or ())))


async def chunks(wanted: Wanted, read: ReadPage, writer: Writer) -> AsyncIterator[bytes]:
    """The file, a page at a time."""
    try:
        async for chunk in _made_of(wanted, read, writer):
            yield chunk
    finally:
        writer.close()


async def _made_of(wanted: Wanted, read: ReadPage, writer: Writer) -> AsyncIterator[bytes]:
    columns: Sequence[str] | None = None
    after = 0
    while True:
        page: _Page = await read(lambda context: _page(context, wanted, after))  # noqa: B023
        if columns is None:
            columns = page.columns
            yield writer.start(columns)
        elif page.columns != columns:
            raise problems.conflict("The definitions of these records have changed during the export; begin anew.")
        if page.rows:
            yield await asyncio.to_thread(writer.rows, page.rows)
        if len(page.rows) < PAGE:
            break
        after = page.last
    async for chunk in writer.end():
        yield chunk


@dataclass(frozen=True, slots=True)
class _Page:
    columns: tuple[str, ...]
    rows: list[list[Any]]
    last: int


def _page(context: Context, wanted: Wanted, after: int) -> _Page:
    entity = context.catalog[wanted.type]
    columns = _columns(entity, wanted)
    records = context.tx.following(wanted.query, after, PAGE)
    ends = [end for end in entity.shown_ends if end.hop is not None]
    hops = tuple(end.hop for end in ends if end.hop is not None)
    numbers = [record.number for record in records]
    found = context.tx.links(numbers, hops) if hops and numbers else {}
    links = {
        number: {end.key: others for end, others in zip(ends, lists, strict=True) if others}
        for number, lists in found.items()
    }
    names = _names(context, ends, links) if wanted.references != IDS else {}
    rows = []
    for record in records:
        seen = links.get(record.number, {})
        if "accessLevel" in entity.type.envelope and access.level(context.actor, record) != meeting.FULL:
            record, seen = _redacted(record, seen)
        rows.append([column.cell(record, seen, names) for column in columns])
    return _Page(tuple(column.header for column in columns), rows, numbers[-1] if numbers else after)


def _redacted(record: Record, links: dict[str, list[int]]) -> tuple[Record, dict[str, list[int]]]:
    """What somebody sees of a meeting who does not see all of it."""
    kept = {key: value for key, value in record.fields.items() if key not in access.REDACTED_FIELDS}
    shown = Record(
        record.number, record.type, record.state, record.created_at, record.updated_at, record.external_id,
        msgspec.json.encode(kept),
    )  # fmt: skip
    return shown, {key: others for key, others in links.items() if key not in access.REDACTED_ENDS}


def _names(context: Context, ends: Sequence[End], links: dict[int, dict[str, list[int]]]) -> dict[tuple[str, int], str]:
    """(type, number) → what the record is called, for all that is linked to."""
    numbers: dict[str, set[int]] = {}
    for seen in links.values():
        for end in ends:
            numbers.setdefault(end.target, set()).update(seen.get(end.key, ()))
    names = {}
    for type, wanted in numbers.items():
        target = context.catalog[type]
        title = target.fields.get(target.type.title)
        for number, record in (context.tx.records(type, wanted) if wanted else {}).items():
            value = None if title is None else record.fields.get(title.key)
            hidden = "accessLevel" in target.type.envelope and access.level(context.actor, record) != meeting.FULL
            if value is not None and title is not None and not hidden:
                names[type, number] = title.type.text(value, title.configuration)
    return names


# Columns


def _columns(entity: Entity, wanted: Wanted) -> tuple[_Column, ...]:
    memo = f"export {wanted.format} {wanted.references} {wanted.keys}"
    known = entity.memo.get(memo)
    if known is None:
        known = entity.memo[memo] = tuple(_made(entity, wanted))
    columns: tuple[_Column, ...] = known
    return columns


def _made(entity: Entity, wanted: Wanted) -> list[_Column]:
    plain = wanted.format == JSONL
    usual = (ID_COLUMN, CREATED_COLUMN, *(f.key for f in entity.shown_fields), *(e.key for e in _stored(entity)))
    columns: list[_Column] = []
    for key in wanted.keys or usual:
        if key in _HEADERS:
            columns.append(_own(entity, key, key if plain else _HEADERS[key]))
        elif key in entity.fields:
            columns += _of_field(entity, entity.fields[key], plain=plain)
        else:
            columns += _of_end(entity, entity.ends[key], wanted.references, plain=plain)
    return columns


def _stored(entity: Entity) -> list[End]:
    return [end for end in entity.shown_ends if end.hop is not None]


def _own(entity: Entity, key: str, header: str) -> _Column:
    def cell(record: Record, links: Any, names: Any) -> Any:
        if key == ID_COLUMN:
            return entity.id(record.number)
        moment = record.created_at if key == CREATED_COLUMN else record.updated_at
        return None if moment is None else clock.written(moment)

    return _Column(header, cell)


def _header(entity: Entity, key: str, label: str) -> str:
    """A column's name: the label, unless import would take that for something else."""
    found = proposing.target(entity, label)
    clear = "/" not in label and "(" not in label and " ".join(label.split()) == label
    return label if clear and found in ((key, None), None) and _alone(entity, label) else key


def _alone(entity: Entity, label: str) -> bool:
    folded = proposing.folded(label)
    labels = [f.label for f in entity.shown_fields] + [e.label for e in _stored(entity)] + list(_HEADERS.values())
    return [proposing.folded(other) for other in labels].count(folded) == 1


def _of_field(entity: Entity, field: Field, *, plain: bool) -> list[_Column]:
    key, kind = field.key, field.type
    if plain:
        return [_Column(key, lambda record, links, names: typed(field, record.fields.get(key)))]
    header = _header(entity, key, field.label)
    if isinstance(kind, Composite):
        return [_part(key, part, f"{header} / {_spaced(part)}") for part in kind.schemas]
    return [_Column(header, lambda record, links, names: flat(field, record.fields.get(key)))]


def _part(key: str, part: str, header: str) -> _Column:
    return _Column(header, lambda record, links, names: (record.fields.get(key) or {}).get(part))


def _spaced(part: str) -> str:
    """`postalCode` → `Postal code`."""
    return "".join(f" {c.lower()}" if c.isupper() or c.isdigit() else c for c in part).capitalize()


def _of_end(entity: Entity, end: End, references: str, *, plain: bool) -> list[_Column]:
    def others(links: dict[str, list[int]]) -> list[str]:
        return [ids.written(end.target_prefix, number) for number in links.get(end.key, ())]

    def called(links: dict[str, list[int]], names: dict[tuple[str, int], str]) -> list[str]:
        return [names.get((end.target, n), ids.written(end.target_prefix, n)) for n in links.get(end.key, ())]

    header = end.key if plain else _header(entity, end.key, end.label)
    by_name = _Column(
        f"{header} (name)" if plain else header,
        lambda record, links, names: called(links, names) if plain else joined(called(links, names)),
    )
    by_id = _Column(
        header if plain else f"{header} (id)",
        lambda record, links, names: others(links) if plain else joined(others(links)),
    )
    return {NAMES: [by_name], IDS: [by_id], BOTH: [by_name, by_id]}[references]


# Values


def typed(field: Field, value: Any) -> Any:
    """A value as JSON has it, options by their labels."""
    if isinstance(field.type, MultiSelect) and value is not None:
        return [_label(field, id) for id in value]
    return _label(field, value) if isinstance(field.type, Select) and value is not None else value


def flat(field: Field, value: Any) -> Any:
    """A value as one cell: a text, a number, true or false, or nothing."""
    value = typed(field, value)
    if isinstance(value, list):
        return joined(value)
    if field.type.kind is Kind.FLAG and value is not None:
        return "true" if value else "false"
    return value


def joined(elements: Sequence[str]) -> str | None:
    """Several texts as one; as JSON where one of them could be taken for two."""
    if not elements:
        return None
    if any(
        _BETWEEN.intersection(element) or element.startswith("[") or element != element.strip() for element in elements
    ):
        return msgspec.json.encode(list(elements)).decode()
    return "; ".join(elements)


_BETWEEN = frozenset(";,\n")


def _label(field: Field, id: str) -> str:
    """An option's label, where it tells the option; else its id."""
    option = field.configuration.by_id.get(id)
    if option is None or option.retired:
        return id
    alike = field.configuration.by_label[folded_label(option.label)]
    same = [other for other in alike if not other.retired]
    return option.label if len(same) == 1 and option.label not in field.configuration.by_id else id
