"""What a workspace added to the shipped object types, or changed of them."""

import random
from collections.abc import Callable, Iterable, Iterator

import msgspec

from lightfield_server.model.record import Fields, Stored
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.part import Part, Row

ALL = "select number, kind, owner, key, body, archived from definition where workspace = ? order by number"
PUT = """
    insert into definition (workspace, number, kind, owner, key, body, archived) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (workspace, number) do update set body = excluded.body, archived = excluded.archived
"""
MOVED = "update workspace set catalog_version = catalog_version + ? where workspace = ?"
SHARED = """
    select exists (select 1 from key_text where workspace = ? and slot = ? group by value having count(*) > 1)
"""
RECORDS_OF_KIND = """
    select number, fields from record where workspace = ? and kind = ? and number > ? order by number limit ?
"""
REWRITE_RECORD = "update record set fields = ? where workspace = ? and number = ?"
FACTS = "select number, type, fields from event where workspace = ? and number > ? order by number limit ?"
REWRITE_FACT = "update event set fields = ? where workspace = ? and number = ?"

#: Rows rewritten at a time.
CHUNK = 1_000


class Definitions(Part):
    """Rows of `definition`. Every change moves the workspace's catalog version."""

    def catalog_version(self) -> int:
        row = self.run("select catalog_version from workspace where workspace = ?", (self.workspace,)).fetchone()
        return -1 if row is None else int(row[0])

    def definitions(self) -> list[Stored]:
        rows = self.run(ALL, (self.workspace,)).fetchall()
        return [
            Stored(number, kind, owner, key, msgspec.json.decode(body), bool(archived))
            for number, kind, owner, key, body, archived in rows
        ]

    def define(self, stored: Stored) -> None:
        """Add a definition, or rewrite the one of its number."""
        body = msgspec.json.encode(stored.body)
        self.run(PUT, (self.workspace, stored.number, stored.kind, stored.owner, stored.key, body, stored.archived))
        # By chance: a version that was rolled back and one that was kept are never mistaken for each other.
        self.run(MOVED, (1 + random.getrandbits(24), self.workspace))

    def shares_keys(self, field: str) -> bool:
        """Whether two live records have one text key of a field."""
        (shared,) = self.run(SHARED, (self.workspace, slots.field(field, False))).fetchone()
        return bool(shared)

    def make_arrays(self, type: str, key: str) -> None:
        """Every text that a type's records keep under a field's key, or kept, becomes an array with that text in it."""
        for trashed in (False, True):
            kind = slots.kind(type, trashed)
            for rows in self._chunks(RECORDS_OF_KIND, kind):
                self._rewrite(REWRITE_RECORD, rows, lambda fields: _kept_as_array(fields, key))
        for rows in self._chunks(FACTS):
            told = [(number, fields) for number, told_of, fields in rows if told_of == type]
            # Facts say of each field what it was before and after.
            self._rewrite(REWRITE_FACT, told, lambda fields: _told_as_arrays(fields, key))

    def _chunks(self, sql: str, *of: int) -> Iterator[list[Row]]:
        """Rows by rising number, some at a time: however many there are, few are held."""
        last = 0
        while rows := self.run(sql, (self.workspace, *of, last, CHUNK)).fetchall():
            yield rows
            last = rows[-1][0]

    def _rewrite(self, sql: str, rows: Iterable[Row], changed: Callable[[Fields], bool]) -> None:
        """Rewrite the fields that a function has changed in place; all others stay as they are, byte for byte."""
        rewritten = []
        for number, kept in rows:
            fields = msgspec.json.decode(kept)
            if changed(fields):
                rewritten.append((msgspec.json.encode(fields), self.workspace, number))
        self.many(sql, rewritten)


def _kept_as_array(fields: Fields, key: str) -> bool:
    value = fields.get(key)
    if not isinstance(value, str):
        return False
    fields[key] = [value]
    return True


def _told_as_arrays(fields: Fields, key: str) -> bool:
    sides = fields.get(key)
    if sides is None or not any(isinstance(side, str) for side in sides):
        return False
    fields[key] = [[side] if isinstance(side, str) else side for side in sides]
    return True
