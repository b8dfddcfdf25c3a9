"""Files: announced, completed, cancelled, looked at and fetched (spec: files-and-emails 1). The bytes go by addresses
of their own: see `http.files`."""

from typing import Any

import msgspec

from lightfield_server.files import sessions
from lightfield_server.files.purposes import LARGEST, PURPOSES
from lightfield_server.identity.limits import READ, SEARCH, WRITE
from lightfield_server.kit import clock, ids
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.object_types.file import FILE, PENDING, STATUSES
from lightfield_server.model.record import Record
from lightfield_server.model.scopes import scope
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import (
    OPTIONAL_BODY,
    REQUIRED_BODY,
    Asked,
    Describe,
    Operation,
    declare,
)
from lightfield_server.records import access, queries, shape
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query

FILES = "/v1/files"
ONE = f"{FILES}/{{id}}"


def create(context: Context, asked: Asked) -> bytes:
    addresses = asked.addresses()
    announced = sessions.announce(context, asked.body, addresses.lifetime)
    upload = announced.upload
    headers = {"content-type": upload.type}
    if upload.once:
        headers["if-none-match"] = "*"
    return msgspec.json.encode(
        {
            **view(context, announced.record),
            "uploadUrl": addresses.upload(context.tx.workspace, upload),
            "uploadHeaders": headers,
        }
    )


def list_(context: Context, asked: Asked) -> bytes:
    page, rest = queries.page(asked.query)
    queries.no_more(rest, FILE.plural)
    query = access.without_hidden_files(context, Query(FILE.name))
    total = context.tx.count(query)
    found = context.tx.page(query, page.limit, page.offset) if page.offset < total else []
    data = [view(context, record) for record in found]
    return msgspec.json.encode({"object": "list", "data": data, "totalCount": total})


def retrieve(context: Context, asked: Asked) -> bytes:
    return _shown(context, sessions.existing(context, asked.path["id"]))


def complete(context: Context, asked: Asked) -> bytes:
    record = sessions.existing(context, asked.path["id"], lock=True)
    return _shown(context, sessions.complete(context, record, asked.body))


def cancel(context: Context, asked: Asked) -> bytes:
    record = sessions.existing(context, asked.path["id"], lock=True)
    shape.empty(asked.body)
    return _shown(context, sessions.cancel(context, record))


def url(context: Context, asked: Asked) -> bytes:
    record = sessions.existing(context, asked.path["id"])
    sessions.require_completed(record, context.at)
    upload = sessions.upload_of(context.tx, record)
    address, expires = asked.addresses().download(context.tx.workspace, upload, context.at)
    return msgspec.json.encode({"url": address, "expiresAt": clock.written(expires)})


def view(context: Context, record: Record) -> dict[str, Any]:
    """A file on the wire: flat, unlike other records."""
    status = sessions.status(record, context.at)
    get = record.fields.get
    return {
        "id": ids.written(FILE.prefix, record.number),
        "status": status,
        "filename": get("$name"),
        "mimeType": get("$mimeType"),
        "sizeBytes": get("$sizeBytes"),
        "createdAt": clock.written(record.created_at),
        "completedAt": get("$completedAt"),
        "expiresAt": get("$expiresAt") if status == PENDING else None,
    }


def _shown(context: Context, record: Record) -> bytes:
    return msgspec.json.encode(view(context, record))


def again(context: Context, kept: bytes) -> bytes:
    """A kept reply, for whoever may still know of the file."""
    sessions.existing(context, msgspec.json.decode(kept)["id"])
    return kept


# Documents

_FILE = {
    "id": schemas.ID,
    "status": {"enum": list(STATUSES)},
    "filename": {"type": "string"},
    "mimeType": {"type": "string"},
    "sizeBytes": {"type": "integer", "minimum": 1},
    "createdAt": schemas.MOMENT,
    "completedAt": schemas.nullable(schemas.MOMENT),
    "expiresAt": schemas.nullable(schemas.MOMENT),
}

_HEADERS = {"type": "object", "additionalProperties": {"type": "string"}}

_ANNOUNCED = schemas.closed(
    {
        "filename": {"type": "string", "minLength": 1, "maxLength": 255},
        "mimeType": {"type": "string"},
        "sizeBytes": {"type": "integer", "minimum": 1, "maximum": LARGEST},
        "purpose": {"enum": list(PURPOSES)},
    },
    required=("filename", "mimeType", "sizeBytes"),
)

_COMPLETED = schemas.closed({"md5": {"type": "string", "pattern": "^[a-f0-9]{32}$"}}, required=())


def _describe(
    reply: schemas.Schema, body: schemas.Schema | None = None, query: list[schemas.Schema] | None = None
) -> Describe:
    def describe(catalog: Catalog) -> dict[str, Any]:
        return schemas.described(body, reply, query)

    return describe


def _declare(name: str, method: str, path: str, summary: str, handler: Any, describe: Describe, **more: Any) -> None:
    permission = "read" if method == "GET" else "create"
    declare(
        Operation(
            f"file.{name}",
            method,
            path,
            summary,
            handler,
            describe=describe,
            scopes=(scope(FILE.plural, permission),),
            writes=method == "POST",
            idempotent=method == "POST",
            **more,
        )
    )


_declare(
    "create",
    "POST",
    FILES,
    "Announce a file and learn where its bytes go.",
    create,
    _describe(schemas.closed({**_FILE, "uploadUrl": {"type": "string"}, "uploadHeaders": _HEADERS}), _ANNOUNCED),
    category=WRITE,
    body=REQUIRED_BODY,
)
_declare(
    "list",
    "GET",
    FILES,
    "List files, newest first.",
    list_,
    _describe(schemas.listed(schemas.closed(_FILE)), query=schemas.PAGING),
    category=SEARCH,
)
_declare("retrieve", "GET", ONE, "Retrieve a file.", retrieve, _describe(schemas.closed(_FILE)), category=READ)
_declare(
    "complete",
    "POST",
    f"{ONE}/complete",
    "Say that the bytes are uploaded.",
    complete,
    _describe(schemas.closed(_FILE), _COMPLETED),
    category=WRITE,
    body=REQUIRED_BODY,
    again=again,
)
_declare(
    "cancel",
    "POST",
    f"{ONE}/cancel",
    "Give up an upload.",
    cancel,
    _describe(schemas.closed(_FILE), schemas.EMPTY),
    category=WRITE,
    body=OPTIONAL_BODY,
    again=again,
)
_declare(
    "url",
    "GET",
    f"{ONE}/url",
    "A temporary address to download a file from.",
    url,
    _describe(schemas.closed({"url": {"type": "string"}, "expiresAt": schemas.MOMENT})),
    category=READ,
)
