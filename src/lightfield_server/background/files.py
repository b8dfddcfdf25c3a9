"""What uploads leave behind is swept: their time being over, bytes that came to nothing, bytes of nobody."""

from lightfield_server.background.worker import Chore
from lightfield_server.files import sweeping
from lightfield_server.identity.actor import Actor
from lightfield_server.kit import clock
from lightfield_server.kit.clock import Moment
from lightfield_server.operations.server import Server
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction

#: Bytes that belong to no upload are left alone for so long: theirs may be about to be noted.
GRACE: Moment = clock.DAY

#: What facts recorded here name as their door.
ORIGIN = "upkeep"


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


#: The whole storage is looked through once a day.
CHORES = (Chore("uploads", 60.0, sweep_uploads), Chore("storage of files", 24 * 60 * 60.0, sweep_storage))


async def _workspaces(server: Server) -> list[int]:
    rows = await server.store.read(0, lambda tx: tx.workspaces())
    return [row.number for row in rows]


def _upkeep(server: Server, tx: Transaction) -> Context:
    actor = Actor(tx.workspace, None, None, None, True, frozenset())
    return Context(tx, server.catalogs.current(tx), actor, server.clock(), server.numbers, ORIGIN)
