"""Administration takes the scope `workspace:admin` and the role of an administrator, for every operation."""

import re

import pytest

from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations.operation import OPERATIONS

OURS = [operation for operation in OPERATIONS if operation.path.startswith("/v1/schema/")]


def path_of(operation):
    return re.sub(r"\{\w+\}", "anything", operation.path)


@pytest.mark.parametrize("operation", OURS, ids=lambda operation: operation.id)
def test_an_operation_of_administration_says_so(operation):
    assert operation.scopes == (ADMIN,)
    assert operation.compatible is False


@pytest.mark.parametrize("operation", OURS, ids=lambda operation: operation.id)
def test_others_are_refused_before_anything_is_looked_up(world, operation):
    strangers = {
        "a key with other scopes": world.add_key("accounts:read"),
        "an ordinary member with full access": world.add_key(member=world.add_member("ann@us.example")),
        "a key made by someone who was no administrator": world.add_key(admin=False),
    }
    for who, token in strangers.items():
        answer = world.api(token).send(operation.method, path_of(operation), {})
        assert answer.error[:2] == (403, "forbidden"), who
        assert answer.body["error"]["message"] == "Token does not have the 'workspace:admin' scope.", who
    assert world.api(None).send(operation.method, path_of(operation), {}).status == 401


@pytest.mark.parametrize(
    "operation", [each for each in OURS if each.body == "required"], ids=lambda operation: operation.id
)
def test_bodies_are_json_objects(api, operation):
    for body, status in ((b"{", 400), (b"[]", 400)):
        assert api.post(path_of(operation), body).status == status
    assert api.post(path_of(operation), b"{}", content_type="text/plain").status == 415


def test_the_document_describes_every_operation(api):
    document = api.get("/openapi.json").ok()
    for operation in OURS:
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["operationId"] == operation.id
        schema = described["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["type"] == "object", operation.id
