"""A server that knows nobody and keeps nothing: every request gets an example made from the schema of its reply.

Clients' own test suites send placeholders for keys, ids and fields, and need answers of the right shape (spec:
sdk-python 10.2). Nothing is looked at but the method and the path.
"""

import re
from typing import Any

import msgspec

from lightfield_server.http import problems as rendering
from lightfield_server.http import reading
from lightfield_server.http.files import PREFIX as BYTES
from lightfield_server.http.reading import Message, Receive, Send
from lightfield_server.kit import ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.completing import CUSTOM_PREFIX, FIELD_ID, OPTION_ID, RELATIONSHIP_ID, TYPE
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Stored
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.operations.operation import OPERATIONS, Operation
from lightfield_server.operations.routing import Router
from lightfield_server.operations.schemas import Schema

MOMENT = "2026-05-01T09:00:00.000Z"

_NUMBER = 0x0123456789ABCDEF

#: What stands under a key, where the schema leaves it open.
_TEXTS = {
    "name": "Acme Corp",
    "title": "First call",
    "filename": "talk.txt",
    "mimeType": "text/plain",
    "label": "Acme Corp",
    "firstName": "Ada",
    "lastName": "Byron",
    "street": "123 Market St",
    "city": "San Francisco",
    "country": "US",
    "status": "running",
    "slug": "name",
    "objectType": "member",
}

#: What is null wherever it may be.
_ABSENT = frozenset({"httpLink", "externalId", "description", "completedAt", "nextCursor"})

#: How ids begin of what is no record: by where they stand, or by whose reply it is.
_PREFIXES = {
    "fieldDefinitions": FIELD_ID,
    "relationshipDefinitions": RELATIONSHIP_ID,
    "options": OPTION_ID,
    "merge": "mrg",
    "enrichmentRun": "run",
}

_DEFINED = (Stored(1, TYPE, "", "project", {"label": "Project"}, False),)


class Examples:
    """The ASGI application of example mode."""

    def __init__(self) -> None:
        self._catalog = Catalog(0, 0, _DEFINED)
        #: What answers with a record or the like; what streams a file has no example.
        self.operations = [each for each in OPERATIONS if each.describe(self._catalog)["reply"] is not None]
        self._router = Router(self.operations)
        self._made: dict[str, bytes] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        status, body = self._answer(scope)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: Message) -> tuple[int, bytes]:
        if scope["path"].startswith(BYTES):
            return 200, b"{}"
        try:
            found = self._router.find(scope["method"], reading.segments(scope["path"].encode()) or [])
            if found is None:
                raise problems.route_not_found(scope["method"], scope["path"])
        except Problem as problem:
            return problem.status, rendering.envelope(problem)
        return 200, self.reply(found[0])

    def reply(self, operation: Operation) -> bytes:
        """The example that an operation answers with, always the same."""
        made = self._made.get(operation.id)
        if made is None:
            schema = operation.describe(self._catalog)["reply"]
            resource = operation.id.partition(".")[0]
            made = self._made[operation.id] = msgspec.json.encode(example(schema, "", resource))
        return made


def example(schema: Schema, key: str, resource: str) -> Any:
    """Something of a schema. `key` is where it stands, `resource` whose reply that is: both tell what it is about."""
    if key in _ABSENT and "null" in schema.get("type", ()):
        return None
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], key, resource)
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next(each for each in kind if each != "null")
    match kind:
        case "object":
            return _object(schema, key, resource)
        case "array":
            return [example(schema["items"], key, resource)]
        case "boolean":
            return True
        case "null":
            return None
        case "integer" | "number":
            return max(schema.get("minimum", 0), 1)
    return _text(schema, key)


def _object(schema: Schema, key: str, resource: str) -> dict[str, Any]:
    properties = schema.get("properties", {})
    if key == "uploadHeaders":
        return {"content-type": _TEXTS["mimeType"]}
    if schema.get("additionalProperties"):
        named = "$owner" if key == "relationshipDefinitions" else "$name"
        return {named: example(schema["additionalProperties"], key, resource)}
    made = {name: example(inner, key if name == "value" else name, resource) for name, inner in properties.items()}
    if "const" in properties.get("valueType", {}):
        made["value"] = _value(VALUE_TYPES[made["valueType"]].sample, made["value"])
    if "id" in properties:
        made["id"] = ids.written(_PREFIXES.get(key) or _prefix(resource), _NUMBER)
    if {"objectType", "values"} <= properties.keys():
        made["values"] = [ids.written(_prefix(str(made["objectType"])), _NUMBER)]
    return made


def _value(sample: str | None, otherwise: Any) -> Any:
    if sample is None:
        return otherwise
    return [sample] if isinstance(otherwise, list) else sample


def _text(schema: Schema, key: str) -> str:
    if schema.get("format") == "date-time":
        return MOMENT
    if key == "valueType":
        return next(iter(VALUE_TYPES)).name
    bare = key.removeprefix("$")
    if bare.endswith("Id"):
        return ids.written(_prefix("account"), _NUMBER)
    if bare in ("uploadUrl", "url"):
        return f"http://127.0.0.1:8000{BYTES}1/{ids.written(_prefix('file'), _NUMBER)}"
    words = re.sub("[A-Z]", lambda capital: f" {capital[0].lower()}", bare)
    return _TEXTS.get(bare, words.capitalize())


def _prefix(type: str) -> str:
    known = OBJECT_TYPES.get(type)
    return _PREFIXES.get(type, CUSTOM_PREFIX) if known is None else known.prefix
