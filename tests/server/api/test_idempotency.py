"""Doing a thing once (spec: conventions 5)."""

import asyncio
from typing import Any

import pytest

DAY = 86_400_000


def create(api: Any, name: str, key: str | None = "k", plural: str = "accounts") -> Any:
    fields = {"accounts": {"$name": name}, "contacts": {}, "notes": {"$title": name}}[plural]
    return api.post(f"/v1/{plural}", {"fields": fields}, idempotency_key=key)


def count(api: Any, plural: str = "accounts") -> int:
    return int(api.get(f"/v1/{plural}").ok()["totalCount"])


@pytest.mark.parametrize("again", ["Acme", "Globex"], ids=["same payload", "another payload"])
def test_a_repeat_gets_the_first_answer(again: str, api: Any, make: Any) -> None:
    first = create(api, "Acme")
    stored = make.dump()
    second = create(api, again)
    assert (second.status, second.body) == (200, first.ok())
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert make.dump() == stored


def test_a_repeat_gets_the_first_answer_even_when_the_record_has_changed(api: Any) -> None:
    first = create(api, "Acme").ok()
    api.post(f"/v1/accounts/{first['id']}", {"fields": {"$name": "Globex"}}).ok()
    api.delete(f"/v1/accounts/{first['id']}").ok()
    assert create(api, "Acme").ok() == first


def test_a_repeat_with_a_body_that_would_be_refused_gets_the_first_answer(api: Any) -> None:
    first = create(api, "Acme").ok()
    again = api.post("/v1/accounts", {"bogus": 1}, idempotency_key="k")
    assert again.ok() == first


POSTS = {
    "create": lambda make: ("/v1/accounts", {"fields": {"$name": "A"}}),
    "update": lambda make: (f"/v1/accounts/{make.account()}", {"fields": {"$name": "B"}}),
    "restore": lambda make: (f"/v1/accounts/{make.account()}/restore", {}),
    "merge": lambda make: ("/v1/accounts/merge", {"primaryId": make.account(), "duplicateId": make.account()}),
    "list": lambda make: ("/v1/lists", {"fields": {"$name": "L", "$objectType": "$account"}}),
    "custom": lambda make: (f"/v1/objects/{make.type()}/values", {"fields": {"$name": "A"}}),
}


@pytest.mark.parametrize("name", POSTS)
def test_every_post_is_carried_out_once(name: str, api: Any, make: Any) -> None:
    path, body = POSTS[name](make)
    first = api.post(path, body, idempotency_key="k").ok()
    stored = make.dump()
    assert api.post(path, body, idempotency_key="k").ok() == first
    assert make.dump() == stored


def test_a_key_is_of_one_operation_on_one_type(api: Any, make: Any) -> None:
    account = create(api, "Acme").ok()
    create(api, "", plural="contacts").ok()
    create(api, "Minutes", plural="notes").ok()
    updated = api.post(f"/v1/accounts/{account['id']}", {"fields": {"$name": "B"}}, idempotency_key="k").ok()
    assert updated["fields"]["$name"]["value"] == "B"
    assert (count(api), count(api, "contacts"), count(api, "notes")) == (1, 1, 1)


def test_a_key_is_of_one_custom_type(api: Any, make: Any) -> None:
    for slug in ("project", "invoice"):
        make.type(slug)
        made = api.post(f"/v1/objects/{slug}/values", {"fields": {"$name": slug}}, idempotency_key="k").ok()
        assert made["fields"]["$name"]["value"] == slug


def test_a_key_is_not_of_one_record(api: Any, make: Any) -> None:
    first, second = make.account("A"), make.account("B")
    answers = [
        api.post(f"/v1/accounts/{id}", {"fields": {"$name": "C"}}, idempotency_key="k").ok() for id in (first, second)
    ]
    assert answers[0] == answers[1]
    assert make.value("accounts", second, "$name") == "B"


def test_a_key_is_of_one_workspace_and_not_of_one_api_key(api: Any, world: Any) -> None:
    first = create(api, "Acme").ok()
    assert create(world.api(world.add_key()), "Acme").ok() == first
    stranger = world.api(world.add_key(workspace=world.add_workspace("other")))
    assert create(stranger, "Acme").ok()["id"] != first["id"]


def test_keys_are_told_apart_to_the_letter(api: Any) -> None:
    for key in ("k", "K", "k ", "k1", "é"):
        create(api, "Acme", key).ok()
    assert count(api) == 5


def test_a_failed_request_frees_its_key(api: Any) -> None:
    assert create(api, "").status == 422
    assert create(api, "Acme").ok()["fields"]["$name"]["value"] == "Acme"


def test_a_key_counts_as_new_after_24_hours(api: Any, time: Any) -> None:
    first = create(api, "Acme").ok()
    time.advance(DAY - 1)
    assert create(api, "Acme").ok() == first
    time.advance(1)
    second = create(api, "Acme").ok()
    assert second["id"] != first["id"]
    time.advance(DAY - 1)
    assert create(api, "Acme").ok() == second


@pytest.mark.parametrize("key", ["k" * 255, "é" * 255, "k" * 254 + "\t"], ids=["ascii", "latin", "tab"])
def test_a_key_of_255_characters_is_kept(key: str, api: Any) -> None:
    assert create(api, "A", key).ok() == create(api, "B", key).ok()


def test_a_key_of_256_characters_is_refused(api: Any) -> None:
    expected = (400, "bad_request", "idempotency_key_too_long", "Idempotency-Key")
    assert create(api, "A", "k" * 256).error == expected


@pytest.mark.parametrize("key", ["", None])
def test_an_empty_key_is_none(key: Any, api: Any) -> None:
    create(api, "A", key).ok()
    create(api, "A", key).ok()
    assert count(api) == 2


@pytest.mark.parametrize("key", ["k", "k" * 256])
def test_reading_and_deleting_ignore_keys(key: str, api: Any, make: Any) -> None:
    account = make.account()
    path = f"/v1/accounts/{account}"
    assert api.get(path, idempotency_key=key).ok()["fields"]["$name"]["value"] == "Acme"
    api.post(path, {"fields": {"$name": "B"}}).ok()
    assert api.get(path, idempotency_key=key).ok()["fields"]["$name"]["value"] == "B"
    api.delete(path, idempotency_key=key).ok()
    api.post(f"{path}/restore").ok()
    api.delete(path, idempotency_key=key).ok()
    assert api.get(path).status == 404


def test_requests_that_race_under_one_key_are_carried_out_once(api: Any) -> None:
    async def race() -> list[Any]:
        body = {"fields": {"$name": "Acme"}}
        asked = [api.request("POST", "/v1/accounts", body, {"idempotency_key": "k"}) for _ in range(8)]
        return list(await asyncio.gather(*asked))

    answers = api.loop.run_until_complete(race())
    assert len({answer.ok()["id"] for answer in answers}) == 1
    assert count(api) == 1


def test_a_replay_needs_the_scope_of_what_it_repeats(api: Any, world: Any) -> None:
    create(api, "Acme").ok()
    reader = world.api(world.add_key("accounts:read"))
    assert create(reader, "Acme").error == (403, "forbidden", None, None)
