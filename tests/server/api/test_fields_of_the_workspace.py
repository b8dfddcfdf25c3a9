"""Fields that a workspace adds or changes: unique values, options retired and ambiguous (spec: fields 2 and 7)."""

from typing import Any

import pytest

CONFLICT = (409, "conflict", None, None)


@pytest.fixture
def code(make: Any) -> None:
    make.field("account", "code", "TEXT", unique=True)
    make.field("contact", "handle", "EMAIL", unique=True, multiple=True)


def account(api: Any, code: str | None) -> Any:
    return api.post("/v1/accounts", {"fields": {"$name": "A", "code": code}})


@pytest.mark.usefixtures("code")
def test_no_two_live_records_share_a_unique_value(api: Any) -> None:
    first, second = account(api, "7").ok()["id"], account(api, "8").ok()["id"]
    assert account(api, "7").error == CONFLICT
    assert api.post(f"/v1/accounts/{second}", {"fields": {"code": "7"}}).error == CONFLICT
    api.post(f"/v1/accounts/{first}", {"fields": {"code": "7", "$name": "B"}}).ok()
    api.post(f"/v1/accounts/{first}", {"fields": {"code": "9"}}).ok()
    api.post(f"/v1/accounts/{second}", {"fields": {"code": "7"}}).ok()


@pytest.mark.usefixtures("code")
def test_no_value_is_never_taken(api: Any) -> None:
    account(api, None).ok()
    account(api, None).ok()


@pytest.mark.usefixtures("code")
def test_each_of_several_values_is_unique(api: Any) -> None:
    api.create("contacts", {"handle": ["a@x.example", "b@x.example"]})
    answer = api.post("/v1/contacts", {"fields": {"handle": ["c@x.example", "B@X.example"]}})
    assert answer.error == CONFLICT


@pytest.mark.usefixtures("code")
def test_the_trash_frees_a_value_and_restoring_claims_it(api: Any) -> None:
    first = account(api, "7").ok()["id"]
    api.delete(f"/v1/accounts/{first}").ok()
    second = account(api, "7").ok()["id"]
    assert api.post(f"/v1/accounts/{first}/restore").error == CONFLICT
    assert api.get(f"/v1/accounts/{first}").status == 404
    api.post(f"/v1/accounts/{second}", {"fields": {"code": None}}).ok()
    api.post(f"/v1/accounts/{first}/restore").ok()


@pytest.mark.usefixtures("code")
def test_a_workspaces_fields_are_its_own(api: Any, world: Any) -> None:
    account(api, "7").ok()
    other = world.add_workspace("other")
    stranger = world.api(world.add_key(workspace=other))
    assert account(stranger, "7").error[2:] == ("unknown_field", "fields.code")


def option(id: str, label: str, *, retired: bool = False) -> dict[str, Any]:
    return {"id": f"opt_{id}", "label": label, "retired": retired}


@pytest.fixture
def tier(make: Any) -> None:
    options = [
        option("1", "Gold", retired=True),
        option("2", "Silver"),
        option("3", "Twin"),
        option("4", " twin "),
    ]
    make.field("account", "tier", "SINGLE_SELECT", options=options)
    make.field("account", "tiers", "MULTI_SELECT", options=options)


CHOICES = {
    "id": ("opt_2", "opt_2"),
    "label": ("Silver", "opt_2"),
    "label in another case": ("  sILVER", "opt_2"),
    "id of one of two alike": ("opt_4", "opt_4"),
    "label of two": ("Twin", None),
    "retired id": ("opt_1", None),
    "retired label": ("Gold", None),
    "id in another case": ("OPT_2", None),
    "nothing": ("", None),
}


@pytest.mark.usefixtures("tier")
@pytest.mark.parametrize("name", CHOICES)
def test_an_option_is_chosen_by_id_then_by_label(name: str, api: Any) -> None:
    sent, chosen = CHOICES[name]
    for key, value, kept in (("tier", sent, chosen), ("tiers", [sent, sent], [chosen])):
        answer = api.post("/v1/accounts", {"fields": {"$name": "A", key: value}})
        if chosen is None:
            assert answer.error == (422, "unprocessable_content", None, f"fields.{key}")
        else:
            assert answer.ok()["fields"][key]["value"] == kept


@pytest.mark.usefixtures("tier")
def test_no_options_are_no_value(api: Any) -> None:
    assert api.create("accounts", {"$name": "A", "tiers": []})["fields"]["tiers"]["value"] is None


@pytest.mark.usefixtures("tier")
def test_retired_options_are_not_offered(api: Any) -> None:
    defined = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["tier"]["typeConfiguration"]
    assert [each["label"] for each in defined["options"]] == ["Silver", "Twin", " twin "]


@pytest.mark.parametrize(("retired", "first"), [((True, False), "opt_2"), ((True, True), None)])
def test_a_new_deal_is_in_the_first_stage_that_can_be_chosen(retired: Any, first: Any, api: Any, make: Any) -> None:
    options = [option(str(number), f"S{number}", retired=each) for number, each in enumerate(retired, 1)]
    make.field("opportunity", "$stage", "SINGLE_SELECT", options=options)
    assert make.value("opportunities", make.opportunity(), "$stage") == first
