"""Mappings kept under a name, to be used again for the next file of the same kind."""

from typing import Any

from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.records.context import Context
from lightfield_server.records.definitions.common import text
from lightfield_server.store.protocol import MappingRow
from lightfield_server.transfer.mapping import Mapping

PREFIX = "map"

LONGEST_NAME = 100

#: Mappings that one workspace may keep.
MOST = 1_000


def every(context: Context) -> list[MappingRow]:
    return context.tx.mappings()


def existing(context: Context, id: str) -> MappingRow:
    number = ids.body(PREFIX, id)
    row = None if number is None else context.tx.mapping(number)
    if row is None:
        raise problems.record_not_found("mappings")
    return row


def named(context: Context, name: str) -> MappingRow:
    """A saved mapping by its name or id, or 404."""
    for row in every(context):
        if name in (row.name, ids.written(PREFIX, row.number)):
            return row
    raise problems.not_found(f"There is no saved mapping '{problems.shown(name)}'.")


def put(context: Context, name: str, mapping: Mapping) -> MappingRow:
    """Keep a mapping under a name; one of that name is replaced."""
    name = text(name, "name", LONGEST_NAME)
    saved = every(context)
    known = next((row for row in saved if row.name == name), None)
    if known is None and len(saved) >= MOST:
        raise problems.conflict(f"A workspace keeps at most {MOST:,} mappings; delete one first.")
    number, created = (context.numbers.next(), context.at) if known is None else (known.number, known.created_at)
    row = MappingRow(number, name, mapping.type, created, context.at, mapping.json())
    context.tx.put_mapping(row)
    return row


def forget(context: Context, row: MappingRow) -> None:
    context.tx.forget_mapping(row.number)


def view(row: MappingRow) -> dict[str, Any]:
    return {
        "id": ids.written(PREFIX, row.number),
        "name": row.name,
        "objectType": row.type,
        "mapping": row.body,
        "createdAt": clock.written(row.created_at),
        "updatedAt": clock.written(row.updated_at),
    }
