"""Merging two records of one type, and looking up what became of a merge (spec: objects 13)."""

from typing import Any

import msgspec

from lightfield_server.identity.limits import READ, WRITE
from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import ObjectType
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types.opportunity import OPPORTUNITY
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.operations import schemas
from lightfield_server.operations.handlers import Which, custom, shipped
from lightfield_server.operations.operation import REQUIRED_BODY, Asked, Describe, Handler, Operation, declare
from lightfield_server.records import access, merging, wire
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body
from lightfield_server.store.protocol import MergeRow

PREFIX = "mrg"

#: Everything is carried over in one transaction, so a merge that is there is done.
DONE = "done"


def merge(which: Which) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = which(context, asked)
        pair, resolutions, union = _read(asked.body)
        # The shape of a body comes before what it names; a record it names is no part of the path.
        primary, duplicate = (access.existing(context, entity, id, lock=True) for id in pair)
        if primary.number == duplicate.number:
            raise problems.unprocessable("A record cannot be merged with itself.", "duplicateId")
        if entity.name == OPPORTUNITY.name:
            _same_account(context, entity, primary.number, duplicate.number)
        change, written = merging.merge(context, entity, primary, duplicate, resolutions, union=union)
        row = MergeRow(
            context.numbers.next(),
            entity.name,
            primary.number,
            duplicate.number,
            DONE,
            context.at,
            context.at,
        )
        context.tx.add_merge(row)
        return msgspec.json.encode(
            {
                "merge": {"id": ids.written(PREFIX, row.number), "status": row.status},
                "primary": msgspec.Raw(wire.record(context, entity, change.after)),
                "summary": {"fieldWriteCount": written, "syncRepointedCount": 0, "warnings": []},
            }
        )

    return handler


def get_merge(context: Context, asked: Asked) -> bytes:
    number = ids.body(PREFIX, asked.path["id"])
    row = None if number is None else context.tx.merge(number)
    entity = None if row is None else context.catalog.entities.get(row.type)
    if row is None or entity is None:
        raise problems.record_not_found("merges")
    context.actor.require((scope(CUSTOM_OBJECTS if entity.type.custom else entity.plural, "read"),))
    return msgspec.json.encode(
        {
            "id": ids.written(PREFIX, row.number),
            "entityType": row.type,
            "primaryId": entity.id(row.primary),
            "duplicateId": entity.id(row.duplicate),
            "status": row.status,
            "createdAt": clock.written(row.created_at),
            "updatedAt": clock.written(row.updated_at),
        }
    )


def _read(body: Body) -> tuple[tuple[str, str], Body, bool]:
    for key in body:
        if key not in ("primaryId", "duplicateId", "fieldResolutions", "options"):
            raise problems.unknown_key(key)
    for key in ("primaryId", "duplicateId"):
        if key not in body:
            raise problems.parameter_missing(key)
        if not isinstance(body[key], str):
            raise problems.invalid_type("An id is expected.", key)
    resolutions = body.get("fieldResolutions", {})
    if not isinstance(resolutions, dict):
        raise problems.invalid_type("An object is expected.", "fieldResolutions")
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise problems.invalid_type("An object is expected.", "options")
    for key in options:
        if key != "multiSelectUnion":
            raise problems.unknown_key(key, f"options.{problems.shown(key)}")
    union = options.get("multiSelectUnion", False)
    if not isinstance(union, bool):
        raise problems.invalid_type("A boolean is expected.", "options.multiSelectUnion")
    return (body["primaryId"], body["duplicateId"]), resolutions, union


def _same_account(context: Context, entity: Entity, primary: int, duplicate: int) -> None:
    """Opportunities of different accounts are different deals (spec: sdk-python 11.3)."""
    hop = entity.ends["$account"].hop
    assert hop is not None
    accounts = context.tx.links([primary, duplicate], (hop,), hidden=True)
    if accounts.get(primary) != accounts.get(duplicate):
        raise problems.unprocessable("Only opportunities of one account can be merged.", "duplicateId")


def _describe(which: str | None) -> Describe:
    def describe(catalog: Catalog) -> dict[str, Any]:
        primary = schemas.custom(catalog, schemas.record) if which is None else schemas.record(catalog[which])
        return schemas.described(
            body=schemas.closed(
                {
                    "primaryId": schemas.ID,
                    "duplicateId": schemas.ID,
                    "fieldResolutions": {
                        "type": "object",
                        "additionalProperties": {
                            "anyOf": [{"enum": [merging.PRIMARY, merging.DUPLICATE]}, schemas.closed({"value": {}})]
                        },
                    },
                    "options": schemas.closed({"multiSelectUnion": {"type": "boolean"}}, required=()),
                },
                required=("primaryId", "duplicateId"),
            ),
            reply=schemas.closed(
                {
                    "merge": schemas.closed({"id": schemas.ID, "status": {"const": DONE}}),
                    "primary": primary,
                    "summary": schemas.closed(
                        {
                            "fieldWriteCount": schemas.COUNT,
                            "syncRepointedCount": schemas.COUNT,
                            "warnings": {"type": "array", "items": {"type": "string"}},
                        }
                    ),
                }
            ),
        )

    return describe


def _merge_reply(catalog: Catalog) -> dict[str, Any]:
    texts = ("id", "entityType", "primaryId", "duplicateId", "status")
    moments = ("createdAt", "updatedAt")
    return schemas.described(
        reply=schemas.closed({**dict.fromkeys(texts, schemas.ID), **dict.fromkeys(moments, schemas.MOMENT)})
    )


def _declare(id: str, path: str, family: str, which: Which, described: str | None) -> None:
    declare(
        Operation(
            id,
            "POST",
            path,
            "Merge a duplicate into a record that stays.",
            merge(which),
            WRITE,
            _describe(described),
            scopes=(scope(family, "update"), scope(family, "delete")),
            writes=True,
            idempotent=True,
            body=REQUIRED_BODY,
        )
    )


def declare_for(object_type: ObjectType) -> None:
    """Declare the merging of one shipped object type, if its records can be merged."""
    if object_type.mergeable:
        name, plural = object_type.name, object_type.plural
        _declare(f"merge.merge{plural.capitalize()}", f"/v1/{plural}/merge", plural, shipped(name), name)


_declare("merge.mergeObjectValues", "/v1/objects/{entitySlug}/merge", CUSTOM_OBJECTS, custom, None)

declare(
    Operation(
        "merge.getMerge",
        "GET",
        "/v1/merges/{id}",
        "What became of a merge.",
        get_merge,
        READ,
        _merge_reply,
    )
)
