"""What carries out the operations on records; one set of handlers serves every object type.

A handler is made for a way to tell which type a call is about: a shipped one, or one that the path names.
"""

from collections.abc import Callable

import msgspec

from lightfield_server.events import log
from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types.meeting import FULL
from lightfield_server.model.problems import Problem
from lightfield_server.model.scopes import scope
from lightfield_server.operations.operation import (
    Again,
    Asked,
    Handler,
)
from lightfield_server.records import access, history, pages, queries, service, shape, upserting, wire
from lightfield_server.records.context import Context

#: How many earlier values one answer holds (spec: sdk-python 11.2).
HISTORY_LIMIT, LARGEST_HISTORY_LIMIT = 20, 100

#: The prefix of a cursor into a field's history.
CURSOR = "hst"

ACTIVE, TRASHED = "active", "trashed"

#: Which type a call is about, or 404.
Which = Callable[[Context, Asked], Entity]


def shipped(name: str) -> Which:
    return lambda context, asked: context.catalog[name]


def custom(context: Context, asked: Asked) -> Entity:
    """The workspace's own type that the path names; a shipped one is not among them."""
    entity = context.catalog.custom.get(asked.path["entitySlug"])
    if entity is None:
        raise problems.not_found(f"There is no object type '{problems.shown(asked.path['entitySlug'])}'.")
    return entity


def definitions(which: Which) -> Handler:
    return lambda context, asked: wire.definitions(which(context, asked))


def create(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        (change,) = service.create(context, entity, [asked.body])
        return wire.record(context, entity, change.after)

    return handler


def retrieve(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        return wire.record(context, entity, access.existing(context, entity, asked.path["id"]))

    return handler


def update(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"], lock=True)
        access.require_changeable(context, entity, record)
        (change,) = service.update(context, entity, [(record, asked.body)])
        return wire.record(context, entity, change.after)

    return handler


def delete(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        trashed = access.deleted_twice(entity)
        record = access.existing(context, entity, asked.path["id"], trashed=trashed, lock=True)
        access.require_deletable(context, entity, [record])
        shape.empty(asked.body)
        (change,) = service.delete(context, entity, [record])
        return wire.record(context, entity, change.after)

    return handler


def restore(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"], trashed=True, lock=True)
        access.require_deletable(context, entity, [record])
        shape.empty(asked.body)
        (change,) = service.restore(context, entity, [record])
        return wire.record(context, entity, change.after)

    return handler


def upsert(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        if "by" not in asked.body:
            raise problems.parameter_missing("by")
        body = {key: value for key, value in asked.body.items() if key != "by"}
        (change,) = upserting.upsert_each(context, entity, asked.body["by"], [body])
        if isinstance(change, Problem):
            raise change
        return _upserted(log.outcome(change), wire.record(context, entity, change.after))

    return handler


def _upserted(outcome: str, record: bytes) -> bytes:
    return b'{"outcome":"%b","record":%b}' % (outcome.encode(), record)


def upserted_again(fit: Again) -> Again:
    """The same as `again`, for a reply that has the record in it."""

    def fitted(context: Context, kept: bytes) -> bytes:
        reply = msgspec.json.decode(kept, type=dict[str, msgspec.Raw])
        return _upserted(msgspec.json.decode(reply["outcome"]), fit(context, bytes(reply["record"])))

    return fitted


def again(name: str) -> Again:
    """A kept reply for those who see the record in full; for others, what they would see of it now."""

    def fitted(context: Context, kept: bytes) -> bytes:
        entity = context.catalog[name]
        record = access.existing(context, entity, msgspec.json.decode(kept)["id"], trashed=True)
        return kept if access.level(context.actor, record) == FULL else wire.record(context, entity, record)

    return fitted


def list_(which: Which, family: str) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        trashed, rest = False, asked.query
        if "trash" in entity.type.operations:
            trashed, rest = _status(context, rest, family)
        page, filters = queries.page(rest)
        if "filter" not in entity.type.operations:
            queries.no_more(filters, entity.plural)
        query = queries.query(context.catalog, entity, filters, trashed=trashed)
        return pages.page(context, entity, access.guarded(context.actor, entity, query), page)

    return handler


def field_history(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        record = access.existing(context, entity, asked.path["id"])
        limit, before = _history_page(asked)
        field = entity.fields.get(asked.path["fieldKey"])
        if field is None or field.hidden:
            raise problems.unknown_field(asked.path["fieldKey"], entity.plural, "fieldKey")
        if field.read_only:
            raise problems.invalid_configuration(f"'{field.key}' keeps no history.", "fieldKey")
        found, more = history.entries(context, record, field.key, before=before, limit=limit)
        whole = before is None and not more
        return msgspec.json.encode(
            {
                "data": [
                    {
                        "value": entry.value,
                        "valueType": field.value_type,
                        "displayValue": None
                        if entry.value is None
                        else field.type.text(entry.value, field.configuration),
                        "recordedAt": clock.written(entry.at),
                        "isCreate": whole and entry.created,
                        "recordedBy": None if entry.by is None else ids.written("mem", entry.by),
                    }
                    for entry in found
                ],
                "hasMore": more,
                "nextCursor": ids.written(CURSOR, found[-1].fact) if more else None,
            }
        )

    return handler


def _status(context: Context, rest: list[tuple[str, str]], family: str) -> tuple[bool, list[tuple[str, str]]]:
    """`status`, and the other parameters. The trash is for those who may restore (spec: sdk-python 11.1)."""
    sent = [value for name, value in rest if name == "status"]
    if not sent:
        return False, rest
    if not {ACTIVE, TRASHED}.issuperset(sent):
        raise problems.invalid_type(f"'status' is '{ACTIVE}' or '{TRASHED}'.", "status")
    trashed = sent[-1] == TRASHED
    if trashed:
        context.actor.require((scope(family, "restore"),))
    return trashed, [(name, value) for name, value in rest if name != "status"]


def _history_page(asked: Asked) -> tuple[int, int | None]:
    limit, before = HISTORY_LIMIT, None
    for name, value in asked.query:
        if name == "limit":
            limit = queries.whole(name, value, 1, LARGEST_HISTORY_LIMIT)
        elif name == "after":
            before = ids.body(CURSOR, value)
            if before is None:
                raise problems.invalid_type("'after' is the 'nextCursor' of an earlier answer.", "after")
        else:
            queries.no_more([(name, value)], "history")
    return limit, before
