"""Under one idempotency key a thing is done once: raced for, or cut off at the worst moment (conventions 5)."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.audit import audited
from tests.serving import Serving

RACERS = 200


def test_two_hundred_racers_make_one_record(serving: Serving) -> None:
    async def race() -> list[httpx2.Response]:
        limits = httpx2.Limits(max_connections=RACERS)
        async with httpx2.AsyncClient(base_url=serving.address, headers=serving.headers, limits=limits) as client:
            requests = [
                client.post("/v1/accounts", json={"fields": {"$name": f"Racer {n}"}}, headers={"Idempotency-Key": "k"})
                for n in range(RACERS)
            ]
            return await asyncio.gather(*requests)

    answers = asyncio.run(race())

    won = [answer for answer in answers if answer.status_code == 200]
    lost = [answer for answer in answers if answer.status_code != 200]
    assert len({answer.content for answer in won}) == 1
    assert {(a.status_code, a.json()["error"]["type"]) for a in lost} <= {(409, "idempotency_conflict")}
    with serving.client() as client:
        assert client.get("/v1/accounts").json()["totalCount"] == 1
    assert [answer.headers.get("idempotent-replayed") for answer in won].count(None) == 1


def create(client: httpx2.Client, account: str, key: str = "once") -> Any:
    body = {"fields": {"$name": "Deal"}, "relationships": {"$account": account}}
    return client.post("/v1/opportunities", json=body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize(("moment", "repeated"), [("before-commit", False), ("after-commit", True)])
def test_a_crash_beside_the_commit_leaves_the_effect_exactly_once(
    serving: Serving, moment: str, repeated: bool
) -> None:
    with serving.client() as client:
        account = client.post("/v1/accounts", json={"fields": {"$name": "Acme"}}).json()["id"]
    serving.stop()
    serving.start(LIGHTFIELD_CRASH_AT=moment)

    with serving.client() as client, pytest.raises(httpx2.TransportError):
        create(client, account)
    assert serving.ended() != 0

    serving.start()
    with serving.client() as client:
        made = client.get("/v1/opportunities").json()["totalCount"]
        assert made == (1 if repeated else 0)

        answer = create(client, account)

        assert answer.status_code == 200
        assert (answer.headers.get("idempotent-replayed") == "true") is repeated
        again = create(client, account)
        assert again.content == answer.content
        page = client.get("/v1/opportunities").json()
        assert [each["id"] for each in page["data"]] == [answer.json()["id"]]
        assert page["data"][0] == answer.json()
    assert audited(serving.database) == []
