"""The one path by which records change: drafts in, changes out, for one record or a thousand.

Every verb says what its records shall be like and hands its drafts to `commit`. Rows, keys, counts, links, texts
and facts follow from them there, set by set, in the transaction that the verb was given; nothing else writes records.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lightfield_server.events import log
from lightfield_server.model.entity import EXTERNAL_ID, End, Entity, Keyed
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Event, Fields, Link, Record, State, stored
from lightfield_server.model.routes import LinkHop
from lightfield_server.records import texts
from lightfield_server.records.context import Context
from lightfield_server.records.keying import Rekeyed, collisions, rekeyed


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
    Raises 409 `conflict` for a value that another live record has in a unique field, and for its external id.
    """
    keys = [_rekeyed(draft) for draft in drafts]
    refused = _collisions(context, drafts, keys)
    if refused:
        raise refused[min(refused)]
    return _written(context, drafts, keys)


def commit_each(context: Context, planned: Sequence[Draft | Problem]) -> list[Change | Problem]:
    """Write every draft that can be; for each its change, or why it was refused."""
    places = [place for place, draft in enumerate(planned) if isinstance(draft, Draft)]
    drafts = [draft for draft in planned if isinstance(draft, Draft)]
    keys = [_rekeyed(draft) for draft in drafts]
    refused = _collisions(context, drafts, keys)
    outcomes: list[Change | Problem | Draft] = list(planned)
    for position, problem in refused.items():
        outcomes[places[position]] = problem
    standing = [position for position in range(len(drafts)) if position not in refused]
    changes = _written(context, [drafts[n] for n in standing], [keys[n] for n in standing])
    for position, change in zip(standing, changes, strict=True):
        outcomes[places[position]] = change
    return [outcome for outcome in outcomes if not isinstance(outcome, Draft)]


def permitted(context: Context, planned: Sequence[Draft | Problem]) -> list[Draft | Problem]:
    """The same; but for each draft with a value that another live record has in a unique field, that refusal."""
    places = [place for place, draft in enumerate(planned) if isinstance(draft, Draft)]
    drafts = [draft for draft in planned if isinstance(draft, Draft)]
    keys = [_rekeyed(draft) for draft in drafts]
    outcomes = list(planned)
    for position, problem in collisions(context.tx, {draft.entity for draft in drafts}, keys).items():
        outcomes[places[position]] = problem
    return outcomes


def _written(context: Context, drafts: Sequence[Draft], keys: Sequence[Rekeyed]) -> list[Change]:
    if len(drafts) > 1:
        _grant(drafts)
    written = [draft for draft in drafts if not draft.changes_nothing]
    afters = {id(draft): _after(context, draft) for draft in written}
    if written:
        after_each = [afters[id(draft)] for draft in written]
        _rows(context, written, after_each)
        _links(context, written)
        removed = [row for gone, _ in keys for row in gone]
        added = [row for _, new in keys for row in new]
        context.tx.rekey(removed, added, _counts(written))
        _texts(context, written, after_each)
        context.tx.touch(_touched(written))
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
    states = {"was_trashed": was_trashed, "trashed": trashed}
    removed, added = rekeyed(draft.entity.keyed, draft.number, draft.old_fields, draft.fields, **states)
    for places, before, after in _identities(draft):
        gone, new = rekeyed(places, draft.number, before, after, **states)
        removed += gone
        added += new
    return removed, added


def _identities(draft: Draft) -> Iterator[tuple[Mapping[str, Keyed], Fields, Fields]]:
    """What a record is known again by, before and after: the domains of its URLs, its external id."""
    if draft.entity.by_domain:
        yield draft.entity.by_domain, draft.old_fields, draft.fields
    if draft.external_id is not None:
        old = draft.old_external_id
        yield draft.entity.external, {} if old is None else {EXTERNAL_ID: old}, {EXTERNAL_ID: draft.external_id}


def _collisions(context: Context, drafts: Sequence[Draft], keys: Sequence[Rekeyed]) -> dict[int, Problem]:
    named = {draft.entity for draft in drafts if draft.external_id is not None}
    return collisions(context.tx, {draft.entity for draft in drafts}, keys, named)


def _after(context: Context, draft: Draft) -> Record:
    before = draft.before
    if before is None:
        made, kept = context.at, stored(draft.fields)
        return Record(draft.number, draft.entity.name, draft.state, made, None, draft.external_id, kept)
    kept = before.stored if draft.fields is before.fields else stored(draft.fields)
    made = before.created_at
    return Record(draft.number, draft.entity.name, draft.state, made, context.at, draft.external_id, kept)


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


def _touched(drafts: Sequence[Draft]) -> dict[tuple[str, bool], set[int]]:
    """The records of each kind that are, or were, what they are no longer."""
    touched: dict[tuple[str, bool], set[int]] = defaultdict(set)
    for draft in drafts:
        name = draft.entity.name
        touched[name, draft.state is State.TRASHED].add(draft.number)
        if draft.before is not None:
            touched[name, draft.before.state is State.TRASHED].add(draft.number)
    return touched


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
