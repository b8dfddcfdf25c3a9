"""Whose turn it is to write a file, over all processes of a machine.

SQLite lets those who wait for its lock poll, so that the one who had it last has it next. Here a process that has had
its turn goes to the end of a queue. Two locks make one: whoever wants a turn first holds the queue, and leaves it when
the turn is his. At most one process waits for the turn, and nobody can overtake it.
"""

import asyncio
import os
import threading
from concurrent.futures import Future, wait
from pathlib import Path

from lightfield_server.store.file_lock import lock, opened, try_lock, unlock

#: The two locks: files beside the database. They are empty, and stay.
QUEUE, TURN = "queue", "turn"


class Turns:
    """One process's place in the queue of a database. One turn at a time is asked for through it.

    A turn that nobody else has costs four calls of the system; only one that must be waited for needs a thread.
    """

    def __init__(self, database: Path) -> None:
        self._queue = opened(database.with_name(f"{database.name}-{QUEUE}"))
        self._turn = opened(database.with_name(f"{database.name}-{TURN}"))
        self._guard = threading.Lock()
        self._asked: Future[None] | None = None
        self._wanted = False

    async def take(self, patience: float) -> bool:
        """Wait for a turn, for some seconds at most; whether it came."""
        asked = self._ask()
        if asked is not None:
            try:
                await asyncio.wait({asyncio.wrap_future(asked)}, timeout=patience)
            except asyncio.CancelledError:
                if self._came(asked):
                    self.give_back()
                raise
            return self._came(asked)
        return True

    def take_now(self, patience: float) -> bool:
        """The same from a thread of one's own."""
        asked = self._ask()
        if asked is not None:
            wait({asked}, timeout=patience)
            return self._came(asked)
        return True

    def give_back(self) -> None:
        """Let the next one have the turn."""
        unlock(self._turn)

    def close(self) -> None:
        with self._guard:
            # A thread that still waits uses them until the process ends.
            if self._asked is None:
                os.close(self._queue)
                os.close(self._turn)

    def _ask(self) -> Future[None] | None:
        """None when the turn is ours already, else what is done when it is."""
        with self._guard:
            if self._asked is None:
                if self._at_once():
                    return None
                self._asked = Future()
                # It may wait for a process that hangs: ours must be able to end meanwhile.
                threading.Thread(target=self._wait, args=(self._asked,), name="turn", daemon=True).start()
            self._wanted = True
            return self._asked

    def _at_once(self) -> bool:
        if not try_lock(self._queue):
            return False
        try:
            return try_lock(self._turn)
        finally:
            unlock(self._queue)

    def _wait(self, asked: Future[None]) -> None:
        lock(self._queue)
        lock(self._turn)
        unlock(self._queue)
        with self._guard:
            if self._wanted:
                asked.set_result(None)
            else:
                self._asked = None
                unlock(self._turn)

    def _came(self, asked: Future[None]) -> bool:
        with self._guard:
            self._wanted = False
            if asked.done():
                self._asked = None
            return asked.done()
