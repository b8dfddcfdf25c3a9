"""Records, pages and definitions as the wire shows them (spec: objects 1, fields 8 and 10).

What does not change between requests is prepared once for each version of an object type. Stored values are JSON in
the form in which they are read back, so a reply is put together from pieces and nothing is decoded into objects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from lightfield_server.kit import clock
from lightfield_server.kit.clock import Moment
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.object_types import meeting
from lightfield_server.model.record import Record
from lightfield_server.model.routes import LinkHop
from lightfield_server.records import access
from lightfield_server.records.context import Context
from lightfield_server.records.reaching import Others, Reach, reach, reached

encode = msgspec.json.encode

#: Records of one type that are remembered as they were shown, and the bytes of the largest: 32 MB at the most.
MOST_RECENT, LARGEST_RECENT = 2_000, 8 * 1024

#: Ways in which records of one type are shown in part that are remembered.
MOST_CHOICES = 32

Piece = Any

#: (key, what stands before a value, what stands after it, the whole when there is none)
FieldPlan = tuple[str, bytes, bytes, bytes]


class Chosen(NamedTuple):
    """The keys of the fields and the relationships to show of a record; None shows all."""

    fields: frozenset[str] | None
    ends: frozenset[str] | None


EVERYTHING = Chosen(None, None)


class _EndPlan(NamedTuple):
    """An end's pieces: whole without links, whole around one id, before several. `place` is where its links stand
    among those of the stored ends and, after them, of the derived ones; `back` where the other direction of a type
    related to itself stands."""

    place: int
    empty: bytes
    one: bytes
    before: bytes
    id: bytes
    end: End
    back: int | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A record in pieces: what is the same for every record of a type, made once."""

    head: str
    updated: bool
    external: bool
    middle: bytes
    fields: tuple[FieldPlan, ...]
    ends: tuple[_EndPlan, ...]
    unlinked: bytes
    hops: tuple[LinkHop, ...]
    whole: bool
    derived: tuple[Reach, ...]
    levels: bool
    #: Records of recent pages up to their links: what they were made of, and what was made of it.
    recent: dict[int, tuple[bytes, Moment | None, bytes]] = field(default_factory=dict)


def record(context: Context, entity: Entity, shown: Record) -> bytes:
    """One record, alone in its reply."""
    plan = _plan(entity)
    return _whole(context, entity, plan, shown, _linked(context, plan, (shown.number,)))


def several(context: Context, entity: Entity, shown: Sequence[Record]) -> list[bytes]:
    """Several records of a type, each by itself."""
    plan = _plan(entity)
    linked = _linked(context, plan, [each.number for each in shown])
    return [_whole(context, entity, plan, each, linked) for each in shown]


def page(context: Context, entity: Entity, shown: Sequence[Record], total: int) -> bytes:
    """A list reply: some records, and how many there are in all."""
    plan = _plan(entity)
    linked = _linked(context, plan, [each.number for each in shown])
    parts: list[Piece] = []
    for each in shown:
        seen = _seen(context, entity, plan, each)
        parts.append(b"," if parts else b'{"object":"list","data":[')
        parts.append(_remembered(seen, each))
        _put_links(parts, seen, linked.get(each.number))
    if not parts:
        parts.append(b'{"object":"list","data":[')
    parts.append(b'],"totalCount":%d}' % total)
    return b"".join(parts)


def array(context: Context, entity: Entity, shown: Sequence[Record], chosen: Chosen) -> bytes:
    """What was chosen of some records, as one array."""
    plan = _plan(entity, chosen=chosen)
    linked = _linked(context, plan, [each.number for each in shown])
    parts: list[Piece] = []
    for each in shown:
        seen = _seen(context, entity, plan, each, chosen)
        parts.append(b"," if parts else b"[")
        _put(parts, seen, each)
        _put_links(parts, seen, linked.get(each.number))
    return b"".join((*parts, b"]" if parts else b"[]"))


def definitions(entity: Entity) -> bytes:
    """The definitions of an object type's fields and relationships."""
    known = entity.memo.get("definitions")
    if known is None:
        known = entity.memo["definitions"] = encode(
            {
                "objectType": entity.name,
                "fieldDefinitions": {shown.key: _field_definition(shown) for shown in entity.shown_fields},
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


def _whole(context: Context, entity: Entity, plan: _Plan, shown: Record, linked: Mapping[int, list[Others]]) -> bytes:
    seen = _seen(context, entity, plan, shown)
    parts: list[Piece] = []
    _put(parts, seen, shown)
    _put_links(parts, seen, linked.get(shown.number))
    return b"".join(parts)


def _seen(context: Context, entity: Entity, plan: _Plan, shown: Record, chosen: Chosen | None = None) -> _Plan:
    """How the actor sees a record: all of it, or less of a meeting that is private."""
    if plan.levels and access.level(context.actor, shown) != meeting.FULL:
        return _plan(entity, meeting.METADATA, chosen)
    return plan


def _linked(context: Context, plan: _Plan, numbers: Sequence[int]) -> dict[int, list[Others]]:
    """For each record with links: what it is linked to, in the order of the plan's places."""
    if not numbers:
        return {}
    found = context.tx.links(numbers, plan.hops, whole=plan.whole) if plan.hops else {}
    if not plan.derived:
        return found
    beyond = [reached(context, way, numbers, found) for way in plan.derived]
    for others in found.values():
        others += [None] * len(beyond)
    for place, lists in enumerate(beyond, len(plan.hops)):
        for number, reaching in lists.items():
            if number not in found:
                found[number] = [None] * (len(plan.hops) + len(beyond))
            found[number][place] = reaching
    return found


def _remembered(plan: _Plan, shown: Record) -> bytes:
    """A record up to its links. People look at the same pages over and over: the newest, the open, their own."""
    known = plan.recent.get(shown.number)
    if known is not None and known[0] == shown.stored and known[1] == shown.updated_at:
        return known[2]
    parts: list[Piece] = []
    _put(parts, plan, shown)
    made = b"".join(parts)
    if len(made) > LARGEST_RECENT:
        return made
    if len(plan.recent) >= MOST_RECENT:
        plan.recent.clear()
    plan.recent[shown.number] = (shown.stored, shown.updated_at, made)
    return made


def _put(parts: list[Piece], plan: _Plan, shown: Record) -> None:
    head = f'{plan.head}{shown.number:016x}","createdAt":"{clock.written(shown.created_at)}"'
    if plan.updated:
        head += ',"updatedAt":null' if shown.updated_at is None else f',"updatedAt":"{clock.written(shown.updated_at)}"'
    head += ',"httpLink":null'
    if plan.external:
        head += f',"externalId":{encode(shown.external_id).decode()}' if shown.external_id else ',"externalId":null'
    parts.append(head.encode())
    append, get = parts.append, shown.raw.get
    append(plan.middle)
    for key, before, after, unset in plan.fields:
        value = get(key)
        if value is None:
            append(unset)
        else:
            append(before)
            append(value)
            append(after)


def _put_links(parts: list[Piece], plan: _Plan, others: list[Others] | None) -> None:
    append = parts.append
    if others is None or not plan.ends:
        append(plan.unlinked)
        return
    for place, empty, one, before, id, end, back in plan.ends:
        linked = others[place]
        if back is not None:
            append(_both(end, before, id, linked or [], others[back] or []))
        elif not linked:
            append(empty)
        elif len(linked) == 1:
            append(one % linked[0])
        else:
            append(before)
            append(b",".join([id % other for other in linked]))
            append(b"]}")
    append(b"}}")


def _both(end: End, before: bytes, id: bytes, out: list[int], back: list[int]) -> bytes:
    """A type related to itself under one key shows both directions, in capitals (spec: sdk-python 6)."""
    directions = []
    for name, many, others in ((b"asSource", end.many, out), (b"asDestination", end.other_many, back)):
        values = b",".join([id % other for other in others])
        directions.append(b'"%b":{"cardinality":"%b","values":[%b]}' % (name, _cardinality(many).upper(), values))
    values = b",".join([id % other for other in out])
    return b'%b%b],"directions":{%b}}' % (before, values, b",".join(directions))


# Plans


def _plan(entity: Entity, level: str = meeting.FULL, chosen: Chosen | None = None) -> _Plan:
    if chosen is None:
        known = entity.memo.get(f"wire {level}")
        if known is None:
            known = entity.memo[f"wire {level}"] = _made(entity, level, EVERYTHING)
        plan: _Plan = known
        return plan
    plans: dict[tuple[str, Chosen], _Plan] = entity.memo.setdefault("wire chosen", {})
    found = plans.get((level, chosen))
    if found is None:
        if len(plans) >= MOST_CHOICES:
            plans.clear()
        found = plans[level, chosen] = _made(entity, level, chosen)
    return found


def _made(entity: Entity, level: str, chosen: Chosen) -> _Plan:
    envelope = entity.type.envelope
    linked = "relationships" in envelope
    hidden = access.REDACTED_ENDS if level != meeting.FULL else frozenset()
    shown = [end for end in entity.shown_ends if linked and (chosen.ends is None or end.key in chosen.ends)]
    stored = [end for end in shown if end.hop is not None]
    if shown and chosen.ends is None:
        # Ends that are shown nowhere are read along: naming those that are would cost more.
        stored = list(entity.stored_ends)
    both = [end for end in stored if end.both]
    derived = [end for end in shown if end.hop is None]
    order = [*(end.key for end in stored), *(f"{end.key}:back" for end in both), *(end.key for end in derived)]
    places = {key: place for place, key in enumerate(order)}
    hops = (
        *(end.hop for end in stored if end.hop is not None),
        *(end.hop.reversed() for end in both if end.hop is not None),
    )
    ends = tuple(
        _end_plan(end, places, first=position == 0)
        for position, end in enumerate(end for end in shown if end.key not in hidden)
    )
    extra = f',"objectType":"{entity.name}","accessLevel":"{level}"' if "accessLevel" in envelope else ""
    closing = b"}}" if linked else b"}"
    nothing = [_both(e.end, e.before, e.id, [], []) if e.back is not None else e.empty for e in ends]
    return _Plan(
        head=f'{{"id":"{entity.prefix}_',
        updated="updatedAt" in envelope,
        external="externalId" in envelope,
        middle=f'{extra},"fields":{{'.encode(),
        fields=_field_plans(entity, level, chosen),
        ends=ends,
        unlinked=b"".join([_opening(entity, ends) if linked else b"}", *nothing, closing]),
        hops=hops,
        whole=chosen.ends is None and not entity.unnamed_ends,
        derived=tuple(reach(end, hops) for end in derived),
        levels="accessLevel" in envelope,
    )


def _opening(entity: Entity, ends: tuple[_EndPlan, ...]) -> bytes:
    """The end of the fields; without any end there is none to open the relationships."""
    return b"" if ends else b'},"relationships":{' + encode(entity.type.fixed_relationships)[1:-1]


def _field_plans(entity: Entity, level: str, chosen: Chosen) -> tuple[FieldPlan, ...]:
    redacted = access.REDACTED_FIELDS if level != meeting.FULL else frozenset()
    plans = []
    wanted = [field for field in entity.shown_fields if chosen.fields is None or field.key in chosen.fields]
    for position, shown in enumerate(wanted):
        before = f'{"," if position else ""}{encode(shown.key).decode()}:{{"value":'
        after = f',"valueType":"{shown.value_type}"}}'
        # No record has a value under the empty key.
        key = "" if shown.key in redacted else shown.key
        plans.append((key, before.encode(), after.encode(), f"{before}null{after}".encode()))
    return tuple(plans)


def _end_plan(end: End, places: dict[str, int], *, first: bool) -> _EndPlan:
    opening = '},"relationships":{' if first else ","
    before = (
        f'{opening}{encode(end.key).decode()}:{{"cardinality":"{_cardinality(end.many).decode()}",'
        f'"objectType":"{end.target}","values":['
    ).encode()
    id = f'"{end.target_prefix}_%016x"'.encode()
    return _EndPlan(
        place=places[end.key],
        empty=before + b"]}",
        one=before.replace(b"%", b"%%") + id + b"]}",
        before=before,
        id=id,
        end=end,
        back=places.get(f"{end.key}:back"),
    )


def _cardinality(many: bool) -> bytes:
    return b"has_many" if many else b"has_one"


# Definitions


def _field_definition(defined: Field) -> dict[str, Any]:
    return {
        "id": defined.id,
        "slug": defined.key.removeprefix("$"),
        "system": defined.system,
        "label": defined.label,
        "description": defined.description,
        "valueType": defined.value_type,
        "readOnly": defined.read_only,
        "typeConfiguration": defined.type.configuration(defined.configuration),
    }


def _end_definition(end: End) -> dict[str, Any]:
    defined: dict[str, Any] = {} if end.id is None else {"id": end.id}
    defined |= {
        "slug": end.slug,
        "system": end.system,
        "label": end.label,
        "description": end.description,
        "cardinality": _cardinality(end.many).decode().upper(),
        "objectType": end.target,
    }
    if end.both:
        defined["directions"] = {
            "asSource": {"cardinality": _cardinality(end.many).decode().upper(), "label": end.label},
            "asDestination": {"cardinality": _cardinality(end.other_many).decode().upper(), "label": end.other_label},
        }
    return defined
