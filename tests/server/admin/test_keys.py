"""API keys, made and revoked by administrators."""

import pytest

from lightfield_server.operations.keys import known_scopes


def test_a_key_is_shown_once_and_works_at_once(api, world, admin):
    made = admin.key("Sync", scopes=["accounts:read", "accounts:create"])
    assert made["id"].startswith("key_")
    assert made["key"].startswith("sk_lf_")
    assert made["key"].endswith(made["hint"])
    listed = next(key for key in api.get("/v1/schema/keys").ok()["data"] if key["id"] == made["id"])
    assert listed == {key: value for key, value in made.items() if key != "key"}
    theirs = world.api(made["key"])
    assert theirs.get("/v1/auth/validate").ok()["scopes"] == ["accounts:create", "accounts:read"]
    assert theirs.get("/v1/accounts").status == 200
    assert theirs.get("/v1/contacts").error[0] == 403


def test_a_key_without_scopes_may_do_everything(world, admin):
    theirs = world.api(admin.key()["key"])
    assert theirs.get("/v1/contacts").status == 200
    assert theirs.get("/v1/schema/keys").status == 200


def test_a_secret_is_kept_nowhere(world, admin, api):
    """Not even as the answer to an idempotency key: a repeat makes another key."""
    body = {"name": "Sync"}
    first = api.post("/v1/schema/keys", body, idempotency_key="k").ok()
    second = api.post("/v1/schema/keys", body, idempotency_key="k").ok()
    assert first["key"] != second["key"]
    secret = first["key"].rpartition("_")[2]
    assert not world.database.holds(secret)
    assert world.database.holds("Sync")


def test_a_revoked_key_is_unknown_from_then_on(api, world, admin):
    made = admin.key()
    theirs = world.api(made["key"])
    assert theirs.get("/v1/accounts").status == 200
    revoked = admin.post(f"keys/{made['id']}/revoke")
    assert revoked["revokedAt"] == "2026-06-01T00:00:00.000Z"
    assert theirs.get("/v1/accounts").error == (401, "unauthorized", None, None)
    world.time.advance(1000)
    assert admin.post(f"keys/{made['id']}/revoke") == revoked


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "parameter_missing", "name")),
        ({"name": ""}, (400, "invalid_configuration", "name")),
        ({"name": 5}, (400, "invalid_type", "name")),
        ({"name": "A", "admin": True}, (400, "unknown_field", "admin")),
        ({"name": "A", "scopes": "accounts:read"}, (400, "invalid_type", "scopes")),
        ({"name": "A", "scopes": [1]}, (400, "invalid_type", "scopes")),
        ({"name": "A", "scopes": None}, (400, "invalid_type", "scopes")),
        ({"name": "A", "scopes": ["accounts:write"]}, (400, "invalid_configuration", "scopes")),
        ({"name": "A", "memberId": 1}, (400, "invalid_type", "memberId")),
        ({"name": "A", "memberId": "mem_0123456789abcdef"}, (400, "referenced_resource_missing", "memberId")),
        ({"name": "A", "memberId": "acc_0123456789abcdef"}, (400, "referenced_resource_missing", "memberId")),
        ({"name": "A", "memberId": "{left}"}, (400, "relationship_entity_inactive", "memberId")),
    ],
)
def test_a_key_is_refused(api, admin, body, refusal):
    left = admin.member()["id"]
    admin.post(f"members/{left}/deactivate")
    if body.get("memberId") == "{left}":
        body = {**body, "memberId": left}
    assert admin.refused("keys", body) == refusal
    assert api.get("/v1/schema/keys").ok()["totalCount"] == 1


def test_an_unknown_key_cannot_be_revoked(admin):
    assert admin.refused("keys/key_0123456789abcdef/revoke") == (404, "not_found", None)
    assert admin.refused("keys/nonsense/revoke") == (404, "not_found", None)


def test_a_key_gives_no_more_than_it_has(world, admin):
    limited = world.api(world.add_key("workspace:admin", "accounts:read"))
    made = limited.post("/v1/schema/keys", {"name": "A", "scopes": ["accounts:read"]}).ok()
    assert made["scopes"] == ["accounts:read"]
    assert admin.refused("keys", {"name": "A", "scopes": ["contacts:read"]}, by=limited)[0] == 403
    assert admin.refused("keys", {"name": "A"}, by=limited)[0] == 403


def test_every_scope_that_an_operation_asks_for_can_be_given(admin):
    scopes = sorted(known_scopes())
    assert {"accounts:restore", "custom_objects:read", "workspace:admin", "members:read"} <= set(scopes)
    assert admin.key(scopes=scopes)["scopes"] == scopes
