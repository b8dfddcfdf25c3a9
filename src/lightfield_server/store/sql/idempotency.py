"""Keys under which something was done once, and what was answered (spec: conventions 5)."""

from lightfield_server.kit import ids
from lightfield_server.kit.clock import Moment
from lightfield_server.store.sql.part import Part

FIND = "select status, reply from idempotency where workspace = ? and scope = ? and key = ? and at > ?"
KEEP = """
    insert into idempotency (workspace, number, scope, key, at, status, reply) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (workspace, scope, key) do update
    set number = excluded.number, at = excluded.at, status = excluded.status, reply = excluded.reply
"""
#: Numbers grow with time: the oldest answers are the lowest, on SQLite of all, elsewhere of each workspace.
SWEEP = {
    "sqlite": """
        delete from idempotency where number in (select number from idempotency order by number limit :most)
        and at <= :until
    """,
    "postgres": """
        delete from idempotency where (workspace, number) in (
            select old.workspace, old.number from workspace join lateral (
                select workspace, number from idempotency
                where idempotency.workspace = workspace.workspace and number < :beyond and at <= :until
                order by number limit :most
            ) as old on true limit :most
        )
    """,
}


class Idempotency(Part):
    """Rows of `idempotency`."""

    def answered(self, scope: str, key: str, since: Moment) -> tuple[int, bytes] | None:
        """The status and body once answered under a key after a moment."""
        row: tuple[int, bytes] | None = self.run(FIND, (self.workspace, scope, key, since)).fetchone()
        return row

    def answer(self, number: int, scope: str, key: str, at: Moment, status: int, reply: bytes) -> None:
        self.run(KEEP, (self.workspace, number, scope, key, at, status, reply))

    def forget_answers(self, until: Moment, limit: int) -> int:
        """Delete the oldest answers that no repeat can ask for any more, up to `limit`, whosever they are."""
        sought = {"until": until, "beyond": ids.first(until + 1), "most": limit}
        return self.run(SWEEP[self.dialect.name], sought).rowcount
