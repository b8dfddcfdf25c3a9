"""Members, looked after by administrators."""

import pytest

NAME = {"firstName": "Ann", "lastName": "Bee"}
NEW = {"email": "ann@us.example", "name": NAME}


def test_a_member_is_added_and_listed(api, admin):
    made = admin.member("Ann@us.example", role="admin", profileImage="https://us.example/ann.png")
    assert made == {
        "id": made["id"],
        "email": "ann@us.example",
        "name": NAME,
        "role": "admin",
        "profileImage": "https://us.example/ann.png",
        "active": True,
        "createdAt": "2026-06-01T00:00:00.000Z",
    }
    assert api.get(f"/v1/members/{made['id']}").ok()["fields"]["$role"]["value"] == "admin"
    assert api.get("/v1/schema/members").ok() == {"object": "list", "data": [made], "totalCount": 1}


def test_a_member_is_an_ordinary_one_unless_said_otherwise(admin):
    assert admin.member()["role"] == "member"


def test_members_are_listed_in_pages(api, admin):
    ids = [admin.member(f"m{n}@us.example")["id"] for n in range(3)]
    found = api.get("/v1/schema/members", {"limit": 2, "offset": 1}).ok()
    assert ([each["id"] for each in found["data"]], found["totalCount"]) == ([ids[1], ids[0]], 3)
    assert api.get("/v1/schema/members", {"role": "admin"}).error[2:] == ("unknown_field", "role")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "parameter_missing", "email")),
        ({"email": "a@b.example"}, (400, "parameter_missing", "name")),
        ({**NEW, "active": False}, (400, "unknown_field", "active")),
        ({**NEW, "email": "nobody"}, (422, "unprocessable_content", "email")),
        ({**NEW, "email": None}, (422, "unprocessable_content", "email")),
        ({**NEW, "name": "Ann"}, (400, "invalid_type", "name")),
        ({**NEW, "name": None}, (422, "unprocessable_content", "name")),
        ({**NEW, "role": "owner"}, (422, "unprocessable_content", "role")),
        ({**NEW, "role": None}, (422, "unprocessable_content", "role")),
        ({**NEW, "profileImage": "no url at all"}, (422, "unprocessable_content", "profileImage")),
        ({**NEW, "email": "TAKEN@us.example"}, (409, "conflict", None)),
        ({**NEW, "email": "gone@us.example"}, (409, "conflict", None)),
    ],
)
def test_a_member_is_refused(api, admin, body, refusal):
    admin.member("taken@us.example")
    admin.post(f"members/{admin.member('gone@us.example')['id']}/deactivate")
    assert admin.refused("members", body) == refusal
    assert api.get("/v1/members").ok()["totalCount"] == 2


def test_a_member_is_changed(api, admin):
    made = admin.member(profileImage="https://us.example/ann.png")
    changed = admin.post(f"members/{made['id']}", name={"firstName": "Anne", "lastName": "Bee"}, role="admin")
    assert changed == {**made, "name": {"firstName": "Anne", "lastName": "Bee"}, "role": "admin"}
    assert admin.post(f"members/{made['id']}", profileImage=None)["profileImage"] is None
    assert admin.refused(f"members/{made['id']}", {"email": "x@us.example"}) == (400, "unknown_field", "email")
    assert admin.refused("members/mem_0123456789abcdef", {"role": "admin"}) == (404, "not_found", None)


def test_someone_who_left_stays_where_they_are_linked_and_is_linked_nowhere_new(api, admin):
    ann = admin.member()["id"]
    account = api.create("accounts", {"$name": "A"}, {"$owner": ann})
    assert admin.post(f"members/{ann}/deactivate")["active"] is False
    assert api.get(f"/v1/accounts/{account['id']}").ok() == account
    assert api.get("/v1/accounts", {"$owner": ann}).ok()["totalCount"] == 1
    assert api.get("/v1/members").ok()["totalCount"] == 1
    assert api.get(f"/v1/members/{ann}").status == 200
    refused = api.post("/v1/accounts", {"fields": {"$name": "B"}, "relationships": {"$owner": ann}})
    assert refused.error[2:] == ("relationship_entity_inactive", "relationships.$owner")
    assert admin.post(f"members/{ann}/activate")["active"] is True
    assert api.create("accounts", {"$name": "B"}, {"$owner": ann})["relationships"]["$owner"]["values"] == [ann]


def test_keys_of_someone_who_left_stop_working_until_they_are_back(api, world, admin):
    ann = admin.member()["id"]
    theirs = world.api(admin.key(memberId=ann)["key"])
    assert theirs.get("/v1/auth/validate").ok()["subjectType"] == "user"
    admin.post(f"members/{ann}/deactivate")
    assert theirs.get("/v1/auth/validate").status == 401
    admin.post(f"members/{ann}/activate")
    assert theirs.get("/v1/auth/validate").status == 200


def test_the_last_active_administrator_stays_one(admin):
    first = admin.member("a@us.example", role="admin")["id"]
    second = admin.member("b@us.example", role="admin")["id"]
    admin.member("c@us.example")
    admin.post(f"members/{second}/deactivate")
    assert admin.refused(f"members/{first}/deactivate") == (409, "conflict", None)
    assert admin.refused(f"members/{first}", {"role": "member"}) == (409, "conflict", None)
    admin.post(f"members/{first}", role="admin")
    admin.post(f"members/{second}/activate")
    admin.post(f"members/{first}", role="member")
    assert admin.refused(f"members/{second}/deactivate")[0] == 409


def test_deactivating_twice_is_one_fact(admin, world):
    ann = admin.member()["id"]
    number = int(ann.removeprefix("mem_"), 16)
    for verb in ("deactivate", "deactivate", "activate", "activate"):
        admin.post(f"members/{ann}/{verb}")
    facts = world.write(lambda tx: tx.events_of(number, limit=10))
    assert [fact.verb for fact in facts] == ["activated", "deactivated", "created"]


def test_a_role_counts_from_the_next_request_on(api, world, admin):
    admin.member("boss@us.example", role="admin")
    ann = admin.member()["id"]
    theirs = world.api(admin.key(memberId=ann)["key"])
    assert theirs.get("/v1/schema/members").error[0] == 403
    admin.post(f"members/{ann}", role="admin")
    assert theirs.get("/v1/schema/members").status == 200
    admin.post(f"members/{ann}", role="member")
    assert theirs.get("/v1/schema/members").error[0] == 403
