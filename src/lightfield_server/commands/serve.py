"""`lightfield serve`: answer requests until told to stop."""

import ipaddress
import logging
import signal
import socket
import sys
from typing import Any

import click
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lightfield_server import demo, main
from lightfield_server.commands.options import DEFAULT_WORKSPACE, composed, said, setting_options
from lightfield_server.configuration import Settings
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.problems import Problem
from lightfield_server.operations.server import Server
from lightfield_server.records import workspaces

#: How long requests under way may take to end once the server was told to stop (seconds).
LAST_REQUESTS = 10

#: Bytes that may come one after another, beside those already at hand, without a head or trailer coming to its end.
LARGEST_HEAD = 64 * 1024


@click.command()
@setting_options()
def serve(settings: Settings) -> None:
    """Start the server.

    The first start on an empty folder makes the workspace "default" with one administrator, and prints a full-access
    API key. It is shown only that once; `lightfield keys create` makes another.
    """
    if settings.workers > 1:
        raise click.UsageError(
            "--workers: one process writes an SQLite file, so there can be only 1. It serves thousands of requests a "
            "second; more processes come with PostgreSQL, in a later release."
        )
    if settings.example and not _is_local(settings.host):
        raise click.UsageError(
            "--example: a server that believes everybody is for this machine only; use --host 127.0.0.1."
        )
    listening = _listening(settings)
    for stop in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn repeats the signal that stopped it: being told to stop and stopping is no failure.
        signal.signal(stop, _stopped)
    if settings.example:
        _run(main.examples(), listening, settings)
        return
    server = composed(settings)
    _first_start(server)
    if settings.demo:
        _demo(server)
    _run(main.application(server), listening, settings)


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # Two servers may be bound to one port until the first one listens.
        listening.listen(2048)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {settings.host}, port {settings.port}: {(error.strerror or str(error)).lower()}. "
            "Stop what uses it, or choose another with --port or --host."
        ) from None
    return listening


def _stopped(number: int, frame: Any) -> None:
    sys.exit(0)


def _first_start(server: Server) -> None:
    """Where there is no workspace yet, make one and show its key."""
    at = server.clock()
    founded = server.store.write_now(
        0,
        lambda tx: None if tx.workspaces() else workspaces.found(tx, server.numbers, at, DEFAULT_WORKSPACE, "Default"),
    )
    if founded is not None:
        click.echo(f"key: {founded.token}")
        click.echo("Keep this key: it has full access and is not shown again.", err=True)


def _demo(server: Server) -> None:
    """Made-up records, for a workspace that has none of its own."""
    workspace = server.store.write_now(0, lambda tx: tx.workspaces()[0].number)
    others = [declared.name for declared in OBJECT_TYPES if declared.name != "member"]
    full = server.store.write_now(
        workspace, lambda tx: any(tx.kind(name, trashed=trashed)[0] for name in others for trashed in (False, True))
    )
    if full:
        click.echo("--demo: the workspace has records already; nothing was added.", err=True)
        return
    try:
        demo.fill(server.store, server, workspace)
    except Problem as problem:
        raise click.ClickException(f"--demo: {said(problem)}") from None


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _run(application: Any, listening: socket.socket, settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    config = uvicorn.Config(
        application,
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
    _Announced(config, settings.host).run([listening])


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


class _Announced(uvicorn.Server):
    """Says where it can be reached as soon as it can."""

    def __init__(self, config: uvicorn.Config, host: str) -> None:
        super().__init__(config)
        self._named = f"[{host}]" if ":" in host else host

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        click.echo(f"address: http://{self._named}:{sockets[0].getsockname()[1]}")
