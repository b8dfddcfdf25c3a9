"""Lists and their entries (spec: objects 10)."""

from typing import Any

import pytest

TYPES = {"account": "accounts", "contact": "contacts", "opportunity": "opportunities"}


@pytest.mark.parametrize("mark", ["$", ""], ids=["with", "without"])
@pytest.mark.parametrize("type", TYPES)
def test_a_list_is_of_one_type_however_it_is_spelt(type: str, mark: str, api: Any) -> None:
    made = api.create("lists", {"$name": "Targets", "$objectType": f"{mark}{type}"})
    assert set(made) == {"id", "createdAt", "httpLink", "fields"}
    assert made["id"].startswith("lst_")
    assert made["httpLink"] is None
    assert made["fields"]["$name"] == {"value": "Targets", "valueType": "TEXT"}
    assert made["fields"]["$objectType"] == {"value": type, "valueType": "TEXT"}
    assert api.get(f"/v1/lists/{made['id']}").ok() == made
    assert api.get("/v1/lists").ok() == {"object": "list", "data": [made], "totalCount": 1}


@pytest.mark.parametrize("value", ["$$account", "$Account", "accounts", "$accounts", "$task", ""])
def test_a_list_is_of_no_other_type(value: str, api: Any) -> None:
    answer = api.post("/v1/lists", {"fields": {"$name": "L", "$objectType": value}})
    assert answer.error == (422, "unprocessable_content", None, "fields.$objectType")


@pytest.mark.parametrize("type", TYPES)
def test_entries_are_whole_records_newest_first(type: str, api: Any, make: Any) -> None:
    ids = [getattr(make, type)() for _ in range(3)]
    targets = make.list(type, {f"${TYPES[type]}": [ids[2], ids[0], ids[1]]})
    found = api.get(f"/v1/lists/{targets}/{TYPES[type]}").ok()
    assert found["data"] == [api.get(f"/v1/{TYPES[type]}/{id}").ok() for id in ids[::-1]]
    assert (found["object"], found["totalCount"]) == ("list", 3)
    page = api.get(f"/v1/lists/{targets}/{TYPES[type]}?limit=1&offset=1").ok()
    assert ([each["id"] for each in page["data"]], page["totalCount"]) == ([ids[1]], 3)


def test_entries_of_another_type_are_an_empty_page(api: Any, make: Any) -> None:
    targets = make.list("account", {"$accounts": make.account()})
    assert api.get(f"/v1/lists/{targets}/contacts").ok() == {"object": "list", "data": [], "totalCount": 0}


def test_deleted_records_drop_out_and_come_back(api: Any, make: Any) -> None:
    account = make.account()
    targets = make.list("account", {"$accounts": account})
    api.delete(f"/v1/accounts/{account}").ok()
    assert api.get(f"/v1/lists/{targets}/accounts").ok()["totalCount"] == 0
    api.post(f"/v1/accounts/{account}/restore").ok()
    assert api.get(f"/v1/lists/{targets}/accounts").ok()["totalCount"] == 1


@pytest.mark.parametrize("key", ["$contacts", "$opportunities"])
def test_entries_are_of_the_lists_own_type(key: str, api: Any, make: Any) -> None:
    fields = {"$name": "L", "$objectType": "$account"}
    expected = (422, "unprocessable_content", None, f"relationships.{key}")
    assert api.post("/v1/lists", {"fields": fields, "relationships": {key: []}}).error == expected
    body = {"relationships": {key: {"add": []}}}
    assert api.post(f"/v1/lists/{make.list()}", body).error == expected
    both = {"$accounts": make.account(), key: []}
    assert api.post("/v1/lists", {"fields": fields, "relationships": both}).error == expected


def test_a_record_of_another_type_is_no_entry(api: Any, make: Any) -> None:
    body = {"relationships": {"$accounts": {"add": make.contact()}}}
    answer = api.post(f"/v1/lists/{make.list()}", body)
    assert answer.error == (400, "bad_request", "relationship_entity_missing", "relationships.$accounts")


def test_the_type_is_fixed_and_the_name_is_not(api: Any, make: Any) -> None:
    targets = make.list()
    answer = api.post(f"/v1/lists/{targets}", {"fields": {"$objectType": "$account"}})
    assert answer.error == (400, "bad_request", "invalid_configuration", "fields.$objectType")
    renamed = api.post(f"/v1/lists/{targets}", {"fields": {"$name": "Others"}}).ok()
    assert renamed["fields"]["$name"]["value"] == "Others"
    answer = api.post(f"/v1/lists/{targets}", {"fields": {"$name": None}})
    assert answer.error == (422, "unprocessable_content", None, "fields.$name")


def test_description_and_kind_may_change(api: Any, make: Any) -> None:
    targets = make.list()
    shown = api.post(f"/v1/lists/{targets}", {"fields": {"$kind": "target", "$description": "The few"}}).ok()
    assert (shown["fields"]["$kind"]["value"], shown["fields"]["$description"]["value"]) == ("target", "The few")
    shown = api.post(f"/v1/lists/{targets}", {"fields": {"$kind": None}}).ok()
    assert shown["fields"]["$kind"]["value"] is None


def test_an_entry_added_twice_is_one(api: Any, make: Any) -> None:
    account = make.account()
    targets = make.list("account", {"$accounts": [account, account]})
    api.post(f"/v1/lists/{targets}", {"relationships": {"$accounts": {"add": [account]}}}).ok()
    assert api.get(f"/v1/lists/{targets}/accounts").ok()["totalCount"] == 1


def test_deleting_a_list_leaves_its_entries(api: Any, make: Any) -> None:
    account = make.account()
    targets = make.list("account", {"$accounts": account})
    deleted = api.delete(f"/v1/lists/{targets}").ok()
    assert (deleted["id"], set(deleted)) == (targets, {"id", "createdAt", "httpLink", "fields"})
    assert api.delete(f"/v1/lists/{targets}").ok() == deleted
    for path in (f"/v1/lists/{targets}", f"/v1/lists/{targets}/accounts"):
        assert api.get(path).error == (404, "not_found", None, None)
    api.get(f"/v1/accounts/{account}").ok()


def test_entries_need_the_scopes_of_both(make: Any, world: Any) -> None:
    path = f"/v1/lists/{make.list()}/accounts"
    assert world.api(world.add_key("lists:read")).get(path).status == 403
    assert world.api(world.add_key("accounts:read")).get(path).status == 403
    world.api(world.add_key("lists:read", "accounts:read")).get(path).ok()


def test_entries_take_no_filters(api: Any, make: Any) -> None:
    answer = api.get(f"/v1/lists/{make.list()}/accounts?$name=A")
    assert answer.error == (400, "bad_request", "unknown_field", "$name")


def test_records_do_not_show_the_lists_they_are_in(api: Any, make: Any) -> None:
    account = make.account()
    targets = make.list("account", {"$accounts": account})
    shown = api.get(f"/v1/accounts/{account}").ok()["relationships"]
    assert not [key for key, end in shown.items() if targets in end["values"]]
    assert not [key for key in api.get("/v1/accounts/definitions").ok()["relationshipDefinitions"] if "list" in key]


def test_lists_are_not_restored_through_the_api(api: Any, make: Any) -> None:
    assert api.post(f"/v1/lists/{make.list()}/restore").error == (404, "not_found", None, None)
