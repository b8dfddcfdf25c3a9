"""What every store promises beyond its statements: writes in groups, reads of one moment, and one writer at a time."""

import asyncio
import contextlib
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.store.protocol import MergeRow, Transaction
from tests.server.conftest import Api, World
from tests.server.store.support import names, together, workspace


def row(number: int) -> MergeRow:
    """Something with a number that may be taken."""
    return MergeRow(number, "account", 1, 2, "COMPLETED", 0, 0)


def test_a_write_that_fails_takes_nothing_with_it_and_hurts_nobody(world: World) -> None:
    def failing(tx: Transaction) -> None:
        workspace("half")(tx)
        raise problems.conflict("no")

    outcomes = world.loop.run_until_complete(together(world.store, workspace("a"), failing, workspace("b")))

    assert isinstance(outcomes[1], Problem)
    assert names(world.store) == ["default", "a", "b"]


def test_a_number_that_was_taken_meanwhile_is_made_anew(world: World) -> None:
    attempts = []

    def unlucky(tx: Transaction) -> int:
        attempts.append(1)
        first = len(attempts) == 1
        workspace("half" if first else "lucky")(tx)
        tx.add_merge(row(7 if first else 8))
        return len(attempts)

    world.write(lambda tx: tx.add_merge(row(7)), 0)
    outcomes = world.loop.run_until_complete(together(world.store, workspace("a"), unlucky, workspace("b")))

    assert outcomes[1] == len(attempts) == 2
    assert sorted(names(world.store)) == ["a", "b", "default", "lucky"]
    assert world.write(lambda tx: tx.merge(8), 0) == row(8)


def test_a_write_that_breaks_the_same_rule_again_is_not_tried_for_ever_and_hurts_nobody(world: World) -> None:
    attempts = []

    def broken(tx: Transaction) -> None:
        attempts.append(1)
        workspace("half")(tx)
        tx.add_merge(row(7))
        tx.add_merge(row(7))

    outcomes = world.loop.run_until_complete(together(world.store, workspace("a"), broken, workspace("b")))

    assert type(outcomes[1]).__name__ in ("IntegrityError", "UniqueViolation")
    assert 2 <= len(attempts) <= 3
    assert names(world.store) == ["default", "a", "b"]


def test_a_statement_that_cannot_be_is_its_own_requests_fault_alone(world: World) -> None:
    outcomes = world.loop.run_until_complete(
        together(world.store, workspace("a"), lambda tx: tx.run("delete from nothing_there"), workspace("b"))
    )

    assert type(outcomes[1]).__name__ in ("OperationalError", "UndefinedTable")
    assert names(world.store) == ["default", "a", "b"]


def test_more_writes_than_one_transaction_takes_are_all_carried_out(world: World) -> None:
    wanted = [f"w{number}" for number in range(150)]

    world.loop.run_until_complete(together(world.store, *map(workspace, wanted)))

    assert sorted(names(world.store)) == sorted(["default", *wanted])


def test_a_read_sees_one_moment_although_others_write_meanwhile(world: World) -> None:
    def reading(tx: Transaction) -> tuple[int, int]:
        before = len(tx.workspaces())
        world.store.write_now(0, workspace("meanwhile"))
        return before, len(tx.workspaces())

    before, after = world.loop.run_until_complete(world.store.read(0, reading))

    assert before == after == 1
    assert len(names(world.store)) == 2


def test_a_read_changes_nothing(world: World) -> None:
    with contextlib.suppress(Exception):
        world.loop.run_until_complete(world.store.read(0, workspace("sly")))
    assert names(world.store) == ["default"]


def test_what_was_written_before_is_seen(world: World) -> None:
    async def slugs() -> list[str]:
        return [found.slug for found in await world.store.read(0, lambda tx: tx.workspaces())]

    async def scene() -> tuple[list[str], list[str]]:
        await slugs()
        await world.store.write(0, workspace("other"))
        return await slugs(), await slugs()

    assert world.loop.run_until_complete(scene()) == (["default", "other"], ["default", "other"])


def test_a_read_tells_by_its_stamp_whether_anything_was_written(world: World) -> None:
    """Also by another process, and never before it can be seen."""

    async def seen() -> tuple[object, int]:
        return await world.store.read(world.workspace, lambda tx: (tx.stamp, len(tx.keys())))

    first = world.loop.run_until_complete(seen())
    assert world.loop.run_until_complete(seen()) == first
    with world.another_process() as other:
        other.add_key()
    second = world.loop.run_until_complete(seen())
    assert second[0] != first[0]
    assert second[1] == first[1] + 1


def test_a_key_revoked_by_another_process_is_unknown_from_then_on(world: World, api: Api) -> None:
    name = {"fields": {"$name": "Acme"}}
    account = api.post("/v1/accounts", name).ok()["id"]
    with world.another_process() as other:
        (key,) = other.write(lambda tx: tx.keys())
        other.write(lambda tx: tx.revoke_key(key.number, world.time()))

    for answer in (
        api.get(f"/v1/accounts/{account}"),
        api.post("/v1/accounts", name),
        api.post("/v1/accounts", b"no JSON"),
        api.get("/v1/accounts", {"no such filter": "x"}),
    ):
        assert answer.error == (401, "unauthorized", None, None)
        assert "x-ratelimit-limit" not in answer.headers


def test_a_key_that_lost_its_rights_elsewhere_has_lost_them_here(world: World) -> None:
    person = world.add_member("ann@example.com", role="admin")
    api = world.api(world.add_key(member=person))
    assert api.get("/v1/schema/keys").status == 200
    number = int(person.removeprefix("mem_"), 16)

    def demoted(tx: Transaction) -> None:
        found = tx.record("member", number)
        assert found is not None
        found.stored = found.stored.replace(b'"admin"', b'"member"')
        tx.save([found])

    with world.another_process() as other:
        other.write(demoted)
    for answer in (api.get("/v1/schema/keys"), api.post("/v1/schema/keys", {"name": "more"})):
        assert answer.error[:2] == (403, "forbidden")


def test_of_two_processes_that_make_one_unique_value_one_is_refused(world: World, api: Api, admin: Any) -> None:
    admin.field("code", "EMAIL", typeConfiguration={"unique": True})
    token = world.add_key()

    async def race(other: World) -> list[int]:
        clients = [world.api(token), other.api(token)]
        requests = [
            clients[turn % 2].request(
                "POST", "/v1/accounts", {"fields": {"$name": f"{turn}", "code": ["x@example.com"]}}
            )
            for turn in range(10)
        ]
        return [answer.status for answer in await asyncio.gather(*requests)]

    with world.another_process() as other:
        statuses = world.loop.run_until_complete(race(other))
    assert sorted(statuses) == [200] + [409] * 9
    assert api.get("/v1/accounts", {"code": "x@example.com"}).ok()["totalCount"] == 1


def test_processes_that_write_one_workspace_lose_no_count(world: World, api: Api) -> None:
    token = world.add_key()

    async def race(other: World) -> None:
        clients = [world.api(token), other.api(token)]
        requests = [
            clients[turn % 2].request("POST", "/v1/accounts", {"fields": {"$name": f"{turn}"}}) for turn in range(40)
        ]
        assert {answer.status for answer in await asyncio.gather(*requests)} == {200}

    with world.another_process() as other:
        world.loop.run_until_complete(race(other))
    assert api.get("/v1/accounts").ok()["totalCount"] == 40


def test_one_key_raced_for_through_two_processes_is_answered_once(world: World, api: Api) -> None:
    token = world.add_key()

    async def race(other: World) -> list[Any]:
        clients = [world.api(token), other.api(token)]
        requests = [
            clients[turn % 2].request("POST", "/v1/accounts", {"fields": {"$name": "A"}}, {"idempotency-key": "k"})
            for turn in range(20)
        ]
        return await asyncio.gather(*requests)

    with world.another_process() as other:
        answers = world.loop.run_until_complete(race(other))
    assert len({answer.ok()["id"] for answer in answers}) == 1
    assert ["idempotent-replayed" in answer.headers for answer in answers].count(False) == 1
    assert api.get("/v1/accounts").ok()["totalCount"] == 1
