"""What administration answers is what the document says."""

from typing import Any

import jsonschema
import pytest

from lightfield_server.operations.operation import OPERATIONS

OBJECT = "/v1/schema/objects"


@pytest.fixture
def said(api: Any, world: Any) -> Any:
    """Call an operation by id with what its path names, and hold the answer against its schema."""

    def call(id: str, path: dict[str, str] | None = None, body: Any = None) -> Any:
        operation = OPERATIONS[id]
        answer = api.send(operation.method, operation.path.format(**(path or {})), body).ok()
        described = world.write(lambda tx: operation.describe(world.server.catalogs.current(tx)))
        jsonschema.validate(answer, described["reply"])
        if body is not None:
            jsonschema.validate(body, described["body"])
        return answer

    return call


def test_definitions(said):
    said("schema.createObject", body={"slug": "project", "label": "Project", "description": None})
    project = {"objectType": "project"}
    said("schema.updateObject", project, {"pluralLabel": "Projects"})
    for kind, settings in (("EMAIL", {"unique": True}), ("CURRENCY", {}), ("TEXT", {})):
        body = {"key": kind.lower(), "label": kind, "valueType": kind, "typeConfiguration": settings}
        said("schema.createField", project, body)
    select = {"key": "tier", "label": "Tier", "valueType": "SINGLE_SELECT", "options": [{"label": "A"}]}
    option = said("schema.createField", project, select)["typeConfiguration"]["options"][0]["id"]
    tier = {**project, "key": "tier"}
    said("schema.updateField", tier, {"label": "Level"})
    said("schema.createOption", tier, {"label": "B"})
    said("schema.updateOption", {**tier, "optionId": option}, {"description": "Best"})
    said("schema.retireOption", {**tier, "optionId": option})
    said("schema.restoreOption", {**tier, "optionId": option})
    ids = [each["id"] for each in said("schema.updateField", tier, {})["typeConfiguration"]["options"]]
    said("schema.orderOptions", tier, {"ids": ids[::-1]})
    said("schema.archiveField", tier)
    said("schema.restoreField", tier)
    inverse = {"key": "projects", "label": "Projects", "cardinality": "HAS_MANY"}
    body = {"key": "customer", "label": "Customer", "target": "account", "cardinality": "HAS_ONE", "inverse": inverse}
    said("schema.createRelationship", project, body)
    customer = {**project, "key": "customer"}
    said("schema.updateRelationship", customer, {"inverse": {"label": "Jobs"}})
    said("schema.archiveRelationship", customer)
    for name in ("project", "account", "opportunity", "meeting", "member"):
        said("schema.retrieveObject", {"objectType": name})
    said("schema.restoreRelationship", customer)
    said("schema.archiveObject", project)
    said("schema.restoreObject", project)
    said("schema.listObjects")


def test_members_and_keys(said):
    body = {"email": "a@us.example", "name": {"firstName": "A", "lastName": None}}
    member = {"id": said("schema.createMember", body=body)["id"]}
    said("schema.updateMember", member, {"profileImage": None})
    said("schema.deactivateMember", member)
    said("schema.activateMember", member)
    said("schema.listMembers")
    key = said("schema.createKey", body={"name": "K", "scopes": ["accounts:read"], "memberId": member["id"]})
    said("schema.listKeys")
    said("schema.revokeKey", {"id": key["id"]})
