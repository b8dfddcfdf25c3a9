"""Commands that do what an operation does: the same handler, in a transaction of the operator's."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import msgspec

from lightfield_server.commands.options import carried_out
from lightfield_server.configuration import Settings
from lightfield_server.operations.operation import OPERATIONS, Asked
from lightfield_server.records.context import Context

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def answer(
    context: Context, operation: str, path: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
) -> Any:
    """What an operation answers, within a transaction."""
    asked = Asked(path or {}, list, body or {})
    return msgspec.json.decode(OPERATIONS[operation].handler(context, asked))


def ask(
    settings: Settings,
    workspace: str | None,
    operation: str,
    path: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """What an operation answers, in a transaction of its own."""
    return carried_out(settings, workspace, lambda context: answer(context, operation, path, body))


def given(**values: Any) -> dict[str, Any]:
    """A body of the options that were given."""
    return {key: value for key, value in values.items() if value is not None}


def show(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def table(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Callable[[Mapping[str, Any]], Any]], *, as_json: bool
) -> None:
    """Rows under headings, or as JSON."""
    if as_json:
        show(list(rows))
        return
    lines = [[heading.upper() for heading in columns]]
    lines += [[str(cell(row) or "-") for cell in columns.values()] for row in rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
