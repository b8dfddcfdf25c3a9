"""Copy all tables, a chunk at a time, and compare both sides at the end.

Each chunk is committed together with how far the copy has come, so that one that was broken off goes on where it
stopped. What is read is the source at one moment; a source that was written to in between shows at the end.
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lightfield_server.store.copying.side import Row, Side, Table, checksum

#: Rows written in one transaction.
CHUNK = 20_000


class Refused(RuntimeError):
    """The copy cannot be made; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One table on both sides: how many rows, and their checksum."""

    table: str
    rows: int
    checksum: str


def copy(source: Side, target: Side, say: Callable[[str, int], None]) -> list[Copied]:
    """Copy everything; both sides' checksum of every table. `say` hears a table's name and how many rows it has so far.

    The target is one that nothing is kept in yet, or that an earlier copy from the same source was broken off in.
    """
    tables = _common(source, target)
    progress = _begun(source, target, tables)
    for table in tables:
        _copy_table(source, target, table, progress, say)
    copied, different = _compared(source, target, tables)
    if different:
        for table in different:
            # What was written to meanwhile is copied anew by the next run.
            target.empty(table)
            progress["tables"].pop(table.name, None)
        target.keep(progress)
        target.commit()
        names = ", ".join(table.name for table in different)
        raise Refused(
            f"{source.name} was written to during the copy: {names} differ. Stop its server and run the same command "
            "again; the rest stays copied."
        )
    target.remake()
    target.forget()
    target.commit()
    return copied


def _common(source: Side, target: Side) -> list[Table]:
    if source.migrations() != target.migrations():
        raise Refused(f"{source.name} is not of this release: run 'lightfield migrate' on it first.")
    from_source, to_target = source.tables(), target.tables()
    for name, table in from_source.items():
        if set(to_target[name].columns) != set(table.columns):
            raise Refused(f"Table {name} is not the same on both sides.")
    return list(from_source.values())


def _begun(source: Side, target: Side, tables: Iterable[Table]) -> dict[str, Any]:
    """How far an earlier copy came; a new one begins with a target in which nothing is kept."""
    progress = target.progress()
    if progress is not None:
        if progress["source"] != source.name:
            raise Refused(
                f"{target.name} holds an unfinished copy of {progress['source']}; finish that, or begin anew."
            )
        return progress
    for table in tables:
        if target.rows(table, None, 1):
            raise Refused(f"{target.name} is in use: table {table.name} has rows. Copy into a new database.")
    progress = {"source": source.name, "tables": {}}
    target.keep(progress)
    target.commit()
    return progress


def _copy_table(
    source: Side, target: Side, table: Table, progress: dict[str, Any], say: Callable[[str, int], None]
) -> None:
    done = progress["tables"].setdefault(table.name, {"rows": 0, "after": None, "whole": False})
    places = [table.columns.index(column) for column in table.key]
    after = None if done["after"] is None else _key(done["after"])
    while not done["whole"]:
        rows = source.rows(table, after, CHUNK)
        if rows:
            target.add(table, rows)
            after = tuple(rows[-1][place] for place in places)
            done["after"] = _written(after)
        done["rows"] += len(rows)
        done["whole"] = len(rows) < CHUNK
        target.keep(progress)
        target.commit()
        say(table.name, done["rows"])


def _compared(source: Side, target: Side, tables: Iterable[Table]) -> tuple[list[Copied], list[Table]]:
    copied, different = [], []
    for table in tables:
        ours, theirs = checksum(source, table), checksum(target, table)
        if (ours.rows, ours.text) != (theirs.rows, theirs.text):
            different.append(table)
        copied.append(Copied(table.name, ours.rows, ours.text))
    return copied, different


def _written(key: Row) -> list[Any]:
    """A key as JSON has it."""
    return [{"bytes": base64.b64encode(part).decode()} if isinstance(part, bytes) else part for part in key]


def _key(written: list[Any]) -> Row:
    return tuple(base64.b64decode(part["bytes"]) if isinstance(part, dict) else part for part in written)
