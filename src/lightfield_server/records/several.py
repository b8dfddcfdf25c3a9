"""The verbs over several records of one type at once, each refused on its own.

A refusal's `param` tells the part of the request: `path.id` or `body.fields.$name`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lightfield_server.model import problems
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change, Record
from lightfield_server.records import access, service, shape, upserting
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body

PATH_ID, BODY = "path.id", "body"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request says: the id in its path, empty for one that has none, and its body."""

    id: str
    body: Body


Outcomes = list[Change | Problem]

Several = Callable[[Context, Entity, Sequence[Asked]], Outcomes]


def create(context: Context, entity: Entity, asked: Sequence[Asked]) -> Outcomes:
    return _placed(service.create_each(context, entity, [each.body for each in asked]), BODY)


def upsert(context: Context, entity: Entity, asked: Sequence[Asked]) -> Outcomes:
    """All of them are known by the same: the `by` of the first."""
    by = asked[0].body.get("by")
    bodies = [{key: value for key, value in each.body.items() if key != "by"} for each in asked]
    try:
        if "by" not in asked[0].body:
            raise problems.parameter_missing("by")
        return _placed(upserting.upsert_each(context, entity, by, bodies), BODY)
    except Problem as problem:
        return [problem.within(BODY) for _ in asked]


def update(context: Context, entity: Entity, asked: Sequence[Asked]) -> Outcomes:
    def may(record: Record, body: Body) -> None:
        access.require_changeable(context, entity, record)

    def write(ready: Sequence[tuple[Record, Body]]) -> Outcomes:
        return _placed(service.update_each(context, entity, ready), BODY)

    return _existing(context, entity, asked, trashed=False, may=may, write=write)


def delete(context: Context, entity: Entity, asked: Sequence[Asked]) -> Outcomes:
    def write(ready: Sequence[tuple[Record, Body]]) -> Outcomes:
        return [*service.delete(context, entity, [record for record, _ in ready])]

    may, trashed = _may_delete(context, entity), access.deleted_twice(entity)
    return _existing(context, entity, asked, trashed=trashed, may=may, write=write)


def restore(context: Context, entity: Entity, asked: Sequence[Asked]) -> Outcomes:
    def write(ready: Sequence[tuple[Record, Body]]) -> Outcomes:
        return _placed(service.restore_each(context, entity, [record for record, _ in ready]), PATH_ID)

    return _existing(context, entity, asked, trashed=True, may=_may_delete(context, entity), write=write)


VERBS: dict[str, Several] = {each.__name__: each for each in (create, upsert, update, delete, restore)}


def _may_delete(context: Context, entity: Entity) -> Callable[[Record, Body], None]:
    def may(record: Record, body: Body) -> None:
        access.require_deletable(context, entity, [record])
        try:
            shape.empty(body)
        except Problem as problem:
            raise problem.within(BODY) from None

    return may


def _existing(
    context: Context,
    entity: Entity,
    asked: Sequence[Asked],
    *,
    trashed: bool,
    may: Callable[[Record, Body], None],
    write: Callable[[Sequence[tuple[Record, Body]]], Outcomes],
) -> Outcomes:
    """Write the records that are there and may be written; `may` refuses one that may not."""
    outcomes: Outcomes = []
    ready: list[tuple[Record, Body]] = []
    found = access.existing_each(context, entity, [each.id for each in asked], trashed=trashed, lock=True)
    for each, record in zip(asked, found, strict=True):
        try:
            if isinstance(record, Problem):
                raise record
            may(record, each.body)
        except Problem as problem:
            outcomes.append(problem.at(PATH_ID))
        else:
            outcomes.append(Change(record, record, None))
            ready.append((record, each.body))
    written = iter(write(ready) if ready else ())
    return [each if isinstance(each, Problem) else next(written) for each in outcomes]


def _placed(outcomes: Outcomes, place: str) -> Outcomes:
    return [each.within(place) if isinstance(each, Problem) else each for each in outcomes]
