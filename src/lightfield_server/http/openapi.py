"""OpenAPI 3.1 of what this server serves, made from the operations and a catalog."""

from typing import Any

import msgspec

from lightfield_server import __version__
from lightfield_server.http.reading import VERSION
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations.operation import NO_BODY, OPERATIONS, OPTIONAL_BODY, REQUIRED_BODY, Operation

#: Statuses each with the class of error it carries (spec: conventions 4.2).
ERRORS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    413: "content_too_large",
    415: "unsupported_media_type",
    422: "unprocessable_content",
    429: "too_many_requests",
    500: "internal_server_error",
    503: "service_unavailable",
}


def document(catalog: Catalog) -> bytes:
    """The document as JSON. A workspace's catalog adds its own fields and object types."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, catalog)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Lightfield API",
                "version": __version__,
                "description": "The CRM of this server. Every request names the API version in a header.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "/"}],
            "security": [{"key": []}],
            "tags": [{"name": name} for name in sorted({_tag(operation) for operation in OPERATIONS})],
            "paths": paths,
            "components": {
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
                "schemas": {"Error": _error_schema()},
                "responses": {str(status): _error_response(status) for status in ERRORS},
                "headers": _headers(),
            },
        }
    )


def _operation(operation: Operation, catalog: Catalog) -> dict[str, Any]:
    described = operation.describe(catalog)
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [_tag(operation)],
        "summary": operation.summary,
        "description": _needs(operation),
        "parameters": [
            *_path_parameters(operation),
            *([_version()] if operation.versioned else []),
            *described["query"],
        ],
        "responses": {
            "200": {
                "description": "Done.",
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _headers()},
                "content": _content(operation.offers, described["reply"]),
            },
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _statuses(operation)},
        },
    }
    if operation.idempotent:
        made["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "maxLength": 255},
                "description": "Carried out once in 24 hours under one key.",
            }
        )
    if operation.body != NO_BODY:
        made["requestBody"] = {
            "required": operation.body == REQUIRED_BODY,
            "content": {"application/json": {"schema": described["body"]}},
        }
    if operation.accepts:
        made["requestBody"] = {"required": True, "content": _content(operation.accepts, None)}
    if operation.body == OPTIONAL_BODY:
        made["requestBody"]["description"] = "None, or an empty object."
    return made


def _content(media: tuple[str, ...], schema: dict[str, Any] | None) -> dict[str, Any]:
    """JSON of a shape, or a file of one of several types."""
    if not media:
        return {"application/json": {"schema": schema}}
    return {each: {"schema": {"type": "string", "format": "binary"}} for each in media}


def _tag(operation: Operation) -> str:
    """The SDK's resource."""
    return operation.id.partition(".")[0]


def _needs(operation: Operation) -> str:
    scopes = " and ".join(f"`{scope}`" for scope in operation.scopes)
    scopes = scopes or " or ".join(f"`{scope}`" for scope in operation.any_scopes)
    return f"Scope: {scopes or 'none'}. Rate limit: {operation.category}."


def _statuses(operation: Operation) -> list[int]:
    without_body = {413, 415} if operation.body == NO_BODY and not operation.accepts else set()
    return [status for status in ERRORS if status not in without_body]


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in operation.parameters
    ]


def _version() -> dict[str, Any]:
    return {"name": "Lightfield-Version", "in": "header", "required": True, "schema": {"const": VERSION}}


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {"type": text, "message": text, "code": text, "param": text},
                "required": ["type", "message"],
                "additionalProperties": False,
            }
        },
        "required": ["error"],
        "additionalProperties": False,
    }


def _error_response(status: int) -> dict[str, Any]:
    return {
        "description": ERRORS[status],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _headers() -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 0}
    return {
        "X-RateLimit-Limit": {"description": "Requests a second.", "schema": whole},
        "X-RateLimit-Remaining": {"description": "Requests left now.", "schema": whole},
        "X-RateLimit-Reset": {"description": "When all are back, in seconds since 1970.", "schema": whole},
    }
