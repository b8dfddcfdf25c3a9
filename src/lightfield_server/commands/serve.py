"""`lightfield serve`: answer requests until told to stop."""

import ipaddress

import click

from lightfield_server import demo, main
from lightfield_server.commands import door
from lightfield_server.commands.options import DEFAULT_WORKSPACE, composed, said, setting_options
from lightfield_server.commands.supervisor import Supervisor
from lightfield_server.configuration import Settings
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.problems import Problem
from lightfield_server.operations.server import Server
from lightfield_server.records import workspaces


@click.command()
@setting_options()
def serve(settings: Settings) -> None:
    """Start the server.

    The first start on an empty folder makes the workspace "default" with one administrator, and prints a full-access
    API key. It is shown only that once; `lightfield keys create` makes another.
    """
    if settings.example:
        _examples(settings)
        return
    listening = door.listening(settings)
    door.end_when_told()
    server = composed(settings)
    _first_start(server)
    if settings.demo:
        _demo(server)
    door.log_to_standard_error(settings)
    if settings.workers == 1:
        door.answer(main.application(server), listening, settings)
        return
    main.close(server)
    Supervisor(settings, listening).run()


def _examples(settings: Settings) -> None:
    """A server that believes everybody, and that only this machine can reach."""
    if not _is_local(settings.host):
        raise click.UsageError("--example: examples are for this machine only; use --host 127.0.0.1.")
    if settings.workers > 1:
        raise click.UsageError("--example: one process is enough; leave out --workers.")
    listening = door.listening(settings)
    door.end_when_told()
    door.log_to_standard_error(settings)
    door.answer(main.examples(), listening, settings)


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
