"""The socket, and the web server that answers on it: the same in a process alone and in one of several."""

import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import click
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lightfield_server.configuration import Settings

#: How long requests under way may take to end once the server was told to stop (seconds).
LAST_REQUESTS = 10

#: Connections that wait to be accepted.
BACKLOG = 2048

#: Bytes that may come one after another, beside those already at hand, without a head or trailer coming to its end.
LARGEST_HEAD = 64 * 1024


def listening(settings: Settings) -> socket.socket:
    """A socket that listens already; one that cannot is said in a sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
        # Two servers may be bound to one port until the first one listens.
        made.listen(BACKLOG)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {settings.host}, port {settings.port}: {(error.strerror or str(error)).lower()}. "
            "Stop what uses it, or choose another with --port or --host."
        ) from None
    return made


def shared(listening: socket.socket) -> socket.socket:
    """What several processes need in a socket's place.

    On Linux each listens through a socket of its own, and the system spreads connections over them; ours only keeps
    the port. Elsewhere all listen through the one there is, and whoever is quickest gets many at once.
    """
    if sys.platform != "linux":
        return listening
    address = listening.getsockname()
    # It listened: nobody else had the port.
    listening.close()
    return _beside(listening.family, address)


def another(shared: socket.socket) -> socket.socket:
    """The socket for one more process: close it here when the process has it."""
    return _beside(shared.family, shared.getsockname()) if sys.platform == "linux" else shared.dup()


def _beside(family: int, address: Any) -> socket.socket:
    made = socket.socket(family)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        made.setsockopt(socket.SOL_SOCKET, option, 1)
    made.bind(address)
    return made


def announce(settings: Settings, listening: socket.socket) -> None:
    """Say where the server can be reached."""
    named = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"address: http://{named}:{listening.getsockname()[1]}")


def end_when_told() -> None:
    """Uvicorn repeats the signal that stopped it: being told to stop and stopping is no failure."""
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, _stopped)


def _stopped(number: int, frame: Any) -> None:
    sys.exit(0)


def log_to_standard_error(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def answer(application: Any, listening: socket.socket, settings: Settings) -> None:
    """Answer in this process, until told to stop."""
    web_server(application, settings, lambda: announce(settings, listening)).run([listening])


def web_server(application: Any, settings: Settings, started: Callable[[], None]) -> uvicorn.Server:
    """What answers; `started` is called once it does."""
    config = uvicorn.Config(
        application,
        backlog=BACKLOG,
        http=_Bounded,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_REQUESTS,
    )
    return _Announced(config, started)


class _Announced(uvicorn.Server):
    """Says that it can be reached as soon as it can."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._say = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say()


class _Bounded(HttpToolsProtocol):
    """Ends connections whose heads or trailers do not end: the parser keeps all of one, before anybody has a key."""

    _moved = False
    _pending = 0

    def data_received(self, data: bytes) -> None:
        self._moved = False
        super().data_received(data)
        self._pending = 0 if self._moved else self._pending + len(data)
        if self._pending > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request line and headers are too large.")

    def on_message_begin(self) -> None:
        self._moved = True
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._moved = True
        super().on_message_complete()
