"""Work that one process at a time does, over all processes on one database.

A lease has a name within a workspace and runs out by itself, so it dies with its holder. Processes of several machines
compare their own clocks: these must agree much better than a lease lasts.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator

from lightfield_server.kit.clock import Moment
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import Transaction

log = logging.getLogger("lightfield.lease")

#: How long a lease lasts that is not renewed: as long as the others wait after its holder died.
LASTING: Moment = 30_000


class Lease:
    """One process's claim to a name. `workspace` 0 is for what concerns all of them."""

    def __init__(self, server: Server, name: str, *, workspace: int = 0, lasting: Moment = LASTING) -> None:
        self.name = name
        self.lasting = lasting
        self._server = server
        self._workspace = workspace
        self._holder = secrets.token_hex(8)

    async def take(self) -> bool:
        """Take the lease, or renew it; False when it is another's."""
        at = self._server.clock()
        return await self._server.store.write(
            self._workspace, lambda tx: tx.take_lease(self.name, self._holder, at, at + self.lasting)
        )

    def holds(self, tx: Transaction) -> bool:
        """Whether the lease is still ours, as the transaction sees it.

        A process may be halted for longer than its lease lasts and not know it. Whoever writes under a lease asks in
        the transaction that writes, and writes nothing when it is not his any more.
        """
        return tx.within(self._workspace).holds_lease(self.name, self._holder, self._server.clock())

    async def give_back(self) -> None:
        """Let others have it at once."""
        await self._server.store.write(self._workspace, lambda tx: tx.end_lease(self.name, self._holder))

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[bool]:
        """Take the lease, renew it as long as the block runs, and give it back; False when it is another's."""
        if not await self.take():
            yield False
            return
        renewing = asyncio.create_task(self._renew())
        try:
            yield True
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self.give_back()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.lasting / 3000)
            try:
                if not await self.take():
                    log.warning("the lease of '%s' ran out and is another's", self.name)
                    return
            except Exception:
                log.exception("the lease of '%s' could not be renewed; it will be tried again", self.name)
