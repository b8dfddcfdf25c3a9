"""The one path by which records change: drafts in, changes out, for one record or a thousand.

Every verb says what its records shall be like and hands its drafts to `commit`. Rows, keys, counts, links, texts
and facts follow from them there, set by set, in the transaction that the verb was given; nothing else writes records.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lightfield_server.events import log
from lightfield_server.model import problems
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.keys import Key
from lightfield_server.model.matching import Matching
from lightfield_server.model.record import Change, Event, Fields, Link, Record, State, stored
from lightfield_server.model.routes import LinkHop
from lightfield_server.records import texts
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import KeyRow


@dataclass(slots=True)
class Draft:
    """What one record shall be like. `added` and `removed` are links, named by the end that the record shows."""

    entity: Entity
    verb: str
    number: int
    before: Record | None
    fields: Fields
    state: State = State.LIVE
    added: list[tuple[End, int]] = field(default_factory=list)
    removed: list[tuple[End, int]] = field(default_factory=list)

    @property
    def old_fields(self) -> Fields:
        return {} if self.before is None else self.before.fields

    @property
    def changes_nothing(self) -> bool:
        return (
            self.before is not None
            and self.fields == self.before.fields
            and self.state is self.before.state
            and not self.added
            and not self.removed
            and self.verb == log.UPDATED
        )


def commit(context: Context, drafts: Sequence[Draft]) -> list[Change]:
    """Write every draft; the changes, in their order. A draft that changes nothing is no fact.

    Drafts count as written one after another: of several that claim an end that holds one record, the last has it.
    Raises 409 `conflict` for a value that another live record has in a unique field.
    """
    if len(drafts) > 1:
        _grant(drafts)
    written = [draft for draft in drafts if not draft.changes_nothing]
    afters = {id(draft): _after(context, draft) for draft in written}
    if written:
        after_each = [afters[id(draft)] for draft in written]
        _rows(context, written, after_each)
        _keys(context, written)
        _links(context, written)
        _counts(context, written)
        _texts(context, written, after_each)
    facts = {id(draft): _fact(context, draft) for draft in written}
    if facts:
        context.tx.append(list(facts.values()))
    changes = []
    for draft in drafts:
        after = afters.get(id(draft)) or draft.before
        assert after is not None
        changes.append(Change(draft.before, after, facts.get(id(draft))))
    return changes


def _after(context: Context, draft: Draft) -> Record:
    before = draft.before
    if before is None:
        return Record(draft.number, draft.entity.name, draft.state, context.at, None, None, stored(draft.fields))
    kept = before.stored if draft.fields is before.fields else stored(draft.fields)
    return Record(draft.number, draft.entity.name, draft.state, before.created_at, context.at, before.external_id, kept)


def _rows(context: Context, drafts: Sequence[Draft], afters: Sequence[Record]) -> None:
    new = [after for draft, after in zip(drafts, afters, strict=True) if draft.before is None]
    old = [after for draft, after in zip(drafts, afters, strict=True) if draft.before is not None]
    if new:
        context.tx.insert(new)
    if old:
        context.tx.save(old)


# Keys: what a record was found by and is found by no longer, and what it is found by now


def _keys(context: Context, drafts: Sequence[Draft]) -> None:
    removed: list[KeyRow] = []
    added: list[KeyRow] = []
    for draft in drafts:
        trashed = draft.state is State.TRASHED
        was_trashed = draft.before is not None and draft.before.state is State.TRASHED
        moved = trashed is not was_trashed
        old_fields = draft.old_fields
        for key, place in draft.entity.places.items():
            if place.matching is Matching.NONE:
                continue
            old, new = old_fields.get(key), draft.fields.get(key)
            if old == new and not moved:
                continue
            kind, settings, counted = place.field.type, place.field.configuration, place.matching is Matching.CHOICE
            before = () if old is None else kind.keys(old, settings)
            after = () if new is None else kind.keys(new, settings)
            removed += [
                KeyRow(place.name, was_trashed, k, draft.number, counted) for k in before if moved or k not in after
            ]
            fresh = [KeyRow(place.name, trashed, k, draft.number, counted) for k in after if moved or k not in before]
            added += fresh
    _unique(context, drafts, removed, added)
    if removed or added:
        context.tx.rekey(removed, added)


def _unique(context: Context, drafts: Sequence[Draft], removed: Iterable[KeyRow], added: Iterable[KeyRow]) -> None:
    """No two live records share a value of a unique field; what these drafts give up is free for them to take."""
    labels = {
        place.name: place.field.label
        for entity in {draft.entity for draft in drafts}
        for place in entity.places.values()
        if place.field.configuration.unique
    }
    if not labels:
        return
    freed = {(row.field, row.key, row.number) for row in removed if not row.trashed}
    taken: dict[tuple[str, Key], int] = {}
    for row in added:
        if row.trashed or row.field not in labels:
            continue
        holders = context.tx.holders(row.field, row.key)
        others = [n for n in holders if n != row.number and (row.field, row.key, n) not in freed]
        if others or taken.setdefault((row.field, row.key), row.number) != row.number:
            raise problems.not_unique(labels[row.field])


# Links


def _grant(drafts: Sequence[Draft]) -> None:
    """Leave each draft the links that no later one takes from it, so that rows and facts agree."""
    held: dict[tuple[LinkHop, int], Link] = {}
    for draft in reversed(drafts):
        draft.added = [(end, other) for end, other in draft.added if _granted(held, end, draft.number, other)]


def _granted(held: dict[tuple[LinkHop, int], Link], end: End, number: int, other: int) -> bool:
    """Take, for a link, each place it needs where one record is held; False when a later draft's link has one."""
    assert end.hop is not None
    link = link_of(end, number, other)
    places = [] if end.many else [(end.hop, number)]
    if not end.other_many:
        places.append((end.hop.reversed(), other))
    if any(held.get(place, link) != link for place in places):
        return False
    held.update(dict.fromkeys(places, link))
    return True


def _links(context: Context, drafts: Sequence[Draft]) -> None:
    removed = [link_of(end, draft.number, other) for draft in drafts for end, other in draft.removed]
    removed += _displaced(context, drafts)
    if removed:
        context.tx.unlink(removed)
    added = [link_of(end, draft.number, other) for draft in drafts for end, other in draft.added]
    if added:
        context.tx.link(added)
    for hidden in (True, False):
        moved = [
            draft.number
            for draft in drafts
            if draft.before is not None
            and (draft.before.state is State.TRASHED) is not hidden
            and (draft.state is State.TRASHED) is hidden
        ]
        if moved:
            context.tx.hide(moved, hidden=hidden)


def _displaced(context: Context, drafts: Sequence[Draft]) -> list[Link]:
    """Links that an end holding one record loses to a new one, seen from the records linked to."""
    claimed: dict[End, dict[int, int]] = defaultdict(dict)
    for draft in drafts:
        for end, other in draft.added:
            if not end.other_many:
                claimed[end][other] = draft.number
    displaced = []
    for end, others in claimed.items():
        assert end.hop is not None
        for other, (linked,) in context.tx.links(list(others), (end.hop.reversed(),), hidden=True).items():
            displaced += [link_of(end, number, other) for number in linked or () if number != others[other]]
    return displaced


def link_of(end: End, number: int, other: int) -> Link:
    """The row behind a link that a record shows under one of its ends."""
    assert end.hop is not None
    source, target = (number, other) if end.hop.forward else (other, number)
    return Link(end.hop.relationship, source, target)


# Counts, texts and facts


def _counts(context: Context, drafts: Sequence[Draft]) -> None:
    changes: Counter[tuple[str, bool]] = Counter()
    for draft in drafts:
        name = draft.entity.name
        if draft.before is not None:
            changes[name, draft.before.state is State.TRASHED] -= 1
        changes[name, draft.state is State.TRASHED] += 1
    context.tx.count_kinds(changes)


def _texts(context: Context, drafts: Sequence[Draft], afters: Sequence[Record]) -> None:
    """Whatever of them full-text search has to read anew; those in the trash have no text."""
    changed: list[tuple[str, int]] = []
    longest = 0
    for draft, after in zip(drafts, afters, strict=True):
        before = draft.before
        if (
            before is None
            or (before.state is State.TRASHED) is not (draft.state is State.TRASHED)
            or texts.differs(draft.entity, before.fields, draft.fields)
        ):
            changed.append((draft.entity.name, draft.number))
            longest = max(longest, len(after.stored))
    if changed:
        due = context.tx.put_off(changed, now=longest > texts.LONG_RECORD)
        if due:
            texts.read(context.tx, context.catalog, due)


def _fact(context: Context, draft: Draft) -> Event:
    links: dict[str, tuple[list[str], list[str]]] = {}
    for position, pairs in enumerate((draft.added, draft.removed)):
        for end, other in pairs:
            links.setdefault(end.key, ([], []))[position].append(f"{end.target_prefix}_{other:016x}")
    return Event(
        number=context.numbers.next(),
        type=draft.entity.name,
        record=draft.number,
        verb=draft.verb,
        at=context.at,
        actor=context.actor.member,
        key=context.actor.key,
        origin=context.origin,
        fields=log.differences(draft.old_fields, draft.fields),
        links=links,
    )
