"""`object.listDefinitions`: the object types that a workspace made (spec: objects 11)."""

from typing import Any

from lightfield_server.identity.limits import READ
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.scopes import CUSTOM_OBJECTS, scope
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import Asked, Operation, declare
from lightfield_server.records import wire
from lightfield_server.records.context import Context


def list_definitions(context: Context, asked: Asked) -> bytes:
    return wire.object_types(context.catalog)


def _describe(catalog: Catalog) -> dict[str, Any]:
    item = schemas.closed({"objectType": {"type": "string"}, "label": {"type": "string"}})
    return schemas.described(reply=schemas.closed({"data": {"type": "array", "items": item}}))


declare(
    Operation(
        "object.listDefinitions",
        "GET",
        "/v1/objects",
        "List the object types of the workspace's own.",
        list_definitions,
        READ,
        _describe,
        scopes=(scope(CUSTOM_OBJECTS, "read"),),
    )
)
