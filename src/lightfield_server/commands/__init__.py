"""The operator's commands, offered to `lightfield` by entry point.

Each command's module is imported when the command is asked for, so that `--help` answers at once.
"""

import importlib
from collections.abc import Sequence

import click

#: Command → where it is, and the line that `--help` shows.
COMMANDS = {
    "serve": ("serve", "Start the server."),
    "keys": ("keys", "Create, list and revoke API keys."),
    "members": ("members", "Add people to a workspace, and change what they may do."),
    "workspaces": ("workspaces", "Create and list workspaces."),
    "schema": ("schema", "Define object types, fields, options and relationships."),
    "import": ("importing:import_", "Import records from FILES: CSV, XLSX or JSONL."),
    "export": ("exporting:export", "Export the records of TYPE as CSV, JSONL or XLSX, oldest first."),
    "imports": ("imports", "See, go on with and take back imports; see saved mappings."),
    "check": ("upkeep:check", "Check the database for damage."),
    "migrate": ("upkeep:migrate", "Bring the database to this release's schema."),
    "copy": ("copy", "Copy everything into a new database."),
    "backup": ("upkeep:backup", "Copy the database to FILE while it is in use."),
}


class Lazy(click.Group):
    """A group that knows its commands by name and imports none of them before it must."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        where, _ = COMMANDS[cmd_name]
        module, _, attribute = where.partition(":")
        found: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), attribute or cmd_name)
        return found

    def summaries(self) -> dict[str, str]:
        """Each command with the line that help shows, without importing any."""
        return {name: says for name, (_, says) in COMMANDS.items()}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries().items()))


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every command explains itself: lightfield serve --help",
)
def group() -> None:
    """Run and look after a Lightfield server."""


def main(arguments: Sequence[str] | None = None) -> None:
    group(arguments, prog_name="lightfield")
