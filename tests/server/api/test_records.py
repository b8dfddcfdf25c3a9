"""What holds for records of every type: shape, create, update, delete, restore, definitions (objects 1, 2, 12)."""

from typing import Any

import pytest

RECORD = {"id", "createdAt", "updatedAt", "httpLink", "externalId", "fields", "relationships"}

#: Plural and how `make` makes one, for every type that can be made and whose records have the common shape.
KINDS = {
    "accounts": "account",
    "contacts": "contact",
    "opportunities": "opportunity",
    "tasks": "task",
    "notes": "note",
    "meetings": "meeting",
    "objects/project/values": "record",
}

PREFIXES = {
    "accounts": "acc",
    "contacts": "con",
    "opportunities": "opp",
    "tasks": "tsk",
    "notes": "nte",
    "meetings": "mtg",
    "objects/project/values": "obj",
}

#: A field that each may change, with a value.
EDITS = {
    "accounts": ("$name", "Globex"),
    "contacts": ("$title", "Chief"),
    "opportunities": ("$nextStep", "Call"),
    "tasks": ("$title", "Write"),
    "notes": ("$content", "# Done"),
    "meetings": ("$privacySetting", "METADATA"),
    "objects/project/values": ("$name", "Two"),
}

every_kind = pytest.mark.parametrize("plural", KINDS)


def made(make: Any, plural: str) -> str:
    if plural == "objects/project/values":
        make.type("project")
        return str(make.record("project"))
    return str(getattr(make, KINDS[plural])())


def listing(plural: str) -> str:
    return f"/v1/{plural.removesuffix('/values')}"


@every_kind
def test_a_record_has_the_documented_keys_and_no_others(plural: str, api: Any, make: Any) -> None:
    shown = api.get(f"/v1/{plural}/{made(make, plural)}").ok()
    assert set(shown) == RECORD | ({"objectType", "accessLevel"} if plural == "meetings" else set())
    assert shown["id"].startswith(f"{PREFIXES[plural]}_")
    assert shown["createdAt"] == "2026-06-01T00:00:00.000Z"
    assert (shown["updatedAt"], shown["httpLink"], shown["externalId"]) == (None, None, None)
    for value in shown["fields"].values():
        assert set(value) == {"value", "valueType"}
    for relationship in shown["relationships"].values():
        assert set(relationship) == {"cardinality", "objectType", "values"}
        assert relationship["cardinality"] in ("has_one", "has_many")


@every_kind
def test_every_defined_field_and_relationship_appears(plural: str, api: Any, make: Any) -> None:
    shown = api.get(f"/v1/{plural}/{made(make, plural)}").ok()
    defined = api.get(f"{listing(plural)}/definitions").ok()
    assert list(shown["fields"]) == list(defined["fieldDefinitions"])
    assert list(shown["relationships"]) == list(defined["relationshipDefinitions"])
    for key, value in shown["fields"].items():
        assert value["valueType"] == defined["fieldDefinitions"][key]["valueType"]
    for key, relationship in shown["relationships"].items():
        definition = defined["relationshipDefinitions"][key]
        assert relationship["cardinality"].upper() == definition["cardinality"]
        assert relationship["objectType"] == definition["objectType"]


@every_kind
def test_create_retrieve_update_and_list_show_one_record_alike(plural: str, api: Any, make: Any) -> None:
    id = made(make, plural)
    key, value = EDITS[plural]
    updated = api.post(f"/v1/{plural}/{id}", {"fields": {key: value}}).ok()
    assert updated["fields"][key]["value"] == value
    assert api.get(f"/v1/{plural}/{id}").ok() == updated
    assert api.get(listing(plural)).ok() == {"object": "list", "data": [updated], "totalCount": 1}


@every_kind
def test_only_what_is_sent_changes(plural: str, api: Any, make: Any, time: Any) -> None:
    id = made(make, plural)
    before = api.get(f"/v1/{plural}/{id}").ok()
    time.advance(1500)
    key, value = EDITS[plural]
    after = api.post(f"/v1/{plural}/{id}", {"fields": {key: value}}).ok()
    assert after["updatedAt"] == "2026-06-01T00:00:01.500Z"
    before["fields"][key]["value"], before["updatedAt"] = value, after["updatedAt"]
    if plural == "meetings":
        before["fields"]["$privacySetting"] = after["fields"]["$privacySetting"]
    assert after == before


@every_kind
@pytest.mark.parametrize("again", [False, True], ids=["empty", "same"])
def test_an_update_that_changes_nothing_moves_nothing(again: bool, plural: str, api: Any, make: Any, time: Any) -> None:
    id = made(make, plural)
    key, value = EDITS[plural]
    before = api.post(f"/v1/{plural}/{id}", {"fields": {key: value}}).ok()
    stored = make.dump()
    time.advance(1000)
    assert api.post(f"/v1/{plural}/{id}", {"fields": {key: value}} if again else {}).ok() == before
    assert make.dump() == stored


#: A field of each that may be empty, with a value.
CLEARABLE = {
    "accounts": ("$revenue", 12.5),
    "contacts": ("$title", "Chief"),
    "opportunities": ("$nextStep", "Call"),
    "tasks": ("$dueAt", "2026-07-01T00:00:00.000Z"),
    "notes": ("$content", "# Done"),
    "meetings": ("$privacySetting", "METADATA"),
    "objects/project/values": ("size", 3),
}


@every_kind
def test_null_clears_a_field_and_absence_keeps_it(plural: str, api: Any, make: Any) -> None:
    key, value = CLEARABLE[plural]
    path = f"/v1/{plural}/{made(make, plural)}"
    make.field("project", "size", "NUMBER")
    api.post(path, {"fields": {key: value}}).ok()
    assert api.post(path, {}).ok()["fields"][key]["value"] == value
    assert api.post(path, {"fields": {key: None}}).ok()["fields"][key]["value"] is None


@every_kind
def test_deletion_moves_to_the_trash_and_restoration_brings_back(plural: str, api: Any, make: Any, time: Any) -> None:
    id = made(make, plural)
    path = f"/v1/{plural}/{id}"
    before = api.get(path).ok()
    time.advance(1000)
    deleted = api.delete(path).ok()
    assert (deleted["id"], deleted["fields"]) == (id, before["fields"])
    assert deleted["relationships"] == before["relationships"]
    assert api.get(path).status == 404
    assert api.post(path, {}).status == 404
    assert api.get(listing(plural)).ok() == {"object": "list", "data": [], "totalCount": 0}
    trash = api.get(f"{listing(plural)}?status=trashed").ok()
    assert (trash["data"], trash["totalCount"]) == ([deleted], 1)
    restored = api.post(f"{path}/restore", {}).ok()
    assert restored["relationships"] == before["relationships"]
    assert api.get(path).ok() == restored
    assert api.get(f"{listing(plural)}?status=active").ok()["data"] == [restored]
    assert api.get(f"{listing(plural)}?status=trashed").ok()["totalCount"] == 0


@every_kind
def test_deleting_twice_is_a_no_op_save_for_meetings(plural: str, api: Any, make: Any, time: Any) -> None:
    path = f"/v1/{plural}/{made(make, plural)}"
    deleted = api.delete(path).ok()
    stored = make.dump()
    time.advance(1000)
    again = api.delete(path, {})
    if plural == "meetings":
        assert again.error == (404, "not_found", None, None)
    else:
        assert again.ok() == deleted
    assert make.dump() == stored


@every_kind
def test_restoring_a_live_record_is_a_no_op(plural: str, api: Any, make: Any, time: Any) -> None:
    path = f"/v1/{plural}/{made(make, plural)}"
    before, stored = api.get(path).ok(), make.dump()
    time.advance(1000)
    assert api.post(f"{path}/restore").ok() == before
    assert make.dump() == stored


@every_kind
@pytest.mark.parametrize("act", ["retrieve", "update", "delete", "restore"])
def test_unknown_ids_and_those_of_other_types_are_not_found(act: str, plural: str, api: Any, make: Any) -> None:
    if plural == "objects/project/values":
        make.type("project")
    other = make.contact() if plural != "contacts" else make.account()
    for id in (f"{PREFIXES[plural]}_0000000000000001", other, "x", f"{PREFIXES[plural]}_" + other.partition("_")[2]):
        path = f"/v1/{plural}/{id}"
        answer = {
            "retrieve": lambda path=path: api.get(path),
            "update": lambda path=path: api.post(path, {}),
            "delete": lambda path=path: api.delete(path),
            "restore": lambda path=path: api.post(f"{path}/restore"),
        }[act]()
        assert answer.error == (404, "not_found", None, None)


@every_kind
def test_the_trash_and_restoring_need_the_restore_scope(plural: str, api: Any, make: Any, world: Any) -> None:
    path = f"/v1/{plural}/{made(make, plural)}"
    api.delete(path).ok()
    family = plural.split("/")[0].replace("objects", "custom_objects")
    reader = world.api(world.add_key(f"{family}:read", f"{family}:delete", f"{family}:update"))
    assert reader.get(f"{listing(plural)}?status=trashed").error == (403, "forbidden", None, None)
    assert reader.post(f"{path}/restore").error == (403, "forbidden", None, None)
    restorer = world.api(world.add_key(f"{family}:read", f"{family}:restore"))
    assert restorer.get(f"{listing(plural)}?status=trashed").ok()["totalCount"] == 1
    restorer.post(f"{path}/restore").ok()


@every_kind
def test_workspaces_do_not_see_each_other(plural: str, api: Any, make: Any, world: Any) -> None:
    id = made(make, plural)
    stranger = world.api(world.add_key(workspace=world.add_workspace("other")))
    assert stranger.get(f"/v1/{plural}/{id}").status == 404
    assert stranger.post(f"/v1/{plural}/{id}", {}).status == 404
    assert stranger.delete(f"/v1/{plural}/{id}").status == 404
    answer = stranger.get(listing(plural))
    assert answer.status == 404 if plural.startswith("objects") else answer.ok()["totalCount"] == 0


def test_lists_come_newest_first(api: Any, make: Any, time: Any) -> None:
    ids = []
    for name in "abc":
        ids.append(make.account(name))
        time.advance(1)
    ids.append(make.account("d"))
    api.post(f"/v1/accounts/{ids[0]}", {"fields": {"$name": "A"}}).ok()
    assert [each["id"] for each in api.get("/v1/accounts").ok()["data"]] == ids[::-1]


# Definitions

DEFINED = {
    "accounts": "account",
    "contacts": "contact",
    "opportunities": "opportunity",
    "tasks": "task",
    "notes": "note",
    "meetings": "meeting",
    "objects/project": "project",
}


@pytest.mark.parametrize("plural", DEFINED)
def test_definitions_have_the_documented_keys(plural: str, api: Any, make: Any) -> None:
    make.type("project")
    defined = api.get(f"/v1/{plural}/definitions").ok()
    assert set(defined) == {"objectType", "fieldDefinitions", "relationshipDefinitions"}
    assert defined["objectType"] == DEFINED[plural]
    for key, field in defined["fieldDefinitions"].items():
        assert {"slug", "system", "label", "description", "valueType", "readOnly", "typeConfiguration"} <= set(field)
        assert (field["slug"], field["system"]) == (key.removeprefix("$"), key.startswith("$"))
        allowed = {"options", "currency", "unique", "multipleValues", "handleService"}
        assert set(field["typeConfiguration"]) <= allowed
        assert field.get("id", "ad_").startswith("ad_")
    for end in defined["relationshipDefinitions"].values():
        assert {"slug", "system", "label", "description", "cardinality", "objectType"} <= set(end)
        assert end["cardinality"] in ("HAS_ONE", "HAS_MANY")
        assert end.get("id", "rd_").startswith("rd_")


def test_option_ids_are_the_workspaces_own(api: Any, world: Any) -> None:
    def stages(client: Any) -> list[Any]:
        defined = client.get("/v1/opportunities/definitions").ok()["fieldDefinitions"]
        return list(defined["$stage"]["typeConfiguration"]["options"])

    other = world.api(world.add_key(workspace=world.add_workspace("other")))
    here, there = stages(api), stages(other)
    assert [option["label"] for option in here] == [option["label"] for option in there]
    assert {option["id"] for option in here}.isdisjoint(option["id"] for option in there)
    assert all(set(option) == {"id", "label", "description"} for option in here)
    assert all(option["id"].startswith("opt_") for option in here)


@pytest.mark.parametrize("plural", ["lists", "members", "files"])
def test_some_types_have_no_definitions(plural: str, api: Any) -> None:
    assert api.get(f"/v1/{plural}/definitions").status == 404


def test_a_field_added_a_moment_ago_validates_filters_and_shows(api: Any, make: Any) -> None:
    account = make.account()
    make.field("account", "tier", "NUMBER")
    assert make.value("accounts", account, "tier") is None
    api.post(f"/v1/accounts/{account}", {"fields": {"tier": 3}}).ok()
    assert api.get("/v1/accounts?tier[greaterThan]=2").ok()["totalCount"] == 1
    assert "tier" in api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]


def test_a_custom_field_may_bear_the_name_of_a_shipped_one(api: Any, make: Any) -> None:
    make.field("account", "name")
    body = {"fields": {"$name": "Acme", "name": "acme-1"}}
    shown = api.post("/v1/accounts", body).ok()["fields"]
    assert (shown["$name"]["value"], shown["name"]["value"]) == ("Acme", "acme-1")


def test_keys_are_case_sensitive(api: Any) -> None:
    assert api.post("/v1/accounts", {"fields": {"$Name": "Acme"}}).error[2:] == ("unknown_field", "fields.$Name")


# Field history


def history(api: Any, path: str, key: str, query: str = "") -> Any:
    return api.get(f"/v1/{path}/fields/{key}/history{query}").ok()


HISTORIES = {
    "accounts": "$name",
    "contacts": "$title",
    "opportunities": "$nextStep",
    "objects/project/values": "$name",
}


@pytest.mark.parametrize("plural", HISTORIES)
def test_a_fields_history_is_newest_first(plural: str, api: Any, make: Any, time: Any) -> None:
    key = HISTORIES[plural]
    path = f"{plural}/{made(make, plural)}"
    for value in ("b", "b", "c"):
        time.advance(1000)
        api.post(f"/v1/{path}", {"fields": {key: value}}).ok()
    found = history(api, path, key)
    assert (found["hasMore"], found["nextCursor"]) == (False, None)
    first = {"accounts": ["Acme"], "objects/project/values": ["One"]}.get(plural, [])
    assert [entry["value"] for entry in found["data"]] == ["c", "b", *first]
    assert [entry["isCreate"] for entry in found["data"]] == [False, False, *([True] if first else [])]
    assert found["data"][0] == {
        "value": "c",
        "valueType": "TEXT",
        "displayValue": "c",
        "recordedAt": "2026-06-01T00:00:03.000Z",
        "isCreate": False,
        "recordedBy": None,
    }


def test_history_shows_options_by_their_labels_and_who_set_them(api: Any, make: Any, world: Any) -> None:
    member = make.member()
    own = world.api(world.add_key(member=member))
    deal = make.opportunity()
    own.post(f"/v1/opportunities/{deal}", {"fields": {"$stage": "proposal"}}).ok()
    newest, oldest = history(api, f"opportunities/{deal}", "$stage")["data"]
    assert (newest["displayValue"], newest["recordedBy"]) == ("Proposal", member)
    assert (oldest["displayValue"], oldest["recordedBy"]) == ("Prospecting", None)
    assert newest["value"].startswith("opt_")


def test_clearing_is_part_of_a_history(api: Any, make: Any) -> None:
    contact = make.contact(title="Chief")
    api.post(f"/v1/contacts/{contact}", {"fields": {"$title": None}}).ok()
    newest, _ = history(api, f"contacts/{contact}", "$title")["data"]
    assert (newest["value"], newest["displayValue"]) == (None, None)


def test_a_history_is_read_in_pages(api: Any, make: Any) -> None:
    account = make.account("0")
    for number in range(1, 25):
        api.post(f"/v1/accounts/{account}", {"fields": {"$name": str(number)}}).ok()
    path = f"accounts/{account}"
    first = history(api, path, "$name")
    assert [entry["value"] for entry in first["data"]] == [str(number) for number in range(24, 4, -1)]
    assert first["hasMore"] is True
    second = history(api, path, "$name", f"?after={first['nextCursor']}")
    assert [entry["value"] for entry in second["data"]] == ["4", "3", "2", "1", "0"]
    assert (second["hasMore"], second["nextCursor"]) == (False, None)
    assert not any(entry["isCreate"] for entry in second["data"])
    assert history(api, path, "$name", "?limit=100")["data"][-1]["isCreate"] is True


HISTORY_REFUSALS = {
    "?limit=0": ("invalid_type", "limit"),
    "?limit=101": ("invalid_type", "limit"),
    "?after=x": ("invalid_type", "after"),
    "?before=x": ("unknown_field", "before"),
}


@pytest.mark.parametrize("query", HISTORY_REFUSALS)
def test_a_history_refuses_what_it_does_not_know(query: str, api: Any, make: Any) -> None:
    answer = api.get(f"/v1/accounts/{make.account()}/fields/$name/history{query}")
    assert answer.error[2:] == HISTORY_REFUSALS[query]


@pytest.mark.parametrize(
    ("key", "code"),
    [("bogus", "unknown_field"), ("$owner", "unknown_field"), ("$accountStatus", "invalid_configuration")],
)
def test_some_keys_have_no_history(key: str, code: str, api: Any, make: Any) -> None:
    assert api.get(f"/v1/accounts/{make.account()}/fields/{key}/history").error == (
        400,
        "bad_request",
        code,
        "fieldKey",
    )


@pytest.mark.parametrize("plural", ["tasks", "notes", "meetings"])
def test_some_types_have_no_history(plural: str, api: Any, make: Any) -> None:
    assert api.get(f"/v1/{plural}/{made(make, plural)}/fields/$title/history").status == 404
