"""What a workspace added to the shipped object types, or changed of them."""

import random

import msgspec

from lightfield_server.model.record import Stored
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.part import Part

ALL = "select number, kind, owner, key, body, archived from definition where workspace = ? order by number"
PUT = """
    insert into definition (workspace, number, kind, owner, key, body, archived) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (workspace, number) do update set body = excluded.body, archived = excluded.archived
"""
MOVED = "update workspace set catalog_version = catalog_version + ? where workspace = ?"
SHARED = """
    select exists (select 1 from key_text where workspace = ? and slot = ? group by value having count(*) > 1)
"""
#: The record is rewritten as it was, save that a text under the path becomes an array of it.
AS_ARRAYS = """
    update record set fields =
        cast(json_set(cast(fields as text), :path, json_array(cast(fields as text) ->> :path)) as blob)
    where workspace = :workspace and kind in (:live, :trashed) and json_type(cast(fields as text), :path) = 'text'
"""
#: The same for what facts say of the field, before and after.
TOLD_AS_ARRAYS = """
    update event set fields =
        cast(json_set(cast(fields as text), :path, json_array(cast(fields as text) ->> :path)) as blob)
    where workspace = :workspace and type = :type and json_type(cast(fields as text), :path) = 'text'
"""


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
        kinds = {"live": slots.kind(type, False), "trashed": slots.kind(type, True)}
        self.run(AS_ARRAYS, {"path": f'$."{key}"', "workspace": self.workspace, **kinds})
        for side in (0, 1):
            told = {"path": f'$."{key}"[{side}]', "workspace": self.workspace, "type": type}
            self.run(TOLD_AS_ARRAYS, told)
