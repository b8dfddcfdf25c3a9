"""Contacts (spec: objects 4)."""

from typing import Any

import pytest

ENDS = {
    "$account": ("HAS_MANY", "account"),
    "$opportunity": ("HAS_MANY", "opportunity"),
    "$note": ("HAS_MANY", "note"),
    "$meeting": ("HAS_MANY", "meeting"),
}


def test_the_documented_fields_and_relationships_are_defined(api: Any) -> None:
    defined = api.get("/v1/contacts/definitions").ok()
    ends = defined["relationshipDefinitions"].items()
    assert {key: (end["cardinality"], end["objectType"]) for key, end in ends} == ENDS
    fields = defined["fieldDefinitions"]
    assert fields["$email"]["typeConfiguration"] == {"unique": False, "multipleValues": True}
    assert fields["$profilePhotoUrl"]["typeConfiguration"]["multipleValues"] is False
    assert fields["$lastInteractionAt"]["readOnly"] is True


def test_no_field_is_required(api: Any) -> None:
    shown = api.create("contacts", {})
    assert all(field["value"] is None for field in shown["fields"].values())


def test_values_are_brought_to_one_form(api: Any) -> None:
    fields = {
        "$email": " Ada@Acme.Example ",
        "$name": {"firstName": "Ada"},
        "$phone": "(202) 555-0123 x100",
        "$linkedIn": "ada",
        "$doNotContact": False,
    }
    shown = api.create("contacts", fields)["fields"]
    assert shown["$email"]["value"] == ["ada@acme.example"]
    assert shown["$name"] == {"value": {"firstName": "Ada", "lastName": None}, "valueType": "FULL_NAME"}
    assert shown["$phone"]["value"] == ["+12025550123;ext=100"]
    assert shown["$linkedIn"]["value"] == "https://linkedin.com/in/ada"
    assert shown["$doNotContact"]["value"] is False


def test_two_contacts_may_share_an_address(make: Any) -> None:
    assert make.contact("ada@acme.example") != make.contact("ada@acme.example")


def test_accounts_are_linked_from_the_contact_too(api: Any, make: Any) -> None:
    account = make.account()
    contact = make.contact(relationships={"$account": account})
    assert make.values("accounts", account, "$contact") == [contact]
    api.post(f"/v1/contacts/{contact}", {"relationships": {"$account": {"remove": account}}}).ok()
    assert make.values("accounts", account, "$contact") == []


def test_opportunities_are_those_that_name_the_contact(api: Any, make: Any) -> None:
    contact = make.contact()
    championed = make.opportunity(relationships={"$champion": contact})
    both = make.opportunity(relationships={"$champion": contact, "$evaluator": contact})
    evaluated = make.opportunity(relationships={"$evaluator": contact})
    make.opportunity()
    assert make.values("contacts", contact, "$opportunity") == [championed, both, evaluated]
    api.post(f"/v1/opportunities/{both}", {"relationships": {"$champion": {"replace": None}}}).ok()
    assert make.values("contacts", contact, "$opportunity") == [championed, both, evaluated]
    api.delete(f"/v1/opportunities/{both}").ok()
    assert make.values("contacts", contact, "$opportunity") == [championed, evaluated]


def test_opportunities_of_a_contact_are_filtered_by(api: Any, make: Any) -> None:
    contact = make.contact()
    make.contact()
    deal = make.opportunity(relationships={"$evaluator": contact})
    found = api.get("/v1/contacts", {"$opportunity": deal}).ok()
    assert [each["id"] for each in found["data"]] == [contact]


def test_meetings_are_those_that_invited_the_contact(api: Any, make: Any) -> None:
    contact = make.contact(["ada@acme.example", "ada@home.example"])
    attended = make.meeting(attendeeEmails=["bob@acme.example", "ADA@home.example"])
    organized = make.meeting(organizerEmail="ada@acme.example")
    make.meeting(attendeeEmails=["bob@acme.example"])
    assert make.values("contacts", contact, "$meeting") == [attended, organized]
    api.post(f"/v1/contacts/{contact}", {"fields": {"$email": ["ada@acme.example"]}}).ok()
    assert make.values("contacts", contact, "$meeting") == [organized]


@pytest.mark.parametrize("key", ["$opportunity", "$note", "$meeting"])
def test_links_set_from_the_other_end_are_read_only(key: str, api: Any) -> None:
    answer = api.post("/v1/contacts", {"fields": {}, "relationships": {key: []}})
    assert answer.error == (400, "bad_request", "invalid_configuration", f"relationships.{key}")
