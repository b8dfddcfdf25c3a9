"""Recounts a database from its records: whatever the server keeps beside them has to say the same.

`audited` opens a database of its own accord, reads every record, link and fact, and works out in plain Python which
keys, counts and marks should be there. It returns what disagrees, in words.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from lightfield_server.model import texts as model_texts
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import EXTERNAL_ID, Entity
from lightfield_server.model.matching import Matching
from lightfield_server.model.record import Stored
from lightfield_server.records import texts
from lightfield_server.store.sql import slots

TRASHED = 2


def audited(place: Path | str) -> list[str]:
    """Everything wrong with a database that nobody writes: a file, or the URL of one on PostgreSQL."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as file:
            found = [f"integrity: {row[0]}" for row in file.execute("pragma integrity_check") if row[0] != "ok"]
            return found + _problems(file.execute, sqlite=True)
    with psycopg.connect(place) as connection:
        # What a server left unfinished that was killed a moment ago may come to its end meanwhile.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _problems(lambda sql, of=(): connection.execute(sql.replace("?", "%s"), of), sqlite=False)


def _problems(run: Callable[..., Any], *, sqlite: bool) -> list[str]:
    workspaces = run("select workspace from workspace").fetchall()
    return [found for (workspace,) in workspaces for found in _Audit(run, workspace, sqlite=sqlite).problems()]


class _Audit:
    def __init__(self, run: Callable[..., Any], workspace: int, *, sqlite: bool) -> None:
        self.run = run
        self.sqlite = sqlite
        self.prefix = f"{workspace:x}"
        self.workspace = workspace
        rows = self.run(
            "select number, kind, owner, key, body, archived from definition where workspace = ?", (workspace,)
        )
        stored = [Stored(n, kind, owner, key, json.loads(body), bool(a)) for n, kind, owner, key, body, a in rows]
        self.catalog = Catalog(workspace, 0, stored)
        self.types = {
            slots.kind(entity.name, trashed): entity for entity in self.catalog.entities.values() for trashed in (0, 1)
        }
        self.records = {
            number: (kind, state, json.loads(fields))
            for number, kind, state, fields in self.run(
                "select number, kind, state, fields from record where workspace = ?", (workspace,)
            )
        }
        rows = self.run("select number, external_id from record where workspace = ?", (workspace,))
        self.external_ids: dict[int, str | None] = dict(rows.fetchall())

    def problems(self) -> list[str]:
        checks = (self._kinds, self._keys, self._tallies, self._links, self._texts, self._facts, self._unique)
        return [f"{check.__name__.strip('_')}: {found}" for check in checks for found in check()]

    def _entity(self, number: int) -> Entity:
        return self.types[self.records[number][0]]

    def _trashed(self, number: int) -> bool:
        return bool(self.records[number][1] == TRASHED)

    def _kinds(self) -> Iterator[str]:
        for number, (kind, state, _) in self.records.items():
            entity = self.types.get(kind)
            if entity is None or kind != slots.kind(entity.name, state == TRASHED):
                yield f"{number:x} is of kind {kind} in state {state}"

    def _expected_keys(self) -> Iterator[tuple[int, int, Any, bool]]:
        for number, (_, state, fields) in self.records.items():
            for key, place in self._entity(number).places.items():
                if place.matching is Matching.NONE or fields.get(key) is None:
                    continue
                for found in place.field.type.keys(fields[key], place.field.configuration):
                    slot = slots.field(place.name, state == TRASHED)
                    yield number, slot, found, place.matching is Matching.CHOICE
            yield from self._expected_identities(number, state == TRASHED, fields)

    def _expected_identities(self, number: int, trashed: bool, fields: Any) -> Iterator[tuple[int, int, Any, bool]]:
        entity = self._entity(number)
        if self.external_ids[number] is not None:
            (external,) = entity.external.values()
            yield number, slots.field(external.name, trashed), self.external_ids[number], False
        for key, keyed in entity.by_domain.items():
            for domain in () if fields.get(key) is None else keyed.keys(fields[key], keyed.configuration):
                yield number, slots.field(keyed.name, trashed), domain, False

    def _keys(self) -> Iterator[str]:
        expected = {(number, slot, key) for number, slot, key, _ in self._expected_keys()}
        kept = {
            row
            for table in ("key_text", "key_int")
            for row in self.run(f"select number, slot, value from {table} where workspace = ?", (self.workspace,))
        }
        yield from (f"{row} is missing" for row in expected - kept)
        yield from (f"{row} is left over" for row in kept - expected)

    def _tallies(self) -> Iterator[str]:
        expected: Counter[tuple[int, str]] = Counter()
        for kind, _, _ in self.records.values():
            expected[kind, ""] += 1
        for _, slot, key, counted in self._expected_keys():
            if counted:
                expected[slot, str(key)] += 1
        kept = {
            (slot, value): count
            for slot, value, count in self.run(
                "select slot, value, count from tally where workspace = ?", (self.workspace,)
            )
        }
        for place in expected.keys() | kept.keys():
            if expected[place] != kept.get(place, 0):
                yield f"{place} says {kept.get(place, 0)}, there are {expected[place]}"

    def _links(self) -> Iterator[str]:
        one = {}
        for entity in self.catalog.entities.values():
            for end in entity.stored_ends:
                assert end.hop is not None
                one[slots.slot(end.hop.relationship), end.hop.forward] = not end.many
                one.setdefault((slots.slot(end.hop.relationship), not end.hop.forward), not end.other_many)
        ends: dict[tuple[int, bool, int], int] = defaultdict(int)
        for source, relationship, target, hidden in self.run(
            "select source, relationship, target, hidden from link where workspace = ?", (self.workspace,)
        ):
            if source not in self.records or target not in self.records:
                yield f"{source:x} → {target:x} leads to nothing"
                continue
            if (relationship, True) not in one:
                yield f"{source:x} → {target:x} belongs to no relationship"
                continue
            if hidden != self._trashed(source) + 2 * self._trashed(target):
                yield f"{source:x} → {target:x} is hidden {hidden}"
            ends[relationship, True, source] += 1
            ends[relationship, False, target] += 1
        for (relationship, forward, number), count in ends.items():
            if one[relationship, forward] and count > 1:
                yield f"{number:x} has {count} links where one fits"

    def _texts(self) -> Iterator[str]:
        """Every live record has its text unless it is pending, and the index has the terms of just these texts."""
        told = self._by_number("select number, words from search_text where workspace = ?")
        pending = self._pending()
        # Records from before there was full-text search are read one after another.
        backlog = self.run("select above from search_backlog where workspace = ?", (self.workspace,)).fetchone()
        read = 1 << 63 if backlog is None else backlog[0]
        for number, (_, state, fields) in self.records.items():
            text = "" if state == TRASHED else texts.of(self._entity(number), fields)
            if number <= read and number not in pending and told.get(number, "") != text:
                yield f"{number:x} says {told.get(number)!r} instead of {text!r}"
        yield from (f"{number:x} is pending and not there" for number in pending.keys() - self.records.keys())
        found = self._indexed() if self.sqlite else self._vectors()
        for number in found.keys() & self.records.keys() | told.keys():
            wrong = found.get(number, set()).symmetric_difference(model_texts.terms(told.get(number, "")).split())
            if wrong:
                yield f"{number:x} has these terms too many or too few: {sorted(wrong)}"

    def _pending(self) -> dict[int, str]:
        """Records whose texts are not told yet; on PostgreSQL there are none."""
        return self._by_number("select number, type from search_pending where workspace = ?") if self.sqlite else {}

    def _indexed(self) -> dict[int, set[str]]:
        """The terms that SQLite's index has of each record."""
        self.run("create virtual table if not exists temp.terms using fts5vocab (main, search_index, instance)")
        found: dict[int, set[str]] = defaultdict(set)
        for term, number in self.run("select term, doc from temp.terms"):
            if term.startswith(self.prefix):
                found[number].add(term.removeprefix(self.prefix))
        return found

    def _vectors(self) -> dict[int, set[str]]:
        """The same of PostgreSQL's."""
        sql = "select number, tsvector_to_array(terms) from search_index where workspace = ?"
        rows = self.run(sql, (self.workspace,)).fetchall()
        return {number: {term.removeprefix(self.prefix) for term in terms} for number, terms in rows}

    def _by_number(self, sql: str) -> dict[int, str]:
        return dict(self.run(sql, (self.workspace,)).fetchall())

    def _facts(self) -> Iterator[str]:
        """Replaying the facts about a record gives its fields."""
        replayed: dict[int, dict[str, Any]] = defaultdict(dict)
        verbs: dict[int, list[str]] = defaultdict(list)
        for record, verb, fields in self.run(
            "select record, verb, fields from event where workspace = ? order by number", (self.workspace,)
        ):
            verbs[record].append(verb)
            for key, (_, after) in json.loads(fields).items():
                replayed[record][key] = after
        for number, (_, _, fields) in self.records.items():
            if verbs[number][:1] != ["created"]:
                yield f"{number:x} begins with {verbs[number][:1]}"
            external_id = replayed[number].pop(EXTERNAL_ID, None)
            if external_id != self.external_ids[number]:
                yield f"{number:x} has the external id {self.external_ids[number]}, its facts say {external_id}"
            said = {key: value for key, value in replayed[number].items() if value is not None}
            if said != fields:
                yield f"{number:x} is {fields}, its facts say {said}"
        yield from (f"{number:x} is told of and not there" for number in verbs.keys() - self.records.keys())

    def _unique(self) -> Iterator[str]:
        for entity in self.catalog.entities.values():
            unique = [place.name for place in entity.places.values() if place.field.configuration.unique]
            for name in (*unique, *(external.name for external in entity.external.values())):
                for value, count in self.run(
                    "select value, count(*) from key_text where workspace = ? and slot = ? group by value "
                    "having count(*) > 1",
                    (self.workspace, slots.field(name, False)),
                ):
                    yield f"{count} records have {value!r} in {name}"
