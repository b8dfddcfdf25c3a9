"""One loop beside the requests: it sweeps what no repeat can ask for any more, and what uploads leave behind."""

import asyncio
import logging

from lightfield_server.files import sweeping
from lightfield_server.identity.actor import Actor
from lightfield_server.kit import clock
from lightfield_server.kit.clock import Moment
from lightfield_server.operations.idempotency import RETENTION
from lightfield_server.operations.server import Server
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction

log = logging.getLogger("lightfield.worker")

#: How often the loop comes round (seconds).
EVERY = 60.0

#: Answers deleted in one transaction: few enough that no request waits for them.
SWEEP = 500

#: How often the whole storage of files is looked through; first an hour after the start.
THOROUGH: Moment = clock.DAY
FIRST: Moment = clock.DAY // 24

#: Bytes that belong to no upload are left alone for so long: theirs may be about to be noted.
GRACE: Moment = clock.DAY

#: What facts recorded here name as their door.
ORIGIN = "upkeep"


async def run(server: Server) -> None:
    """Sweep, wait, and begin again, until cancelled. A failure is logged and the next round tries again."""
    thorough = server.clock() + FIRST
    while True:
        try:
            while await sweep(server) == SWEEP:
                await asyncio.sleep(0)
            await sweep_uploads(server)
            if server.clock() >= thorough:
                thorough = server.clock() + THOROUGH
                await sweep_storage(server)
        except Exception:
            log.exception("the sweep failed; it will be tried again")
        await asyncio.sleep(EVERY)


async def sweep(server: Server) -> int:
    """Forget idempotency keys that count as new; how many there were, at most `SWEEP`."""
    until = server.clock() - RETENTION
    return await server.store.write(0, lambda tx: tx.forget_answers(until, SWEEP))


async def sweep_uploads(server: Server) -> None:
    """End uploads whose time is over, and take away the bytes of those that came to nothing."""
    at = server.clock()
    for workspace in await _workspaces(server):
        # Looked at first: a write that has nothing to do would still cost one.
        while await server.store.read(workspace, lambda tx: tx.overdue_uploads(at, 1)):
            await server.store.write(workspace, lambda tx: sweeping.expire(_upkeep(server, tx)))
        while await sweeping.clear(server.store, server.blobs, workspace) == sweeping.SWEEP:
            pass


async def sweep_storage(server: Server) -> None:
    """Take away bytes that belong to no file, and notice files whose bytes are gone."""
    await sweeping.orphans(server.store, server.blobs, server.clock() - GRACE)
    for workspace in await _workspaces(server):
        await sweeping.missing(server.store, server.blobs, workspace)


async def _workspaces(server: Server) -> list[int]:
    rows = await server.store.read(0, lambda tx: tx.workspaces())
    return [row.number for row in rows]


def _upkeep(server: Server, tx: Transaction) -> Context:
    actor = Actor(tx.workspace, None, None, None, True, frozenset())
    return Context(tx, server.catalogs.current(tx), actor, server.clock(), server.numbers, ORIGIN)
