"""One loop beside the requests: it sweeps what no repeat can ask for any more."""

import asyncio
import logging

from lightfield_server.operations.idempotency import RETENTION
from lightfield_server.operations.server import Server

log = logging.getLogger("lightfield.worker")

#: How often the loop comes round (seconds).
EVERY = 60.0

#: Answers deleted in one transaction: few enough that no request waits for them.
SWEEP = 500


async def run(server: Server) -> None:
    """Sweep, wait, and begin again, until cancelled. A failure is logged and the next round tries again."""
    while True:
        try:
            while await sweep(server) == SWEEP:
                await asyncio.sleep(0)
        except Exception:
            log.exception("the sweep failed; it will be tried again")
        await asyncio.sleep(EVERY)


async def sweep(server: Server) -> int:
    """Forget idempotency keys that count as new; how many there were, at most `SWEEP`."""
    until = server.clock() - RETENTION
    return await server.store.write(0, lambda tx: tx.forget_answers(until, SWEEP))
