"""What is done through one of several processes holds in all of them."""

import asyncio
import time

from tests.audit import audited
from tests.processes.conftest import Start
from tests.processes.lines import Line, lines


def test_what_changes_through_one_process_is_known_to_the_next_request_to_another(serve: Start) -> None:
    serving = serve()

    async def scene() -> None:
        async with lines(serving) as ((one,), (other,), (third,)):
            # A field, and then its filter and its value, each through another process.
            field = {"key": "tier", "label": "Tier", "valueType": "TEXT"}
            for line in (one, other, third):
                assert (await line.ask("POST", "/v1/accounts", named("Acme", tier="gold"))).status == 400
            (await one.ask("POST", "/v1/schema/objects/account/fields", field)).ok()
            made = (await other.ask("POST", "/v1/accounts", named("Acme", tier="gold"))).ok()
            found = (await third.ask("GET", "/v1/accounts?tier=gold")).ok()
            assert [each["id"] for each in found["data"]] == [made["id"]]
            (await third.ask("POST", "/v1/schema/objects/account/fields/tier/archive")).ok()
            assert (await one.ask("GET", "/v1/accounts?tier=gold")).status == 400

            # A key, revoked.
            issued = (await one.ask("POST", "/v1/schema/keys", {"name": "sync"})).ok()
            for line in (one, other, third):
                (await line.ask("GET", "/v1/accounts", token=issued["key"])).ok()
            (await other.ask("POST", f"/v1/schema/keys/{issued['id']}/revoke")).ok()
            for line in (one, other, third):
                assert (await line.ask("GET", "/v1/accounts", token=issued["key"])).status == 401

            # A member, deactivated, and taken back.
            member = (await one.ask("POST", "/v1/schema/members", MEMBER)).ok()
            own = (await other.ask("POST", "/v1/schema/keys", {"name": "own", "memberId": member["id"]})).ok()["key"]
            (await third.ask("GET", "/v1/accounts", token=own)).ok()
            (await third.ask("POST", f"/v1/schema/members/{member['id']}/deactivate")).ok()
            assert (await one.ask("GET", "/v1/accounts", token=own)).status == 401
            (await one.ask("POST", f"/v1/schema/members/{member['id']}/activate")).ok()
            (await other.ask("GET", "/v1/accounts", token=own)).ok()

            # A record, read by who has just read it.
            for number, line in enumerate((one, other, third, one, other, third)):
                (await line.ask("POST", f"/v1/accounts/{made['id']}", named(f"Acme {number}"))).ok()
                for reader in (one, other, third):
                    read = (await reader.ask("GET", f"/v1/accounts/{made['id']}")).ok()
                    assert read["fields"]["$name"]["value"] == f"Acme {number}"

    asyncio.run(scene())


MEMBER = {"email": "ada@example.com", "name": {"firstName": "Ada", "lastName": "King"}, "role": "member"}


def named(name: str, **fields: str) -> dict[str, object]:
    return {"fields": {"$name": name, **fields}}


def test_two_hundred_racers_over_three_processes_make_one_record(serve: Start) -> None:
    serving = serve()

    async def scene() -> None:
        async with lines(serving, 67) as opened:
            racers = [line for row in zip(*opened, strict=True) for line in row][:200]
            answers = await asyncio.gather(
                *(line.ask("POST", "/v1/accounts", named(f"Racer {n}"), key="k") for n, line in enumerate(racers))
            )
            assert [answer.status for answer in answers] == [200] * 200
            assert len({answer.content for answer in answers}) == 1
            assert [answer.headers.get("idempotent-replayed") for answer in answers].count(None) == 1
            assert (await racers[0].ask("GET", "/v1/accounts")).ok()["totalCount"] == 1

    asyncio.run(scene())
    assert audited(serving.database) == []


#: Requests a second: few enough for a slow machine to ask for many more.
RATE = 100


def test_a_limit_holds_over_all_processes_together(serve: Start) -> None:
    serving = serve(str(RATE))
    began = 0.0

    async def hammer(line: Line) -> int:
        admitted = 0
        while time.monotonic() < began + 1.5:
            answer = await line.ask("GET", "/v1/auth/validate")
            admitted += answer.status == 200
            if answer.status == 429:
                assert answer.headers["retry-after"] == "1"
                assert answer.headers["x-ratelimit-remaining"] == "0"
        return admitted

    async def scene() -> list[int]:
        nonlocal began
        async with lines(serving, 4) as opened:
            began = time.monotonic()
            counts = await asyncio.gather(*(hammer(line) for made in opened for line in made))
        return [sum(counts[at : at + 4]) for at in (0, 4, 8)]

    by_process = asyncio.run(scene())

    would_be = RATE + RATE * (time.monotonic() - began)
    assert 0.9 * would_be <= sum(by_process) <= 1.1 * would_be
    assert all(by_process)
