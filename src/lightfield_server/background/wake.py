"""How work that was queued is found soon, through whichever process it was queued."""

import asyncio
import contextlib
import logging

from lightfield_server.operations.server import Server

log = logging.getLogger("lightfield.wake")

#: How often a process looks whether another one has written (seconds). A look costs some microseconds.
POLL = 0.5


class News:
    """What is still to come after a moment."""

    def __init__(self) -> None:
        self._come = asyncio.Event()

    def come(self) -> None:
        self._come.set()

    async def within(self, seconds: float) -> None:
        """Return when it has come, and after so many seconds anyway."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._come.wait()


class Wake:
    """Wakes those who wait for something to do. It belongs to the loop's thread."""

    def __init__(self, every: float = POLL) -> None:
        self._every = every
        self._news = News()

    def news(self) -> News:
        """What comes from now on. Asked for before looking for work, so that nothing is missed in between."""
        return self._news

    def nudge(self) -> None:
        """There may be something to do: said in this process, once what it is has been written."""
        self._news.come()
        self._news = News()

    async def watch(self, server: Server) -> None:
        """Nudge when anything was written, by whichever process, until cancelled."""
        seen = None
        while True:
            try:
                state = server.store.stamp()
                # A store that many hosts share cannot tell without asking: whoever waits looks for himself.
                if state is None or state != seen:
                    seen = state
                    self.nudge()
            except Exception:
                log.exception("the database could not be looked at; it will be tried again")
            await asyncio.sleep(self._every)
