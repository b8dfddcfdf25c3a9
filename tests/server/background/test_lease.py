"""One process at a time, by lease."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from lightfield_server.background.lease import LASTING, Lease
from lightfield_server.operations.server import Server
from tests.server.conftest import Time, World


def test_a_lease_is_one_holders_until_it_runs_out(world: World, other: Server, time: Time) -> None:
    run = world.loop.run_until_complete
    one, two = Lease(world.server, "import"), Lease(other, "import")
    assert run(one.take())
    assert not run(two.take())
    time.advance(LASTING - 1)
    assert run(one.take())
    time.advance(LASTING - 1)
    assert not run(two.take())
    time.advance(1)
    assert run(two.take())
    assert not run(one.take())


def test_a_lease_that_is_given_back_is_free(world: World, other: Server) -> None:
    run = world.loop.run_until_complete
    one, two = Lease(world.server, "import"), Lease(other, "import")
    run(one.take())
    # What is not one's own cannot be given back.
    run(two.give_back())
    assert not run(two.take())
    run(one.give_back())
    assert run(two.take())


def test_names_and_workspaces_have_leases_of_their_own(world: World, other: Server) -> None:
    claims = [("import", 1), ("import", 2), ("export", 1), ("import", 0)]
    for name, workspace in claims:
        assert world.loop.run_until_complete(Lease(world.server, name, workspace=workspace).take())
    for name, workspace in claims:
        assert not world.loop.run_until_complete(Lease(other, name, workspace=workspace).take())


def test_a_transaction_knows_that_the_lease_it_writes_under_is_lost(world: World, other: Server, time: Time) -> None:
    one, two = Lease(world.server, "import", workspace=1), Lease(other, "import", workspace=1)

    def holds(lease: Lease, workspace: int) -> bool:
        return bool(world.write(lease.holds, workspace))

    assert not holds(one, 1)
    world.loop.run_until_complete(one.take())
    assert holds(one, 1)
    # Also in a transaction of another workspace.
    assert holds(one, 0)
    time.advance(LASTING)
    assert not holds(one, 1)
    world.loop.run_until_complete(two.take())
    assert (holds(one, 1), holds(two, 1)) == (False, True)


def test_who_asks_when_at_most_one_holds_it(world: World, other: Server, time: Time) -> None:
    rng = random.Random(1)
    leases = [Lease(rng.choice([world.server, other]), "import") for _ in range(4)]
    until: dict[Lease, int] = {}
    for _ in range(300):
        time.advance(rng.choice([0, 1_000, LASTING // 2, LASTING]))
        lease = rng.choice(leases)
        free = all(each is lease or end <= time() for each, end in until.items())
        if rng.random() < 0.2:
            world.loop.run_until_complete(lease.give_back())
            until.pop(lease, None)
            continue
        assert world.loop.run_until_complete(lease.take()) is free
        if free:
            until = {lease: time() + LASTING}


def together(world: World, scene: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await scene

    world.loop.run_until_complete(bounded())


def test_it_is_renewed_while_the_work_lasts_and_given_back_after_it(world: World, other: Server, time: Time) -> None:
    lasting = 30
    one, two = Lease(world.server, "import", lasting=lasting), Lease(other, "import", lasting=lasting)

    async def renewed() -> None:
        """Until it lasts as long as it can."""
        time.advance(lasting - 1)
        while not world.write(one.holds, 0):
            await asyncio.sleep(0)
        time.advance(1 - lasting)

    async def scene() -> None:
        async with one.held() as ours:
            assert ours
            for _ in range(3):
                time.advance(lasting - 1)
                await renewed()
                async with two.held() as theirs:
                    assert not theirs
        assert await two.take()

    together(world, scene())


def test_work_that_fails_gives_its_lease_back(world: World, other: Server) -> None:
    async def scene() -> None:
        with pytest.raises(ZeroDivisionError):
            async with Lease(world.server, "import").held():
                raise ZeroDivisionError
        assert await Lease(other, "import").take()

    together(world, scene())
