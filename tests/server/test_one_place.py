"""One more of something is one declaration, and every surface has it: each test declares one here and looks around."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lightfield_server import operations
from lightfield_server.http import openapi
from lightfield_server.http.app import App
from lightfield_server.kit.registry import Registry
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import Field, ObjectType, Relationship
from lightfield_server.model.filters import OPERATORS, Place, operator
from lightfield_server.model.keys import LONGEST_TEXT, Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.object_types.base import WITH_HISTORY, object_type
from lightfield_server.model.predicates import Predicate, Within
from lightfield_server.model.record import Stored
from lightfield_server.model.texts import Weight
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.model.value_types.base import Amount, Json, Schema, value_type
from lightfield_server.operations.operation import OPERATIONS
from tests.server.conftest import Api, World


@pytest.fixture
def undone() -> Iterator[None]:
    """What a test declares is forgotten after it."""
    registries: tuple[Registry[Any], ...] = (VALUE_TYPES, OBJECT_TYPES, OPERATORS, OPERATIONS)
    before = [dict(registry._items) for registry in registries]
    yield
    for registry, items in zip(registries, before, strict=True):
        registry._items.clear()
        registry._items.update(items)


def document(world: World) -> Any:
    catalog: Catalog = world.write(world.server.catalogs.current)
    return json.loads(openapi.document(catalog))


# A value type


@pytest.fixture
def rating(undone: None, world: World) -> None:
    """From one to five stars, on a field of accounts."""

    @value_type
    class Rating(Amount):
        name = "RATING"
        kind = Kind.NUMBER
        weight = Weight.FIELD
        widget = "stars"

        def parse(self, sent: Json, configuration: Any) -> Json:
            if not isinstance(sent, int) or isinstance(sent, bool):
                raise problems.invalid_type("Expected a whole number of stars.")
            if not 1 <= sent <= 5:
                raise problems.unprocessable("Expected one to five stars.")
            return sent

        def keys(self, kept: Json, configuration: Any) -> tuple[int, ...]:
            return (kept,)

        def bounds(self, text: str, configuration: Any) -> tuple[int, int]:
            if not text.isdigit():
                raise problems.invalid_type("Expected a whole number of stars.")
            return int(text), int(text)

        def text(self, kept: Json, configuration: Any) -> str:
            return "★" * kept

        def searched(self, kept: Json, configuration: Any) -> str:
            return f"{kept}stars"

        def write_schema(self, configuration: Any) -> Schema:
            return {"type": "integer", "minimum": 1, "maximum": 5}

    body = {"label": "Stars", "valueType": "RATING"}
    world.write(lambda tx: tx.define(Stored(world.server.numbers.next(), "field", "account", "stars", body, False)))


def test_a_value_type_is_one_declaration(rating: None, world: World, api: Api) -> None:
    # Requests, and refusals that say where.
    four = api.create("accounts", {"$name": "Four", "stars": 4})
    two = api.create("accounts", {"$name": "Two", "stars": 2})
    none = api.create("accounts", {"$name": "None"})
    assert four["fields"]["stars"] == {"value": 4, "valueType": "RATING"}
    refusal = api.post("/v1/accounts", {"fields": {"$name": "x", "stars": "4"}}).error
    assert refusal == (400, "bad_request", "invalid_type", "fields.stars")
    refusal = api.post("/v1/accounts", {"fields": {"$name": "x", "stars": 6}}).error
    assert refusal == (422, "unprocessable_content", None, "fields.stars")

    # Filters: every operator that serves its matching.
    def found(name: str, operand: str) -> list[str]:
        return [each["id"] for each in api.get("/v1/accounts", {name: operand}).ok()["data"]]

    assert found("stars", "4") == found("stars[greaterThan]", "3") == [four["id"]]
    assert found("stars[-lessThan]", "3") == [none["id"], four["id"]]
    assert found("stars[lessThanOrEqual]", "2") == [two["id"]]
    assert api.get("/v1/accounts", {"stars": "many"}).error == (400, "bad_request", "invalid_type", "stars")
    refused = (400, "bad_request", "invalid_configuration", "stars[contains]")
    assert api.get("/v1/accounts", {"stars[contains]": "4"}).error == refused

    # Full-text search.
    assert [hit["id"] for hit in api.post("/v1/search", {"text": "4stars"}).ok()["data"]] == [four["id"]]

    # Definitions, history and the document.
    defined = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["stars"]
    assert (defined["valueType"], defined["typeConfiguration"]) == ("RATING", {})
    (entry,) = api.get(f"/v1/accounts/{four['id']}/fields/stars/history").ok()["data"]
    assert (entry["value"], entry["valueType"], entry["displayValue"]) == (4, "RATING", "★★★★")
    made = document(world)
    written = body_of(made, "/v1/accounts")["fields"]["properties"]["stars"]
    assert written == {"type": ["integer", "null"], "minimum": 1, "maximum": 5}
    shown = reply_of(made, "/v1/accounts/{id}", "get")["fields"]["properties"]["stars"]["properties"]
    assert shown["valueType"] == {"const": "RATING"}
    definitions = reply_of(made, "/v1/accounts/definitions", "get")["fieldDefinitions"]["additionalProperties"]
    assert "RATING" in definitions["properties"]["valueType"]["enum"]


def test_administrators_may_give_a_new_value_type_to_a_field(rating: None, world: World, api: Api) -> None:
    sent = {"key": "grade", "label": "Grade", "valueType": "RATING"}
    assert api.post("/v1/schema/objects/contact/fields", sent).ok()["valueType"] == "RATING"
    assert api.create("contacts", {"grade": 5})["fields"]["grade"]["value"] == 5
    new_field = body_of(document(world), "/v1/schema/objects/{objectType}/fields")
    assert "RATING" in new_field["valueType"]["enum"]


# An object type


@pytest.fixture
def invoicing(undone: None, world: World) -> Api:
    """Invoices, and a server that was started with them."""
    declared = object_type(
        ObjectType(
            name="invoice",
            plural="invoices",
            label="Invoice",
            plural_label="Invoices",
            prefix="inv",
            fields=(
                Field("$number", "Number", "TEXT", required=True),
                Field("$total", "Total", "CURRENCY"),
            ),
            relationships=(
                Relationship(
                    "$account", "Account", "account", required=True, inverse="$invoice", inverse_label="Invoices"
                ),
            ),
            operations=WITH_HISTORY,
            mergeable=True,
            title="$number",
        )
    )
    operations.declare_for(declared)
    world.app = App(world.server)
    world.server.catalogs._known.clear()
    return world.api(world.add_key())


def test_an_object_type_is_one_declaration(invoicing: Api, world: World) -> None:
    api = invoicing
    account = api.create("accounts", {"$name": "Acme"})["id"]

    # Every operation, from the declaration alone.
    body = {"fields": {"$number": "2026-1", "$total": 10}, "relationships": {"$account": account}}
    invoice = api.post("/v1/invoices", body).ok()
    assert invoice["id"].startswith("inv_")
    path = f"/v1/invoices/{invoice['id']}"
    assert api.get(path).ok() == invoice
    changed = api.post(path, {"fields": {"$total": 12.5}}).ok()
    assert changed["fields"]["$total"] == {"value": 12.5, "valueType": "CURRENCY"}
    page = api.get("/v1/invoices", {"$total[greaterThan]": "12", "$invoice-account": account}).ok()
    assert [each["id"] for each in page["data"]] == [invoice["id"]]
    values = [entry["value"] for entry in api.get(f"{path}/fields/$total/history").ok()["data"]]
    assert values == [12.5, 10]
    assert api.delete(path).ok()["id"] == invoice["id"]
    assert api.get("/v1/invoices", {"status": "trashed"}).ok()["totalCount"] == 1
    api.post(f"{path}/restore").ok()
    other = api.post("/v1/invoices", body).ok()["id"]
    merged = api.post("/v1/invoices/merge", {"primaryId": invoice["id"], "duplicateId": other}).ok()
    assert api.get(f"/v1/merges/{merged['merge']['id']}").ok()["entityType"] == "invoice"

    # The other end, its filter and its definition.
    assert api.get(f"/v1/accounts/{account}").ok()["relationships"]["$invoice"]["values"] == [invoice["id"]]
    assert api.get("/v1/accounts", {"$invoice": invoice["id"]}).ok()["totalCount"] == 1
    ends = api.get("/v1/accounts/definitions").ok()["relationshipDefinitions"]
    assert (ends["$invoice"]["label"], ends["$invoice"]["objectType"]) == ("Invoices", "invoice")
    assert api.get("/v1/invoices/definitions").ok()["objectType"] == "invoice"

    # Known again by what tells it from others.
    sent = {"by": "$number", "fields": {"$number": "2026-1", "$total": 13}}
    assert api.post("/v1/invoices/upsert", sent).ok()["outcome"] == "updated"

    # Refusals and scopes.
    refusal = api.post("/v1/invoices", {"fields": {}, "relationships": {"$account": account}}).error
    assert refusal == (422, "unprocessable_content", None, "fields.$number")
    assert api.post("/v1/invoices", {"fields": {"$number": "1"}}).error[3] == "relationships.$account"
    reader = world.api(world.add_key("invoices:read"))
    assert reader.get("/v1/invoices").status == 200
    assert reader.post("/v1/invoices", body).body["error"]["message"] == (
        "Token does not have the 'invoices:create' scope."
    )

    # The document.
    made = document(world)
    served = {path for path in made["paths"] if path.startswith("/v1/invoices")}
    assert served == {
        "/v1/invoices",
        "/v1/invoices/definitions",
        "/v1/invoices/merge",
        "/v1/invoices/upsert",
        "/v1/invoices/{id}",
        "/v1/invoices/{id}/restore",
        "/v1/invoices/{id}/fields/{fieldKey}/history",
    }
    assert {"name": "invoice"} in made["tags"]
    assert body_of(made, "/v1/invoices")["fields"]["required"] == ["$number"]


def test_a_key_may_be_made_with_the_scopes_of_a_new_object_type(invoicing: Api) -> None:
    sent = {"name": "reader", "scopes": ["invoices:read", "invoices:restore"]}
    assert invoicing.post("/v1/schema/keys", sent).ok()["scopes"] == ["invoices:read", "invoices:restore"]


# A filter operator


@pytest.fixture
def ending(undone: None) -> None:
    @operator("mentions", Matching.PHRASE, says="mentions")
    def mentions(place: Place, operand: str) -> Predicate:
        fragment = place.fragment(operand)
        if len(fragment) > LONGEST_TEXT:
            raise problems.invalid_type("Too long.")
        return Within(place.name, fragment)


def test_a_filter_operator_is_one_declaration(ending: None, world: World, api: Api) -> None:
    corp = api.create("accounts", {"$name": "Acme Corp"})["id"]
    person = api.create("contacts", {"$name": {"firstName": "Ann", "lastName": "Acmeson"}})["id"]

    def found(plural: str, name: str, operand: str) -> list[str]:
        return [each["id"] for each in api.get(f"/v1/{plural}", {name: operand}).ok()["data"]]

    # Every type of the matching has it, negated and not; others refuse it where it was asked.
    assert found("accounts", "$name[mentions]", "CORP") == [corp]
    assert found("accounts", "$name[-mentions]", "corp") == []
    assert found("contacts", "$name[mentions]", "acme") == [person]
    name = "$revenue[mentions]"
    assert api.get("/v1/accounts", {name: "1"}).error == (400, "bad_request", "invalid_configuration", name)
    assert api.get("/v1/accounts", {"$name[mentions]": "x" * 500}).error[2:] == ("invalid_type", "$name[mentions]")

    # The default stays, and the document tells of it.
    assert found("accounts", "$name", "corp") == []
    parameters = document(world)["paths"]["/v1/accounts"]["get"]["parameters"]
    assert "`mentions` (mentions)" in next(p for p in parameters if p["name"] == "filters")["description"]


def body_of(made: Any, path: str) -> Any:
    return made["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]


def reply_of(made: Any, path: str, method: str) -> Any:
    content = made["paths"][path][method]["responses"]["200"]["content"]
    return content["application/json"]["schema"]["properties"]
