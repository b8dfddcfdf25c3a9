"""Records and the keys they are found by."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from lightfield_server.kit.clock import Moment
from lightfield_server.model.keys import Key
from lightfield_server.model.record import Record, State
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.part import Part, numbers, texts

# A sign before a column keeps the planner from looking a known record up by anything but its number.
COLUMNS = "number, state, created_at, updated_at, external_id, fields"

ONE = f"select {COLUMNS} from record where number = ? and +workspace = ? and +kind in (?, ?)"
SEVERAL = f"""
    select {COLUMNS} from record
    where number in (select value from json_each(?)) and +workspace = ? and +kind in (?, ?)
"""
STATES = """
    select number, state from record
    where number in (select value from json_each(?)) and +workspace = ? and +kind in (?, ?)
"""
STATE = "select number, state from record where number = ? and +workspace = ? and +kind in (?, ?)"
INSERT = """
    insert into record (workspace, number, kind, state, created_at, updated_at, external_id, fields)
    values (?, ?, ?, ?, ?, ?, ?, ?)
"""
UPDATE = """
    update record set kind = ?, state = ?, updated_at = ?, external_id = ?, fields = ?
    where number = ? and workspace = ?
"""
ADD_KEY = {
    str: "insert or ignore into key_text (workspace, slot, value, number) values (?, ?, ?, ?)",
    int: "insert or ignore into key_int (workspace, slot, value, number) values (?, ?, ?, ?)",
}
REMOVE_KEY = {
    str: "delete from key_text where workspace = ? and slot = ? and value = ? and number = ?",
    int: "delete from key_int where workspace = ? and slot = ? and value = ? and number = ?",
}
HOLDERS = {
    str: "select number from key_text where workspace = ? and slot = ? and value = ?",
    int: "select number from key_int where workspace = ? and slot = ? and value = ?",
}
FIRST_HOLDERS = {type: f"{statement} order by number limit ?" for type, statement in HOLDERS.items()}
#: The first and the last record of each key: two looks into an index, however many have it.
ALIKE = {
    type: f"""
        select wanted.value,
            (select min(number) from {table} where workspace = :workspace and slot = :slot and value = wanted.value),
            (select max(number) from {table} where workspace = :workspace and slot = :slot and value = wanted.value)
        from json_each(:which) as wanted
    """
    for type, table in ((str, "key_text"), (int, "key_int"))
}
COUNT = """
    insert into tally (workspace, slot, value, count, version) values (?, ?, ?, ?, 1)
    on conflict (workspace, slot, value) do update
    set count = tally.count + excluded.count, version = tally.version + 1
"""
KIND = "select count, version from tally where workspace = ? and slot = ? and value = ''"


class KeyRow(NamedTuple):
    """One key of one record. `counted` keys also keep a count of how many records have the value."""

    field: str
    trashed: bool
    key: Key
    number: int
    counted: bool


class Records(Part):
    """Rows of `record`, `key_text`, `key_int` and `tally`."""

    def record(self, type: str, number: int, *, lock: bool = False) -> Record | None:
        """The record in whatever state it is, or None. `lock` holds it until the transaction ends."""
        row = self.run(ONE, (number, self.workspace, slots.kind(type, False), slots.kind(type, True))).fetchone()
        return None if row is None else record_of(type, row)

    def records(self, type: str, wanted: Iterable[int], *, lock: bool = False) -> dict[int, Record]:
        sought = (numbers(wanted), self.workspace, slots.kind(type, False), slots.kind(type, True))
        return {row[0]: record_of(type, row) for row in self.run(SEVERAL, sought).fetchall()}

    def states(self, type: str, wanted: Collection[int]) -> dict[int, State]:
        """Which of these exist, and whether they may still be linked to."""
        sql, which = (STATE, *wanted) if len(wanted) == 1 else (STATES, numbers(wanted))
        sought = (which, self.workspace, slots.kind(type, False), slots.kind(type, True))
        return {number: _STATES[state] for number, state in self.run(sql, sought).fetchall()}

    def insert(self, records: Sequence[Record]) -> None:
        self.many(
            INSERT,
            [
                (
                    self.workspace,
                    r.number,
                    slots.kind(r.type, r.state is State.TRASHED),
                    r.state,
                    r.created_at,
                    r.updated_at,
                    r.external_id,
                    r.stored,
                )
                for r in records
            ],
        )

    def save(self, records: Sequence[Record]) -> None:
        """Rewrite records that exist; their numbers, types and times of creation never change."""
        self.many(
            UPDATE,
            [
                (
                    slots.kind(r.type, r.state is State.TRASHED),
                    r.state,
                    r.updated_at,
                    r.external_id,
                    r.stored,
                    r.number,
                    self.workspace,
                )
                for r in records
            ],
        )

    def rekey(self, removed: Sequence[KeyRow], added: Sequence[KeyRow]) -> None:
        """Change what records are found by, and the counts that follow."""
        counts: Counter[tuple[int, str]] = Counter()
        for statements, rows, sign in ((REMOVE_KEY, removed, -1), (ADD_KEY, added, 1)):
            for key_type, statement in statements.items():
                chosen = [
                    (self.workspace, slots.field(r.field, r.trashed), r.key, r.number)
                    for r in rows
                    if isinstance(r.key, key_type)
                ]
                if chosen:
                    self.many(statement, chosen)
            for r in rows:
                if r.counted:
                    counts[slots.field(r.field, r.trashed), str(r.key)] += sign
        self._count({place: change for place, change in counts.items() if change})

    def holders(self, field: str, key: Key) -> list[int]:
        """The live records that have this key."""
        found = self.run(HOLDERS[type(key)], (self.workspace, slots.field(field, False), key)).fetchall()
        return [number for (number,) in found]

    def first_holders(self, field: str, key: Key, limit: int) -> list[int]:
        """The oldest of the live records that have this key."""
        sought = (self.workspace, slots.field(field, False), key, limit)
        return [number for (number,) in self.run(FIRST_HOLDERS[type(key)], sought).fetchall()]

    def alike(self, field: str, keys: Collection[Key]) -> dict[Key, tuple[int, int]]:
        """For each of these keys that live records have: the oldest of them and the newest."""
        found: dict[Key, tuple[int, int]] = {}
        for key_type, statement in ALIKE.items():
            wanted: list[Any] = [key for key in keys if isinstance(key, key_type)]
            if wanted:
                which = texts(wanted) if key_type is str else numbers(wanted)
                sought = {"workspace": self.workspace, "slot": slots.field(field, False), "which": which}
                rows = self.run(statement, sought).fetchall()
                found |= {key: (oldest, newest) for key, oldest, newest in rows if oldest is not None}
        return found

    def count_kinds(self, changes: dict[tuple[str, bool], int]) -> None:
        """Add to the counts of (type, trashed). Zero says that records changed and their number did not."""
        self._count({(slots.kind(type, trashed), ""): n for (type, trashed), n in changes.items()})

    def kind(self, type: str, *, trashed: bool) -> tuple[int, int]:
        """How many records of a type there are, and a version that moves with every write to one of them."""
        kind = slots.kind(type, trashed)
        return self.memo.recall((self.workspace, kind), self.stamp, lambda: self._kind(kind))

    def _kind(self, kind: int) -> tuple[int, int]:
        return self.run(KIND, (self.workspace, kind)).fetchone() or (0, 0)

    def _count(self, changes: dict[tuple[int, str], int]) -> None:
        if changes:
            self.many(COUNT, [(self.workspace, slot, value, n) for (slot, value), n in sorted(changes.items())])


def record_of(type: str, row: tuple[int, int, Moment, Moment | None, str | None, bytes]) -> Record:
    return Record(row[0], type, _STATES[row[1]], row[2], row[3], row[4], row[5])


_STATES = tuple(State)
