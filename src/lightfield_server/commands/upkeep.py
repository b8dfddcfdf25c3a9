"""`lightfield check`, `backup` and `migrate`: for the peace of mind of whoever keeps the data."""

from pathlib import Path

import click

from lightfield_server import main
from lightfield_server.commands.options import composed, require_database, where_options
from lightfield_server.configuration import Settings


@click.command()
@where_options
def check(settings: Settings) -> None:
    """Check the database for damage.

    Reads the whole file, also while the server runs. Prints "ok" and exits with 0 when it is sound; else prints what
    is wrong and exits with 1. A file only: PostgreSQL is checked with its own tools.
    """
    _require_file(
        settings,
        "PostgreSQL looks after its own files: check them with 'pg_amcheck', and see that data checksums are on "
        "('show data_checksums').",
    )
    try:
        faults = main.check(settings)
    except main.DatabaseError as error:
        faults = [str(error)]
    if faults:
        raise click.ClickException(f"{settings.path} is damaged:\n" + "\n".join(faults))
    click.echo("ok")


@click.command()
@where_options
def migrate(settings: Settings) -> None:
    """Bring the database to this release's schema.

    'lightfield serve' does the same when it starts. Prints the migrations that were missing, each on a line. Of several
    processes that start at once one migrates, and the others wait for it.
    """
    made = composed(settings)
    applied = list(made.store.migrated)
    main.close(made)
    for name in applied:
        click.echo(name)
    if not applied:
        click.echo("nothing to do")


def _require_file(settings: Settings, instead: str) -> None:
    if settings.postgres is not None:
        raise click.ClickException(instead)
    require_database(settings)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Write over FILE if it exists.")
@where_options
def backup(settings: Settings, file: Path, replace: bool) -> None:
    """Copy the database to FILE while it is in use.

    The copy is one moment of the whole database and a single file. To go back to it, stop the server and put it in
    place of lightfield.db in the data folder. A file only: PostgreSQL is backed up with its own tools.
    """
    _require_file(
        settings,
        "PostgreSQL is backed up with its own tools: 'pg_dump --format=custom --file=FILE URL' copies one moment of "
        "the whole database while it is in use, and 'pg_restore' brings it back.",
    )
    if file.exists() and file.samefile(settings.path):
        raise click.ClickException(f"{file} is the database itself; name another file.")
    if file.exists() and not replace:
        raise click.ClickException(f"{file} exists already; name another file, or say --replace.")
    try:
        size = main.backup(settings, file)
    except (OSError, main.DatabaseError) as error:
        raise click.ClickException(f"No backup was written: {error}.") from None
    click.echo(f"{file}: {size} bytes")
