"""What a client sent of relationships, as links to add and to remove (spec: fields 11; conventions 4.5, step 13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lightfield_server.kit import ids
from lightfield_server.model import problems
from lightfield_server.model.definitions import ADD, EVERY_OPERATION, REMOVE, REPLACE
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.record import State
from lightfield_server.model.routes import LinkHop
from lightfield_server.model.value_types import Json
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body

#: Ids referenced, and links changed, in one request (spec: conventions 4.3).
WRITE_LIMIT = 25

Linked = list[tuple[End, int]]


#: Ids as they were sent, each once, and the numbers of the records they name; None for what can be no such id.
Named = Mapping[str, int | None]


class Asked(NamedTuple):
    """What one key of the body asks of one end, by operation."""

    end: End
    operations: Mapping[str, Named]

    @property
    def param(self) -> str:
        return f"relationships.{self.end.key}"

    def numbers(self, operation: str) -> list[int]:
        """The records that an operation names, once it is known that they all exist."""
        return [number for number in self.operations.get(operation, _NOTHING).values() if number is not None]


_NOTHING: Named = {}


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up for a set of bodies: the states of records that they name, by type and number, and the links
    that their records have, by number, in the order of `hops`."""

    states: Mapping[str, Mapping[int, State]]
    links: Mapping[int, list[list[int] | None]]
    hops: tuple[LinkHop, ...]

    def linked(self, number: int, end: End) -> list[int]:
        """What a record is linked to under an end, links to trashed records included."""
        found = self.links.get(number)
        return [] if found is None or end.hop is None else found[self.hops.index(end.hop)] or []


# What a body says by itself


def asked_on_create(entity: Entity, sent: Body) -> list[Asked]:
    """What the body of a new record asks of its relationships, if that can be asked at all."""
    asked = [Asked(entity.ends[key], {ADD: _named(entity.ends[key], value)}) for key, value in sent.items()]
    _limit(sum(len(ask.operations[ADD]) for ask in asked))
    _cardinality(asked)
    _all_required(entity, asked)
    return asked


def asked_on_update(entity: Entity, sent: Body) -> list[Asked]:
    """The same of an update."""
    asked = [operations(entity.ends[key], value) for key, value in sent.items()]
    _limit(sum(len(named) for ask in asked for named in ask.operations.values()))
    _cardinality(asked)
    return asked


# What it comes to


def look_up(context: Context, asks: Sequence[tuple[int | None, Sequence[Asked]]]) -> Known:
    """All that several bodies refer to; each comes with its record's number, None for a new one."""
    wanted: dict[str, set[int]] = defaultdict(set)
    changed: list[int] = []
    hops: dict[LinkHop, None] = {}
    for number, asked in asks:
        for ask in asked:
            for named in ask.operations.values():
                wanted[ask.end.target].update(other for other in named.values() if other is not None)
            if number is not None and ask.end.hop is not None:
                hops[ask.end.hop] = None
        if number is not None and asked:
            changed.append(number)
    states = {type: context.tx.states(type, sought) for type, sought in wanted.items()}
    links = context.tx.links(changed, tuple(hops), hidden=True) if hops else {}
    return Known(states, links, tuple(hops))


def on_create(context: Context, entity: Entity, asked: Sequence[Asked], known: Known) -> Linked:
    """The links of a new record."""
    _check(asked, known)
    added = [(ask.end, number) for ask in asked for number in ask.numbers(ADD)]
    _acting(context, entity, added)
    _none_bereft(context, None, added, [])
    return added


def on_update(context: Context, number: int, asked: Sequence[Asked], known: Known) -> tuple[Linked, Linked]:
    """The links that an existing record gains and loses; those it has, or lacks, already are neither."""
    added: Linked = []
    removed: Linked = []
    _check(asked, known)
    for ask in asked:
        plus, minus, left = _outcome(ask, known.linked(number, ask.end))
        if ask.end.keeps and not left:
            raise problems.relationship_required(ask.end.key, ask.param)
        added += [(ask.end, other) for other in plus]
        removed += [(ask.end, other) for other in minus]
    _limit(len(added) + len(removed))
    _none_bereft(context, number, added, removed)
    return added, removed


# Shape


def _named(end: End, value: Json) -> Named:
    """One id or several, each counted once."""
    sent = [value] if isinstance(value, str) else value
    if not isinstance(sent, list) or not all(isinstance(id, str) for id in sent):
        raise problems.invalid_type("One id, or an array of ids, is expected.", f"relationships.{end.key}")
    return {id: ids.body(end.target_prefix, id) for id in sent if isinstance(id, str)}


def operations(end: End, value: Json) -> Asked:
    """What an update asks of one end, if it may."""
    param = f"relationships.{end.key}"
    if not isinstance(value, dict):
        raise problems.invalid_type("An object with 'add', 'remove' or 'replace' is expected.", param)
    for operation in value:
        if operation not in EVERY_OPERATION:
            raise problems.invalid_type(f"There is no operation '{problems.shown(operation)}'.", param)
    if not value:
        raise problems.parameter_missing(param)
    for operation in value:
        if operation not in end.operations:
            allowed = " or ".join(f"'{name}'" for name in sorted(end.operations))
            raise problems.invalid_configuration(f"'{end.key}' is changed by {allowed}.", param)
    if len(value) > 1 and (REPLACE in value or end.one_operation):
        raise problems.invalid_configuration("These operations cannot be combined.", param)
    if end.one_id and not all(isinstance(id, str | None) for id in value.values()):
        raise problems.invalid_type("One id is expected.", param)
    clears = REPLACE in value and value[REPLACE] is None
    return Asked(end, {REPLACE: _NOTHING} if clears else {name: _named(end, ids) for name, ids in value.items()})


def _limit(count: int) -> None:
    if count > WRITE_LIMIT:
        raise problems.relationship_write_limit_exceeded(WRITE_LIMIT)


def _cardinality(asked: list[Asked]) -> None:
    """No more than one record where one is held, and no fewer where one is needed."""
    for ask in asked:
        for operation in (ADD, REPLACE):
            if not ask.end.many and len(ask.operations.get(operation, _NOTHING)) > 1:
                raise problems.one_id_only(ask.end.key, ask.param)
        if ask.end.keeps and ask.operations.get(REPLACE) == _NOTHING:
            raise problems.relationship_required(ask.end.key, ask.param)


def _all_required(entity: Entity, asked: list[Asked]) -> None:
    given = {ask.end.key for ask in asked if ask.operations[ADD]}
    for end in entity.required_ends:
        if end.key not in given:
            raise problems.relationship_required(end.key, f"relationships.{end.key}")


# Existence


def _check(asked: Sequence[Asked], known: Known) -> None:
    """Every id may be used as it is asked: malformed ones are refused first, then missing ones, then inactive ones."""
    for ask in asked:
        for named in ask.operations.values():
            for id, number in named.items():
                if number is None:
                    raise problems.relationship_entity_missing(id, ask.param)
    for ask in asked:
        states = known.states.get(ask.end.target, {})
        for named in ask.operations.values():
            for id, number in named.items():
                if number not in states:
                    raise problems.relationship_entity_missing(id, ask.param)
    for ask in asked:
        states = known.states.get(ask.end.target, {})
        for operation in (ADD, REPLACE):
            for id, number in ask.operations.get(operation, _NOTHING).items():
                state = State.LIVE if number is None else states[number]
                if state is State.PENDING:
                    raise problems.not_complete(id, ask.param)
                if state is not State.LIVE:
                    raise problems.relationship_entity_inactive(id, ask.param)


# Outcome


def _outcome(ask: Asked, linked: list[int]) -> tuple[list[int], list[int], set[int]]:
    """(gained, lost, what is left) of one end."""
    has = set(linked)
    if REPLACE in ask.operations:
        wanted = ask.numbers(REPLACE)
        return [n for n in wanted if n not in has], [n for n in linked if n not in set(wanted)], set(wanted)
    without = [n for n in ask.numbers(REMOVE) if n in has]
    kept = has - set(without)
    plus = [n for n in ask.numbers(ADD) if n not in kept]
    if plus and not ask.end.many:
        without += [n for n in linked if n in kept]
        kept = set()
    # What is removed and added again stays.
    back = set(plus) & set(without)
    return [n for n in plus if n not in back], [n for n in without if n not in back], kept | set(plus)


def _acting(context: Context, entity: Entity, added: Linked) -> None:
    """Fill ends that default to whoever acts, or to another end's record (spec: sdk-python 6)."""
    given = {end.key: other for end, other in added}
    for end in entity.acting_ends:
        if end.key in given:
            continue
        acting = context.actor.member or given.get(end.actor_else or "")
        if acting is not None:
            added.append((end, acting))


def _none_bereft(context: Context, number: int | None, added: Linked, removed: Linked) -> None:
    """No other live record loses the last link that it requires: let go, or taken over by this one."""
    for end, other in removed:
        assert end.hop is not None
        if end.other_required and number is not None and other in _follow(context, number, end.hop):
            _require_more(context, end, other, end.hop.reversed(), than=number)
    for end, other in added:
        assert end.hop is not None
        if end.required and not end.other_many:
            for holder in _follow(context, other, end.hop.reversed()):
                if holder != number:
                    _require_more(context, end, holder, end.hop, than=other)


def _require_more(context: Context, end: End, number: int, hop: LinkHop, *, than: int) -> None:
    if set(_follow(context, number, hop, hidden=True)) <= {than}:
        raise problems.last_required_link(f"relationships.{end.key}")


def linked_ids(context: Context, number: int, end: End) -> set[str]:
    """The ids of all that the record is linked to under an end."""
    assert end.hop is not None
    return {ids.written(end.target_prefix, other) for other in _follow(context, number, end.hop, hidden=True)}


def _follow(context: Context, number: int, hop: LinkHop, *, hidden: bool = False) -> list[int]:
    return context.tx.links([number], (hop,), hidden=hidden).get(number, [None])[0] or []
