"""`lightfield workspaces`: several companies, or several tries, on one server."""

import click

from lightfield_server.commands.asking import json_option, table
from lightfield_server.commands.options import opened, where_options
from lightfield_server.configuration import Settings
from lightfield_server.kit import clock
from lightfield_server.records.workspaces import FIRST_EMAIL, found


@click.group()
def workspaces() -> None:
    """Create and list workspaces. Nothing in one can be seen from another."""


@workspaces.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option("--email", default=FIRST_EMAIL, show_default=True, help="The address of its first administrator.")
@where_options
def create(settings: Settings, slug: str, name: str, email: str) -> None:
    """Create the workspace SLUG and print a full-access key of its first administrator.

    The key cannot be shown again.
    """
    with opened(settings) as server:
        at = server.clock()
        founded = server.store.write_now(0, lambda tx: found(tx, server.numbers, at, slug, name, email))
    click.echo(founded.token)


@workspaces.command("list")
@json_option
@where_options
def list_(settings: Settings, as_json: bool) -> None:
    """List the workspaces of this server, oldest first."""
    with opened(settings) as server:
        every = server.store.write_now(0, lambda tx: tx.workspaces())
    rows = [{"slug": row.slug, "name": row.name, "createdAt": clock.written(row.created_at)} for row in every]
    columns = {
        "slug": lambda row: row["slug"],
        "name": lambda row: row["name"],
        "created": lambda row: row["createdAt"],
    }
    table(rows, columns, as_json=as_json)
