"""The one path by which records change: drafts in, changes out, for one record or a thousand.

Every verb says what its records shall be like and hands its drafts to `commit`. Rows, keys, counts, links, texts
and facts follow from them there, set by set, in the transaction that the verb was given; nothing else writes records.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from lightfield_server.events import log
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Event, Fields, Link, Record, State, stored
from lightfield_server.model.routes import LinkHop
from lightfield_server.records import texts
from lightfield_server.records.context import Context
from lightfield_server.records.keying import Rekeyed, collisions, rekeyed


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
    keys = [_rekeyed(draft) for draft in drafts]
    refused = collisions(context.tx, {draft.entity for draft in drafts}, keys)
    if refused:
        raise refused[min(refused)]
    return _written(context, drafts, keys)


def commit_each(context: Context, planned: Sequence[Draft | Problem]) -> list[Change | Problem]:
    """Write every draft that can be; for each its change, or why it was refused."""
    places = [place for place, draft in enumerate(planned) if isinstance(draft, Draft)]
    drafts = [draft for draft in planned if isinstance(draft, Draft)]
    keys = [_rekeyed(draft) for draft in drafts]
    refused = collisions(context.tx, {draft.entity for draft in drafts}, keys)
    outcomes: list[Change | Problem | Draft] = list(planned)
    for position, problem in refused.items():
        outcomes[places[position]] = problem
    standing = [position for position in range(len(drafts)) if position not in refused]
    changes = _written(context, [drafts[n] for n in standing], [keys[n] for n in standing])
    for position, change in zip(standing, changes, strict=True):
        outcomes[places[position]] = change
    return [outcome for outcome in outcomes if not isinstance(outcome, Draft)]


def _written(context: Context, drafts: Sequence[Draft], keys: Sequence[Rekeyed]) -> list[Change]:
    if len(drafts) > 1:
        _grant(drafts)
    written = [draft for draft in drafts if not draft.changes_nothing]
    afters = {id(draft): _after(context, draft) for draft in written}
    if written:
        _rows(context, written, [afters[id(draft)] for draft in written])
        _links(context, written)
        removed = [row for gone, _ in keys for row in gone]
        added = [row for _, new in keys for row in new]
        context.tx.rekey(removed, added, _counts(written))
        _texts(context, written)
    facts = {id(draft): _fact(context, draft) for draft in written}
    if facts:
        context.tx.append(list(facts.values()))
    changes = []
    for draft in drafts:
        after = afters.get(id(draft)) or draft.before
        assert after is not None
        changes.append(Change(draft.before, after, facts.get(id(draft))))
    return changes


def _rekeyed(draft: Draft) -> Rekeyed:
    was_trashed = draft.before is not None and draft.before.state is State.TRASHED
    trashed = draft.state is State.TRASHED
    return rekeyed(draft.entity, draft.number, draft.old_fields, draft.fields, was_trashed=was_trashed, trashed=trashed)


def _after(context: Context, draft: Draft) -> Record:
    before = draft.before
    if before is None:
        return Record(draft.number, draft.entity.name, draft.state, context.at, None, None, stored(draft.fields))
    kept = before.stored if draft.fields is before.fields else stored(draft.fields)
    return Record(draft.number, draft.entity.name, draft.state, before.created_at, context.at, before.external_id, kept)


def _rows(context: Context, drafts: Sequence[Draft], afters: Sequence[Record]) -> None:
    new: list[Record] = []
    same: list[Record] = []
    moved: list[Record] = []
    for draft, after in zip(drafts, afters, strict=True):
        if draft.before is None:
            new.append(after)
        elif draft.before.state is after.state:
            same.append(after)
        else:
            moved.append(after)
    context.tx.insert(new)
    context.tx.save(same)
    context.tx.move(moved)


# Links


def _grant(drafts: Sequence[Draft]) -> None:
    """Leave each draft the links that no later one takes from it, so that rows and facts agree."""
    held: dict[tuple[LinkHop, int], Link] = {}
    for draft in reversed(drafts):
        # Nobody else can claim an end of a record that is only being made.
        new = draft.before is None
        draft.added = [
            (end, other)
            for end, other in draft.added
            if (new and end.other_many) or _granted(held, end, draft.number, other)
        ]


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


def _counts(drafts: Sequence[Draft]) -> Counter[tuple[str, bool]]:
    """How many records each kind gains: live ones and trashed ones of a type are kinds of their own."""
    changes: Counter[tuple[str, bool]] = Counter()
    for draft in drafts:
        name = draft.entity.name
        if draft.before is not None:
            changes[name, draft.before.state is State.TRASHED] -= 1
        changes[name, draft.state is State.TRASHED] += 1
    return changes


def _texts(context: Context, drafts: Sequence[Draft]) -> None:
    """What full-text search reads of them; those in the trash have no text."""
    changed: list[tuple[int, str]] = []
    for draft in drafts:
        found = draft.state is not State.TRASHED
        if draft.before is None or (draft.before.state is not State.TRASHED) is not found:
            changed.append((draft.number, texts.of(draft.entity, draft.fields) if found else ""))
        elif found and texts.differs(draft.entity, draft.before.fields, draft.fields):
            changed.append((draft.number, texts.of(draft.entity, draft.fields)))
    if changed:
        context.tx.tell(changed)


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
