"""Example mode: answers of the right shape to whatever a client's test suite sends (spec: sdk-python 10.2)."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from lightfield_server.http.examples import Examples
from lightfield_server.operations.operation import OPERATIONS
from tests.server.conftest import Api

PLACEHOLDERS = {"fields": {"foo": "string"}, "relationships": {"foo": {"add": "string", "replace": "string"}}}


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples()


@pytest.fixture(scope="module")
def client(examples: Examples) -> Iterator[Api]:
    loop = asyncio.new_event_loop()
    yield Api(examples, loop, "My API Key", {})  # type: ignore[arg-type]
    loop.close()


@pytest.mark.parametrize("operation", Examples().operations, ids=lambda o: o.id)
def test_every_operation_has_an_example_of_its_reply(operation: Any, examples: Examples) -> None:
    schema = operation.describe(examples._catalog)["reply"]
    jsonschema.validate(json.loads(examples.reply(operation)), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("operation", Examples().operations, ids=lambda o: o.id)
def test_nothing_is_asked_of_a_request_but_where_it_goes(operation: Any, examples: Examples, client: Api) -> None:
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", name)
    answer = client.send(operation.method, path, PLACEHOLDERS)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == json.loads(examples.reply(operation))


def test_everything_of_the_compatible_api_has_an_example(examples: Examples) -> None:
    assert {o.id for o in OPERATIONS if o.compatible} <= {o.id for o in examples.operations}


def test_examples_are_realistic(examples: Examples) -> None:
    def reply(id: str) -> Any:
        return json.loads(examples.reply(OPERATIONS[id]))

    contact = reply("contact.list")["data"][0]
    assert contact["id"] == "con_0123456789abcdef"
    assert contact["fields"]["$email"] == {"value": ["ada@acme.example"], "valueType": "EMAIL"}
    assert contact["fields"]["$name"]["value"] == {"firstName": "Ada", "lastName": "Byron"}
    assert contact["relationships"]["$account"]["values"] == ["acc_0123456789abcdef"]
    assert reply("file.create")["uploadHeaders"] == {"content-type": "text/plain"}
    assert reply("merge.mergeAccounts")["merge"]["id"].startswith("mrg_")


def test_what_is_not_served_is_not_found(client: Api) -> None:
    assert client.get("/").status == 404
