"""Exports over HTTP: the records of any list query as a file. Ours, not upstream's."""

from collections.abc import AsyncIterator
from typing import Any

from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import SEARCH
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.scopes import scope
from lightfield_server.operations import schemas
from lightfield_server.operations import transfer_shapes as shapes
from lightfield_server.operations.imports import context_of
from lightfield_server.operations.operation import REQUIRED_BODY, Asked, Operation, Streamed, declare
from lightfield_server.operations.server import Server
from lightfield_server.records import queries
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.transfer import exporting, jobs, write_files
from lightfield_server.transfer.exporting import Wanted
from lightfield_server.transfer.table import CSV


async def give(server: Server, actor: Actor, asked: Asked) -> Streamed:
    async def read(work: Any) -> Any:
        return await server.store.read(actor.workspace, lambda tx: work(context_of(server, actor, tx)))

    wanted: Wanted = await read(lambda context: _wanted(context, asked))
    chunks = exporting.chunks(wanted, read, write_files.writer(wanted.format))
    # What cannot be exported at all is refused rather than begun.
    first: bytes | None = b""
    while first == b"":
        first = await anext(chunks, None)

    async def begun() -> AsyncIterator[bytes]:
        yield first or b""
        async for chunk in chunks:
            yield chunk

    return Streamed(write_files.MEDIA[wanted.format], f"{wanted.type}.{wanted.format}", begun())


def _wanted(context: Context, asked: Asked) -> Wanted:
    body = asked.body
    common.check(body, ("objectType",), ("format", "filters", "fields", "references"))
    name = body["objectType"]
    entity = context.catalog.entities.get(name) if isinstance(name, str) else None
    if entity is None:
        raise problems.invalid_configuration(f"There is no object type '{problems.shown(str(name))}'.", "objectType")
    if "retrieve" not in entity.type.operations:
        # Who may see one of these, others decide.
        raise problems.invalid_configuration(f"Records of type '{entity.name}' cannot be exported.", "objectType")
    context.actor.require((scope(jobs.family(entity), "read"),))
    keys = body.get("fields")
    if keys is not None and (not isinstance(keys, list) or not all(isinstance(key, str) for key in keys)):
        raise problems.invalid_type("An array of keys is expected.", "fields")
    filters = body.get("filters", {})
    if not isinstance(filters, dict) or not all(isinstance(value, str) for value in filters.values()):
        raise problems.invalid_type("An object is expected: filters as lists have them, each with a text.", "filters")
    query = queries.query(context.catalog, entity, filters.items())
    return exporting.wanted(
        context, entity, query, body.get("format") or CSV, body.get("references") or exporting.BOTH, keys
    )


def handler(context: Context, asked: Asked) -> bytes:
    raise TypeError("an export is answered by a stream")


def _describe(catalog: Catalog) -> dict[str, Any]:
    return schemas.described(shapes.EXPORT)


declare(
    Operation(
        "export.create",
        "POST",
        "/v1/exports",
        "The records of a list query as a file, oldest first. Needs the scope to read them.",
        handler,
        SEARCH,
        _describe,
        body=REQUIRED_BODY,
        gives=give,
        offers=tuple(media.partition(";")[0] for media in write_files.MEDIA.values()),
        compatible=False,
    )
)
