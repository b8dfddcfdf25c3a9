"""What a workspace added to the shipped object types, or changed of them."""

import msgspec

from lightfield_server.model.record import Stored
from lightfield_server.store.sql.part import Part

ALL = "select number, kind, owner, key, body, archived from definition where workspace = ? order by number"
PUT = """
    insert into definition (workspace, number, kind, owner, key, body, archived) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (workspace, number) do update set body = excluded.body, archived = excluded.archived
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
        self.run("update workspace set catalog_version = catalog_version + 1 where workspace = ?", (self.workspace,))
