"""`auth.validate`: what the key in use may do (spec: objects 14)."""

from typing import Any

import msgspec

from lightfield_server.identity.limits import READ
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import Asked, Operation, declare
from lightfield_server.records.context import Context


def validate(context: Context, asked: Asked) -> bytes:
    actor = context.actor
    return msgspec.json.encode(
        {
            "active": True,
            "tokenType": "api_key",
            "subjectType": "workspace" if actor.member is None else "user",
            "scopes": sorted(actor.scopes),
        }
    )


def _describe(catalog: Catalog) -> dict[str, Any]:
    return schemas.described(
        reply=schemas.closed(
            {
                "active": {"type": "boolean"},
                "tokenType": {"const": "api_key"},
                "subjectType": {"enum": ["user", "workspace"]},
                "scopes": {"type": "array", "items": {"type": "string"}},
            }
        )
    )


declare(
    Operation(
        "auth.validate",
        "GET",
        "/v1/auth/validate",
        "Say whose key this is and what it may do.",
        validate,
        READ,
        _describe,
    )
)
