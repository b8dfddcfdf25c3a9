"""Opportunities (spec: objects 5)."""

from typing import Any

import pytest

STAGES = ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]

ENDS = {
    "$account": ("HAS_ONE", "account"),
    "$owner": ("HAS_ONE", "member"),
    "$champion": ("HAS_ONE", "contact"),
    "$evaluator": ("HAS_ONE", "contact"),
    "$createdBy": ("HAS_ONE", "member"),
    "$task": ("HAS_MANY", "task"),
    "$note": ("HAS_MANY", "note"),
    "$meeting": ("HAS_MANY", "meeting"),
}


@pytest.fixture
def stages(api: Any) -> dict[str, str]:
    """Label to id."""
    defined = api.get("/v1/opportunities/definitions").ok()["fieldDefinitions"]["$stage"]
    return {option["label"]: option["id"] for option in defined["typeConfiguration"]["options"]}


def stage(api: Any, id: str) -> Any:
    return api.get(f"/v1/opportunities/{id}").ok()["fields"]["$stage"]["value"]


def test_the_documented_stages_and_relationships_are_defined(api: Any, stages: Any) -> None:
    assert list(stages) == STAGES
    ends = api.get("/v1/opportunities/definitions").ok()["relationshipDefinitions"].items()
    assert {key: (end["cardinality"], end["objectType"]) for key, end in ends} == ENDS


@pytest.mark.parametrize("fields", [{}, {"$stage": None}], ids=["absent", "null"])
def test_a_new_deal_is_in_the_first_stage(fields: Any, api: Any, make: Any, stages: Any) -> None:
    shown = api.create("opportunities", {"$name": "Deal", **fields}, {"$account": make.account()})
    assert shown["fields"]["$stage"]["value"] == stages["Prospecting"]


@pytest.mark.parametrize("sent", ["Closed Won", " closed   won ", "id"])
def test_a_stage_is_named_by_id_or_label(sent: str, api: Any, make: Any, stages: Any) -> None:
    deal = make.opportunity(stage=stages["Closed Won"] if sent == "id" else sent)
    assert stage(api, deal) == stages["Closed Won"]


def test_a_stage_is_never_cleared(api: Any, make: Any) -> None:
    answer = api.post(f"/v1/opportunities/{make.opportunity()}", {"fields": {"$stage": None}})
    assert answer.error == (422, "unprocessable_content", None, "fields.$stage")


def test_the_member_who_acts_is_the_creator(make: Any, world: Any) -> None:
    member, other = make.member(), make.member()
    own = world.api(world.add_key(member=member))
    body = {"$name": "Deal"}
    account = make.account()
    made = own.create("opportunities", body, {"$account": account})
    assert made["relationships"]["$createdBy"]["values"] == [member]
    made = own.create("opportunities", body, {"$account": account, "$createdBy": other})
    assert made["relationships"]["$createdBy"]["values"] == [other]


def test_a_workspace_key_is_nobody(make: Any) -> None:
    assert make.values("opportunities", make.opportunity(), "$createdBy") == []


def test_the_creator_is_fixed(api: Any, make: Any) -> None:
    body = {"relationships": {"$createdBy": {"replace": make.member()}}}
    answer = api.post(f"/v1/opportunities/{make.opportunity()}", body)
    assert answer.error == (400, "bad_request", "invalid_configuration", "relationships.$createdBy")


def test_the_account_may_be_exchanged(api: Any, make: Any) -> None:
    deal, account = make.opportunity(), make.account()
    api.post(f"/v1/opportunities/{deal}", {"relationships": {"$account": {"replace": account}}}).ok()
    assert make.values("accounts", account, "$opportunity") == [deal]


def test_tasks_and_notes_appear_and_outlive_the_deal(api: Any, make: Any) -> None:
    deal = make.opportunity()
    task, note = make.task({"$opportunity": deal}), make.note({"$opportunity": deal})
    assert make.values("opportunities", deal, "$task") == [task]
    assert make.values("opportunities", deal, "$note") == [note]
    api.delete(f"/v1/opportunities/{deal}").ok()
    assert make.values("tasks", task, "$opportunity") == []
    assert make.values("notes", note, "$opportunity") == []


def test_meetings_are_those_with_people_of_the_account(make: Any) -> None:
    account = make.account()
    make.contact("ada@acme.example", {"$account": account})
    make.contact("bob@other.example")
    deal = make.opportunity(account)
    meeting = make.meeting(attendeeEmails=["ada@acme.example"])
    make.meeting(attendeeEmails=["bob@other.example"])
    assert make.values("opportunities", deal, "$meeting") == [meeting]


@pytest.mark.parametrize("key", ["$opportunityStatus", "$lastInteractionAt"])
def test_texts_of_others_are_read_only(key: str, api: Any, make: Any) -> None:
    answer = api.post(f"/v1/opportunities/{make.opportunity()}", {"fields": {key: None}})
    assert answer.error == (400, "bad_request", "invalid_configuration", f"fields.{key}")


def test_there_is_no_pipeline_to_write(api: Any, make: Any) -> None:
    answer = api.post(f"/v1/opportunities/{make.opportunity()}", {"fields": {"$pipeline": "pd_1"}})
    assert answer.error == (400, "bad_request", "unknown_field", "fields.$pipeline")
