"""Accounts (spec: objects 3)."""

from typing import Any

import pytest

FIELDS = {
    "$name": "TEXT",
    "$website": "URL",
    "$industry": "MULTI_SELECT",
    "$headcount": "SINGLE_SELECT",
    "$lastFundingType": "SINGLE_SELECT",
    "$linkedIn": "SOCIAL_HANDLE",
    "$twitter": "SOCIAL_HANDLE",
    "$facebook": "SOCIAL_HANDLE",
    "$instagram": "SOCIAL_HANDLE",
    "$primaryAddress": "ADDRESS",
    "$howTheyMakeMoney": "MARKDOWN",
    "$accountStatus": "MARKDOWN",
    "$lastInteractionAt": "DATETIME",
    "$revenue": "CURRENCY",
}

ENDS = {
    "$owner": ("HAS_ONE", "member"),
    "$contact": ("HAS_MANY", "contact"),
    "$opportunity": ("HAS_MANY", "opportunity"),
    "$task": ("HAS_MANY", "task"),
    "$note": ("HAS_MANY", "note"),
    "$meeting": ("HAS_MANY", "meeting"),
}


def test_the_documented_fields_and_relationships_are_defined(api: Any) -> None:
    defined = api.get("/v1/accounts/definitions").ok()
    assert {key: field["valueType"] for key, field in defined["fieldDefinitions"].items()} == FIELDS
    ends = defined["relationshipDefinitions"].items()
    assert {key: (end["cardinality"], end["objectType"]) for key, end in ends} == ENDS


def test_the_documented_example_can_be_carried_out(api: Any, make: Any) -> None:
    owner, first, second = make.member(), make.contact(), make.contact()
    software = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["$industry"]
    option = software["typeConfiguration"]["options"][0]["id"]
    shown = api.create(
        "accounts",
        {
            "$name": "Acme Corp",
            "$website": ["https://acme.com"],
            "$industry": [option],
            "$headcount": "51-200",
            "$primaryAddress": {"street": "123 Market St", "city": "San Francisco", "state": "CA", "country": "us"},
        },
        {"$owner": owner, "$contact": [first, second]},
    )
    assert shown["fields"]["$website"] == {"value": ["https://acme.com"], "valueType": "URL"}
    assert shown["fields"]["$industry"]["value"] == [option]
    assert shown["fields"]["$headcount"]["value"].startswith("opt_")
    assert shown["fields"]["$primaryAddress"]["value"] == {
        "street": "123 Market St",
        "street2": None,
        "city": "San Francisco",
        "state": "CA",
        "postalCode": None,
        "country": "US",
        "latitude": None,
        "longitude": None,
    }
    assert shown["relationships"]["$contact"]["values"] == [first, second]
    third = make.contact()
    body = {
        "fields": {"$twitter": None},
        "relationships": {"$contact": {"add": [third]}, "$owner": {"replace": make.member()}},
    }
    changed = api.post(f"/v1/accounts/{shown['id']}", body).ok()
    assert changed["relationships"]["$contact"]["values"] == [first, second, third]


@pytest.mark.parametrize("key", ["$howTheyMakeMoney", "$accountStatus", "$lastInteractionAt"])
def test_texts_of_others_are_read_only(key: str, api: Any, make: Any) -> None:
    for path, fields in (("/v1/accounts", {"$name": "A"}), (f"/v1/accounts/{make.account()}", {})):
        for value in ("x", None):
            answer = api.post(path, {"fields": {**fields, key: value}})
            assert answer.error == (400, "bad_request", "invalid_configuration", f"fields.{key}")


@pytest.mark.parametrize("key", ["$opportunity", "$task", "$note", "$meeting"])
def test_links_set_from_the_other_end_are_read_only(key: str, api: Any, make: Any) -> None:
    body = {"relationships": {key: {"replace": None}}}
    answer = api.post(f"/v1/accounts/{make.account()}", body)
    assert answer.error == (400, "bad_request", "invalid_configuration", f"relationships.{key}")


def test_what_is_about_an_account_appears_on_it_and_outlives_it(api: Any, make: Any) -> None:
    account, contact = make.account(), make.contact("ada@acme.example")
    api.post(f"/v1/accounts/{account}", {"relationships": {"$contact": {"add": contact}}}).ok()
    made = {
        "opportunities": make.opportunity(account),
        "tasks": make.task({"$account": account}),
        "notes": make.note({"$account": account}),
        "meetings": make.meeting(attendeeEmails=["ada@acme.example"]),
    }
    keys = {"opportunities": "$opportunity", "tasks": "$task", "notes": "$note", "meetings": "$meeting"}
    shown = api.get(f"/v1/accounts/{account}").ok()["relationships"]
    assert {plural: shown[key]["values"] for plural, key in keys.items()} == {p: [id] for p, id in made.items()}
    api.delete(f"/v1/accounts/{account}").ok()
    for plural, id in made.items():
        assert make.values(plural, id, "$account") == []
    assert make.values("contacts", contact, "$account") == []


def test_enrichment_may_be_declined(api: Any) -> None:
    api.create("accounts", {"$name": "Acme"}, skipEnrichment=True)
