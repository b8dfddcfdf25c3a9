"""`lightfield export`: records as a file."""

import asyncio
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from lightfield_server.commands.options import chosen_workspace, opened, operator, where_options, workspace_option
from lightfield_server.configuration import Settings
from lightfield_server.model import problems
from lightfield_server.operations.server import Server
from lightfield_server.records import queries
from lightfield_server.records.context import Context
from lightfield_server.transfer import exporting, write_files
from lightfield_server.transfer.exporting import Wanted
from lightfield_server.transfer.reading import format_of_name
from lightfield_server.transfer.table import CSV, FORMATS


@click.command()
@click.argument("object_type", metavar="TYPE")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="By the name of the output, else csv.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="FILTER",
    help="A filter as lists have them, such as '$stage=Won' or '$amount[greaterThan]=1000'; repeat it for more.",
)
@click.option("--field", "fields", multiple=True, metavar="KEY", help="Only these fields and relationships.")
@click.option(
    "--references",
    type=click.Choice(exporting.REFERENCES),
    default=exporting.BOTH,
    show_default=True,
    help="What stands for linked records.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output.")
@workspace_option
@where_options
def export(
    settings: Settings,
    workspace: str | None,
    object_type: str,
    format_: str | None,
    filters: tuple[str, ...],
    fields: tuple[str, ...],
    references: str,
    output: Path | None,
) -> None:
    """Export the records of TYPE as CSV, JSONL or XLSX, oldest first.

    What is exported can be imported again, here or in another workspace.
    """
    format = format_ or (format_of_name(output.name) if output is not None else None) or CSV
    asked = [_filter(text) for text in filters]
    with opened(settings) as server:
        row = chosen_workspace(server, workspace)

        def prepare(context: Context) -> Wanted:
            entity = context.catalog.entities.get(object_type)
            if entity is None:
                raise problems.not_found(f"There is no object type '{problems.shown(object_type)}'.")
            query = queries.query(context.catalog, entity, asked)
            return exporting.wanted(context, entity, query, format, references, fields or None)

        if output is None:
            asyncio.run(_export(server, row.number, prepare, sys.stdout.buffer))
            return
        unfinished = output.with_name(f".{output.name}.unfinished")
        try:
            with unfinished.open("wb") as file:
                asyncio.run(_export(server, row.number, prepare, file))
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)


async def _export(server: Server, workspace: int, prepare: Any, file: BinaryIO) -> None:
    async def read(work: Any) -> Any:
        return await server.store.read(workspace, lambda tx: work(operator(server, tx)))

    wanted = await read(prepare)
    async for chunk in exporting.chunks(wanted, read, write_files.writer(wanted.format)):
        file.write(chunk)


def _filter(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise click.UsageError(f"--filter {text}: write a key, an equals sign and a value, such as '$stage=Won'.")
    return name, value
