"""Imports over HTTP: a file is sent, mapped, checked, imported, and taken back. Ours, not upstream's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import READ, SEARCH, WRITE
from lightfield_server.kit import ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.operations import schemas
from lightfield_server.operations import transfer_shapes as shapes
from lightfield_server.operations.operation import (
    NO_BODY,
    OPTIONAL_BODY,
    REQUIRED_BODY,
    Asked,
    Handler,
    Incoming,
    Operation,
    Streamed,
    declare,
)
from lightfield_server.operations.server import Server
from lightfield_server.records import queries, shape
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.store.protocol import JobRow, Transaction
from lightfield_server.transfer import jobs, mapping, mappings, proposing, reading, storage
from lightfield_server.transfer.reading import Inspection
from lightfield_server.transfer.storage import Folder, Stored
from lightfield_server.transfer.table import JSONL
from lightfield_server.transfer.write_files import MEDIA

IMPORTS = "/v1/imports"
IMPORT = f"{IMPORTS}/{{id}}"
MAPPINGS = f"{IMPORTS}/mappings"
MAPPING = f"{MAPPINGS}/{{id}}"

_QUERY = ("objectType", "name", "encoding", "delimiter", "sheet")

#: Bytes of a list of rejected rows that are sent at a time.
_BLOCK = 1 << 16


def folder(server: Server) -> Folder:
    if server.files is None:
        raise problems.unavailable("This server has no folder for files.")
    return server.files


def context_of(server: Server, actor: Actor, tx: Transaction) -> Context:
    return Context(tx, server.catalogs.current(tx), actor, server.clock(), server.numbers)


# Sending a file


async def take(server: Server, actor: Actor, asked: Asked, incoming: Incoming) -> dict[str, Any]:
    """Keep the file as it comes, and find out what it is made of."""
    files = folder(server)
    told = _told(asked)

    def entity(tx: Transaction) -> Entity:
        context = context_of(server, actor, tx)
        found = mapping.type_of(context.catalog, told.get("objectType"), "objectType")
        jobs.require_scopes(context, found.name)
        return found

    await server.store.read(actor.workspace, entity)
    format = reading.format_of_media(incoming.content_type)
    stored = await files.receive(incoming.chunks)
    try:
        await incoming.settled()
        inspection = await asyncio.to_thread(
            reading.inspected,
            files.file(stored.key),
            format,
            told.get("encoding"),
            told.get("delimiter"),
            told.get("sheet"),
        )
    except BaseException:
        files.remove(stored.key)
        raise
    name = told.get("name") or f"file.{format}"
    return {
        "type": told["objectType"], "name": name, "host": files.host, "stored": stored, "inspection": inspection
    }  # fmt: skip


def _told(asked: Asked) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in asked.query:
        if name not in _QUERY:
            raise problems.unknown_key(name)
        told[name] = value
    if "objectType" not in told:
        raise problems.parameter_missing("objectType")
    if len(told.get("name", "")) > jobs.LONGEST_NAME:
        raise problems.invalid_configuration(f"'name' is longer than {jobs.LONGEST_NAME} characters.", "name")
    return told


def create(context: Context, asked: Asked) -> bytes:
    sent: Any = asked.body
    inspection: Inspection = sent["inspection"]
    stored: Stored = sent["stored"]
    entity = mapping.type_of(context.catalog, sent["type"], "objectType")
    jobs.require_scopes(context, entity.name)
    made = proposing.proposed(context.catalog, entity, inspection.layout, inspection.samples)
    return _view(jobs.create(context, sent["host"], stored, sent["name"], inspection, made))


# What is done with it


def list_imports(context: Context, asked: Asked) -> bytes:
    """Those of types that the key may import."""
    page, rest = queries.page(asked.query)
    queries.no_more(rest, "imports")
    types = [type for type in context.catalog.entities if jobs.may(context, type)]
    data = [jobs.view(row) for row in context.tx.jobs(types, page.limit, page.offset)]
    return msgspec.json.encode({"object": "list", "data": data, "totalCount": context.tx.count_jobs(types)})


def retrieve(context: Context, asked: Asked) -> bytes:
    return _view(jobs.existing(context, asked.path["id"]))


def change_mapping(context: Context, asked: Asked) -> bytes:
    """Another mapping: as JSON, or a saved one by name or id. `saveAs` keeps it for other files."""
    common.check(asked.body, (), ("mapping", "saved", "saveAs"))
    job = jobs.existing(context, asked.path["id"])
    sent = asked.body.get("mapping")
    if (sent is None) is (asked.body.get("saved") is None):
        raise problems.invalid_type("Send either a 'mapping' or the name of a 'saved' one.", "mapping")
    if sent is None:
        sent = mappings.named(context, common.text(asked.body["saved"], "saved", mappings.LONGEST_NAME)).body
    moved = jobs.set_mapping(context, job, sent)
    if asked.body.get("saveAs") is not None:
        name = common.text(asked.body["saveAs"], "saveAs", mappings.LONGEST_NAME)
        mappings.put(context, name, jobs.mapping_of(context.catalog, moved))
    return _view(moved)


def move(verb: Callable[[Context, JobRow], JobRow]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        job = jobs.existing(context, asked.path["id"])
        shape.empty(asked.body)
        return _view(verb(context, job))

    return handler


async def rejected(server: Server, actor: Actor, asked: Asked) -> Streamed:
    """Every rejected row, a JSON object a line."""
    files = folder(server)
    queries.no_more(asked.query, "rejected rows")
    job = await server.store.read(
        actor.workspace, lambda tx: jobs.existing(context_of(server, actor, tx), asked.path["id"])
    )
    if job.host != files.host:
        raise problems.unavailable("The list lies on the host that carries this import.")
    path = files.rejected(job.body["file"]["key"])

    async def lines() -> AsyncIterator[bytes]:
        found: list[bytes] = []
        for row in storage.listed(path, job.report):
            found.append(msgspec.json.encode(row) + b"\n")
            if len(found) == 500:
                yield b"".join(found)
                found = []
                await asyncio.sleep(0)
        yield b"".join(found)

    return Streamed(MEDIA[JSONL], f"rejected-{ids.written(jobs.PREFIX, job.number)}.jsonl", lines())


def _view(job: JobRow) -> bytes:
    return msgspec.json.encode(jobs.view(job))


# Saved mappings


def list_mappings(context: Context, asked: Asked) -> bytes:
    queries.no_more(asked.query, "mappings")
    data = [mappings.view(row) for row in mappings.every(context) if jobs.may(context, row.type)]
    return msgspec.json.encode({"object": "list", "data": data, "totalCount": len(data)})


def retrieve_mapping(context: Context, asked: Asked) -> bytes:
    row = mappings.existing(context, asked.path["id"])
    jobs.require_scopes(context, row.type)
    return msgspec.json.encode(mappings.view(row))


def save_mapping(context: Context, asked: Asked) -> bytes:
    common.check(asked.body, ("name", "mapping"))
    read = mapping.read(asked.body["mapping"], context.catalog)
    jobs.require_scopes(context, read.type)
    name = common.text(asked.body["name"], "name", mappings.LONGEST_NAME)
    return msgspec.json.encode(mappings.view(mappings.put(context, name, read)))


def forget_mapping(context: Context, asked: Asked) -> bytes:
    row = mappings.existing(context, asked.path["id"])
    jobs.require_scopes(context, row.type)
    shape.empty(asked.body)
    mappings.forget(context, row)
    return msgspec.json.encode(mappings.view(row))


def _describe(reply: Any, body: Any = None, query: Any = None) -> Callable[[Catalog], dict[str, Any]]:
    return lambda catalog: schemas.described(body, reply, query)


def _post(
    id: str, path: str, summary: str, handler: Handler, reply: Any, body: Any = None, method: str = "POST"
) -> None:
    declare(
        Operation(
            id,
            method,
            path,
            summary,
            handler,
            WRITE,
            _describe(reply, schemas.EMPTY if body is None else body),
            writes=True,
            idempotent=body is not None,
            body=OPTIONAL_BODY if body is None else REQUIRED_BODY,
            compatible=False,
        )
    )


def _get(id: str, path: str, summary: str, handler: Handler, reply: Any, query: Any = None) -> None:
    category = SEARCH if query else READ
    declare(Operation(id, "GET", path, summary, handler, category, _describe(reply, query=query), compatible=False))


declare(
    Operation(
        "import.create",
        "POST",
        IMPORTS,
        "Send a file to import, as CSV, XLSX or JSONL. Needs the scopes to create and update records of its type.",
        create,
        WRITE,
        _describe(shapes.IMPORT, query=shapes.FILE_QUERY),
        writes=True,
        body=NO_BODY,
        takes=take,
        accepts=tuple(dict.fromkeys(reading.MEDIA)),
        compatible=False,
    )
)
_get("import.list", IMPORTS, "List imports, newest first.", list_imports, schemas.listed(shapes.IMPORT), schemas.PAGING)
_get(
    "import.retrieve", IMPORT, "Retrieve an import: its columns, mapping, counts and progress.", retrieve, shapes.IMPORT
)
_post(
    "import.map", f"{IMPORT}/mapping", "Map the columns of a file.", change_mapping, shapes.IMPORT, shapes.NEW_MAPPING
)
for _name, _verb, _says in (
    ("dryRun", jobs.check, "Begin to find out what would become of every row; nothing is written."),
    ("start", jobs.start, "Begin to import, or go on where it stopped."),
    ("pause", jobs.pause, "Stop until it is started again."),
    ("cancel", jobs.cancel, "Stop for good; what was imported stays until it is undone."),
    ("undo", jobs.undo, "Begin to take back what was imported, updates included."),
):
    _post(f"import.{_name}", f"{IMPORT}/{_name}", _says, move(_verb), shapes.IMPORT)
declare(
    Operation(
        "import.rejected",
        "GET",
        f"{IMPORT}/rejected",
        "Every rejected row, a JSON object a line: row, column, value, reason and fix.",
        retrieve,
        READ,
        _describe(None),
        gives=rejected,
        offers=(MEDIA[JSONL],),
        compatible=False,
    )
)
_get("importMapping.list", MAPPINGS, "List saved mappings.", list_mappings, schemas.listed(shapes.SAVED))
_get("importMapping.retrieve", MAPPING, "Retrieve a saved mapping.", retrieve_mapping, shapes.SAVED)
_post(
    "importMapping.save",
    MAPPINGS,
    "Save a mapping under a name; one of that name is replaced.",
    save_mapping,
    shapes.SAVED,
    shapes.NEW_SAVED,
)
_post("importMapping.delete", MAPPING, "Delete a saved mapping.", forget_mapping, shapes.SAVED, method="DELETE")
