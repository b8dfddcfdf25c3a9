"""Enrichment runs and workflow runs, as a server answers that has neither providers nor workflows (spec: sdk-python
11.4, workflows 7)."""

from typing import Any

import msgspec

from lightfield_server.identity.limits import READ, WRITE
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.scopes import scope
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import REQUIRED_BODY, Asked, Operation, declare
from lightfield_server.records import access
from lightfield_server.records.context import Context
from lightfield_server.records.definitions.common import check
from lightfield_server.records.shape import Body

#: What facts can be searched for about, by the word in the path.
ENRICHABLE = {"contacts": "contact", "accounts": "account"}

#: Nobody to ask.
SKIPPED, NO_OPERATIONS = "skipped", "no_operations"


def enrich(context: Context, asked: Asked) -> bytes:
    """Nothing is searched for, and nothing is written, once the request has proved to be a good one."""
    slug = asked.path["entitySlug"]
    if slug not in ENRICHABLE:
        raise problems.not_found(f"'{problems.shown(slug)}' are not enriched.")
    context.actor.require((scope(slug, "update"),))
    entity = context.catalog[ENRICHABLE[slug]]
    access.existing(context, entity, asked.path["entityId"])
    _require_fields(entity, asked.body)
    return msgspec.json.encode({"status": SKIPPED, "reason": NO_OPERATIONS, "enrichmentRun": None})


def get_enrichment_run(context: Context, asked: Asked) -> bytes:
    raise problems.record_not_found("enrichmentRun")


def status(context: Context, asked: Asked) -> bytes:
    raise problems.record_not_found("workflowRun")


def _require_fields(entity: Entity, body: Body) -> None:
    check(body, offered=("fields",))
    fields: Any = body.get("fields", [])
    if not isinstance(fields, list) or not all(isinstance(key, str) for key in fields):
        raise problems.invalid_type("An array of field keys is expected.", "fields")
    for key in fields:
        field = entity.fields.get(key)
        if field is None or field.hidden:
            raise problems.unknown_field(key, entity.plural, "fields")


# Documents


_RUN = schemas.closed(
    {
        **dict.fromkeys(("id", "entityId"), schemas.ID),
        "entityType": {"enum": list(ENRICHABLE.values())},
        "status": {"enum": ["queued", "running", "completed", "failed", "timed_out"]},
        "targetFields": {"type": "array", "items": {"type": "string"}},
        "trigger": {"enum": ["creation", "manual", "update"]},
        **dict.fromkeys(("createdAt", "updatedAt"), schemas.MOMENT),
        **dict.fromkeys(("startedAt", "completedAt"), schemas.nullable(schemas.MOMENT)),
    }
)


def _describe_start(catalog: Catalog) -> dict[str, Any]:
    return schemas.described(
        schemas.closed({"fields": {"type": "array", "items": {"type": "string"}}}, required=()),
        schemas.closed(
            {"status": {"const": SKIPPED}, "reason": {"const": NO_OPERATIONS}, "enrichmentRun": {"type": "null"}}
        ),
    )


def _describe_run(catalog: Catalog) -> dict[str, Any]:
    return schemas.described(reply=_RUN)


def _describe_status(catalog: Catalog) -> dict[str, Any]:
    return schemas.described(reply=schemas.closed({"status": {"type": "string"}}))


declare(
    Operation(
        "enrichmentRun.enrich",
        "POST",
        "/v1/enrichmentRun/{entitySlug}/{entityId}",
        "Search for missing facts about a contact or account.",
        enrich,
        WRITE,
        _describe_start,
        any_scopes=tuple(scope(slug, "update") for slug in ENRICHABLE),
        writes=True,
        idempotent=True,
        body=REQUIRED_BODY,
    )
)
declare(
    Operation(
        "enrichmentRun.getEnrichmentRun",
        "GET",
        "/v1/enrichmentRun/{runId}",
        "Where a search stands.",
        get_enrichment_run,
        READ,
        _describe_run,
        any_scopes=tuple(scope(slug, "read") for slug in ENRICHABLE),
    )
)
declare(
    Operation(
        "workflowRun.status",
        "GET",
        "/v1/workflowRun/{runId}/status",
        "Where a workflow run stands.",
        status,
        READ,
        _describe_status,
        versioned=False,
    )
)
