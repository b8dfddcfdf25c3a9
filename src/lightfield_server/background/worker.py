"""One loop beside the requests: it sweeps what no repeat can ask for, and reads texts that are not read yet."""

import asyncio
import logging

from lightfield_server.operations.idempotency import RETENTION
from lightfield_server.operations.server import Server
from lightfield_server.records import texts

log = logging.getLogger("lightfield.worker")

#: How often the loop comes round (seconds).
EVERY = 60.0

#: Answers deleted in one transaction: few enough that no request waits for them.
SWEEP = 500

#: Between two transactions that read texts, for those who write (seconds).
PAUSE = 0.005


async def run(server: Server) -> None:
    """Sweep, read on, wait, and begin again, until cancelled. A failure is logged and the next round tries again."""
    while True:
        try:
            while await sweep(server) == SWEEP:
                await asyncio.sleep(0)
            while await read_on(server):
                await asyncio.sleep(PAUSE)
        except Exception:
            log.exception("the sweep failed; it will be tried again")
        await asyncio.sleep(EVERY)


async def sweep(server: Server) -> int:
    """Forget idempotency keys that count as new; how many there were, at most `SWEEP`."""
    until = server.clock() - RETENTION
    return await server.store.write(0, lambda tx: tx.forget_answers(until, SWEEP))


async def read_on(server: Server) -> bool:
    """Make a few records from before there was full-text search findable by it; False when all are."""
    workspace = await server.store.read(0, lambda tx: tx.behind())
    if workspace is None:
        return False
    await server.store.write(workspace, lambda tx: texts.read_on(tx, server.catalogs.current(tx)))
    return True
