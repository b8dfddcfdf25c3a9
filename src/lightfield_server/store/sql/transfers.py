"""Imports: jobs and how far they are, what they wrote, saved mappings, and the sets of records that files name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lightfield_server.kit.clock import Moment
from lightfield_server.model.keys import Key
from lightfield_server.model.record import Event
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.dialect import among, each, step
from lightfield_server.store.sql.part import Part

JOB_COLUMNS = (
    "number, type, state, host, created_at, updated_at, holder, held_until, done, position, created, updated, "
    "unchanged, rejected, linked, undone, kept, report, kept_report, spent, body"
)
ADD_JOB = """
    insert into import_job (workspace, number, type, state, host, created_at, updated_at, body)
    values (?, ?, ?, ?, ?, ?, ?, ?)
"""
JOB = f"select {JOB_COLUMNS} from import_job where workspace = ? and number = ?"
JOBS = f"""
    select {JOB_COLUMNS} from import_job where workspace = ? and type {among("?")}
    order by number desc limit ? offset ?
"""
COUNT_JOBS = f"select count(*) from import_job where workspace = ? and type {among('?')}"
#: Jobs of every workspace that wait for somebody on one host to carry them.
DUE = """
    select workspace, number from import_job
    where host = ? and held_until < ? and state in ('checking', 'running', 'undoing') order by updated_at
"""
TAKE = """
    update import_job set holder = ?, held_until = ?
    where workspace = ? and number = ? and (held_until < ? or holder = ?)
"""
ADVANCE = """
    update import_job set held_until = ?, updated_at = ?, done = done + ?, position = ?, created = created + ?,
    updated = updated + ?, unchanged = unchanged + ?, rejected = rejected + ?, linked = linked + ?,
    undone = undone + ?, kept = kept + ?, report = ?, kept_report = ?, spent = spent + ?
    where workspace = ? and number = ? and holder = ? and state = ?
"""
MOVE_JOB = "update import_job set state = ?, updated_at = ?, body = ? where workspace = ? and number = ?"
RESET_JOB = """
    update import_job set done = 0, position = 0, created = 0, updated = 0, unchanged = 0, rejected = 0, linked = 0,
    report = 0, spent = 0 where workspace = ? and number = ?
"""
RELEASE = "update import_job set holder = null, held_until = 0 where workspace = ? and number = ? and holder = ?"
FORGET_JOB = "delete from import_job where workspace = ? and number = ?"

ADD_CHUNK = "insert into import_chunk (workspace, job, number, first_fact, last_fact) values (?, ?, ?, ?, ?)"
LAST_CHUNK = """
    select number, first_fact, last_fact from import_chunk
    where workspace = ? and job = ? and undone = 0 order by number desc limit 1
"""
CHUNK_UNDONE = "update import_chunk set undone = 1 where workspace = ? and job = ? and number = ?"

FOUND_TEXT = f"""
    select w.value, k.number from {each("?", "w")}
    {step("key_text", "k", "k.workspace = ? and k.slot = ? and k.value = w.value")}
"""
FOUND_INT = f"""
    select w.value, k.number from {each("?", "w")}
    {step("key_int", "k", "k.workspace = ? and k.slot = ? and k.value = w.value")}
"""
ALIASES = f"""
    select a.value, a.number from {each("?", "w")}
    {step("import_alias", "a", "a.workspace = ? and a.kind = ? and a.value = w.value")}
"""
ADD_ALIAS = """
    insert into import_alias (workspace, kind, value, number) values (?, ?, ?, ?)
    on conflict (workspace, kind, value) do update set number = excluded.number
"""
FACTS = """
    select number, type, record, verb, at, actor, key, origin, fields, links from event
    where workspace = ? and number between ? and ? and origin = ? order by number
"""
TOUCHED = f"""
    select distinct e.record from {each("?", "w")}
    {step("event", "e", "e.workspace = ? and e.record = w.value and e.number > ?")}
    where e.origin not in (?, ?)
"""

MAPPING_COLUMNS = "number, name, type, created_at, updated_at, body"
PUT_MAPPING = f"""
    insert into import_mapping (workspace, {MAPPING_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (workspace, number) do update
    set name = excluded.name, type = excluded.type, updated_at = excluded.updated_at, body = excluded.body
"""


@dataclass(slots=True)
class JobRow:
    """An import. `position` is the number of the last row that is done, `spent` milliseconds of work.

    `report` and `kept_report` are the lengths of its lists of rejected rows and of records that an undo kept;
    `held_until` ends the lease of `holder`.
    """

    number: int
    type: str
    state: str
    host: str
    created_at: Moment
    updated_at: Moment
    holder: str | None
    held_until: Moment
    done: int
    position: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    linked: int
    undone: int
    kept: int
    report: int
    kept_report: int
    spent: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """What one transaction of an import adds to its counts.

    `position`, `report` and `kept_report` are where it has come to.
    """

    rows: int = 0
    position: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    linked: int = 0
    undone: int = 0
    kept: int = 0
    report: int = 0
    kept_report: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class ChunkRow:
    number: int
    first_fact: int
    last_fact: int


@dataclass(frozen=True, slots=True)
class MappingRow:
    number: int
    name: str
    type: str
    created_at: Moment
    updated_at: Moment
    body: dict[str, Any]


class Transfers(Part):
    """Rows of `import_job`, `import_chunk`, `import_alias` and `import_mapping`."""

    # Jobs

    def add_job(self, job: JobRow) -> None:
        body = msgspec.json.encode(job.body)
        self.run(
            ADD_JOB,
            (self.workspace, job.number, job.type, job.state, job.host, job.created_at, job.updated_at, body),
        )

    def job(self, number: int) -> JobRow | None:
        row = self.run(JOB, (self.workspace, number)).fetchone()
        return None if row is None else _job(row)

    def jobs(self, types: Collection[str], limit: int, offset: int) -> list[JobRow]:
        """Those of some object types, newest first."""
        rows = self.run(JOBS, (self.workspace, self.dialect.texts(types), limit, offset)).fetchall()
        return [_job(row) for row in rows]

    def count_jobs(self, types: Collection[str]) -> int:
        (count,) = self.run(COUNT_JOBS, (self.workspace, self.dialect.texts(types))).fetchone()
        return int(count)

    def jobs_due(self, host: str, now: Moment) -> list[tuple[int, int]]:
        """(workspace, job) of those that nobody carries and somebody on this host may; whosever they are."""
        return [(workspace, number) for workspace, number in self.run(DUE, (host, now)).fetchall()]

    def take_job(self, number: int, holder: str, former: str, now: Moment, until: Moment) -> bool:
        """Begin to carry a job that nobody carries, or in place of a former holder; False when another does."""
        return self.run(TAKE, (holder, until, self.workspace, number, now, former)).rowcount == 1

    def advance_job(self, number: int, holder: str, state: str, now: Moment, until: Moment, by: Progress) -> bool:
        """Count what this transaction did and hold on to the job; False when it is another's or in another state."""
        counts = (
            by.rows,
            by.position,
            by.created,
            by.updated,
            by.unchanged,
            by.rejected,
            by.linked,
            by.undone,
            by.kept,
            by.report,
            by.kept_report,
            by.spent,
        )
        return self.run(ADVANCE, (until, now, *counts, self.workspace, number, holder, state)).rowcount == 1

    def move_job(self, number: int, state: str, now: Moment, body: dict[str, Any]) -> None:
        self.run(MOVE_JOB, (state, now, msgspec.json.encode(body), self.workspace, number))

    def reset_job(self, number: int) -> None:
        """Count from nothing again, before anything was written."""
        self.run(RESET_JOB, (self.workspace, number))

    def release_job(self, number: int, holder: str) -> None:
        self.run(RELEASE, (self.workspace, number, holder))

    def forget_job(self, number: int) -> None:
        self.run(FORGET_JOB, (self.workspace, number))

    # What they wrote

    def add_chunk(self, job: int, chunk: ChunkRow) -> None:
        self.run(ADD_CHUNK, (self.workspace, job, chunk.number, chunk.first_fact, chunk.last_fact))

    def last_chunk(self, job: int) -> ChunkRow | None:
        """The newest transaction of an import that has not been undone."""
        row = self.run(LAST_CHUNK, (self.workspace, job)).fetchone()
        return None if row is None else ChunkRow(*row)

    def chunk_undone(self, job: int, number: int) -> None:
        self.run(CHUNK_UNDONE, (self.workspace, job, number))

    def facts_between(self, first: int, last: int, origin: str) -> list[Event]:
        """The facts of one origin among those with these numbers, oldest first."""
        decode = msgspec.json.decode
        return [
            Event(number, type, record, verb, at, actor, key, told, decode(fields), decode(links))
            for number, type, record, verb, at, actor, key, told, fields, links in self.run(
                FACTS, (self.workspace, first, last, origin)
            ).fetchall()
        ]

    def touched_since(self, records: Collection[int], fact: int, origins: tuple[str, str]) -> set[int]:
        """Which of these records have facts after a number that come from elsewhere than two origins."""
        found = self.run(TOUCHED, (self.dialect.numbers(records), self.workspace, fact, *origins)).fetchall()
        return {number for (number,) in found}

    # Sets of records

    def found_by(self, field: str, keys: Collection[Key]) -> dict[Key, list[int]]:
        """For each key of a field that live records have: those records, oldest first."""
        found: dict[Key, list[int]] = {}
        texts = [key for key in keys if isinstance(key, str)]
        whole = [key for key in keys if isinstance(key, int)]
        sought = [(FOUND_TEXT, self.dialect.texts(texts))] if texts else []
        if whole:
            sought.append((FOUND_INT, self.dialect.numbers(whole)))
        for statement, wanted in sought:
            rows = self.run(statement, (wanted, self.workspace, slots.field(field, False))).fetchall()
            for key, number in rows:
                found.setdefault(key, []).append(number)
        return {key: sorted(records) for key, records in found.items()}

    def aliases(self, type: str, values: Collection[str]) -> dict[str, int]:
        """The records of a type that other systems call by these ids; they may be in the trash by now."""
        sought = (self.dialect.texts(values), self.workspace, slots.kind(type, False))
        return dict(self.run(ALIASES, sought).fetchall()) if values else {}

    def add_aliases(self, type: str, rows: Iterable[tuple[str, int]]) -> None:
        kind = slots.kind(type, False)
        self.many(ADD_ALIAS, [(self.workspace, kind, value, number) for value, number in rows])

    # Saved mappings

    def mappings(self) -> list[MappingRow]:
        rows = self.run(
            f"select {MAPPING_COLUMNS} from import_mapping where workspace = ? order by name", (self.workspace,)
        ).fetchall()
        return [_mapping(row) for row in rows]

    def mapping(self, number: int) -> MappingRow | None:
        row = self.run(
            f"select {MAPPING_COLUMNS} from import_mapping where workspace = ? and number = ?",
            (self.workspace, number),
        ).fetchone()
        return None if row is None else _mapping(row)

    def put_mapping(self, row: MappingRow) -> None:
        body = msgspec.json.encode(row.body)
        self.run(PUT_MAPPING, (self.workspace, row.number, row.name, row.type, row.created_at, row.updated_at, body))

    def forget_mapping(self, number: int) -> None:
        self.run("delete from import_mapping where workspace = ? and number = ?", (self.workspace, number))


def _job(row: Sequence[Any]) -> JobRow:
    return JobRow(*(*row[:-1], msgspec.json.decode(row[-1])))


def _mapping(row: Sequence[Any]) -> MappingRow:
    return MappingRow(*(*row[:-1], msgspec.json.decode(row[-1])))
