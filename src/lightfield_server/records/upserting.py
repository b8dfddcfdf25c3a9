"""Change the record that is known by a value, or create it: in one transaction, so that racing calls make one record.

A record is known by its external id, by the domain of a website, or by any other value that lists can look up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lightfield_server.model import problems
from lightfield_server.model.definitions import ADD, REPLACE, Field
from lightfield_server.model.entity import End, Entity, Keyed
from lightfield_server.model.keys import Key
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Record
from lightfield_server.model.value_types import Json
from lightfield_server.model.value_types.base import string, within
from lightfield_server.records import access, fields, relationships, service, shape
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body
from lightfield_server.records.together import Together, claims_of_edit, claims_of_new, ids_in

#: What `by` calls a record's external id, and the key of a body that has one.
EXTERNAL_ID = "externalId"

LONGEST_EXTERNAL_ID = 255

#: Records named by a refusal because several match.
MOST_NAMED = 10


def upsert_each(context: Context, entity: Entity, by: Json, bodies: Sequence[Body]) -> list[Change | Problem]:
    """A change for each body, or what is wrong with it; a refused one changes nothing, the rest is written.

    `by` is `externalId` or the key of a field; it is refused as a whole with a `param` of `by`. A body is one that
    creates, with `externalId` besides. Bodies count as carried out one after another: of two that mean the same new
    record, the second changes what the first made. `change.before` is None for a created record, `change.event` None
    for one that is as it was.
    """
    known_by = _known_by(entity, by)
    asked = [_asked(entity, known_by, body) for body in bodies]
    found = _Found(context, known_by, asked)
    outcomes: list[Change | Problem | None] = [each if isinstance(each, Problem) else None for each in asked]
    run = _Run(context, entity, known_by, found, outcomes)
    for position, each in enumerate(asked):
        if isinstance(each, _Asked):
            run.take(position, each)
    run.flush()
    return [outcome for outcome in outcomes if outcome is not None]


# What a record is known by


def tells(entity: Entity, key: str) -> bool:
    """Whether a record may be known by a field: not by one of a few choices, nor by what only the server writes."""
    field, keyed = entity.fields[key], entity.keyed.get(key)
    if keyed is None or keyed.counted or field.read_only or field.hidden:
        return False
    return access.may_be_told_by(entity, key)


@dataclass(frozen=True, slots=True)
class _KnownBy:
    """What a record is known by; `field` is None for its external id."""

    param: str
    field: Field | None
    keyed: Keyed

    @property
    def name(self) -> str:
        """What its keys are kept under."""
        return self.keyed.name

    def keys(self, kept: Json) -> tuple[Key, ...]:
        return self.keyed.keys(kept, self.keyed.configuration)


def _known_by(entity: Entity, by: Json) -> _KnownBy:
    if not isinstance(by, str):
        raise problems.invalid_type("Expected 'externalId' or the key of a field.", "by")
    if by == EXTERNAL_ID and entity.has_external_ids:
        return _KnownBy(EXTERNAL_ID, None, *entity.external.values())
    told = entity.fields.get(by)
    if told is None or told.hidden:
        raise problems.unknown_field(by, entity.plural, "by")
    if not tells(entity, by):
        raise problems.invalid_configuration(f"'{by}' does not tell one record from another.", "by")
    return _KnownBy(f"fields.{by}", told, entity.by_domain.get(by) or entity.keyed[by])


# What is asked


@dataclass(frozen=True, slots=True)
class _Asked:
    """One body, read as far as it can be before it is known whether it creates. `kept` is the value it is known by."""

    keys: tuple[Key, ...]
    kept: Json
    external_id: str | None
    body: Body


def _asked(entity: Entity, known_by: _KnownBy, body: Body) -> "_Asked | Problem":
    try:
        rest, external_id = _external(entity, body)
        sent, _ = shape.check(entity, rest, shape.UPSERT)
        kept = external_id if known_by.field is None else _kept(known_by.field, sent)
        keys = () if kept is None else known_by.keys(kept)
        if not keys:
            raise problems.unprocessable("There is no value to know the record by.", known_by.param)
    except Problem as problem:
        return problem
    return _Asked(keys, kept, external_id, rest)


def _external(entity: Entity, body: Body) -> tuple[Body, str | None]:
    """The body without its external id, and that."""
    if EXTERNAL_ID not in body or not entity.has_external_ids:
        return body, None
    rest = {key: value for key, value in body.items() if key != EXTERNAL_ID}
    try:
        id = within(string(body[EXTERNAL_ID]), LONGEST_EXTERNAL_ID)
        if not id:
            raise problems.unprocessable("An external id is not empty.")
    except Problem as problem:
        problems.reraise(problem, EXTERNAL_ID)
    return rest, id


def _kept(known: Field, sent: Body) -> Json:
    value = fields.parsed_one(known, sent[known.key]) if sent.get(known.key) is not None else None
    return None if fields.blank(value) else value


# What is found


class _Found:
    """The live records that have the keys of the bodies: looked up once, and kept up while the bodies are written."""

    def __init__(self, context: Context, known_by: _KnownBy, asked: Iterable["_Asked | Problem"]) -> None:
        self._context = context
        self._known_by = known_by
        keys = {key for each in asked if isinstance(each, _Asked) for key in each.keys}
        self._holders = context.tx.alike(known_by.name, keys)

    def number(self, entity: Entity, keys: tuple[Key, ...]) -> int | None:
        """The one record that has any of these keys, if there is one; 409 when there are several."""
        held = {number for key in keys for number in self._holders.get(key, ())}
        if len(held) > 1:
            raise self._several(entity, keys)
        return held.pop() if held else None

    def learn(self, keys: tuple[Key, ...], number: int) -> None:
        """A record that was found by one of these keys, or made with them, has them all now."""
        for key in keys:
            self._holders.setdefault(key, (number, number))

    def _several(self, entity: Entity, keys: tuple[Key, ...]) -> Problem:
        first: set[int] = set()
        for key in keys:
            first.update(self._context.tx.first_holders(self._known_by.name, key, MOST_NAMED + 1))
        named = [entity.id(number) for number in sorted(first)[:MOST_NAMED]]
        return problems.several_match(named, self._known_by.param, more=len(first) > MOST_NAMED)


# What is written


@dataclass(slots=True)
class _Run:
    """Bodies gathered until the next one has to see what they do."""

    context: Context
    entity: Entity
    known_by: _KnownBy
    found: _Found
    outcomes: list[Change | Problem | None]
    new: list[tuple[int, _Asked]] = field(default_factory=list)
    edits: list[tuple[int, _Asked, int]] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    together: Together = field(default_factory=Together)

    def take(self, position: int, asked: _Asked) -> None:
        if not self.keys.isdisjoint(asked.keys):
            self.flush()
        try:
            number = self.found.number(self.entity, asked.keys)
        except Problem as problem:
            self.outcomes[position] = problem
            return
        if number is None:
            claims = claims_of_new(self.entity, asked.body)
        else:
            settled = None if self.known_by.field is None else self.known_by.field.key
            claims = claims_of_edit(self.entity, self.entity.id(number), asked.body, settled)
        if not self.together.admits(claims):
            self.flush()
            self.together.admits(claims)
        self.keys.update(asked.keys)
        if number is None:
            self.new.append((position, asked))
        else:
            self.edits.append((position, asked, number))

    def flush(self) -> None:
        """Write what was gathered: at most one set of creations and one of changes."""
        self._create()
        self._change()
        self.new, self.edits, self.keys, self.together = [], [], set(), Together()

    def _create(self) -> None:
        ready: list[tuple[int, _Asked, Body]] = []
        for position, asked in self.new:
            try:
                ready.append((position, asked, _creating(self.entity, asked.body)))
            except Problem as problem:
                self.outcomes[position] = problem
        if ready:
            bodies, external_ids = [body for *_, body in ready], [asked.external_id for _, asked, _ in ready]
            made = service.create_each(self.context, self.entity, bodies, external_ids)
            self._settle([(position, asked) for position, asked, _ in ready], made)

    def _change(self) -> None:
        ready: list[tuple[int, _Asked, Record, Body]] = []
        records = self.context.tx.records(self.entity.name, [number for *_, number in self.edits], lock=True)
        for position, asked, number in self.edits:
            record = records[number]
            try:
                access.require_changeable(self.context, self.entity, record)
                ready.append(
                    (position, asked, record, _changing(self.context, self.entity, self.known_by, record, asked))
                )
            except Problem as problem:
                self.outcomes[position] = problem
        if ready:
            edits, external_ids = [each[2:] for each in ready], [asked.external_id for _, asked, *_ in ready]
            made = service.update_each(self.context, self.entity, edits, external_ids)
            self._settle([(position, asked) for position, asked, *_ in ready], made)

    def _settle(self, asked: Sequence[tuple[int, _Asked]], made: Sequence[Change | Problem]) -> None:
        for (position, each), change in zip(asked, made, strict=True):
            self.outcomes[position] = change
            if isinstance(change, Change):
                self.found.learn(each.keys, change.after.number)


def _creating(entity: Entity, body: Body) -> Body:
    """The body as creating takes it: what operations would add is what the record begins with."""
    sent = body.get("relationships")
    if not sent or not any(isinstance(value, dict) for value in sent.values()):
        return body
    return {**body, "relationships": {key: _beginning(entity.ends[key], value) for key, value in sent.items()}}


def _beginning(end: End, value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    operations = relationships.operations(end, value).operations
    return [*operations.get(ADD, ()), *operations.get(REPLACE, ())]


def _changing(context: Context, entity: Entity, known_by: _KnownBy, record: Record, asked: _Asked) -> Body:
    """The body as updating takes it, without what may be said once only and is said again."""
    body = asked.body if entity.type.spelling is None else entity.type.spelling(asked.body)
    sent = dict(body["fields"])
    if known_by.field is not None:
        _join(known_by, record, asked.kept, sent)
    for key in [key for key in sent if not entity.fields[key].on_update]:
        if fields.parsed_one(entity.fields[key], sent[key]) == record.fields.get(key):
            del sent[key]
    links = body.get("relationships")
    if not links:
        return {"fields": sent} if sent else {}
    edits = {}
    for key, value in links.items():
        end = entity.ends[key]
        if not end.on_update and _has(context, record, end, value):
            continue
        edit = _edit(end, value)
        if edit is not None:
            edits[key] = edit
    return {"fields": sent, "relationships": edits} if edits else {"fields": sent}


def _join(known_by: _KnownBy, record: Record, kept: Json, sent: dict[str, Json]) -> None:
    """Of several values, those the record lacks join those it has: it is known by some of them, not by all."""
    assert known_by.field is not None
    key, has = known_by.field.key, record.fields.get(known_by.field.key)
    if isinstance(has, list) and known_by.field.configuration.multiple:
        known = set(known_by.keys(has))
        kept = [*has, *(value for value in kept if not known.issuperset(known_by.keys([value])))]
    if kept == has:
        del sent[key]
    else:
        sent[key] = kept


def _has(context: Context, record: Record, end: End, value: Json) -> bool:
    """Whether the record has exactly the links that are sent."""
    return end.hop is not None and relationships.linked_ids(context, record.number, end) == set(ids_in(value))


def _edit(end: End, value: Json) -> Json:
    """Ids as an operation: exchanged where one record is held, added where several are. None where none is named."""
    if isinstance(value, dict):
        return value
    if value == []:
        return None
    if end.one_id and isinstance(value, list) and len(value) == 1:
        value = value[0]
    wanted = ADD if end.many else REPLACE
    return {wanted if wanted in end.operations else next(iter(end.operations)): value}
