"""`lightfield check` and `lightfield backup`: for the peace of mind of whoever keeps the data."""

from pathlib import Path

import click

from lightfield_server import main
from lightfield_server.commands.options import require_database, where_options
from lightfield_server.configuration import Settings


@click.command()
@where_options
def check(settings: Settings) -> None:
    """Check the database for damage.

    Reads the whole file, also while the server runs. Prints "ok" and exits with 0 when it is sound; else prints what
    is wrong and exits with 1.
    """
    require_database(settings)
    try:
        faults = main.check(settings)
    except main.DatabaseError as error:
        faults = [str(error)]
    if faults:
        raise click.ClickException(f"{settings.path} is damaged:\n" + "\n".join(faults))
    click.echo("ok")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Write over FILE if it exists.")
@where_options
def backup(settings: Settings, file: Path, replace: bool) -> None:
    """Copy the database to FILE while it is in use.

    The copy is one moment of the whole database and a single file. To go back to it, stop the server and put it in
    place of lightfield.db in the data folder.
    """
    require_database(settings)
    if file.exists() and file.samefile(settings.path):
        raise click.ClickException(f"{file} is the database itself; name another file.")
    if file.exists() and not replace:
        raise click.ClickException(f"{file} exists already; name another file, or say --replace.")
    try:
        size = main.backup(settings, file)
    except (OSError, main.DatabaseError) as error:
        raise click.ClickException(f"No backup was written: {error}.") from None
    click.echo(f"{file}: {size} bytes")
