"""Workspaces, and the keys that speak for them."""

import json
from dataclasses import dataclass

from lightfield_server.kit.clock import Moment
from lightfield_server.store.sql.part import Part

KEY_COLUMNS = "number, name, scopes, member, admin, created_at, revoked_at, hint"


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    number: int
    slug: str
    name: str
    created_at: Moment


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key without its secret, which is kept as a digest only. `hint` is its last four characters."""

    number: int
    name: str
    scopes: tuple[str, ...]
    member: int | None
    admin: bool
    created_at: Moment
    revoked_at: Moment | None
    hint: str


class Identity(Part):
    """Rows of `workspace` and `api_key`."""

    def workspaces(self) -> list[WorkspaceRow]:
        """Every workspace on the server, oldest first: for operators only."""
        rows = self.run("select workspace, slug, name, created_at from workspace order by workspace").fetchall()
        return [WorkspaceRow(*row) for row in rows]

    def add_workspace(self, slug: str, name: str, at: Moment) -> int:
        (number,) = self.run("select coalesce(max(workspace), 0) + 1 from workspace").fetchone()
        self.run(
            "insert into workspace (workspace, slug, name, created_at) values (?, ?, ?, ?)", (number, slug, name, at)
        )
        return int(number)

    def key_by_digest(self, digest: bytes) -> KeyRecord | None:
        """The key with this secret, unless it was revoked."""
        row = self.run(
            f"select {KEY_COLUMNS} from api_key where workspace = ? and hash = ? and revoked_at is null",
            (self.workspace, digest),
        ).fetchone()
        return None if row is None else _key(row)

    def keys(self) -> list[KeyRecord]:
        rows = self.run(
            f"select {KEY_COLUMNS} from api_key where workspace = ? order by number", (self.workspace,)
        ).fetchall()
        return [_key(row) for row in rows]

    def add_key(self, key: KeyRecord, digest: bytes) -> None:
        self.run(
            "insert into api_key (workspace, number, hash, name, scopes, member, admin, created_at, revoked_at, hint) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.workspace,
                key.number,
                digest,
                key.name,
                json.dumps(key.scopes),
                key.member,
                key.admin,
                key.created_at,
                key.revoked_at,
                key.hint,
            ),
        )

    def revoke_key(self, number: int, at: Moment) -> None:
        self.run(
            "update api_key set revoked_at = coalesce(revoked_at, ?) where workspace = ? and number = ?",
            (at, self.workspace, number),
        )


def _key(row: tuple[int, str, str, int | None, int, Moment, Moment | None, str]) -> KeyRecord:
    number, name, scopes, member, admin, created_at, revoked_at, hint = row
    return KeyRecord(number, name, tuple(json.loads(scopes)), member, bool(admin), created_at, revoked_at, hint)
