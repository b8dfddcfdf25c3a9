"""Tasks (spec: objects 6)."""

from typing import Any

import pytest

STATUSES = {"TODO": "To do", "IN_PROGRESS": "In progress", "COMPLETE": "Complete", "CANCELLED": "Cancelled"}


def test_statuses_are_words_of_the_wire(api: Any) -> None:
    defined = api.get("/v1/tasks/definitions").ok()["fieldDefinitions"]["$status"]
    options = defined["typeConfiguration"]["options"]
    assert {option["id"]: option["label"] for option in options} == STATUSES


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_written_read_and_filtered_by_its_word(status: str, api: Any, make: Any) -> None:
    task = make.task(status=status)
    assert make.value("tasks", task, "$status") == status
    assert api.get(f"/v1/tasks?$status[equal]={status}").ok()["totalCount"] == 1
    assert api.get(f"/v1/tasks?$status[-equal]={status}").ok()["totalCount"] == 0


@pytest.mark.parametrize("key", ["$name", "$dueDate", "priority"])
def test_fields_are_closed(key: str, api: Any, make: Any) -> None:
    answer = api.post(f"/v1/tasks/{make.task()}", {"fields": {key: "x"}})
    assert answer.error == (400, "bad_request", "unknown_field", f"fields.{key}")


@pytest.mark.parametrize("key", ["$title", "$status"])
def test_what_is_required_is_never_cleared(key: str, api: Any, make: Any) -> None:
    answer = api.post(f"/v1/tasks/{make.task()}", {"fields": {key: None}})
    assert answer.error == (422, "unprocessable_content", None, f"fields.{key}")


def test_relationships_are_open_to_the_workspaces_own(make: Any) -> None:
    make.relationship("task", "reviewer", "contact")
    contact = make.contact()
    task = make.task({"reviewer": contact})
    assert make.values("tasks", task, "reviewer") == [contact]


def test_the_creator_is_whoever_acts_else_the_assignee_unless_it_is_said(make: Any, world: Any) -> None:
    member, assignee, said = make.member(), make.member(), make.member()
    own = world.api(world.add_key(member=member))
    fields = {"$title": "Call", "$status": "TODO"}

    def creator(client: Any, **relationships: str) -> Any:
        links = {"$assignedTo": assignee, **relationships}
        return client.create("tasks", fields, links)["relationships"]["$createdBy"]["values"]

    assert creator(own) == [member]
    assert creator(make.api) == [assignee]
    assert creator(own, **{"$createdBy": said}) == [said]


@pytest.mark.parametrize("key", ["$createdBy", "$note"])
def test_some_links_are_read_only_afterwards(key: str, api: Any, make: Any) -> None:
    answer = api.post(f"/v1/tasks/{make.task()}", {"relationships": {key: {"replace": None}}})
    assert answer.error == (400, "bad_request", "invalid_configuration", f"relationships.{key}")


def test_notes_are_not_linked_on_create(api: Any, make: Any) -> None:
    links = {"$assignedTo": make.member(), "$note": make.note()}
    answer = api.post("/v1/tasks", {"fields": {"$title": "C", "$status": "TODO"}, "relationships": links})
    assert answer.error == (400, "bad_request", "invalid_configuration", "relationships.$note")


def test_account_and_opportunity_are_set_exchanged_and_cleared(api: Any, make: Any) -> None:
    account, deal = make.account(), make.opportunity()
    task = make.task({"$account": account, "$opportunity": deal})
    assert make.values("accounts", account, "$task") == [task]
    body = {"relationships": {"$account": {"remove": account}, "$opportunity": {"replace": None}}}
    api.post(f"/v1/tasks/{task}", body).ok()
    assert make.values("accounts", account, "$task") == make.values("opportunities", deal, "$task") == []


def test_tasks_are_found_by_account_under_both_names(api: Any, make: Any) -> None:
    account = make.account()
    task = make.task({"$account": account})
    make.task()
    for key in ("$account", "$task-account", "$account-task", "$task-account[contains]", "$task-account[equal]"):
        assert [each["id"] for each in api.get("/v1/tasks", {key: account}).ok()["data"]] == [task]
