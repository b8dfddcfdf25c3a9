"""Two records become one (spec: objects 13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lightfield_server.events import log
from lightfield_server.model import problems
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.matching import Matching
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Fields, Link, Record, State
from lightfield_server.model.value_types import Json
from lightfield_server.records.context import Context
from lightfield_server.records.fields import blank, required
from lightfield_server.records.writing import Draft, commit, link_of

PRIMARY, DUPLICATE = "primary", "duplicate"

Resolutions = Mapping[str, Json]


def merge(
    context: Context,
    entity: Entity,
    primary: Record,
    duplicate: Record,
    resolutions: Resolutions,
    *,
    union: bool,
) -> tuple[Change, int]:
    """Carry the duplicate's values and links over to the primary and trash it: the change, and fields written.

    `resolutions` maps a field to "primary", "duplicate" or {"value": …}; `union` joins multi-selects.
    """
    chosen = _chosen(entity, resolutions)
    fields = _fields(entity, primary.fields, duplicate.fields, chosen, union=union)
    required(entity, fields)
    # Links to records of an archived type are carried over too, and come back with it.
    added, removed = _links(context, context.catalog.whole[entity.name], primary.number, duplicate.number)
    external_id = primary.external_id or duplicate.external_id
    drafts = [
        # The duplicate first: what is unique to it is free for the primary to take.
        Draft(entity, log.MERGED, duplicate.number, duplicate, duplicate.fields, State.TRASHED, removed=removed),
        Draft(entity, log.MERGED, primary.number, primary, fields, primary.state, added, [], external_id),
    ]
    changes = commit(context, drafts)
    context.tx.move_links(duplicate.number, primary.number)
    written = len(log.differences(primary.fields, fields))
    return changes[1], written


def _chosen(entity: Entity, resolutions: Resolutions) -> dict[str, Json]:
    """Resolutions by field key; a system field may be named without its `$` (inferred)."""
    chosen: dict[str, Json] = {}
    for sent, resolution in resolutions.items():
        param = f"fieldResolutions.{problems.shown(sent)}"
        key = sent if sent in entity.fields else f"${sent}"
        field = entity.fields.get(key)
        if field is None or field.hidden:
            raise problems.unknown_field(sent, entity.plural, param)
        if field.read_only:
            raise problems.read_only(sent, param)
        chosen[key] = _resolution(field, resolution, param)
    return chosen


def _resolution(field: Field, sent: Json, param: str) -> Json:
    if sent in (PRIMARY, DUPLICATE):
        return sent
    if not isinstance(sent, dict) or set(sent) != {"value"}:
        raise problems.invalid_type('A resolution is "primary", "duplicate" or {"value": …}.', param)
    try:
        value = None if sent["value"] is None else field.type.parse(sent["value"], field.configuration)
        if (field.required and blank(value)) or (value is None and not field.clearable):
            raise problems.unprocessable(f"'{field.key}' may not be empty.")
    except Problem as problem:
        problems.reraise(problem, param)
    return {"value": value}


def _fields(entity: Entity, primary: Fields, duplicate: Fields, chosen: dict[str, Json], *, union: bool) -> Fields:
    merged: Fields = dict(primary)
    for key, field in entity.fields.items():
        if field.read_only:
            continue
        value = _value(field, primary.get(key), duplicate.get(key), chosen.get(key), union=union)
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def _value(field: Field, primary: Any, duplicate: Any, resolution: Json, *, union: bool) -> Any:
    """A field's value: as resolved; else several values joined, primary first; else the primary's if set."""
    if isinstance(resolution, dict):
        return resolution["value"]
    if resolution == PRIMARY:
        return primary
    if resolution == DUPLICATE:
        return duplicate if field.clearable or duplicate is not None else primary
    joins = union if field.type.matching is Matching.NONE else field.configuration.multiple
    if joins and isinstance(primary, list) and isinstance(duplicate, list):
        return [*primary, *(value for value in duplicate if value not in primary)]
    return duplicate if primary is None else primary


def _links(
    context: Context, entity: Entity, primary: int, duplicate: int
) -> tuple[list[tuple[End, int]], list[tuple[End, int]]]:
    """(gained by the primary, lost by the duplicate), under every end that has a name.

    An end that holds one record keeps the primary's, one to a live record first; links that lose are dropped here.
    The rest of what leads to the duplicate, to trashed records for one, is moved once both are written.
    """
    ends = (*entity.stored_ends, *entity.unnamed_ends)
    gained: list[tuple[End, int]] = []
    lost: list[tuple[End, int]] = []
    dropped: list[Link] = []
    live, every = (_between(context, ends, primary, duplicate, hidden=hidden) for hidden in (False, True))
    for end, (mine, theirs), (all_mine, all_theirs) in zip(ends, live, every, strict=True):
        new = [other for other in theirs if other not in mine]
        if not end.many and all_mine:
            keeps = bool(mine) or not theirs
            loser, others = (duplicate, all_theirs) if keeps else (primary, all_mine)
            dropped += [link_of(end, loser, other) for other in others]
            new = [] if keeps else new
        if end.key:
            gained += [(end, other) for other in new]
            lost += [(end, other) for other in theirs]
    if dropped:
        context.tx.unlink(dropped)
    return gained, lost


def _between(
    context: Context, ends: Sequence[End], primary: int, duplicate: int, *, hidden: bool
) -> list[tuple[list[int], list[int]]]:
    """For each end: what the primary and what the duplicate is linked to, each other left out."""
    hops = tuple(end.hop for end in ends if end.hop is not None)
    if not hops:
        return []
    found = context.tx.links([primary, duplicate], hops, hidden=hidden)
    none = [None] * len(hops)
    both = zip(found.get(primary, none), found.get(duplicate, none), strict=True)
    return [
        ([n for n in mine or () if n != duplicate], [n for n in theirs or () if n != primary]) for mine, theirs in both
    ]
