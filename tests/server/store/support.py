"""Small writes whose traces are easily told: a workspace each."""

import asyncio
from collections.abc import Callable
from typing import Any

from lightfield_server.store.protocol import Store, Transaction


def workspace(name: str) -> Callable[[Transaction], int]:
    return lambda tx: tx.add_workspace(name, name, 0)


def names(store: Store) -> list[str]:
    return [row.slug for row in store.write_now(0, lambda tx: tx.workspaces())]


async def together(store: Store, *works: Callable[[Transaction], Any]) -> list[Any]:
    return await asyncio.gather(*(store.write(0, work) for work in works), return_exceptions=True)
