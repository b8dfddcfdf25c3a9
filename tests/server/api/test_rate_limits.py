"""How often a workspace may ask (spec: conventions 6)."""

import asyncio
from typing import Any

import pytest

from lightfield_server.identity.limits import READ, SEARCH, WRITE, Admission, Limits

HEADERS = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
NOW = 1_780_272_000


def admit(limits: Limits, workspace: int, category: str, now: float) -> Admission | None:
    return asyncio.run(limits.admit(workspace, category, now))


# The bucket itself, at moments we choose


def test_a_full_bucket_admits_its_capacity_at_once_and_no_more() -> None:
    limits = Limits(25)
    admitted = [admit(limits, 1, READ, NOW) for _ in range(26)]
    assert [each.remaining for each in admitted if each] == [*range(24, -1, -1), 0]
    assert [bool(each and each.retry_after) for each in admitted] == [False] * 25 + [True]


def test_a_bucket_fills_at_its_rate_up_to_its_capacity() -> None:
    limits = Limits(25)
    for _ in range(25):
        admit(limits, 1, READ, NOW)
    admitted = [admit(limits, 1, READ, NOW + 0.2) for _ in range(6)]
    assert [bool(each and each.retry_after) for each in admitted] == [False] * 5 + [True]
    full = admit(limits, 1, READ, NOW + 60)
    assert full is not None
    assert full.remaining == 24


def test_a_refusal_costs_nothing() -> None:
    limits = Limits(1)
    admit(limits, 1, READ, NOW)
    for _ in range(100):
        admit(limits, 1, READ, NOW + 0.5)
    again = admit(limits, 1, READ, NOW + 1)
    assert again is not None
    assert again.retry_after == 0


@pytest.mark.parametrize(("rate", "asked", "reset"), [(25, 1, 1), (25, 25, 1), (1, 1, 1), (4, 2, 1)])
def test_reset_is_the_whole_second_at_which_all_are_back(rate: int, asked: int, reset: int) -> None:
    limits = Limits(rate)
    last = [admit(limits, 1, READ, NOW) for _ in range(asked)][-1]
    assert last is not None
    assert last.reset == NOW + reset


def test_retry_after_is_at_least_one_second() -> None:
    limits = Limits(1000)
    last = [admit(limits, 1, READ, NOW) for _ in range(1001)][-1]
    assert last is not None
    assert last.retry_after == 1


def test_a_clock_that_steps_back_takes_nothing_away() -> None:
    limits = Limits(2)
    admit(limits, 1, READ, NOW)
    again = admit(limits, 1, READ, NOW - 3600)
    assert again is not None
    assert (again.remaining, again.retry_after) == (0, 0)


def test_no_rate_is_no_limit() -> None:
    assert admit(Limits(None), 1, READ, NOW) is None


# What clients see


@pytest.fixture
def limited(world: Any) -> Any:
    """A workspace in which each category admits three requests a second, at a moment that stands still."""

    world.server.limits = Limits(3)
    return world


def test_headers_say_what_is_left(limited: Any, api: Any) -> None:
    seen = [api.get("/v1/accounts").headers for _ in range(3)]
    assert [each["x-ratelimit-remaining"] for each in seen] == ["2", "1", "0"]
    assert {each["x-ratelimit-limit"] for each in seen} == {"3"}
    assert {each["x-ratelimit-reset"] for each in seen} == {str(NOW + 1)}


def test_beyond_the_limit_a_client_is_told_when_to_come_back(limited: Any, api: Any, time: Any) -> None:
    for _ in range(3):
        api.get("/v1/accounts").ok()
    answer = api.get("/v1/accounts")
    assert answer.error == (429, "too_many_requests", None, None)
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.body["error"]["message"] == "Rate limit exceeded. Please try again later."
    time.advance(1000)
    api.get("/v1/accounts").ok()


def test_categories_are_counted_apart(limited: Any, api: Any, make: Any) -> None:
    account = make.account()
    asks = {
        SEARCH: lambda: api.get("/v1/accounts"),
        READ: lambda: api.get(f"/v1/accounts/{account}"),
        WRITE: lambda: api.post(f"/v1/accounts/{account}", {}),
    }
    for category, ask in asks.items():
        statuses = [ask().status for _ in range(4)]
        assert statuses == ([200, 200, 429, 429] if category == WRITE else [200, 200, 200, 429])


def test_workspaces_are_counted_apart_and_keys_together(limited: Any, api: Any) -> None:
    other = limited.api(limited.add_key(workspace=limited.add_workspace("other")))
    beside = limited.api(limited.add_key())
    assert [client.get("/v1/accounts").status for client in (api, beside, api, beside)] == [200, 200, 200, 429]
    other.get("/v1/accounts").ok()


def test_a_refused_write_stores_nothing(limited: Any, api: Any, make: Any) -> None:
    for _ in range(3):
        make.account()
    stored = make.dump()
    assert api.post("/v1/accounts", {"fields": {"$name": "A"}}).status == 429
    assert make.dump() == stored


BEFORE = {
    "no route": (404, lambda api: api.get("/v1/nothing")),
    "no key": (401, lambda api: api.get("/v1/accounts", authorization=None)),
    "no version": (400, lambda api: api.get("/v1/accounts", lightfield_version=None)),
}

AFTER = {
    "media type": (415, lambda api: api.post("/v1/accounts", {}, content_type="text/plain")),
    "size": (413, lambda api: api.post("/v1/accounts", b" " * (1 << 20) + b"{}")),
    "syntax": (400, lambda api: api.post("/v1/accounts", b"{")),
    "idempotency key": (400, lambda api: api.post("/v1/accounts", {}, idempotency_key="k" * 256)),
    "no record": (404, lambda api: api.get("/v1/accounts/acc_0000000000000001")),
    "shape": (400, lambda api: api.post("/v1/accounts", {})),
    "value": (422, lambda api: api.post("/v1/accounts", {"fields": {"$name": ""}})),
    "success": (200, lambda api: api.post("/v1/accounts", {"fields": {"$name": "A"}})),
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_is_refused_before_the_limit_does_not_count(name: str, limited: Any, api: Any) -> None:
    status, ask = BEFORE[name]
    answer = ask(api)
    assert (answer.status, HEADERS & set(answer.headers)) == (status, set())
    assert api.get("/v1/accounts").headers["x-ratelimit-remaining"] == "2"


@pytest.mark.parametrize("name", AFTER)
def test_every_answer_from_the_limit_on_has_its_headers(name: str, limited: Any, api: Any) -> None:
    status, ask = AFTER[name]
    answer = ask(api)
    assert (answer.status, set(answer.headers) >= HEADERS) == (status, True)


def test_a_missing_scope_counts_too(limited: Any) -> None:
    answer = limited.api(limited.add_key("contacts:read")).get("/v1/accounts")
    assert (answer.status, answer.headers["x-ratelimit-remaining"]) == (403, "2")
