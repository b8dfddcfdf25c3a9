"""Which record was merged into which."""

from dataclasses import dataclass

from lightfield_server.kit.clock import Moment
from lightfield_server.store.sql.part import Part

COLUMNS = "number, type, primary_record, duplicate_record, status, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class MergeRow:
    number: int
    type: str
    primary: int
    duplicate: int
    status: str
    created_at: Moment
    updated_at: Moment


class Merges(Part):
    """Rows of `merge`."""

    def add_merge(self, row: MergeRow) -> None:
        self.run(
            f"insert into merge (workspace, {COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.workspace,
                row.number,
                row.type,
                row.primary,
                row.duplicate,
                row.status,
                row.created_at,
                row.updated_at,
            ),
        )

    def merge(self, number: int) -> MergeRow | None:
        row = self.run(
            f"select {COLUMNS} from merge where workspace = ? and number = ?", (self.workspace, number)
        ).fetchone()
        return None if row is None else MergeRow(*row)
