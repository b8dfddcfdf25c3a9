"""`lightfield copy`: from one database into another, whatever their engines."""

import sys

import click

from lightfield_server import configuration, main
from lightfield_server.configuration import Settings


def _settings(context: click.Context, option: click.Parameter, url: str) -> Settings:
    try:
        return configuration.settings({"database": url}, {})
    except configuration.Refused as refused:
        raise click.BadParameter(str(refused)) from None


@click.command()
@click.option("--from", "source", required=True, metavar="URL", callback=_settings, help="The database to copy.")
@click.option("--to", "target", required=True, metavar="URL", callback=_settings, help="A new one to copy it into.")
def copy(source: Settings, target: Settings) -> None:
    """Copy everything into a new database: from SQLite to PostgreSQL, back, or to another of the same engine.

    A URL is sqlite:/// and the path of a file, or postgresql://user:password@host/database. Workspaces, records,
    links, history and keys are copied; the search index is made anew by the first server. Stop the server of the
    source meanwhile. A copy that was broken off goes on where it stopped when the same command is run again. At the end
    both sides are read whole and compared, and each table's rows and checksum are printed.
    """

    def say(table: str, rows: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{table}: {rows:,} rows", err=True, nl=False)

    try:
        copied = main.copy(source, target, say)
    except (RuntimeError, OSError) as error:
        raise click.ClickException(str(error).strip()) from None
    except main.database_errors() as error:
        raise click.ClickException(f"The copy was broken off; run the same command again. {error}".strip()) from None
    finally:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", err=True, nl=False)
    for each in copied:
        click.echo(f"{each.table:<16} {each.rows:>12,} rows  {each.checksum}")
    click.echo("Both sides are the same.")
