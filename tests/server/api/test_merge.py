"""Two records become one (spec: objects 13, sdk-python 11.3)."""

from typing import Any

import pytest

UNKNOWN = "0000000000000001"


def merge(api: Any, plural: str, primary: str, duplicate: str, resolutions: Any = None, **more: Any) -> Any:
    body = {"primaryId": primary, "duplicateId": duplicate, **more}
    if resolutions is not None:
        body["fieldResolutions"] = resolutions
    return api.post(f"/v1/{plural}/merge", body)


def shown(answer: Any, key: str) -> Any:
    return answer.ok()["primary"]["fields"][key]["value"]


def links(answer: Any, key: str) -> Any:
    return answer.ok()["primary"]["relationships"][key]["values"]


def test_the_primary_stays_and_the_duplicate_goes_to_the_trash(api: Any, make: Any, time: Any) -> None:
    primary, duplicate = make.account("Acme"), make.account("Acme Inc", revenue=5)
    time.advance(1000)
    merged = merge(api, "accounts", primary, duplicate).ok()
    assert set(merged) == {"merge", "primary", "summary"}
    assert merged["merge"] == {"id": merged["merge"]["id"], "status": "done"}
    assert merged["merge"]["id"].startswith("mrg_")
    assert merged["summary"] == {"fieldWriteCount": 1, "syncRepointedCount": 0, "warnings": []}
    assert merged["primary"]["updatedAt"] == "2026-06-01T00:00:01.000Z"
    assert api.get(f"/v1/accounts/{primary}").ok() == merged["primary"]
    assert api.get(f"/v1/accounts/{duplicate}").status == 404
    trash = api.get("/v1/accounts?status=trashed").ok()
    assert [each["id"] for each in trash["data"]] == [duplicate]
    assert api.get("/v1/accounts").ok()["totalCount"] == 1


# Fields

VALUES = {
    "primary, where both are set": ({"$name": "A"}, {"$name": "B"}, {}, "$name", "A"),
    "duplicate, where only it is set": ({"$name": "A"}, {"$name": "B", "$revenue": 5}, {}, "$revenue", 5),
    "primary, as resolved": ({"$name": "A"}, {"$name": "B", "$revenue": 5}, {"$revenue": "primary"}, "$revenue", None),
    "duplicate, as resolved": ({"$name": "A"}, {"$name": "B"}, {"$name": "duplicate"}, "$name", "B"),
    "duplicate's none, as resolved": (
        {"$name": "A", "$revenue": 5},
        {"$name": "B"},
        {"$revenue": "duplicate"},
        "$revenue",
        None,
    ),
    "a value, as resolved": ({"$name": "A"}, {"$name": "B"}, {"$name": {"value": "C"}}, "$name", "C"),
    "none, as resolved": (
        {"$name": "A", "$revenue": 5},
        {"$name": "B"},
        {"$revenue": {"value": None}},
        "$revenue",
        None,
    ),
    "named without its mark": ({"$name": "A"}, {"$name": "B"}, {"name": "duplicate"}, "$name", "B"),
    "addresses joined": (
        {"$name": "A", "$website": ["https://a.example", "https://b.example"]},
        {"$name": "B", "$website": ["https://b.example", "https://c.example"]},
        {},
        "$website",
        ["https://a.example", "https://b.example", "https://c.example"],
    ),
    "addresses resolved": (
        {"$name": "A", "$website": "https://a.example"},
        {"$name": "B", "$website": "https://b.example"},
        {"$website": "duplicate"},
        "$website",
        ["https://b.example"],
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_merged_field_has_the_value_of(name: str, api: Any) -> None:
    first, second, resolutions, key, expected = VALUES[name]
    primary, duplicate = (api.create("accounts", fields)["id"] for fields in (first, second))
    assert shown(merge(api, "accounts", primary, duplicate, resolutions), key) == expected


@pytest.mark.parametrize("union", [None, False, True])
def test_selects_are_joined_when_that_is_asked_for(union: Any, api: Any, make: Any) -> None:
    options = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["$industry"]["typeConfiguration"]["options"]
    a, b, c = (option["id"] for option in options[:3])
    primary, duplicate = make.account(industry=[a, b]), make.account(industry=[b, c])
    more = {} if union is None else {"options": {"multiSelectUnion": union}}
    expected = [a, b, c] if union else [a, b]
    assert shown(merge(api, "accounts", primary, duplicate, **more), "$industry") == expected


def test_a_field_of_one_address_keeps_one(api: Any, make: Any) -> None:
    make.field("contact", "fax", "TELEPHONE")
    primary = api.create("contacts", {"fax": "+12025550123"})["id"]
    duplicate = api.create("contacts", {"fax": "+12025550124"})["id"]
    assert shown(merge(api, "contacts", primary, duplicate), "fax") == ["+12025550123"]


def test_a_unique_value_is_carried_over(api: Any, make: Any) -> None:
    make.field("account", "code", unique=True)
    primary = make.account()
    duplicate = api.create("accounts", {"$name": "B", "code": "7"})["id"]
    assert shown(merge(api, "accounts", primary, duplicate), "code") == "7"
    third = api.post("/v1/accounts", {"fields": {"$name": "C", "code": "7"}})
    assert third.error == (409, "conflict", None, None)
    assert api.get("/v1/accounts?code=7").ok()["totalCount"] == 1


def test_a_merge_that_is_refused_leaves_everything_as_it_was(api: Any, make: Any) -> None:
    make.field("account", "code", unique=True)
    make.relationship("account", "lawyer", "contact")
    api.create("accounts", {"$name": "C", "code": "9"})
    primary, duplicate = (make.account(relationships={"lawyer": make.contact()}) for _ in range(2))
    before = make.dump()
    answer = merge(api, "accounts", primary, duplicate, {"code": {"value": "9"}})
    assert answer.error == (409, "conflict", None, None)
    assert make.dump() == before


def test_read_only_fields_stay_the_primarys(api: Any, make: Any) -> None:
    answer = merge(api, "accounts", make.account(), make.account(), {"$accountStatus": "duplicate"})
    assert answer.error == (400, "bad_request", "invalid_configuration", "fieldResolutions.$accountStatus")


def test_a_merge_is_part_of_the_fields_history(api: Any, make: Any, time: Any) -> None:
    primary, duplicate = make.account("A"), make.account("B")
    time.advance(1000)
    merge(api, "accounts", primary, duplicate, {"$name": "duplicate"}).ok()
    found = api.get(f"/v1/accounts/{primary}/fields/$name/history").ok()["data"]
    assert [(entry["value"], entry["recordedAt"][17:19]) for entry in found] == [("B", "01"), ("A", "00")]


# Relationships


def test_what_points_at_the_duplicate_points_at_the_primary(api: Any, make: Any) -> None:
    primary, duplicate = make.account(), make.account()
    contacts = [make.contact(relationships={"$account": account}) for account in (primary, duplicate)]
    shared = make.contact(relationships={"$account": [primary, duplicate]})
    deal, task, note = (
        make.opportunity(duplicate),
        make.task({"$account": duplicate}),
        make.note({"$account": duplicate}),
    )
    answer = merge(api, "accounts", primary, duplicate)
    assert links(answer, "$contact") == [*contacts, shared]
    assert (links(answer, "$opportunity"), links(answer, "$task"), links(answer, "$note")) == ([deal], [task], [note])
    assert make.values("contacts", shared, "$account") == [primary]
    assert make.values("opportunities", deal, "$account") == [primary]
    assert api.get(f"/v1/opportunities?$account={primary}").ok()["totalCount"] == 1


@pytest.mark.parametrize("both", [True, False])
def test_an_end_that_holds_one_keeps_the_primarys(both: bool, api: Any, make: Any) -> None:
    mine, theirs = make.member(), make.member()
    primary = make.account(relationships={"$owner": mine} if both else {})
    duplicate = make.account(relationships={"$owner": theirs})
    assert links(merge(api, "accounts", primary, duplicate), "$owner") == [mine if both else theirs]


def test_a_live_link_comes_before_one_to_the_trash(api: Any, make: Any) -> None:
    account, gone, there = make.account(), make.contact(), make.contact()
    primary = make.opportunity(account, {"$champion": gone})
    duplicate = make.opportunity(account, {"$champion": there})
    api.delete(f"/v1/contacts/{gone}").ok()
    assert links(merge(api, "opportunities", primary, duplicate), "$champion") == [there]
    api.post(f"/v1/contacts/{gone}/restore").ok()
    assert make.values("opportunities", primary, "$champion") == [there]


@pytest.mark.parametrize("side", ["own", "inverse"])
def test_one_to_one_links_stay_one_to_one(side: str, api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "client", "account", inverse="projects")
    accounts = [make.account(), make.account()]
    projects = [make.record("project", {"client": account}) for account in accounts]
    if side == "own":
        answer = merge(api, "objects/project", *projects)
        assert links(answer, "client") == [accounts[0]]
        assert make.values("accounts", accounts[1], "projects") == []
    else:
        answer = merge(api, "accounts", *accounts)
        assert links(answer, "projects") == [projects[0]]
        assert make.values("objects/project/values", projects[1], "client") == []


def test_one_to_one_links_without_a_name_at_the_other_end_stay_one_to_one(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "client", "account")
    accounts = [make.account(), make.account()]
    projects = [make.record("project", {"client": account}) for account in accounts]
    merge(api, "accounts", *accounts).ok()
    assert [make.values("objects/project/values", id, "client") for id in projects] == [[accounts[0]], []]


def test_links_of_trashed_records_move_too(api: Any, make: Any) -> None:
    primary, duplicate = make.account(), make.account()
    contact = make.contact(relationships={"$account": duplicate})
    api.delete(f"/v1/contacts/{contact}").ok()
    merge(api, "accounts", primary, duplicate).ok()
    api.post(f"/v1/contacts/{contact}/restore").ok()
    assert make.values("accounts", primary, "$contact") == [contact]


@pytest.mark.parametrize("inverse", [None, "children"])
def test_a_record_never_becomes_its_own_relation(inverse: Any, api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True, inverse=inverse)
    top, primary = make.account(), make.account()
    duplicate = make.account(relationships={"parent": primary})
    grandchild = make.account(relationships={"parent": duplicate})
    api.post(f"/v1/accounts/{primary}", {"relationships": {"parent": {"replace": top}}}).ok()
    assert links(merge(api, "accounts", primary, duplicate), "parent") == [top]
    assert make.values("accounts", grandchild, "parent") == [primary]


def test_list_entries_move(api: Any, make: Any) -> None:
    primary, duplicate = make.account(), make.account()
    alone = make.list("account", {"$accounts": duplicate})
    both = make.list("account", {"$accounts": [primary, duplicate]})
    merge(api, "accounts", primary, duplicate).ok()
    for targets in (alone, both):
        found = api.get(f"/v1/lists/{targets}/accounts").ok()
        assert ([each["id"] for each in found["data"]], found["totalCount"]) == ([primary], 1)


def test_champions_and_attendance_follow_a_merged_contact(api: Any, make: Any) -> None:
    primary, duplicate = make.contact("ada@acme.example"), make.contact("ada@home.example")
    deal = make.opportunity(relationships={"$champion": duplicate})
    meeting = make.meeting(attendeeEmails=["ada@home.example"])
    answer = merge(api, "contacts", primary, duplicate)
    assert shown(answer, "$email") == ["ada@acme.example", "ada@home.example"]
    assert (links(answer, "$opportunity"), links(answer, "$meeting")) == ([deal], [meeting])


def test_restoring_the_duplicate_gives_back_none_of_its_links(api: Any, make: Any) -> None:
    primary, duplicate = make.account(), make.account()
    make.contact(relationships={"$account": duplicate})
    merge(api, "accounts", primary, duplicate).ok()
    restored = api.post(f"/v1/accounts/{duplicate}/restore").ok()
    assert restored["relationships"]["$contact"]["values"] == []


# Refusals


@pytest.mark.parametrize("plural", ["accounts", "contacts", "opportunities"])
def test_a_record_is_not_merged_with_itself(plural: str, api: Any, make: Any) -> None:
    id = {"accounts": make.account, "contacts": make.contact, "opportunities": make.opportunity}[plural]()
    assert merge(api, plural, id, id).error == (422, "unprocessable_content", None, "duplicateId")


def test_deals_of_different_accounts_are_different_deals(api: Any, make: Any) -> None:
    account = make.account()
    answer = merge(api, "opportunities", make.opportunity(account), make.opportunity())
    assert answer.error == (422, "unprocessable_content", None, "duplicateId")
    merge(api, "opportunities", make.opportunity(account), make.opportunity(account)).ok()


@pytest.mark.parametrize("place", ["primary", "duplicate"])
@pytest.mark.parametrize("kind", ["unknown", "trashed", "other type", "no id"])
def test_both_records_are_live_and_of_the_type(kind: str, place: str, api: Any, make: Any) -> None:
    wrong = {"unknown": f"acc_{UNKNOWN}", "trashed": make.account(), "other type": make.contact(), "no id": "x"}[kind]
    if kind == "trashed":
        api.delete(f"/v1/accounts/{wrong}").ok()
    pair = (wrong, make.account()) if place == "primary" else (make.account(), wrong)
    assert merge(api, "accounts", *pair).error == (404, "not_found", None, None)


def test_both_custom_records_are_of_the_type_in_the_path(api: Any, make: Any) -> None:
    make.type("project")
    make.type("invoice")
    answer = merge(api, "objects/project", make.record("project"), make.record("invoice"))
    assert answer.error == (404, "not_found", None, None)


BODIES: dict[str, tuple[Any, tuple[str, str]]] = {
    "unknown key": ({"force": True}, ("unknown_field", "force")),
    "id of a wrong type": ({"duplicateId": 7}, ("invalid_type", "duplicateId")),
    "resolutions no object": ({"fieldResolutions": []}, ("invalid_type", "fieldResolutions")),
    "unknown field": ({"fieldResolutions": {"bogus": "primary"}}, ("unknown_field", "fieldResolutions.bogus")),
    "relationship": ({"fieldResolutions": {"$owner": "primary"}}, ("unknown_field", "fieldResolutions.$owner")),
    "unknown word": ({"fieldResolutions": {"$name": "both"}}, ("invalid_type", "fieldResolutions.$name")),
    "bare value": ({"fieldResolutions": {"$name": 7}}, ("invalid_type", "fieldResolutions.$name")),
    "empty resolution": ({"fieldResolutions": {"$name": {}}}, ("invalid_type", "fieldResolutions.$name")),
    "more than a value": (
        {"fieldResolutions": {"$name": {"value": "A", "x": 1}}},
        ("invalid_type", "fieldResolutions.$name"),
    ),
    "value of a wrong type": (
        {"fieldResolutions": {"$name": {"value": 7}}},
        ("invalid_type", "fieldResolutions.$name"),
    ),
    "options no object": ({"options": True}, ("invalid_type", "options")),
    "unknown option": ({"options": {"dryRun": True}}, ("unknown_field", "options.dryRun")),
    "option of a wrong type": ({"options": {"multiSelectUnion": 1}}, ("invalid_type", "options.multiSelectUnion")),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_merge_refuses_what_it_does_not_know(name: str, api: Any, make: Any) -> None:
    more, expected = BODIES[name]
    body = {"primaryId": make.account(), "duplicateId": make.account(), **more}
    answer = api.post("/v1/accounts/merge", body)
    assert answer.error == (400, "bad_request", *expected)


@pytest.mark.parametrize(("type", "key"), [("account", "$name"), ("opportunity", "$name"), ("opportunity", "$stage")])
def test_what_is_required_is_not_resolved_away(type: str, key: str, api: Any, make: Any) -> None:
    account = make.account()
    first, second = (make.account() if type == "account" else make.opportunity(account) for _ in range(2))
    plural = {"account": "accounts", "opportunity": "opportunities"}[type]
    answer = merge(api, plural, first, second, {key: {"value": None}})
    assert answer.error == (422, "unprocessable_content", None, f"fieldResolutions.{key}")


def test_a_merge_needs_both_scopes(make: Any, world: Any) -> None:
    pair = make.account(), make.account()
    for scopes in (("accounts:update",), ("accounts:delete",)):
        answer = merge(world.api(world.add_key(*scopes)), "accounts", *pair)
        assert answer.error == (403, "forbidden", None, None)
    merge(world.api(world.add_key("accounts:update", "accounts:delete")), "accounts", *pair).ok()


# Looking a merge up


@pytest.mark.parametrize("type", ["account", "contact", "opportunity", "project"])
def test_a_merge_is_looked_up(type: str, api: Any, make: Any) -> None:
    make.type("project")
    account = make.account()
    makers = {
        "account": ("accounts", make.account),
        "contact": ("contacts", make.contact),
        "opportunity": ("opportunities", lambda: make.opportunity(account)),
        "project": ("objects/project", lambda: make.record("project")),
    }
    plural, maker = makers[type]
    primary, duplicate = maker(), maker()
    id = merge(api, plural, primary, duplicate).ok()["merge"]["id"]
    assert api.get(f"/v1/merges/{id}").ok() == {
        "id": id,
        "entityType": type,
        "primaryId": primary,
        "duplicateId": duplicate,
        "status": "done",
        "createdAt": "2026-06-01T00:00:00.000Z",
        "updatedAt": "2026-06-01T00:00:00.000Z",
    }


def test_looking_up_needs_the_read_scope_of_the_type(api: Any, make: Any, world: Any) -> None:
    id = merge(api, "accounts", make.account(), make.account()).ok()["merge"]["id"]
    assert world.api(world.add_key("contacts:read")).get(f"/v1/merges/{id}").error == (403, "forbidden", None, None)
    world.api(world.add_key("accounts:read")).get(f"/v1/merges/{id}").ok()


@pytest.mark.parametrize("id", [f"mrg_{UNKNOWN}", "x", f"acc_{UNKNOWN}"])
def test_an_unknown_merge_is_not_found(id: str, api: Any) -> None:
    assert api.get(f"/v1/merges/{id}").error == (404, "not_found", None, None)


def test_a_merge_is_its_workspaces_own(api: Any, make: Any, world: Any) -> None:
    id = merge(api, "accounts", make.account(), make.account()).ok()["merge"]["id"]
    stranger = world.api(world.add_key(workspace=world.add_workspace("other")))
    assert stranger.get(f"/v1/merges/{id}").error == (404, "not_found", None, None)
    assert merge(stranger, "accounts", make.account(), make.account()).error == (404, "not_found", None, None)


def test_one_record_is_held_after_a_merge_although_its_type_was_archived_meanwhile(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("account", "flagship", "project", inverse="client")
    primary, duplicate = (make.account(relationships={"flagship": make.record("project")}) for _ in range(2))
    before = make.values("accounts", primary, "flagship")
    archived = "/v1/schema/objects/project"
    api.post(f"{archived}/archive").ok()

    api.post("/v1/accounts/merge", {"primaryId": primary, "duplicateId": duplicate}).ok()

    api.post(f"{archived}/restore").ok()
    assert make.values("accounts", primary, "flagship") == before
