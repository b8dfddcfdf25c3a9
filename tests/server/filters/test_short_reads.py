"""Short reads are answered at once, however often they were asked before."""

import asyncio
from pathlib import Path

from lightfield_server.store import sqlite
from lightfield_server.store.sqlite import SqliteStore


def test_a_short_read_is_never_taken_for_a_long_one(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "lightfield.db")
    asked = []
    try:
        # More steps in all than a long read has, in runs of a few.
        for _ in range(sqlite.SHORT_READ // 3):
            store.stamp()
            assert store.ready()

        async def read() -> None:
            for _ in range(sqlite.SHORT_READ // 20):
                await store.read(0, lambda tx: asked.append(tx.workspaces()))

        asyncio.run(read())
        assert len(asked) == sqlite.SHORT_READ // 20
    finally:
        store.close_now()
