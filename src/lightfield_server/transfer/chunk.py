"""Some rows of a file become records, in the transaction they are given: found, created, updated or rejected.

Rows count as taken one after another: a row that names what an earlier one makes, finds it; of two rows with one key
the second changes what the first made. Between such rows they are written set by set.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model.definitions import ADD, REPLACE
from lightfield_server.model.entity import Entity
from lightfield_server.model.keys import Key
from lightfield_server.model.object_types.member import MEMBER_TYPE
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change
from lightfield_server.model.value_types.address import Reachable
from lightfield_server.model.value_types.composite import Composite
from lightfield_server.records import access, service
from lightfield_server.records.context import Context
from lightfield_server.records.writing import Draft
from lightfield_server.transfer import words
from lightfield_server.transfer.finding import Finder, Keys, domain_of, shown, value_keys
from lightfield_server.transfer.mapping import CREATE, DOMAIN, ID, SKIP, domain_field
from lightfield_server.transfer.plan import Converted, Link, Plan
from lightfield_server.transfer.refusal import Rejection, quoted
from lightfield_server.transfer.seen import Seen


@dataclass(slots=True)
class Outcome:
    """What became of some rows. `linked` counts records made because a row named them; `facts` are numbers."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    linked: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    facts: list[int] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """What became of these rows and others."""
        self.rows += other.rows
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.linked += other.linked
        self.rejected += other.rejected
        self.facts += other.facts


@dataclass(slots=True)
class _Named:
    """A row with the keys of all that it names."""

    row: Converted
    matches: list[tuple[str, Keys]] = field(default_factory=list)
    links: list[tuple[Link, list[tuple[str, Keys]]]] = field(default_factory=list)


def written(context: Context, plan: Plan, rows: Sequence[Converted | Rejection]) -> Outcome:
    """Write what the rows say."""
    return _Chunk(context, plan, None).taken(rows)


def checked(context: Context, plan: Plan, rows: Sequence[Converted | Rejection], seen: Seen) -> Outcome:
    """What `written` would come to, with nothing written. `seen` remembers what earlier rows would have made."""
    return _Chunk(context, plan, seen).taken(rows)


class _Refusal(Exception):
    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.reason)
        self.rejection = rejection


class _Wait(Exception):
    """A row names what a row of the same set is about to make."""


class _Chunk:
    def __init__(self, context: Context, plan: Plan, seen: Seen | None) -> None:
        self.context = context
        self.plan = plan
        self.entity = plan.entity
        self.seen = seen
        self.finder = Finder(context)
        self.outcome = Outcome()
        self.new: list[tuple[_Named, dict[str, Any], list[str]]] = []
        self.edits: list[tuple[Converted, int, dict[str, Any]]] = []
        self.aliases: list[tuple[str, int]] = []
        self.touched: set[int] = set()
        self.named_by: list[str] = []
        self.pending: set[tuple[str, Any]] = set()
        self.unmade: dict[tuple[str, str, Any], Problem] = {}
        self.skips = plan.mapping.existing == SKIP or self.entity.name == MEMBER_TYPE.name

    def taken(self, rows: Sequence[Converted | Rejection]) -> Outcome:
        self.outcome.rows = len(rows)
        named: list[_Named] = []
        for row in rows:
            if isinstance(row, Rejection):
                self.outcome.rejected.append(row)
            else:
                named.append(self._named(row))
        own = {ID, *self.plan.mapping.match}
        wanted = [
            *self.finder.wants(self.entity.name),
            *(self.seen.wanted.get(self.entity.name, ()) if self.seen else ()),
        ]
        self.named_by = [by for by in dict.fromkeys(wanted) if by not in own]
        self.finder.fetch()
        self._create_missing(named)
        for each in named:
            try:
                try:
                    self._place(each)
                except _Wait:
                    self._flush()
                    self._place(each)
            except _Refusal as refusal:
                self.outcome.rejected.append(refusal.rejection)
        self._flush()
        self.outcome.rejected.sort(key=lambda rejection: rejection.row)
        return self.outcome

    # What rows name

    def _named(self, row: Converted) -> _Named:
        finder, named = self.finder, _Named(row)
        if row.id is not None:
            named.matches.append((ID, finder.want_text(self.entity, ID, row.id)))
        for by in self.plan.mapping.match:
            if by == ID:
                continue
            value = row.fields.get((domain_field(self.entity) or "") if by == DOMAIN else by)
            if value is not None:
                named.matches.append((by, finder.want_value(self.entity, by, value)))
        for link in row.links:
            target, by = self.context.catalog[link.end.target], link.entry.by or ID
            named.links.append((link, [(text, finder.want_text(target, by, text)) for text in link.texts]))
        return named

    def _create_missing(self, named: Sequence[_Named]) -> None:
        """Records that rows name, that are not there and that the mapping says to make of the name alone."""
        wanted: dict[tuple[str, str], dict[Keys, str]] = {}
        for each in named:
            for link, texts in each.links:
                if link.entry.missing != CREATE:
                    continue
                type, by = link.end.target, link.entry.by or ID
                for text, keys in texts:
                    if keys and not self.finder.found(type, by, keys) and not self._would_be(type, by, keys):
                        wanted.setdefault((type, by), {})[keys] = text
        for (type, by), texts_of in wanted.items():
            entity = self.context.catalog[type]
            bodies = [{"fields": _least(entity, by, text)} for text in texts_of.values()]
            for keys, outcome in zip(texts_of, self._made(entity, bodies), strict=True):
                if isinstance(outcome, Problem):
                    self.unmade[type, by, keys] = outcome
                    continue
                self.outcome.linked += 1
                if isinstance(outcome, Change):
                    self.finder.add(type, by, keys, outcome.after.number)
                    assert outcome.event is not None
                    self.outcome.facts.append(outcome.event.number)
                elif self.seen is not None:
                    for key in keys:
                        self.seen.add((type, by, key), b"")

    def _made(self, entity: Entity, bodies: Sequence[dict[str, Any]]) -> Sequence[Change | Draft | Problem]:
        if self.seen is not None:
            return service.check_create_each(self.context, entity, bodies)
        return service.create_each(self.context, entity, bodies)

    # One row

    def _place(self, named: _Named) -> None:
        """Decide whether a row is new, and put it beside its like."""
        row = named.row
        existing = self._existing(named)
        links = [(link, self._others(row, link, texts)) for link, texts in named.links]
        if existing is not None:
            if existing in self.touched:
                raise _Wait
            if self.skips:
                self.outcome.unchanged += 1
                self._call(row, existing)
                return
            self.touched.add(existing)
            self.edits.append((row, existing, self._changes(row, links)))
            return
        if self._again(named):
            return
        body = {"fields": {key: value for key, value in row.fields.items() if value is not None}}
        given = {link.end.key: others for link, others in links if others}
        if given:
            body["relationships"] = given
        virtual = [link.end.key for link, others in links if not others and link.texts]
        self.pending.update(self._own_keys(named))
        self.new.append((named, body, virtual))

    def _existing(self, named: _Named) -> int | None:
        """The record that a row is about; None for a new one."""
        found: list[int] = []
        for by, keys in named.matches:
            if by != ID or ID in self.plan.mapping.match:
                found += self.finder.found(self.entity.name, by, keys)
            if any((by, key) in self.pending for key in keys):
                raise _Wait
        several = list(dict.fromkeys(found))
        if len(several) > 1:
            by = ", ".join(by for by, _ in named.matches)
            raise _Refusal(
                Rejection(
                    named.row.number,
                    None,
                    None,
                    f"Several records answer to this row by {by}: {shown(self.entity, several)}.",
                    "Merge them, or match by a key that is one record's alone, such as the id.",
                )
            )
        return several[0] if several else None

    def _again(self, named: _Named) -> bool:
        """In a dry run: whether an earlier row would have made the record already; then this one is counted."""
        if self.seen is None:
            return False
        said = repr((named.row.fields, [(link.end.key, link.texts) for link in named.row.links])).encode()
        keys = [(self.entity.name, by, key) for by, found in named.matches for key in found]
        known = next((before for key in keys if (before := self.seen.get(key)) is not None), None)
        for place in [*keys, *((self.entity.name, by, key) for by, key in self._own_keys(named))]:
            self.seen.add(place, said)
        if known is None:
            return False
        if self.skips or self.seen.same(known, said):
            self.outcome.unchanged += 1
        else:
            self.outcome.updated += 1
        return True

    def _own_keys(self, named: _Named) -> list[tuple[str, Key]]:
        """All that a row's record will be looked up by: by rows like it, and by others that name it."""
        found = [(by, key) for by, keys in named.matches for key in keys]
        for by in self.named_by:
            value = named.row.fields.get((domain_field(self.entity) or "") if by == DOMAIN else by)
            if value is not None:
                found += [(by, key) for key in value_keys(self.entity, by, value)]
        return found

    def _others(self, row: Converted, link: Link, texts: Sequence[tuple[str, Keys]]) -> list[str]:
        """The ids of the records that a row names under one relationship."""
        end, by = link.end, link.entry.by or ID
        target = self.context.catalog[end.target]
        others: list[str] = []
        for text, keys in texts:
            found = self.finder.found(target.name, by, keys)
            if len(found) == 1:
                others.append(ids.written(target.prefix, found[0]))
                continue
            if target.name == self.entity.name and any((by, key) in self.pending for key in keys):
                raise _Wait
            if len(found) > 1:
                reason = f"{len(found)} records of '{target.name}' answer to '{quoted(text)}': {shown(target, found)}."
                fix = "Name the one that is meant by its id, or by a key that is its alone."
            elif (target.name, by, keys) in self.unmade:
                problem = self.unmade[target.name, by, keys]
                reason, fix = f"'{quoted(text)}' cannot be created: {problem.message}", "Correct the cell."
            elif not keys:
                reason, fix = (
                    f"'{quoted(text)}' cannot be the {by} of a record of '{target.name}'.",
                    "Correct the cell.",
                )
            elif self._would_be(target.name, by, keys):
                continue
            else:
                reason = f"There is no record of '{target.name}' with {by} '{quoted(text)}'."
                fix = f"Import that record first, correct the cell, or have missing records of '{target.name}' created."
                if target.name == self.entity.name:
                    fix += " If it stands further down, import the file again: this row then finds it."
            raise _Refusal(Rejection(row.number, link.entry.shown, quoted(text), reason, fix))
        return others

    def _would_be(self, type: str, by: str, keys: Keys) -> bool:
        return self.seen is not None and any(self.seen.get((type, by, key)) is not None for key in keys)

    def _changes(self, row: Converted, links: Sequence[tuple[Link, list[str]]]) -> dict[str, Any]:
        """The body of an update: what the row says, of what may be changed."""
        fields = {key: value for key, value in row.fields.items() if self.entity.fields[key].on_update}
        body: dict[str, Any] = {"fields": fields}
        relationships: dict[str, Any] = {}
        for link, others in links:
            end = link.end
            if not end.on_update:
                continue
            if not others:
                if not link.texts and not end.keeps:
                    relationships[end.key] = {REPLACE: None}
            elif end.many:
                relationships[end.key] = {ADD if ADD in end.operations else REPLACE: others}
            else:
                relationships[end.key] = {REPLACE if REPLACE in end.operations else ADD: others[0]}
        if relationships:
            body["relationships"] = relationships
        return body

    def _call(self, row: Converted, number: int) -> None:
        """Remember what a record is called in the system that the file came from."""
        if self.seen is None and row.id is not None and not self.finder.found(self.entity.name, ID, (row.id,)):
            self.finder.add(self.entity.name, ID, (row.id,), number)
            self.aliases.append((row.id, number))

    # A set of rows

    def _flush(self) -> None:
        if self.new:
            self._flush_new()
        if self.edits:
            self._flush_edits()
        if self.aliases:
            self.context.tx.add_aliases(self.entity.name, self.aliases)
        self.new, self.edits, self.aliases = [], [], []
        self.touched.clear()
        self.pending.clear()

    def _flush_new(self) -> None:
        outcomes = self._made(self.entity, [body for _, body, _ in self.new])
        for (named, _, virtual), outcome in zip(self.new, outcomes, strict=True):
            row = named.row
            if isinstance(outcome, Problem):
                if outcome.param in [f"relationships.{key}" for key in virtual]:
                    # In a dry run: what the row names would be there by then.
                    self.outcome.created += 1
                else:
                    self.outcome.rejected.append(self.plan.refused(row, outcome))
                continue
            self.outcome.created += 1
            if isinstance(outcome, Change):
                assert outcome.event is not None
                self.outcome.facts.append(outcome.event.number)
                number = outcome.after.number
                self._call(row, number)
                for by, key in self._own_keys(named):
                    if by != ID:
                        self.finder.add(self.entity.name, by, (key,), number)

    def _flush_edits(self) -> None:
        records = self.context.tx.records(self.entity.name, [number for _, number, _ in self.edits], lock=True)
        edits, rows = [], []
        for row, number, body in self.edits:
            try:
                access.require_changeable(self.context, self.entity, records[number])
            except Problem as problem:
                self.outcome.rejected.append(self.plan.refused(row, problem))
                continue
            edits.append((records[number], body))
            rows.append((row, number))
        update = service.update_each if self.seen is None else service.check_update_each
        outcomes: Sequence[Change | Draft | Problem] = update(self.context, self.entity, edits)
        for (row, number), outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, Problem):
                self.outcome.rejected.append(self.plan.refused(row, outcome))
                continue
            if isinstance(outcome, Draft):
                changes = not outcome.changes_nothing
            else:
                changes = outcome.event is not None
                if outcome.event is not None:
                    self.outcome.facts.append(outcome.event.number)
            self.outcome.updated += changes
            self.outcome.unchanged += not changes
            self._call(row, number)


def _least(entity: Entity, by: str, text: str) -> dict[str, Any]:
    """The fields of a record of which nothing is known but what it is looked up by."""
    if by == DOMAIN:
        domain = domain_of(text)
        return {entity.type.title: domain, domain_field(entity) or "": domain}
    kind = entity.fields[by].type
    if isinstance(kind, Composite):
        return {by: words.name(text)}
    return {by: [text] if isinstance(kind, Reachable) else text}
