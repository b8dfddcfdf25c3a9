"""Several processes at one address: started, watched, replaced when they die, and ended together.

Each process has a pipe from this one as its standard input. What it must know comes down the pipe; the end of the pipe
is the order to stop. The system closes it when this process dies, however it dies, so none is left behind. A process
says in one line on its standard output that it answers requests.
"""

import contextlib
import logging
import queue
import signal
import socket
import subprocess
import sys
import threading
import time

import click

from lightfield_server.commands import door, supervised
from lightfield_server.configuration import Settings

log = logging.getLogger("lightfield.supervisor")

#: After a process that did not come so far as to answer: the pauses before the next try (seconds).
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

#: How much longer than it gives itself a process may take to end before it is killed (seconds).
MERCY = 2.0


class Supervisor:
    """The parent of `settings.workers` processes that answer at the address of a socket. It answers nothing itself."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._settings = settings
        self._shared = door.shared(listening)
        self._places = range(1, settings.workers + 1)
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._first: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def run(self) -> None:
        """Until this process is told to stop. All processes answer when the address is announced."""
        keepers = [threading.Thread(target=self._keep, args=(place,), daemon=True) for place in self._places]
        try:
            for keeper in keepers:
                keeper.start()
            for _ in keepers:
                if not self._first.get():
                    raise click.ClickException("A process could not start.")
            door.announce(self._settings, self._shared)
            # With a limit, because some systems tell of signals only between two waits.
            while not self._stopping.wait(1.0):
                pass
        finally:
            for stop in (signal.SIGTERM, signal.SIGINT):
                signal.signal(stop, signal.SIG_IGN)
            self._stop(keepers)

    def _stop(self, keepers: list[threading.Thread]) -> None:
        """End every process: at once in what it takes on, in good time in what it is doing."""
        with self._guard:
            self._stopping.set()
            self._shared.close()
            for process in self._running.values():
                _let_go(process)
        until = time.monotonic() + supervised.LONGEST_END + MERCY
        for keeper in keepers:
            keeper.join(max(until - time.monotonic(), 0))
        with self._guard:
            for place, process in self._running.items():
                log.error("process %d (%d) did not end and is killed", place, process.pid)
                process.kill()

    def _keep(self, place: int) -> None:
        """Keep one place taken, by one process after another."""
        told, pause = False, FIRST_PAUSE
        while (process := self._started(place)) is not None:
            answered = process.stdout is not None and process.stdout.readline() == supervised.READY
            if answered:
                log.info("process %d (%d) answers", place, process.pid)
            if not told:
                told = True
                self._first.put(answered)
            code = process.wait()
            self._forget(place)
            if self._stopping.is_set():
                return
            log.error("process %d (%d) ended with %d and is replaced", place, process.pid, code)
            if answered:
                pause = FIRST_PAUSE
            else:
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _started(self, place: int) -> subprocess.Popen[bytes] | None:
        with self._guard:
            if self._stopping.is_set():
                return None
            with door.another(self._shared) as listening:
                process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", supervised.__name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    pass_fds=() if sys.platform == "win32" else (listening.fileno(),),
                )
                self._running[place] = process
                assert process.stdin is not None
                # One that is dead already is waited for like any other.
                with contextlib.suppress(OSError):
                    process.stdin.write(supervised.told(self._settings, place, listening, process.pid))
                    process.stdin.flush()
            return process

    def _forget(self, place: int) -> None:
        with self._guard:
            process = self._running.pop(place)
        _let_go(process)
        assert process.stdout is not None
        process.stdout.close()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
