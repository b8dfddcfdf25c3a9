"""The one path by which records change: drafts in, changes out, for one record or a thousand.

Every verb says what its records shall be like and hands its drafts to `commit`. Rows, keys, counts, links and facts
follow from them there, set by set, in the transaction that the verb was given; nothing else writes records.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lightfield_server.events import log
from lightfield_server.model import problems
from lightfield_server.model.entity import EXTERNAL_ID, End, Entity
from lightfield_server.model.keys import Key
from lightfield_server.model.matching import Matching
from lightfield_server.model.record import Change, Event, Fields, Link, Record, State, stored
from lightfield_server.model.routes import LinkHop
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import KeyRow


@dataclass(slots=True)
class Draft:
    """What one record shall be like. `added` and `removed` are links, named by the end that the record shows.

    Without an `external_id` the record keeps the one it has.
    """

    entity: Entity
    verb: str
    number: int
    before: Record | None
    fields: Fields
    state: State = State.LIVE
    added: list[tuple[End, int]] = field(default_factory=list)
    removed: list[tuple[End, int]] = field(default_factory=list)
    external_id: str | None = None

    def __post_init__(self) -> None:
        if self.external_id is None and self.before is not None:
            self.external_id = self.before.external_id

    @property
    def old_external_id(self) -> str | None:
        return None if self.before is None else self.before.external_id

    @property
    def old_fields(self) -> Fields:
        return {} if self.before is None else self.before.fields

    @property
    def changes_nothing(self) -> bool:
        return (
            self.before is not None
            and self.fields == self.before.fields
            and self.state is self.before.state
            and self.external_id == self.before.external_id
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
        _rows(context, written, [afters[id(draft)] for draft in written])
        _keys(context, written)
        _links(context, written)
        _counts(context, written)
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
        made, kept = context.at, stored(draft.fields)
        return Record(draft.number, draft.entity.name, draft.state, made, None, draft.external_id, kept)
    kept = before.stored if draft.fields is before.fields else stored(draft.fields)
    made = before.created_at
    return Record(draft.number, draft.entity.name, draft.state, made, context.at, draft.external_id, kept)


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
        for name, before, after in _identities(draft, moved=moved):
            removed += [KeyRow(name, was_trashed, k, draft.number, False) for k in before if moved or k not in after]
            added += [KeyRow(name, trashed, k, draft.number, False) for k in after if moved or k not in before]
    _unique(context, drafts, removed, added)
    if removed or added:
        context.tx.rekey(removed, added)


def _identities(draft: Draft, *, moved: bool) -> Iterator[tuple[str, tuple[Key, ...], tuple[Key, ...]]]:
    """What a record is known again by besides its values, before and after: its external id, domains of its URLs."""
    before, after = draft.old_external_id, draft.external_id
    if before != after or (moved and after is not None):
        yield draft.entity.external_name, () if before is None else (before,), () if after is None else (after,)
    for place in draft.entity.domain_places:
        old, new = draft.old_fields.get(place.field.key), draft.fields.get(place.field.key)
        if old != new or moved:
            domains = place.field.type.domains
            yield place.domain_name, () if old is None else domains(old), () if new is None else domains(new)


def _unique(context: Context, drafts: Sequence[Draft], removed: Iterable[KeyRow], added: Iterable[KeyRow]) -> None:
    """No two live records share a value of a unique field, or an external id.

    What these drafts give up is free for them to take.
    """
    entities = {draft.entity for draft in drafts}
    labels = {entity.external_name: "external id" for entity in entities} | {
        place.name: place.field.label
        for entity in entities
        for place in entity.places.values()
        if place.field.configuration.unique
    }
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


# Counts and facts


def _counts(context: Context, drafts: Sequence[Draft]) -> None:
    changes: Counter[tuple[str, bool]] = Counter()
    for draft in drafts:
        name = draft.entity.name
        if draft.before is not None:
            changes[name, draft.before.state is State.TRASHED] -= 1
        changes[name, draft.state is State.TRASHED] += 1
    context.tx.count_kinds(changes)


def _fact(context: Context, draft: Draft) -> Event:
    fields = log.differences(draft.old_fields, draft.fields)
    if draft.external_id != draft.old_external_id:
        fields[EXTERNAL_ID] = (draft.old_external_id, draft.external_id)
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
        fields=fields,
        links=links,
    )
