"""Enrichment and workflow runs of a server that has neither providers nor workflows (spec: sdk-python 11.4,
workflows 7)."""

from typing import Any

import pytest

from lightfield_server.operations.operation import OPERATIONS

SKIPPED = {"status": "skipped", "reason": "no_operations", "enrichmentRun": None}


@pytest.mark.parametrize("body", [{}, {"fields": []}, {"fields": ["$name", "$linkedIn"]}])
@pytest.mark.parametrize("slug", ["accounts", "contacts"])
def test_nothing_is_searched_for_and_nothing_changes(slug: str, body: Any, api: Any, make: Any) -> None:
    id = make.account() if slug == "accounts" else make.contact("a@b.example")
    before = make.dump()
    assert api.post(f"/v1/enrichmentRun/{slug}/{id}", body).ok() == SKIPPED
    assert make.dump() == before


@pytest.mark.parametrize(
    ("slug", "body", "error"),
    [
        ("accounts", {"fields": "x"}, (400, "bad_request", "invalid_type", "fields")),
        ("accounts", {"fields": [1]}, (400, "bad_request", "invalid_type", "fields")),
        ("accounts", {"fields": None}, (400, "bad_request", "invalid_type", "fields")),
        ("accounts", {"fields": ["bogus"]}, (400, "bad_request", "unknown_field", "fields")),
        ("accounts", {"field": []}, (400, "bad_request", "unknown_field", "field")),
        ("opportunities", {}, (404, "not_found", None, None)),
        ("contacts", {}, (404, "not_found", None, None)),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(slug: str, body: Any, error: Any, api: Any, make: Any) -> None:
    assert api.post(f"/v1/enrichmentRun/{slug}/{make.account()}", body).error == error


def test_a_deleted_record_is_not_searched_for(api: Any, make: Any) -> None:
    id = make.account()
    api.delete(f"/v1/accounts/{id}").ok()
    assert api.post(f"/v1/enrichmentRun/accounts/{id}", {}).status == 404


@pytest.mark.parametrize(
    ("scopes", "statuses"),
    [
        (("accounts:update",), (200, 403)),
        (("contacts:update",), (403, 200)),
        (("accounts:update", "contacts:update"), (200, 200)),
        (("accounts:read", "tasks:update"), (403, 403)),
        ((), (200, 200)),
    ],
)
def test_a_search_needs_the_right_to_change_what_it_is_about(scopes: Any, statuses: Any, world: Any, make: Any) -> None:
    client = world.api(world.add_key(*scopes))
    account, contact = make.account(), make.contact("a@b.example")
    answers = (
        client.post(f"/v1/enrichmentRun/accounts/{account}", {}),
        client.post(f"/v1/enrichmentRun/contacts/{contact}", {}),
    )
    assert tuple(answer.status for answer in answers) == statuses


@pytest.mark.parametrize(("scope", "status"), [("accounts:read", 404), ("contacts:read", 404), ("tasks:read", 403)])
def test_no_search_is_found(scope: str, status: int, world: Any) -> None:
    answer = world.api(world.add_key(scope)).get("/v1/enrichmentRun/run_0000000000000001")
    assert answer.status == status


def test_no_workflow_run_is_found_with_any_key_and_any_version(api: Any, world: Any) -> None:
    path = "/v1/workflowRun/run_0000000000000001/status"
    for client in (api, world.api(world.add_key("tasks:read"))):
        assert client.get(path).error == (404, "not_found", None, None)
        assert client.get(path, lightfield_version=None).error == (404, "not_found", None, None)
    assert world.api(None).get(path).status == 401


def test_the_document_says_which_scopes_will_do() -> None:
    assert OPERATIONS["enrichmentRun.enrich"].any_scopes == ("contacts:update", "accounts:update")
