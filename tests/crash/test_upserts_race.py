"""However many callers mean the same new record at once, over however many processes, there is one record."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.audit import audited
from tests.conftest import POSTGRES, SQLITE, place_for
from tests.serving import Serving

RACERS = 200


def race(serving: Serving, path: str, bodies: list[Any]) -> list[Any]:
    """What each of them is answered, all having asked at once."""

    async def ask() -> list[httpx2.Response]:
        limits = httpx2.Limits(max_connections=len(bodies))
        async with httpx2.AsyncClient(
            base_url=serving.address, headers=serving.headers, limits=limits, timeout=60
        ) as client:
            return await asyncio.gather(*(client.post(path, json=body) for body in bodies))

    answers = asyncio.run(ask())
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    return [answer.json() for answer in answers]


@pytest.mark.parametrize(("engine", "processes"), [(SQLITE, 1), (SQLITE, 3), (POSTGRES, 3)])
def test_of_two_hundred_racing_upserts_one_creates(
    engine: str, processes: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """By an e-mail address, a domain, an external id; each racer says something of its own or the same as all."""
    mailed = [{"by": "$email", "fields": {"$email": "ada@acme.example", "$title": f"Title {n}"}} for n in range(RACERS)]
    sites = ["acme.example", "https://www.acme.example/about", "http://acme.example:80"]
    sited = [{"by": "$website", "fields": {"$name": "Acme", "$website": sites[n % 3]}} for n in range(RACERS)]
    with (
        place_for(engine, request) as url,
        Serving(tmp_path / "data", workers=processes, postgres=url) as serving,
    ):
        contacts = race(serving, "/v1/contacts/upsert", mailed)
        accounts = race(serving, "/v1/accounts/upsert", sited)
        told = {
            "by": "externalId",
            "externalId": "7",
            "fields": {"$name": "Deal"},
            "relationships": {"$account": accounts[0]["record"]["id"]},
        }
        deals = race(serving, "/v1/opportunities/upsert", [told] * RACERS)

        assert Counter(each["outcome"] for each in contacts) == {"created": 1, "updated": RACERS - 1}
        assert Counter(each["outcome"] for each in accounts) == {"created": 1, "unchanged": RACERS - 1}
        assert Counter(each["outcome"] for each in deals) == {"created": 1, "unchanged": RACERS - 1}
        with serving.client() as client:
            for plural, answers in (("contacts", contacts), ("accounts", accounts), ("opportunities", deals)):
                assert len({each["record"]["id"] for each in answers}) == 1
                assert client.get(f"/v1/{plural}").json()["totalCount"] == 1
        assert audited(serving.database) == []


def test_racing_batches_of_upserts_make_each_record_once(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(40)]

    def upsert(name: str) -> Any:
        return {
            "do": "account.upsert",
            "body": {"by": "$website", "fields": {"$name": name, "$website": f"{name}.example"}},
        }

    batches = [
        {"operations": [upsert(name) for name in names[turn:] + names[:turn]], "return": "ids"} for turn in range(20)
    ]
    with Serving(tmp_path / "data", workers=2) as serving:
        answers = race(serving, "/v1/batch", batches)
        database = serving.database
    outcomes = Counter(item["outcome"] for answer in answers for item in answer["data"])
    assert outcomes == {"created": len(names), "unchanged": len(names) * (len(batches) - 1)}
    assert audited(database) == []
