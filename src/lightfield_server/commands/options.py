"""What the commands share: settings as options, the store they work on, and how they fail."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from lightfield_server import configuration, main
from lightfield_server.configuration import SETTINGS, Refused, Setting, Settings
from lightfield_server.identity.actor import Actor
from lightfield_server.model.problems import Problem
from lightfield_server.operations.server import Server
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction, WorkspaceRow

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

#: What facts recorded by commands name as their door.
ORIGIN = "command"

#: The workspace made by the first start.
DEFAULT_WORKSPACE = "default"


def setting_options(*names: str) -> Callable[[F], F]:
    """The options of these settings, or of all; the command gets one argument `settings` for them."""
    chosen = [setting for setting in SETTINGS if not names or setting.name in names]

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def run(*, config: Path | None, **arguments: Any) -> Any:
            flags = {setting.name: arguments.pop(setting.name) for setting in chosen}
            try:
                found = configuration.settings(flags, file=config)
            except Refused as refused:
                raise click.UsageError(str(refused)) from None
            return command(settings=found, **arguments)

        decorated: Any = click.option(
            "--config",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help=f"A TOML file of settings.  [default: {configuration.FILE} in the data folder]",
        )(run)
        for setting in reversed(chosen):
            decorated = _option(setting)(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def _option(setting: Setting) -> Callable[[Any], Any]:
    text = f"{setting.says}  [default: {setting.shown}]"
    if setting.switch:
        return click.option(setting.flag, setting.name, is_flag=True, default=None, help=setting.says)
    return click.option(setting.flag, setting.name, metavar=setting.values, help=text)


#: For commands that only need to find the database.
where_options = setting_options("data", "database")

workspace_option = click.option(
    "--workspace", metavar="SLUG", help="The workspace it is about; needed when there are several without a default."
)


def require_database(settings: Settings) -> None:
    if not main.exists(settings):
        raise click.ClickException(
            f"There is no database at {settings.path}. 'lightfield serve' makes one; --data says where it is."
        )


def composed(settings: Settings) -> Server:
    """The server's parts; a file that cannot be opened, or is no database of ours, is said in a sentence."""
    try:
        return main.server(settings)
    except OSError as error:
        raise click.ClickException(f"{settings.place} cannot be opened: {error.strerror}.") from None
    except (RuntimeError, main.DatabaseError) as error:
        raise click.ClickException(f"{settings.place} cannot be opened: {error}") from None


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Server]:
    """The server's parts over a database that exists; refusals become the command's."""
    require_database(settings)
    made = composed(settings)
    try:
        yield made
    except Problem as problem:
        raise click.ClickException(said(problem)) from None
    finally:
        main.close(made)


def said(problem: Problem) -> str:
    """A refusal in one line."""
    return problem.message if problem.param is None else f"{problem.message} ({problem.param})"


def chosen_workspace(server: Server, slug: str | None) -> WorkspaceRow:
    """The named workspace; without a name the only one, or the one of the first start."""
    every = server.store.write_now(0, lambda tx: tx.workspaces())
    wanted = slug or (every[0].slug if len(every) == 1 else DEFAULT_WORKSPACE)
    for row in every:
        if row.slug == wanted:
            return row
    known = ", ".join(row.slug for row in every) or "none yet"
    if slug is None:
        raise click.UsageError(f"Say which workspace with --workspace. There are: {known}.")
    raise click.ClickException(f"There is no workspace '{slug}'. There are: {known}.")


def operator(server: Server, tx: Transaction) -> Context:
    """One transaction on behalf of whoever runs the machine: everything is allowed."""
    actor = Actor(tx.workspace, None, None, None, True, frozenset())
    return Context(tx, server.catalogs.current(tx), actor, server.clock(), server.numbers, ORIGIN)


def carried_out(settings: Settings, workspace: str | None, work: Callable[[Context], T]) -> T:
    """Do something in one transaction of one workspace; done for good when this returns."""
    with opened(settings) as server:
        row = chosen_workspace(server, workspace)
        return server.store.write_now(row.number, lambda tx: work(operator(server, tx)))
