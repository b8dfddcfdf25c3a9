"""Recounts a database from its records: whatever the server keeps beside them has to say the same.

`audited` opens a file of its own accord, reads every record, link and fact, and works out in plain Python which keys,
counts and marks should be there. It returns what disagrees, in words.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lightfield_server.model import texts as model_texts
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.matching import Matching
from lightfield_server.model.record import Stored
from lightfield_server.records import texts
from lightfield_server.store.sql import slots

TRASHED = 2


def audited(path: Path) -> list[str]:
    """Everything wrong with a database that no server has open for writing."""
    connection = sqlite3.connect(path)
    try:
        found = [f"integrity: {row[0]}" for row in connection.execute("pragma integrity_check") if row[0] != "ok"]
        for (workspace,) in connection.execute("select workspace from workspace").fetchall():
            found += _Audit(connection, workspace).problems()
        return found
    finally:
        connection.close()


class _Audit:
    def __init__(self, connection: sqlite3.Connection, workspace: int) -> None:
        self.run = connection.execute
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
        told = dict(self.run("select number, words from search_text where workspace = ?", (self.workspace,)))
        pending = dict(self.run("select number, type from search_pending where workspace = ?", (self.workspace,)))
        for number, (_, state, fields) in self.records.items():
            text = "" if state == TRASHED else texts.of(self._entity(number), fields)
            if number not in pending and told.get(number, "") != text:
                yield f"{number:x} says {told.get(number)!r} instead of {text!r}"
        yield from (f"{number:x} is pending and not there" for number in pending.keys() - self.records.keys())
        self.run("create virtual table if not exists temp.terms using fts5vocab (main, search_index, instance)")
        found: dict[int, set[str]] = defaultdict(set)
        for term, number in self.run("select term, doc from temp.terms"):
            if term.startswith(f"{self.workspace:x}"):
                found[number].add(term.removeprefix(f"{self.workspace:x}"))
        for number in found.keys() & self.records.keys() | told.keys():
            wrong = found[number].symmetric_difference(model_texts.terms(told.get(number, "")).split())
            if wrong:
                yield f"{number:x} has these terms too many or too few: {sorted(wrong)}"

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
            said = {key: value for key, value in replayed[number].items() if value is not None}
            if said != fields:
                yield f"{number:x} is {fields}, its facts say {said}"
        yield from (f"{number:x} is told of and not there" for number in verbs.keys() - self.records.keys())

    def _unique(self) -> Iterator[str]:
        for entity in self.catalog.entities.values():
            for place in entity.places.values():
                if place.field.configuration.unique:
                    slot = slots.field(place.name, False)
                    for value, count in self.run(
                        "select value, count(*) from key_text where workspace = ? and slot = ? group by value "
                        "having count(*) > 1",
                        (self.workspace, slot),
                    ):
                        yield f"{count} records have {value!r} in {place.name}"
