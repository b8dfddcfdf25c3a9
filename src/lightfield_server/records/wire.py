"""Records, pages and definitions as the wire shows them (spec: objects 1, fields 8 and 10).

What does not change between requests is prepared once for each version of an object type. Stored values are JSON in
the form in which they are read back, so a reply is put together from pieces and nothing is decoded into objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lightfield_server.kit import clock
from lightfield_server.model.catalog import Catalog, End, Entity
from lightfield_server.model.object_types import meeting
from lightfield_server.model.record import Record
from lightfield_server.model.routes import LinkHop
from lightfield_server.records import access
from lightfield_server.records.context import Context

encode = msgspec.json.encode

Piece = Any

#: Derived ends that lead to a type without records are empty; asking costs more than knowing.
Links = dict[int, list[list[int]]]


@dataclass(frozen=True, slots=True)
class _FieldPlan:
    key: str
    before: bytes
    after: bytes
    unset: bytes


@dataclass(frozen=True, slots=True)
class _EndPlan:
    end: End
    before: bytes
    after: bytes
    id: str
    #: Where its links stand in what the store answers; for derived ends, after those.
    index: int
    other: int | None


@dataclass(frozen=True, slots=True)
class _Plan:
    head: str
    fields: tuple[_FieldPlan, ...]
    ends: tuple[_EndPlan, ...]
    hops: tuple[LinkHop, ...]
    derived: tuple[End, ...]
    envelope: frozenset[str]
    redacts: bool


def record(context: Context, entity: Entity, shown: Record) -> bytes:
    """One record, alone in its reply."""
    return b"".join(_records(context, entity, (shown,)))


def page(context: Context, entity: Entity, shown: Sequence[Record], total: int) -> bytes:
    """A list reply: some records, and how many there are in all."""
    parts = _records(context, entity, shown, b",")
    return b"".join((b'{"object":"list","data":[', *parts, b'],"totalCount":%d}' % total))


def definitions(entity: Entity) -> bytes:
    """The definitions of an object type's fields and relationships."""
    known = entity.memo.get("definitions")
    if known is None:
        known = entity.memo["definitions"] = encode(
            {
                "objectType": entity.name,
                "fieldDefinitions": {field.key: _field_definition(field) for field in entity.shown_fields},
                "relationshipDefinitions": {end.key: _end_definition(end) for end in entity.shown_ends},
            }
        )
    defined: bytes = known
    return defined


def object_types(catalog: Catalog) -> bytes:
    """The object types that a workspace made (spec: objects 11)."""
    custom = [{"objectType": name, "label": entity.type.label} for name, entity in catalog.custom.items()]
    return encode({"data": custom})


# Records


def _records(context: Context, entity: Entity, shown: Sequence[Record], between: bytes = b"") -> list[Piece]:
    plan = _plan(entity)
    numbers = [each.number for each in shown]
    links: Links = context.tx.links(numbers, plan.hops) if plan.hops and numbers else {}
    reached = [_reached(context, end, numbers) for end in plan.derived]
    parts: list[Piece] = []
    for position, each in enumerate(shown):
        if position:
            parts.append(between)
        if plan.redacts and access.level(context.actor, each) != meeting.FULL:
            _put_redacted(parts, plan, each, links, reached)
        else:
            _put(parts, plan, each, each.raw, links.get(each.number), reached)
    return parts


def _reached(context: Context, end: End, numbers: Sequence[int]) -> dict[int, list[int]]:
    """What a derived end leads to, unless there is nothing of the kind in the workspace."""
    if not numbers or context.tx.kind(end.target, trashed=False)[0] == 0:
        return {}
    return context.tx.reach(numbers, end.routes)


def _put(
    parts: list[Piece],
    plan: _Plan,
    shown: Record,
    raw: dict[str, Any],
    links: list[list[int]] | None,
    reached: list[dict[int, list[int]]],
    *,
    level: str = meeting.FULL,
    hidden_ends: frozenset[str] = frozenset(),
) -> None:
    envelope = plan.envelope
    head = f'{plan.head}{shown.number:016x}","createdAt":"{clock.written(shown.created_at)}"'
    if "updatedAt" in envelope:
        updated = "null" if shown.updated_at is None else f'"{clock.written(shown.updated_at)}"'
        head += f',"updatedAt":{updated}'
    head += ',"httpLink":null'
    if "externalId" in envelope:
        external = "null" if shown.external_id is None else encode(shown.external_id).decode()
        head += f',"externalId":{external}'
    if "objectType" in envelope:
        head += f',"objectType":"{shown.type}","accessLevel":"{level}"'
    parts.append((head + ',"fields":{').encode())
    get = raw.get
    append = parts.append
    for field in plan.fields:
        value = get(field.key)
        if value is None:
            append(field.unset)
        else:
            append(field.before)
            append(value)
            append(field.after)
    if "relationships" not in envelope:
        append(b"}}")
        return
    append(b'},"relationships":{')
    first = True
    for plan_end in plan.ends:
        if plan_end.end.key in hidden_ends:
            continue
        append(plan_end.before if first else b"," + plan_end.before)
        first = False
        _put_end(parts, plan, plan_end, shown.number, links, reached)
    append(b"}}")


def _put_end(
    parts: list[Piece],
    plan: _Plan,
    end: _EndPlan,
    number: int,
    links: list[list[int]] | None,
    reached: list[dict[int, list[int]]],
) -> None:
    stored = len(plan.hops)
    if end.index >= stored:
        others = reached[end.index - stored].get(number)
    else:
        others = links[end.index] if links else None
    values = _ids(end.id, others)
    if values:
        parts.append(values)
    if end.other is not None:
        back = _ids(end.id, links[end.other] if links else None)
        parts.append(_directions(end.end, values, back))
    parts.append(end.after)


def _ids(id: str, others: list[int] | None) -> bytes:
    if not others:
        return b""
    return ",".join([id % other for other in others]).encode()


def _directions(end: End, out: bytes, back: bytes) -> bytes:
    """A type related to itself under one key shows both directions (spec: sdk-python 6)."""
    source = b'{"cardinality":"%b","values":[%b]}' % (_cardinality(end.many).encode(), out)
    destination = b'{"cardinality":"%b","values":[%b]}' % (_cardinality(end.other_many).encode(), back)
    return b'],"directions":{"asSource":%b,"asDestination":%b}' % (source, destination)


def _put_redacted(
    parts: list[Piece], plan: _Plan, shown: Record, links: Links, reached: list[dict[int, list[int]]]
) -> None:
    raw = {key: value for key, value in shown.raw.items() if key not in access.REDACTED_FIELDS}
    _put(
        parts,
        plan,
        shown,
        raw,
        links.get(shown.number),
        reached,
        level=meeting.METADATA,
        hidden_ends=access.REDACTED_ENDS,
    )


def _plan(entity: Entity) -> _Plan:
    known = entity.memo.get("wire")
    if known is None:
        known = entity.memo["wire"] = _made(entity)
    plan: _Plan = known
    return plan


def _made(entity: Entity) -> _Plan:
    fields = []
    for position, field in enumerate(entity.shown_fields):
        comma = "," if position else ""
        before = f"{comma}{encode(field.key).decode()}:{{"
        after = f',"valueType":"{field.value_type}"}}'
        fields.append(
            _FieldPlan(
                field.key,
                f'{before}"value":'.encode(),
                after.encode(),
                f'{before}"value":null{after}'.encode(),
            )
        )
    stored = [end for end in entity.shown_ends if end.hop is not None]
    hops: list[LinkHop] = [end.hop for end in stored if end.hop is not None]
    both = {end.key: len(hops) + position for position, end in enumerate(e for e in stored if e.both)}
    hops += [end.hop.reversed() for end in stored if end.both and end.hop is not None]
    derived = entity.derived_ends
    places = {end.key: position for position, end in enumerate(stored)}
    places |= {end.key: len(hops) + position for position, end in enumerate(derived)}
    ends = []
    for end in entity.shown_ends:
        before = (
            f'{encode(end.key).decode()}:{{"cardinality":"{_cardinality(end.many)}",'
            f'"objectType":"{end.target}","values":['
        )
        other = both.get(end.key)
        # `directions` closes the array itself.
        closing = b"]}" if other is None else b"}"
        ends.append(_EndPlan(end, before.encode(), closing, f'"{end.target_prefix}_%016x"', places[end.key], other))
    envelope = frozenset(entity.type.envelope)
    return _Plan(
        f'{{"id":"{entity.prefix}_',
        tuple(fields),
        tuple(ends) if "relationships" in envelope else (),
        tuple(hops) if "relationships" in envelope else (),
        derived,
        envelope,
        redacts="accessLevel" in envelope,
    )


def _cardinality(many: bool) -> str:
    return "has_many" if many else "has_one"


# Definitions


def _field_definition(field: Any) -> dict[str, Any]:
    return {
        "id": field.id,
        "slug": field.key.removeprefix("$"),
        "system": field.system,
        "label": field.label,
        "description": field.description,
        "valueType": field.value_type,
        "readOnly": field.read_only,
        "typeConfiguration": field.type.configuration(field.configuration),
    }


def _end_definition(end: End) -> dict[str, Any]:
    defined: dict[str, Any] = {} if end.id is None else {"id": end.id}
    defined |= {
        "slug": end.slug,
        "system": end.system,
        "label": end.label,
        "description": end.description,
        "cardinality": _cardinality(end.many).upper(),
        "objectType": end.target,
    }
    if end.both:
        defined["directions"] = {
            "asSource": {"cardinality": _cardinality(end.many).upper(), "label": end.label},
            "asDestination": {"cardinality": _cardinality(end.other_many).upper(), "label": end.other_label},
        }
    return defined


def ids(entity: Entity, numbers: Iterable[int]) -> list[str]:
    return [entity.id(number) for number in numbers]
