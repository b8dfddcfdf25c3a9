"""Parts of a transaction that stay or go by themselves."""

from typing import Any

import pytest

from lightfield_server.store.protocol import Transaction
from tests.server.conftest import World


def names(world: World) -> list[str]:
    return [row.slug for row in world.write(lambda tx: tx.workspaces(), 0)]


def add(tx: Transaction, *slugs: str, fail: bool = False) -> None:
    """Workspaces, each in a savepoint within that of the one before; the innermost fails."""
    if not slugs:
        if fail:
            raise ValueError("no more")
        return
    with tx.savepoint():
        tx.add_workspace(slugs[0], "x", 0)
        add(tx, *slugs[1:], fail=fail)


def test_a_savepoint_keeps_all_that_is_written_within_or_nothing(world: World) -> None:
    def work(tx: Transaction) -> None:
        tx.add_workspace("before", "x", 0)
        add(tx, "kept", "kept-within")
        with pytest.raises(ValueError, match="no more"):
            add(tx, "gone", "gone-within", fail=True)
        with tx.savepoint():
            tx.add_workspace("outer", "x", 0)
            with pytest.raises(ValueError, match="no more"):
                add(tx, "inner", fail=True)
        tx.add_workspace("after", "x", 0)

    world.write(work, 0)
    assert names(world) == ["default", "before", "kept", "kept-within", "outer", "after"]


def test_a_savepoint_says_what_went_wrong_when_there_is_nothing_to_go_back_to(world: World) -> None:
    """On a full disk, say, the engine has given up the whole transaction."""

    def work(tx: Transaction) -> Any:
        with tx.savepoint():
            tx.run("rollback")
            raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="the disk is full"):
        world.loop.run_until_complete(world.store.write(0, work))
    assert names(world) == ["default"]
