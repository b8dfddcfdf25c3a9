"""Meetings: what may be logged, who sees what, and what follows from who attended (spec: objects 8)."""

from typing import Any

import pytest

FIELDS = {
    "$title": "Quarterly review",
    "$startDate": "2026-05-01T09:00:00Z",
    "$endDate": "2026-05-01T10:00:00Z",
    "$description": "Numbers",
    "$meetingUrl": "https://meet.example/1",
    "$organizerEmail": "org@us.example",
    "$attendeeEmails": ["ada@us.example", "bob@acme.example"],
}

REDACTED = ("$title", "$description", "$meetingUrl")


def meeting(api: Any, relationships: Any = None, **fields: Any) -> Any:
    return api.create("meetings", FIELDS | {f"${key}": value for key, value in fields.items()}, relationships)


def as_member(make: Any, world: Any, email: str, *, admin: bool = False) -> Any:
    """A client whose key speaks for a member."""
    return world.api(world.add_key(member=make.member(email, "admin" if admin else "member"), admin=admin))


def test_a_meeting_says_what_it_is_and_what_the_caller_sees(api: Any) -> None:
    made = meeting(api)
    assert (made["objectType"], made["accessLevel"]) == ("meeting", "FULL")
    assert made["fields"]["$organizerEmail"] == {"value": "org@us.example", "valueType": "EMAIL"}
    assert made["fields"]["$attendeeEmails"]["value"] == ["ada@us.example", "bob@acme.example"]
    assert made["fields"]["$startDate"]["value"] == "2026-05-01T09:00:00.000Z"
    assert made["fields"]["$privacySetting"]["value"] is None


# Dates

DATES = {
    "both past": ("2026-05-01T09:00:00Z", "2026-05-01T10:00:00Z", None),
    "of no length": ("2026-05-01T09:00:00Z", "2026-05-01T09:00:00Z", None),
    "until now": ("2026-05-01T09:00:00Z", "2026-06-01T00:00:00Z", None),
    "past in another zone": ("2026-06-01T01:00:00+02:00", "2026-06-01T02:00:00+02:00", None),
    "start to come": ("2026-06-01T00:00:00.001Z", "2026-06-01T01:00:00Z", "$startDate"),
    "end to come": ("2026-05-31T23:00:00Z", "2026-06-01T00:00:00.001Z", "$endDate"),
    "backwards": ("2026-05-01T10:00:00Z", "2026-05-01T09:59:59.999Z", "$endDate"),
}


@pytest.mark.parametrize("name", DATES)
def test_a_meeting_has_taken_place(name: str, api: Any) -> None:
    start, end, refused = DATES[name]
    answer = api.post("/v1/meetings", {"fields": {"$title": "M", "$startDate": start, "$endDate": end}})
    if refused is None:
        answer.ok()
    else:
        assert answer.error == (422, "unprocessable_content", None, f"fields.{refused}")


# Bodies


@pytest.mark.parametrize("key", sorted(set(FIELDS)))
def test_privacy_is_all_that_can_be_changed(key: str, api: Any) -> None:
    answer = api.post(f"/v1/meetings/{meeting(api)['id']}", {"fields": {key: FIELDS[key]}})
    assert answer.error == (400, "bad_request", "invalid_configuration", f"fields.{key}")


@pytest.mark.parametrize("value", ["FULL", "METADATA", None])
def test_privacy_is_changed_and_cleared(value: Any, api: Any) -> None:
    made = meeting(api, privacySetting="METADATA")
    shown = api.post(f"/v1/meetings/{made['id']}", {"fields": {"$privacySetting": value}}).ok()
    assert shown["fields"]["$privacySetting"]["value"] == value


EMPTY_PARTS = {
    "create, relationships": ("relationships", "relationships.$transcript"),
    "update, fields": ("fields", "fields.$privacySetting"),
    "update, relationships": ("relationships", "relationships.$transcript"),
}


@pytest.mark.parametrize("name", EMPTY_PARTS)
def test_a_part_that_is_sent_says_something(name: str, api: Any) -> None:
    part, param = EMPTY_PARTS[name]
    if name.startswith("create"):
        answer = api.post("/v1/meetings", {"fields": FIELDS, part: {}})
    else:
        answer = api.post(f"/v1/meetings/{meeting(api)['id']}", {part: {}})
    assert answer.error == (400, "bad_request", "parameter_missing", param)


def test_records_of_attendees_may_be_asked_for_on_create_only(api: Any) -> None:
    made = api.create("meetings", FIELDS, autoCreateRecords=True)
    answer = api.post(f"/v1/meetings/{made['id']}", {"autoCreateRecords": True})
    assert answer.error == (400, "bad_request", "unknown_field", "autoCreateRecords")


def test_two_transcripts_are_one_too_many(api: Any, make: Any) -> None:
    body = {"fields": FIELDS, "relationships": {"$transcript": [make.file(), make.file()]}}
    answer = api.post("/v1/meetings", body)
    assert answer.error == (422, "unprocessable_content", None, "relationships.$transcript")


@pytest.mark.parametrize("key", ["$contact", "$account", "$opportunity", "$note"])
def test_what_follows_from_attendance_is_read_only(key: str, api: Any) -> None:
    answer = api.post("/v1/meetings", {"fields": FIELDS, "relationships": {key: []}})
    assert answer.error == (400, "bad_request", "invalid_configuration", f"relationships.{key}")


# What follows from attendance


def test_contacts_accounts_and_opportunities_follow_from_attendance(api: Any, make: Any) -> None:
    acme, globex, other = make.account(), make.account(), make.account()
    bob = make.contact(["bob@home.example", "BOB@acme.example"], {"$account": [acme, globex]})
    organizer = make.contact("org@us.example")
    make.contact("eve@other.example", {"$account": other})
    deals = [make.opportunity(acme), make.opportunity(globex)]
    make.opportunity(other)
    shown = meeting(api)["relationships"]
    assert shown["$contact"]["values"] == [bob, organizer]
    assert shown["$account"]["values"] == [acme, globex]
    assert shown["$opportunity"]["values"] == deals


def test_attendance_is_worked_out_when_it_is_read(api: Any, make: Any) -> None:
    made = meeting(api)["id"]
    bob = make.contact("bob@acme.example")
    assert make.values("meetings", made, "$contact") == [bob]
    api.delete(f"/v1/contacts/{bob}").ok()
    assert make.values("meetings", made, "$contact") == []
    api.post(f"/v1/contacts/{bob}/restore").ok()
    api.post(f"/v1/contacts/{bob}", {"fields": {"$email": None}}).ok()
    assert make.values("meetings", made, "$contact") == []


def test_what_an_account_and_its_deals_show_of_meetings_follows_every_write(api: Any, make: Any) -> None:
    acme, globex = make.account(), make.account()
    deal = make.opportunity(acme)
    bob = make.contact("bob@acme.example", {"$account": acme})

    def seen() -> tuple[list[str], list[str], list[str]]:
        listed = api.get("/v1/opportunities").ok()["data"][0]["relationships"]["$meeting"]["values"]
        shown = make.values("opportunities", deal, "$meeting")
        assert listed == shown
        return make.values("accounts", acme, "$meeting"), make.values("accounts", globex, "$meeting"), shown

    assert seen() == ([], [], [])
    held = meeting(api)["id"]
    assert seen() == ([held], [], [held])
    answered = api.post(f"/v1/opportunities/{deal}", {"relationships": {"$account": {"replace": globex}}}).ok()
    assert answered["relationships"]["$meeting"]["values"] == []
    assert seen() == ([held], [], [])
    api.post(f"/v1/contacts/{bob}", {"relationships": {"$account": {"replace": globex}}}).ok()
    assert seen() == ([], [held], [held])
    api.delete(f"/v1/meetings/{held}").ok()
    assert seen() == ([], [], [])
    api.post(f"/v1/meetings/{held}/restore").ok()
    api.post(f"/v1/contacts/{bob}", {"fields": {"$email": ["robert@acme.example"]}}).ok()
    assert seen() == ([], [], [])
    api.post(f"/v1/contacts/{bob}", {"fields": {"$email": ["bob@acme.example"]}}).ok()
    assert seen() == ([], [held], [held])
    api.delete(f"/v1/accounts/{globex}").ok()
    assert make.values("opportunities", deal, "$meeting") == []
    api.post(f"/v1/accounts/{globex}/restore").ok()
    api.post(f"/v1/accounts/{acme}", {"relationships": {"$contact": {"add": bob}}}).ok()
    assert seen() == ([held], [held], [held])


@pytest.mark.parametrize("key", ["$contact", "$account", "$opportunity"])
def test_meetings_are_found_by_what_follows_from_attendance(key: str, api: Any, make: Any) -> None:
    account = make.account()
    ids = {
        "$account": account,
        "$contact": make.contact("bob@acme.example", {"$account": account}),
        "$opportunity": make.opportunity(account),
    }
    made = meeting(api)["id"]
    make.meeting()
    assert [each["id"] for each in api.get("/v1/meetings", {key: ids[key]}).ok()["data"]] == [made]


# Who sees what


@pytest.mark.parametrize(
    ("who", "level"),
    [
        ("workspace", "FULL"),
        ("administrator", "FULL"),
        ("organizer", "FULL"),
        ("attendee", "FULL"),
        ("stranger", "METADATA"),
    ],
)
def test_those_who_were_not_there_see_the_frame_of_a_private_meeting(
    who: str, level: str, api: Any, make: Any, world: Any
) -> None:
    make.contact("bob@acme.example")
    made = meeting(api, {"$transcript": make.file()}, privacySetting="METADATA")
    clients = {
        "workspace": lambda: api,
        "administrator": lambda: as_member(make, world, "boss@us.example", admin=True),
        "organizer": lambda: as_member(make, world, "org@us.example"),
        "attendee": lambda: as_member(make, world, "ADA@us.example"),
        "stranger": lambda: as_member(make, world, "eve@us.example"),
    }
    client = clients[who]()
    shown = client.get(f"/v1/meetings/{made['id']}").ok()
    assert client.get("/v1/meetings").ok()["data"] == [shown]
    if level == "FULL":
        assert shown == made
        return
    made["accessLevel"] = "METADATA"
    for key in REDACTED:
        made["fields"][key]["value"] = None
    del made["relationships"]["$transcript"]
    assert shown == made


@pytest.mark.parametrize("privacy", ["FULL", None])
def test_everyone_sees_a_meeting_that_is_not_private(privacy: Any, api: Any, make: Any, world: Any) -> None:
    made = meeting(api, privacySetting=privacy)
    assert as_member(make, world, "eve@us.example").get(f"/v1/meetings/{made['id']}").ok() == made


def test_a_key_made_without_administration_lends_none(api: Any, make: Any, world: Any) -> None:
    made = meeting(api, privacySetting="METADATA")
    boss = world.api(world.add_key(member=make.member("boss@us.example", "admin"), admin=False))
    assert boss.get(f"/v1/meetings/{made['id']}").ok()["accessLevel"] == "METADATA"


@pytest.mark.parametrize("query", ["$title[startsWith]=Quarterly", "$description=Numbers", "$meetingUrl=meet.example"])
def test_what_is_hidden_is_not_found_out_by_filters(query: str, api: Any, make: Any, world: Any) -> None:
    made = meeting(api, privacySetting="METADATA")
    stranger = as_member(make, world, "eve@us.example")
    assert stranger.get(f"/v1/meetings?{query}").ok()["totalCount"] == 0
    for client in (api, as_member(make, world, "ada@us.example"), as_member(make, world, "org@us.example")):
        assert [each["id"] for each in client.get(f"/v1/meetings?{query}").ok()["data"]] == [made["id"]]
    open_to_all = meeting(api)
    assert [each["id"] for each in stranger.get(f"/v1/meetings?{query}").ok()["data"]] == [open_to_all["id"]]


def test_what_is_hidden_is_not_found_out_by_negated_filters(api: Any, make: Any, world: Any) -> None:
    meeting(api, {"$transcript": make.file()}, privacySetting="METADATA")
    stranger = as_member(make, world, "eve@us.example")
    assert stranger.get("/v1/meetings?$title[-equal]=Other").ok()["totalCount"] == 0
    assert stranger.get(f"/v1/meetings?$transcript[-equal]={make.file()}").ok()["totalCount"] == 0
    assert stranger.get("/v1/meetings?$organizerEmail=org").ok()["totalCount"] == 1


@pytest.mark.parametrize("body", [{}, {"fields": {"$privacySetting": "FULL"}}], ids=["nothing", "privacy"])
def test_whoever_sees_a_meeting_in_part_may_not_change_it(body: Any, api: Any, make: Any, world: Any) -> None:
    made = meeting(api, privacySetting="METADATA")
    stranger = as_member(make, world, "eve@us.example")
    assert stranger.post(f"/v1/meetings/{made['id']}", body).error == (403, "forbidden", None, None)


# Deletion


def test_participants_and_administrators_delete_meetings(api: Any, make: Any, world: Any) -> None:
    members = {
        "stranger": as_member(make, world, "eve@us.example"),
        "organizer": as_member(make, world, "org@us.example"),
        "attendee": as_member(make, world, "ada@us.example"),
        "administrator": as_member(make, world, "boss@us.example", admin=True),
        "workspace": api,
    }
    for name, client in members.items():
        path = f"/v1/meetings/{meeting(api)['id']}"
        if name == "stranger":
            assert client.delete(path).error == (403, "forbidden", None, None)
            api.delete(path).ok()
            assert client.post(f"{path}/restore").error == (403, "forbidden", None, None)
        else:
            deleted = client.delete(path).ok()
            assert (deleted["objectType"], deleted["accessLevel"]) == ("meeting", "FULL")
            assert client.delete(path).error == (404, "not_found", None, None)
            client.post(f"{path}/restore").ok()


@pytest.mark.parametrize("verb", ["create", "update", "restore"])
def test_a_repeat_shows_no_more_of_a_meeting_than_its_caller_may_see(
    verb: str, api: Any, make: Any, world: Any
) -> None:
    ada, eve = as_member(make, world, "ada@us.example"), as_member(make, world, "eve@us.example")
    path, body = "/v1/meetings", {"fields": FIELDS | {"$privacySetting": "METADATA"}}
    if verb != "create":
        path += f"/{meeting(api, privacySetting='METADATA')['id']}"
        body = {"fields": {"$privacySetting": "METADATA"}}
    if verb == "restore":
        ada.delete(path).ok()
        path, body = f"{path}/restore", {}
    first = ada.post(path, body, idempotency_key="k").ok()

    again = eve.post(path, body, idempotency_key="k")

    assert again.headers["idempotent-replayed"] == "true"
    assert again.ok() == eve.get(f"/v1/meetings/{first['id']}").ok()
    assert [again.body["fields"][key]["value"] for key in REDACTED] == [None, None, None]
    assert again.body["accessLevel"] == "METADATA"
    assert ada.post(path, body, idempotency_key="k").ok() == first
