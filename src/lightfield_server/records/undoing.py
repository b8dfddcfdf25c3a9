"""Take back what facts tell of, through the one write path.

What was created goes to the trash, what was changed gets its earlier values and links again. Whatever somebody else has
built upon since stays as it is and is told of: nobody's later work is undone with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lightfield_server.events import log
from lightfield_server.kit import ids
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.record import Event, Record, State
from lightfield_server.records.context import Context
from lightfield_server.records.writing import Draft, commit_each, link_of


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that stays as it is, and why."""

    id: str
    why: str


@dataclass(slots=True)
class Undone:
    """How many records were taken back, and which were not."""

    records: int = 0
    kept: list[Kept] = field(default_factory=list)


@dataclass(slots=True)
class _Story:
    """What several facts did to one record, taken together: key → value before all of them and after."""

    entity: Entity
    number: int
    created: bool
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)
    #: (end, other record) → links gained less links lost.
    links: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.entity.id(self.number)


#: A link as it is kept: relationship, source, target.
_Row = tuple[str, int, int]


def undo(context: Context, facts: Sequence[Event], origins: tuple[str, str]) -> Undone:
    """Take back facts, given oldest first. Facts of the two `origins` are the same work, or its undoing."""
    undone = Undone()
    stories = _stories(context, facts, undone)
    if not stories:
        return undone
    touched = context.tx.touched_since(list(stories), facts[0].number, origins)
    records = _records(context, stories)
    for number in sorted(touched & set(stories)):
        undone.kept.append(Kept(stories.pop(number).id, "It has been changed since."))
    standing = {number: story for number, story in stories.items() if number in records}
    drafts = _drafts(context, standing, records, undone)
    for draft, outcome in zip(drafts, commit_each(context, drafts), strict=True):
        if isinstance(outcome, Exception):
            undone.kept.append(Kept(draft.entity.id(draft.number), outcome.message))
        else:
            undone.records += 1
    return undone


def _stories(context: Context, facts: Sequence[Event], undone: Undone) -> dict[int, _Story]:
    stories: dict[int, _Story] = {}
    for fact in facts:
        entity = context.catalog.whole.entities.get(fact.type)
        if entity is None or fact.verb not in (log.CREATED, log.UPDATED):
            undone.kept.append(
                Kept(f"{fact.type} {fact.record:016x}", f"It was {fact.verb}, which is not undone here.")
            )
            continue
        story = stories.setdefault(fact.record, _Story(entity, fact.record, False))
        story.created |= fact.verb == log.CREATED
        for key, (before, after) in fact.fields.items():
            first = story.fields.get(key, (before, None))[0]
            story.fields[key] = (first, after)
        for key, (added, removed) in fact.links.items():
            for written, sign in ((added, 1), (removed, -1)):
                for id in written:
                    place = (key, int(id.rpartition("_")[2], 16))
                    story.links[place] = story.links.get(place, 0) + sign
    return stories


def _records(context: Context, stories: dict[int, _Story]) -> dict[int, Record]:
    """The records as they are now; those that lie in the trash are gone already."""
    found: dict[int, Record] = {}
    for type in {story.entity.name for story in stories.values()}:
        numbers = [number for number, story in stories.items() if story.entity.name == type]
        found |= context.tx.records(type, numbers, lock=True)
    return {number: record for number, record in found.items() if record.state is not State.TRASHED}


def _drafts(context: Context, stories: dict[int, _Story], records: dict[int, Record], undone: Undone) -> list[Draft]:
    made = {
        _row(story.entity, key, number, other)
        for number, story in stories.items()
        for (key, other), sign in story.links.items()
        if sign > 0
    }
    drafts = []
    for number, story in stories.items():
        record = records[number]
        if story.created:
            linked = _linked_since(context, story, made)
            if linked is not None:
                undone.kept.append(Kept(story.id, f"'{linked}' is linked to it since."))
                continue
            drafts.append(Draft(story.entity, log.DELETED, number, record, record.fields, State.TRASHED))
            continue
        added, removed, lost = _links(context, story)
        if lost is not None:
            undone.kept.append(Kept(story.id, lost))
            continue
        fields = dict(record.fields)
        for key, (before, _) in story.fields.items():
            if before is None:
                fields.pop(key, None)
            else:
                fields[key] = before
        drafts.append(Draft(story.entity, log.UPDATED, number, record, fields, record.state, added, removed))
    return drafts


def _linked_since(context: Context, story: _Story, made: set[_Row]) -> str | None:
    """A live record that a new one is linked to by other work than this, if there is one."""
    ends = (*story.entity.stored_ends, *story.entity.unnamed_ends)
    hops = tuple(end.hop for end in ends if end.hop is not None)
    found = context.tx.links([story.number], hops).get(story.number) if hops else None
    for end, others in zip(ends, found or [None] * len(ends), strict=True):
        for other in others or ():
            link = link_of(end, story.number, other)
            if (link.relationship, link.source, link.target) not in made:
                return ids.written(end.target_prefix, other)
    return None


def _links(context: Context, story: _Story) -> tuple[list[tuple[End, int]], list[tuple[End, int]], str | None]:
    """(links to give back, links to take away, why neither can be)."""
    changed = [(key, other, sign) for (key, other), sign in story.links.items() if sign]
    ends = {key: story.entity.ends[key] for key, _, _ in changed if key in story.entity.ends}
    hops = tuple(end.hop for end in ends.values() if end.hop is not None)
    found = context.tx.links([story.number], hops, hidden=True).get(story.number) if hops else None
    now = {key: set(others or ()) for key, others in zip(ends, found or [None] * len(ends), strict=True)}
    added: list[tuple[End, int]] = []
    removed: list[tuple[End, int]] = []
    for key, other, sign in changed:
        end = ends.get(key)
        if end is None:
            return [], [], f"'{key}' is no relationship of it any more."
        if sign > 0 and other in now[key]:
            removed.append((end, other))
        elif sign < 0 and other not in now[key]:
            if context.tx.states(end.target, [other]).get(other) is not State.LIVE:
                return [], [], f"'{ids.written(end.target_prefix, other)}', which it was linked to, is gone."
            added.append((end, other))
    for end in {end for end, _ in added}:
        left = now[end.key] - {other for gone, other in removed if gone is end}
        if not end.many and left:
            return [], [], f"It has been linked to another record under '{end.key}' since."
    return added, removed, None


def _row(entity: Entity, key: str, number: int, other: int) -> _Row:
    end = entity.ends.get(key)
    if end is None or end.hop is None:
        return ("", number, other)
    link = link_of(end, number, other)
    return (link.relationship, link.source, link.target)
