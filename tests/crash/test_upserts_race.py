"""However many callers mean the same new record at once, there is one record."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests.audit import audited
from tests.serving import Serving

RACERS = 200


async def race(servers: list[Serving], path: str, bodies: list[Any]) -> list[Any]:
    limits = httpx2.Limits(max_connections=len(bodies))
    clients = [
        httpx2.AsyncClient(base_url=serving.address, headers=servers[0].headers, limits=limits, timeout=60)
        for serving in servers
    ]
    try:
        answers = await asyncio.gather(
            *(clients[n % len(clients)].post(path, json=body) for n, body in enumerate(bodies))
        )
    finally:
        for client in clients:
            await client.aclose()
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    return [answer.json() for answer in answers]


@pytest.mark.parametrize("processes", [1, 2])
def test_of_two_hundred_racing_upserts_one_creates(serving: Serving, processes: int) -> None:
    """By an e-mail address, a domain, an external id; each racer says something of its own or the same as all."""
    servers = [serving, *(Serving(serving.folder).start() for _ in range(processes - 1))]
    try:
        mailed = [
            {"by": "$email", "fields": {"$email": "ada@acme.example", "$title": f"Title {n}"}} for n in range(RACERS)
        ]
        sites = ["acme.example", "https://www.acme.example/about", "http://acme.example:80"]
        sited = [
            {"by": "$website", "fields": {"$name": "Acme", "$website": sites[n % len(sites)]}} for n in range(RACERS)
        ]
        told = [{"by": "externalId", "externalId": "7", "fields": {"$name": "Deal"}} for _ in range(RACERS)]
        contacts = asyncio.run(race(servers, "/v1/contacts/upsert", mailed))
        accounts = asyncio.run(race(servers, "/v1/accounts/upsert", sited))
        account = accounts[0]["record"]["id"]
        for body in told:
            body["relationships"] = {"$account": account}
        deals = asyncio.run(race(servers, "/v1/opportunities/upsert", told))

        assert Counter(each["outcome"] for each in contacts) == {"created": 1, "updated": RACERS - 1}
        assert Counter(each["outcome"] for each in accounts) == {"created": 1, "unchanged": RACERS - 1}
        assert Counter(each["outcome"] for each in deals) == {"created": 1, "unchanged": RACERS - 1}
        for answers in (contacts, accounts, deals):
            assert len({each["record"]["id"] for each in answers}) == 1
        with serving.client() as client:
            for plural in ("contacts", "accounts", "opportunities"):
                assert client.get(f"/v1/{plural}").json()["totalCount"] == 1
    finally:
        for other in servers[1:]:
            other.stop()
    assert audited(serving.database) == []


def test_racing_batches_of_upserts_make_each_record_once(serving: Serving) -> None:
    names = [f"n{n}" for n in range(40)]
    batches = [
        {
            "operations": [
                {
                    "do": "account.upsert",
                    "body": {"by": "$website", "fields": {"$name": name, "$website": f"{name}.example"}},
                }
                for name in names[turn:] + names[:turn]
            ],
            "return": "ids",
        }
        for turn in range(20)
    ]
    answers = asyncio.run(race([serving], "/v1/batch", batches))
    outcomes = Counter(item["outcome"] for answer in answers for item in answer["data"])
    assert outcomes == {"created": len(names), "unchanged": len(names) * (len(batches) - 1)}
    assert audited(serving.database) == []
