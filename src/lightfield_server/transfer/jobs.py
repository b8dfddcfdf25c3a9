"""Imports as jobs: what is told of one, and how it moves from state to state. Carrying one is `background.imports`'."""

from collections.abc import Mapping as Map
from typing import Any

from lightfield_server.identity.actor import Actor
from lightfield_server.kit import clock, ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types.member import MEMBER_TYPE
from lightfield_server.model.problems import Problem
from lightfield_server.model.scopes import ADMIN, CUSTOM_OBJECTS, scope
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import JobRow
from lightfield_server.transfer import mapping as mappings
from lightfield_server.transfer.mapping import CREATE, Mapping
from lightfield_server.transfer.reading import LONGEST_SAMPLE, Inspection
from lightfield_server.transfer.storage import Stored
from lightfield_server.transfer.table import Layout, blank

#: Prefix of an import's id.
PREFIX = "imp"

#: What an import can be; those in progress come before what they end in.
READY, CHECKING, CHECKED, RUNNING, DONE = "ready", "checking", "checked", "running", "done"
UNDOING, UNDONE, PAUSED, CANCELLED, FAILED = "undoing", "undone", "paused", "cancelled", "failed"
STATES = (READY, CHECKING, CHECKED, RUNNING, DONE, UNDOING, UNDONE, PAUSED, CANCELLED, FAILED)
#: Somebody carries it, or will.
ACTIVE = frozenset({CHECKING, RUNNING, UNDOING})

#: Rejected rows in an answer, and values shown of a column.
SHOWN, SAMPLES = 20, 3

LONGEST_NAME = 200


def create(context: Context, host: str, stored: Stored, name: str, inspection: Inspection, mapping: Mapping) -> JobRow:
    """A new import of a file that lies here, with the mapping that is proposed for it."""
    samples = {column: _samples(inspection, at) for at, column in enumerate(inspection.layout.columns)}
    actor = context.actor
    body = {
        "name": name[:LONGEST_NAME],
        "file": {"key": stored.key, "size": stored.size, "digest": stored.digest},
        "layout": inspection.layout.json(),
        "total": inspection.rows,
        "samples": samples,
        "mapping": mapping.json(),
        "found": None,
        "options": [],
        "check": None,
        "problem": None,
        "rejected": [],
        "actor": {
            "key": actor.key,
            "member": actor.member,
            "email": actor.email,
            "admin": actor.admin,
            "scopes": sorted(actor.scopes),
        },
    }
    row = _row(context.numbers.next(), mapping.type, host, context.at, body)
    context.tx.add_job(row)
    return row


def _row(number: int, type: str, host: str, at: int, body: dict[str, Any]) -> JobRow:
    nothing = dict.fromkeys(
        ("done", "position", "created", "updated", "unchanged", "rejected", "linked", "undone", "kept", "report",
         "kept_report", "spent"), 0
    )  # fmt: skip
    return JobRow(number, type, READY, host, at, at, None, 0, **nothing, body=body)


def existing(context: Context, id: str) -> JobRow:
    """An import of this workspace that the actor may know of, or 404."""
    number = ids.body(PREFIX, id)
    job = None if number is None else context.tx.job(number)
    if job is None:
        raise problems.record_not_found("imports")
    require_scopes(context, job.type)
    return job


def actor_of(workspace: int, job: JobRow) -> Actor:
    """Who asked for an import: it goes on with their rights as they were then."""
    kept = job.body["actor"]
    return Actor(workspace, kept["key"], kept["member"], kept["email"], kept["admin"], frozenset(kept["scopes"]))


def origin(job: JobRow) -> str:
    """What facts of an import name as the door they came through."""
    return f"import {ids.written(PREFIX, job.number)}"


def undo_origin(job: JobRow) -> str:
    return f"undo {ids.written(PREFIX, job.number)}"


# Rights


def family(entity: Entity) -> str:
    return CUSTOM_OBJECTS if entity.type.custom else entity.plural


def require_scopes(context: Context, type: str) -> None:
    """Importing a type takes the right to create and to update its records; members are an administrator's."""
    entity = context.catalog.entities.get(type)
    if entity is None or entity.name == MEMBER_TYPE.name:
        context.actor.require((ADMIN,))
        return
    context.actor.require((scope(family(entity), "create"), scope(family(entity), "update")))


def may(context: Context, type: str) -> bool:
    """Whether the actor may import a type, and so see what was imported of it."""
    try:
        require_scopes(context, type)
    except Problem:
        return False
    return True


def require_rights(context: Context, mapping: Mapping) -> None:
    """The same of a mapping, which may have other records and options made."""
    require_scopes(context, mapping.type)
    entity = context.catalog[mapping.type]
    for entry in mapping.entries:
        if entry.relationship is not None and entry.missing == CREATE:
            target = context.catalog[entity.ends[entry.relationship].target]
            context.actor.require((scope(family(target), "create"),))
    if mapping.options == CREATE:
        context.actor.require((ADMIN,))


# Moving


def set_mapping(context: Context, job: JobRow, sent: Any) -> JobRow:
    """Another mapping, while nothing has been written by the old one."""
    _require(job, READY, CHECKED, FAILED)
    if job.position and job.state == FAILED:
        raise problems.conflict("Rows were imported by the present mapping; undo them, or send the file again.")
    read = mappings.read(sent, context.catalog)
    if read.type != job.type:
        raise problems.invalid_configuration(
            f"This is an import of '{job.type}'; send the file again for another type.", "mapping.objectType"
        )
    mappings.fit(read, Layout.of(job.body["layout"]).columns)
    require_rights(context, read)
    body = {**job.body, "mapping": read.json(), "found": None, "check": None, "problem": None, "rejected": []}
    context.tx.reset_job(job.number)
    return _moved(context, job, READY, body)


def check(context: Context, job: JobRow) -> JobRow:
    """Begin a dry run."""
    _require(job, READY, CHECKED, FAILED)
    if job.position and job.state == FAILED:
        raise problems.conflict("This import has begun; it can be started again, or undone.")
    require_rights(context, mapping_of(context.catalog, job))
    context.tx.reset_job(job.number)
    return _moved(context, job, CHECKING, {**job.body, "check": None, "problem": None})


def start(context: Context, job: JobRow) -> JobRow:
    """Begin to import, or go on where it stopped."""
    _require(job, READY, CHECKED, PAUSED, FAILED, CANCELLED)
    require_rights(context, mapping_of(context.catalog, job))
    if job.state in (READY, CHECKED):
        context.tx.reset_job(job.number)
    return _moved(context, job, RUNNING, {**job.body, "problem": None})


def pause(context: Context, job: JobRow) -> JobRow:
    _require(job, RUNNING)
    return _moved(context, job, PAUSED, job.body)


def cancel(context: Context, job: JobRow) -> JobRow:
    """Stop for good; what was imported stays, and can be undone. A dry run is just left."""
    _require(job, READY, CHECKING, CHECKED, RUNNING, PAUSED, FAILED)
    return _moved(context, job, CANCELLED, job.body)


def undo(context: Context, job: JobRow) -> JobRow:
    """Take back what was imported."""
    _require(job, DONE, PAUSED, CANCELLED, FAILED, UNDONE)
    return _moved(context, job, UNDOING, {**job.body, "problem": None})


def _require(job: JobRow, *states: str) -> None:
    if job.state not in states:
        raise problems.conflict(f"The import is {job.state}; this can be done when it is {' or '.join(states)}.")


def _moved(context: Context, job: JobRow, state: str, body: dict[str, Any]) -> JobRow:
    context.tx.move_job(job.number, state, context.at, body)
    moved = context.tx.job(job.number)
    assert moved is not None
    return moved


def mapping_of(catalog: Catalog, job: JobRow) -> Mapping:
    """The mapping of an import, as the workspace's definitions are now."""
    return mappings.read(job.body["mapping"], catalog)


# Telling


def view(job: JobRow) -> dict[str, Any]:
    """An import as it is shown. `rate` is in rows a second of work, `secondsLeft` follows from it."""
    body = job.body
    layout = body["layout"]
    mapped = {column for entry in body["mapping"]["columns"] for column in mappings.columns_of(entry)}
    rate = round(job.done * 1000 / job.spent, 1) if job.spent and job.done else None
    left = None if rate is None or job.state not in ACTIVE else max(0, round((body["total"] - job.done) / rate))
    return {
        "id": ids.written(PREFIX, job.number),
        "objectType": job.type,
        "state": job.state,
        "name": body["name"],
        "file": {
            "size": body["file"]["size"],
            "format": layout["format"],
            "encoding": layout["encoding"],
            "delimiter": layout["delimiter"],
            "sheet": layout["sheet"],
            "rows": body["total"],
        },
        "columns": [
            {"column": name, "samples": body["samples"][name], "mapped": name in mapped} for name in layout["columns"]
        ],
        "mapping": body["mapping"],
        "createdAt": clock.written(job.created_at),
        "updatedAt": clock.written(job.updated_at),
        "counts": counts(job),
        "progress": {"rows": job.done, "of": body["total"], "rowsPerSecond": rate, "secondsLeft": left},
        "newOptions": body["options"],
        "rejected": body["rejected"],
        "check": body["check"],
        "problem": body["problem"],
    }


def counts(job: JobRow) -> dict[str, int]:
    return {
        "created": job.created,
        "updated": job.updated,
        "unchanged": job.unchanged,
        "rejected": job.rejected,
        "createdByName": job.linked,
        "undone": job.undone,
        "keptByUndo": job.kept,
    }


def _samples(inspection: Inspection, at: int) -> list[str]:
    found: dict[str, None] = {}
    for row in inspection.samples:
        if not blank(row.cells[at]):
            found[str(row.cells[at])[:LONGEST_SAMPLE]] = None
        if len(found) == SAMPLES:
            break
    return list(found)


def found_of(job: JobRow) -> dict[int, dict[str, str]] | None:
    """What the columns of the file told, once that is known."""
    kept: Map[str, dict[str, str]] | None = job.body["found"]
    return None if kept is None else {int(at): what for at, what in kept.items()}
