"""Object types of the workspace's own (spec: objects 11)."""

from typing import Any

import pytest


@pytest.fixture
def project(make: Any) -> str:
    make.type("project", "Project")
    make.field("project", "size", "NUMBER")
    make.relationship("project", "client", "account", inverse="projects", inverse_many=True)
    return "/v1/objects/project"


def test_there_are_none_at_first(api: Any) -> None:
    assert api.get("/v1/objects").ok() == {"data": []}


def test_types_are_named_and_labelled(api: Any, project: str) -> None:
    assert api.get("/v1/objects").ok() == {"data": [{"objectType": "project", "label": "Project"}]}


def test_definitions_speak_of_the_slug(api: Any, project: str) -> None:
    defined = api.get(f"{project}/definitions").ok()
    assert defined["objectType"] == "project"
    assert list(defined["fieldDefinitions"]) == ["$name", "size"]
    assert defined["relationshipDefinitions"]["client"]["objectType"] == "account"


def test_records_are_made_found_and_changed(api: Any, make: Any, project: str) -> None:
    account = make.account()
    body = {"fields": {"$name": "Bridge", "size": 3}, "relationships": {"client": account}}
    made = api.post(f"{project}/values", body).ok()
    assert made["id"].startswith("obj_")
    assert made["relationships"]["client"] == {"cardinality": "has_one", "objectType": "account", "values": [account]}
    assert make.values("accounts", account, "projects") == [made["id"]]
    assert api.get(f"{project}?size[greaterThan]=2&client={account}").ok()["data"] == [made]
    path = f"{project}/values/{made['id']}"
    assert api.get(path).ok() == made
    assert api.post(path, {"fields": {"size": None}}).ok()["fields"]["size"]["value"] is None


@pytest.mark.parametrize("value", [None, "", "absent"])
def test_a_record_needs_a_name(value: Any, api: Any, project: str) -> None:
    fields = {} if value == "absent" else {"$name": value}
    answer = api.post(f"{project}/values", {"fields": fields})
    assert answer.error == (422, "unprocessable_content", None, "fields.$name")


@pytest.mark.parametrize("slug", ["account", "accounts", "nothing", "Project", "%24account", "%7B%7D"])
def test_only_the_workspaces_own_types_are_served(slug: str, api: Any, project: str) -> None:
    for path in ("", "/definitions", "/values/obj_0000000000000001"):
        assert api.get(f"/v1/objects/{slug}{path}").error == (404, "not_found", None, None)
    assert api.post(f"/v1/objects/{slug}/values", {"fields": {}}).error == (404, "not_found", None, None)


def test_a_record_of_another_type_is_not_found(api: Any, make: Any, project: str) -> None:
    make.type("invoice", "Invoice")
    invoice = make.record("invoice")
    path = f"{project}/values/{invoice}"
    assert api.get(path).status == api.post(path, {}).status == api.delete(path).status == 404
    assert api.post(f"{path}/restore").status == 404


def test_the_listing_has_no_values_segment(api: Any, project: str) -> None:
    assert api.get(f"{project}/values").error == (404, "not_found", None, None)


def test_a_custom_object_may_point_at_another_and_at_itself(api: Any, make: Any, project: str) -> None:
    make.type("invoice", "Invoice")
    make.relationship("invoice", "project", "project", inverse="invoices", inverse_many=True)
    bridge = make.record("project")
    invoice = make.record("invoice", {"project": bridge})
    assert make.values("objects/project/values", bridge, "invoices") == [invoice]
