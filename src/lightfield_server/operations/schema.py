"""Definitions over HTTP, for administrators: object types, fields, options and relationships. Ours, not upstream's."""

from collections.abc import Callable
from typing import Any

import msgspec

from lightfield_server.identity.limits import READ, WRITE
from lightfield_server.model.configuration import Option
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations import schema_shapes as shapes
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import (
    OPTIONAL_BODY,
    REQUIRED_BODY,
    Asked,
    Handler,
    Operation,
    declare,
)
from lightfield_server.records import shape
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common, fields, options, relationships, types, views

OBJECTS = "/v1/schema/objects"
OBJECT = f"{OBJECTS}/{{objectType}}"
FIELD = f"{OBJECT}/fields/{{key}}"
OPTION = f"{FIELD}/options/{{optionId}}"
RELATIONSHIP = f"{OBJECT}/relationships/{{key}}"


# Handlers. Each finds what the path names, changes it, and answers with what it has become.


def list_objects(context: Context, asked: Asked) -> bytes:
    return msgspec.json.encode({"data": views.summaries(context)})


def retrieve_object(context: Context, asked: Asked) -> bytes:
    return _object(context, common.any_type(context, asked.path["objectType"]).name)


def create_object(context: Context, asked: Asked) -> bytes:
    return _object(context, types.create(context, asked.body))


def change_object(context: Context, asked: Asked) -> bytes:
    entity = common.type_in_use(context, asked.path["objectType"])
    types.change(context, entity, asked.body)
    return _object(context, entity.name)


def move_object(verb: Callable[[Context, Entity], None]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = common.any_type(context, asked.path["objectType"])
        shape.empty(asked.body)
        verb(context, entity)
        return _object(context, entity.name)

    return handler


def create_field(context: Context, asked: Asked) -> bytes:
    entity = common.type_in_use(context, asked.path["objectType"])
    return _field(context, entity, fields.create(context, entity, asked.body))


def change_field(context: Context, asked: Asked) -> bytes:
    entity, field = _field_in_use(context, asked)
    fields.change(context, entity, field, asked.body)
    return _field(context, entity, field.key)


def move_field(verb: Callable[[Context, Entity, Field], None]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = common.type_in_use(context, asked.path["objectType"])
        field = fields.existing(context, entity, asked.path["key"])
        shape.empty(asked.body)
        verb(context, entity, field)
        return _field(context, entity, field.key)

    return handler


def create_option(context: Context, asked: Asked) -> bytes:
    entity, field = _field_in_use(context, asked)
    options.create(context, entity, options.changeable(field), asked.body)
    return _field(context, entity, field.key)


def change_option(context: Context, asked: Asked) -> bytes:
    entity, field, option = _option(context, asked)
    options.change(context, entity, field, option, asked.body)
    return _field(context, entity, field.key)


def move_option(verb: Callable[[Context, Entity, Field, Option], None]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity, field, option = _option(context, asked)
        shape.empty(asked.body)
        verb(context, entity, field, option)
        return _field(context, entity, field.key)

    return handler


def order_options(context: Context, asked: Asked) -> bytes:
    entity, field = _field_in_use(context, asked)
    options.order(context, entity, options.changeable(field), asked.body)
    return _field(context, entity, field.key)


def create_relationship(context: Context, asked: Asked) -> bytes:
    entity = common.type_in_use(context, asked.path["objectType"])
    return _relationship(context, entity, relationships.create(context, entity, asked.body))


def change_relationship(context: Context, asked: Asked) -> bytes:
    entity = common.type_in_use(context, asked.path["objectType"])
    end = relationships.in_use(context, entity, asked.path["key"])
    relationships.change(context, entity, end, asked.body)
    return _relationship(context, entity, end.key)


def move_relationship(verb: Callable[[Context, Entity, End], None]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        entity = common.type_in_use(context, asked.path["objectType"])
        end = relationships.existing(context, entity, asked.path["key"])
        shape.empty(asked.body)
        verb(context, entity, end)
        return _relationship(context, entity, end.key)

    return handler


def _field_in_use(context: Context, asked: Asked) -> tuple[Entity, Field]:
    entity = common.type_in_use(context, asked.path["objectType"])
    return entity, fields.in_use(context, entity, asked.path["key"])


def _option(context: Context, asked: Asked) -> tuple[Entity, Field, Option]:
    entity, field = _field_in_use(context, asked)
    return entity, field, options.existing(options.changeable(field), asked.path["optionId"])


# Answers, from the catalog as the change has left it


def _object(context: Context, name: str) -> bytes:
    return msgspec.json.encode(views.object_type(context, common.any_type(context, name)))


def _field(context: Context, entity: Entity, key: str) -> bytes:
    return msgspec.json.encode(views.field(common.any_type(context, entity.name).fields[key]))


def _relationship(context: Context, entity: Entity, key: str) -> bytes:
    entity = common.any_type(context, entity.name)
    return msgspec.json.encode(views.relationship(context, entity, entity.ends[key]))


# Declarations


def admin(id: str, method: str, path: str, summary: str, handler: Handler, reply: Any, body: Any = None) -> None:
    """An operation of ours for administrators; without a schema for its body a POST takes none."""
    write = method == "POST"
    kind: dict[str, Any] = {"body": OPTIONAL_BODY if body is None else REQUIRED_BODY} if write else {}
    described = shapes.describe(reply, schemas.EMPTY if write and body is None else body)
    declare(
        Operation(
            id,
            method,
            path,
            summary,
            handler,
            WRITE if write else READ,
            described,
            scopes=(ADMIN,),
            writes=write,
            idempotent=write,
            compatible=False,
            **kind,
        )
    )


def _declare_objects() -> None:
    view = shapes.object_type
    admin("schema.listObjects", "GET", OBJECTS, "List every object type.", list_objects, shapes.SUMMARIES)
    admin("schema.createObject", "POST", OBJECTS, "Define an object type.", create_object, view, shapes.NEW_TYPE)
    admin("schema.retrieveObject", "GET", OBJECT, "All there is to know of an object type.", retrieve_object, view)
    admin("schema.updateObject", "POST", OBJECT, "Rename an object type.", change_object, view, shapes.CHANGED_TYPE)
    admin(
        "schema.archiveObject",
        "POST",
        f"{OBJECT}/archive",
        "Take an object type out of sight; its records are kept.",
        move_object(types.archive),
        view,
    )
    admin(
        "schema.restoreObject",
        "POST",
        f"{OBJECT}/restore",
        "Bring an archived object type back.",
        move_object(types.restore),
        view,
    )


def _declare_fields() -> None:
    view, new = shapes.field, shapes.new_field
    admin("schema.createField", "POST", f"{OBJECT}/fields", "Define a field.", create_field, view, new)
    admin("schema.updateField", "POST", FIELD, "Rename or set up a field.", change_field, view, shapes.CHANGED_FIELD)
    admin(
        "schema.archiveField",
        "POST",
        f"{FIELD}/archive",
        "Take a field out of sight; its values are kept.",
        move_field(fields.archive),
        view,
    )
    admin(
        "schema.restoreField",
        "POST",
        f"{FIELD}/restore",
        "Bring an archived field back with its values.",
        move_field(fields.restore),
        view,
    )


def _declare_options() -> None:
    view = shapes.field
    new, changed = shapes.NEW_OPTION, shapes.CHANGED_OPTION
    admin("schema.createOption", "POST", f"{FIELD}/options", "Add an option.", create_option, view, new)
    admin("schema.updateOption", "POST", OPTION, "Rename an option.", change_option, view, changed)
    admin(
        "schema.orderOptions",
        "POST",
        f"{FIELD}/options/order",
        "Put the options in another order.",
        order_options,
        view,
        shapes.ORDER,
    )
    admin(
        "schema.retireOption",
        "POST",
        f"{OPTION}/retire",
        "Take an option out of choice; records that have it keep it.",
        move_option(options.retire),
        view,
    )
    admin(
        "schema.restoreOption",
        "POST",
        f"{OPTION}/restore",
        "Let a retired option be chosen again.",
        move_option(options.restore),
        view,
    )


def _declare_relationships() -> None:
    view, new, changed = shapes.RELATIONSHIP, shapes.NEW_RELATIONSHIP, shapes.CHANGED_RELATIONSHIP
    collection = f"{OBJECT}/relationships"
    admin("schema.createRelationship", "POST", collection, "Define a relationship.", create_relationship, view, new)
    admin(
        "schema.updateRelationship",
        "POST",
        RELATIONSHIP,
        "Rename a relationship.",
        change_relationship,
        view,
        changed,
    )
    admin(
        "schema.archiveRelationship",
        "POST",
        f"{RELATIONSHIP}/archive",
        "Take both ends of a relationship out of sight; its links are kept.",
        move_relationship(relationships.archive),
        view,
    )
    admin(
        "schema.restoreRelationship",
        "POST",
        f"{RELATIONSHIP}/restore",
        "Bring an archived relationship back with its links.",
        move_relationship(relationships.restore),
        view,
    )


_declare_objects()
_declare_fields()
_declare_options()
_declare_relationships()
