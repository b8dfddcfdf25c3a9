"""Records and the keys they are found by."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lightfield_server.kit.clock import Moment
from lightfield_server.model.keys import Key
from lightfield_server.model.record import Record, State
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.dialect import among, each
from lightfield_server.store.sql.part import Part

# A sign before a column keeps the planner from looking a known record up by anything but its number.
COLUMNS = "number, state, created_at, updated_at, external_id, fields"

ONE = f"select {COLUMNS} from record where number = ? and +workspace = ? and +kind in (?, ?)"
SEVERAL = f"""
    select {COLUMNS} from record
    where number {among("?")} and +workspace = ? and +kind in (?, ?)
"""
STATES = f"""
    select number, state from record
    where number {among("?")} and +workspace = ? and +kind in (?, ?)
"""
STATE = "select number, state from record where number = ? and +workspace = ? and +kind in (?, ?)"
INSERT = """
    insert into record (workspace, number, kind, state, created_at, updated_at, external_id, fields)
    values (?, ?, ?, ?, ?, ?, ?, ?)
"""
UPDATE = "update record set updated_at = ?, external_id = ?, fields = ? where number = ? and workspace = ?"
#: What leads to the newest of a kind is rewritten only where the kind may have changed.
MOVE = """
    update record set kind = ?, state = ?, updated_at = ?, external_id = ?, fields = ?
    where number = ? and workspace = ?
"""
ADD_KEY = {
    str: "insert into key_text (workspace, slot, value, number) values (?, ?, ?, ?) on conflict do nothing",
    int: "insert into key_int (workspace, slot, value, number) values (?, ?, ?, ?) on conflict do nothing",
}
REMOVE_KEY = {
    str: "delete from key_text where workspace = ? and slot = ? and value = ? and number = ?",
    int: "delete from key_int where workspace = ? and slot = ? and value = ? and number = ?",
}
HOLDERS = {
    str: "select value, number from key_text where workspace = ? and slot = ? and value = ?",
    int: "select value, number from key_int where workspace = ? and slot = ? and value = ?",
}
HOLDERS_OF_SEVERAL = {
    str: f"select value, number from key_text where workspace = ? and slot = ? and value {among('?')}",
    int: f"select value, number from key_int where workspace = ? and slot = ? and value {among('?')}",
}
FIRST_HOLDERS = {
    type: f"select number from {table} where workspace = ? and slot = ? and value = ? order by number limit ?"
    for type, table in ((str, "key_text"), (int, "key_int"))
}
#: The first and the last record of each key: two looks into an index, however many have it.
ALIKE = {
    type: f"""
        select wanted.value,
            (select min(number) from {table} where workspace = :workspace and slot = :slot and value = wanted.value),
            (select max(number) from {table} where workspace = :workspace and slot = :slot and value = wanted.value)
        from {each(":which", "wanted")}
    """
    for type, table in ((str, "key_text"), (int, "key_int"))
}
COUNT = """
    insert into tally (workspace, slot, value, count, version) values (?, ?, ?, ?, ?)
    on conflict (workspace, slot, value) do update
    set count = tally.count + excluded.count, version = tally.version + excluded.version
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
        sought = (self.dialect.numbers(wanted), self.workspace, slots.kind(type, False), slots.kind(type, True))
        return {row[0]: record_of(type, row) for row in self.run(SEVERAL, sought).fetchall()}

    def states(self, type: str, wanted: Collection[int]) -> dict[int, State]:
        """Which of these exist, and whether they may still be linked to."""
        sql, which = (STATE, *wanted) if len(wanted) == 1 else (STATES, self.dialect.numbers(wanted))
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
        """Rewrite records that exist and stay in the state they are in; numbers and times of creation never change."""
        self.many(UPDATE, [(r.updated_at, r.external_id, r.stored, r.number, self.workspace) for r in records])

    def move(self, records: Sequence[Record]) -> None:
        """Rewrite records that come into another state."""
        self.many(
            MOVE,
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

    def rekey(self, removed: Sequence[KeyRow], added: Sequence[KeyRow], kinds: Mapping[tuple[str, bool], int]) -> None:
        """Change what records are found by, and the counts that follow.

        `kinds` is added to the counts of (type, trashed); zero says that records changed and their number did not.
        """
        counts: Counter[tuple[int, str]] = Counter()
        for statements, rows, sign in ((REMOVE_KEY, removed, -1), (ADD_KEY, added, 1)):
            chosen: dict[type, list[tuple[int, int, Key, int]]] = {str: [], int: []}
            for field, trashed, key, number, counted in rows:
                slot = slots.field(field, trashed)
                chosen[type(key)].append((self.workspace, slot, key, number))
                if counted:
                    counts[slot, str(key)] += sign
            for key_type, statement in statements.items():
                self.many(statement, chosen[key_type])
        changes = {place: n for place, n in counts.items() if n}
        changes.update({(slots.kind(type, trashed), ""): n for (type, trashed), n in kinds.items()})
        self._count(changes)

    def _count(self, changes: Mapping[tuple[int, str], int]) -> None:
        """Add to counts, by slot and value, and move their versions."""
        # By chance: a version that was rolled back and one that was kept are never mistaken for each other.
        step = 1 + random.getrandbits(24)
        self.many(COUNT, [(self.workspace, slot, value, n, step) for (slot, value), n in sorted(changes.items())])

    def holders(self, field: str, keys: Collection[Key]) -> dict[Key, list[int]]:
        """The live records that have each of these keys, all of one kind."""
        slot = slots.field(field, False)
        found: dict[Key, list[int]] = {}
        if len(keys) == 1:
            (key,) = keys
            rows = self.run(HOLDERS[type(key)], (self.workspace, slot, key)).fetchall()
        elif keys:
            kind, sought = self._several_keys(keys)
            rows = self.run(HOLDERS_OF_SEVERAL[kind], (self.workspace, slot, sought)).fetchall()
        else:
            rows = []
        for key, number in rows:
            found.setdefault(key, []).append(number)
        return found

    def _several_keys(self, keys: Collection[Key]) -> tuple[type[str] | type[int], Any]:
        """Keys of one kind: which, and all of them as one parameter."""
        texts = [key for key in keys if isinstance(key, str)]
        return (str, self.dialect.texts(texts)) if texts else (int, self.dialect.numbers(_whole(keys)))

    def first_holders(self, field: str, key: Key, limit: int) -> list[int]:
        """The oldest of the live records that have this key."""
        sought = (self.workspace, slots.field(field, False), key, limit)
        return [number for (number,) in self.run(FIRST_HOLDERS[type(key)], sought).fetchall()]

    def alike(self, field: str, keys: Collection[Key]) -> dict[Key, tuple[int, int]]:
        """For each of these keys, all of one kind, that live records have: the oldest of them and the newest."""
        if not keys:
            return {}
        kind, which = self._several_keys(keys)
        sought = {"workspace": self.workspace, "slot": slots.field(field, False), "which": which}
        rows = self.run(ALIKE[kind], sought).fetchall()
        return {key: (oldest, newest) for key, oldest, newest in rows if oldest is not None}

    def kind(self, type: str, *, trashed: bool) -> tuple[int, int]:
        """How many records of a type there are, and a version that moves with every write to one of them."""
        kind = slots.kind(type, trashed)
        return self.memo.recall((self.workspace, kind), self.stamp, lambda: self._kind(kind))

    def kinds(self, types: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
        """The same of the live records of several types."""
        return self.memo.recall((self.workspace, types), self.stamp, lambda: self._kinds(types))

    def _kinds(self, types: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
        found = {
            slot: (count, version)
            for slot, count, version in self.run(_kinds_statement(types), (self.workspace,)).fetchall()
        }
        return tuple(found.get(slots.kind(type, False), (0, 0)) for type in types)

    def _kind(self, kind: int) -> tuple[int, int]:
        return self.run(KIND, (self.workspace, kind)).fetchone() or (0, 0)


def _whole(keys: Iterable[Key]) -> list[int]:
    return [key for key in keys if isinstance(key, int)]


@lru_cache(maxsize=1024)
def _kinds_statement(types: tuple[str, ...]) -> str:
    kinds = ", ".join(str(slots.kind(type, False)) for type in types)
    return f"select slot, count, version from tally where workspace = ? and slot in ({kinds}) and value = ''"


def record_of(type: str, row: tuple[int, int, Moment, Moment | None, str | None, bytes]) -> Record:
    return Record(row[0], type, _STATES[row[1]], row[2], row[3], row[4], row[5])


_STATES = tuple(State)
