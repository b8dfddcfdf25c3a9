"""`lightfield imports`: what was imported, what became of it, and taking it back."""

import sys

import click
import msgspec

from lightfield_server.commands.asking import json_option, show, table
from lightfield_server.commands.importing import carry, tell
from lightfield_server.commands.options import (
    carried_out,
    chosen_workspace,
    opened,
    operator,
    where_options,
    workspace_option,
)
from lightfield_server.configuration import Settings
from lightfield_server.transfer import jobs, storage
from lightfield_server.transfer import mappings as saved

#: Imports that a list shows.
_SHOWN = 100


@click.group()
def imports() -> None:
    """See, go on with and take back imports; see saved mappings."""


@imports.command("list")
@json_option
@workspace_option
@where_options
def list_(settings: Settings, workspace: str | None, as_json: bool) -> None:
    """List the newest imports of a workspace, up to 100."""
    table(
        carried_out(
            settings,
            workspace,
            lambda context: [jobs.view(job) for job in context.tx.jobs(list(context.catalog.entities), _SHOWN, 0)],
        ),
        {
            "id": lambda row: row["id"],
            "type": lambda row: row["objectType"],
            "name": lambda row: row["name"],
            "state": lambda row: row["state"],
            "rows": lambda row: f"{row['progress']['rows']}/{row['progress']['of']}",
            "created": lambda row: str(row["counts"]["created"]),
            "updated": lambda row: str(row["counts"]["updated"]),
            "rejected": lambda row: str(row["counts"]["rejected"]),
        },
        as_json=as_json,
    )


@imports.command("show")
@click.argument("id")
@workspace_option
@where_options
def show_(settings: Settings, workspace: str | None, id: str) -> None:
    """Show all there is to know of the import with this ID, as JSON."""
    show(carried_out(settings, workspace, lambda context: jobs.view(jobs.existing(context, id))))


@imports.command()
@click.argument("id")
@workspace_option
@where_options
def rejected(settings: Settings, workspace: str | None, id: str) -> None:
    """Print every rejected row of the import with this ID: a JSON object a line, with row, column, reason and fix."""
    with opened(settings) as server:
        row = chosen_workspace(server, workspace)
        job = server.store.write_now(row.number, lambda tx: jobs.existing(operator(server, tx), id))
        assert server.files is not None
        for each in storage.listed(server.files.rejected(job.body["file"]["key"]), job.report):
            click.echo(msgspec.json.encode(each))


@imports.command()
@click.argument("id")
@workspace_option
@where_options
def start(settings: Settings, workspace: str | None, id: str) -> None:
    """Start the import with this ID, or go on with it where it stopped."""
    _carried(settings, workspace, id, undo=False)


@imports.command()
@click.argument("id")
@workspace_option
@where_options
def undo(settings: Settings, workspace: str | None, id: str) -> None:
    """Take back the import with this ID, updates included.

    What it created goes to the trash, what it changed gets its earlier values and links. Records that somebody has
    changed since, or linked to, stay as they are and are counted; the exit code is then 1.
    """
    _carried(settings, workspace, id, undo=True)


def _carried(settings: Settings, workspace: str | None, id: str, *, undo: bool) -> None:
    with opened(settings) as server:
        row = chosen_workspace(server, workspace)
        job = server.store.write_now(row.number, lambda tx: jobs.existing(operator(server, tx), id))
        done = carry(server, row.number, job, undo=undo)
        assert server.files is not None
        tell(server.files, done, dry=False)
        for each in storage.listed(server.files.kept(job.body["file"]["key"]), done.kept_report, jobs.SHOWN):
            click.echo(f"  {each['id']}: {each['reason']}")
        fine = done.state == (jobs.UNDONE if undo else jobs.DONE)
        sys.exit(0 if fine and not (done.kept if undo else done.rejected) else 1)


@imports.command()
@json_option
@workspace_option
@where_options
def mappings(settings: Settings, workspace: str | None, as_json: bool) -> None:
    """List the mappings that were saved."""
    table(
        carried_out(settings, workspace, lambda context: [saved.view(row) for row in saved.every(context)]),
        {"id": lambda row: row["id"], "name": lambda row: row["name"], "type": lambda row: row["objectType"]},
        as_json=as_json,
    )


@imports.command()
@click.argument("name")
@workspace_option
@where_options
def forget(settings: Settings, workspace: str | None, name: str) -> None:
    """Delete the saved mapping with this NAME or id."""
    carried_out(settings, workspace, lambda context: saved.forget(context, saved.named(context, name)))
    click.echo(f"{name} is forgotten.")
