"""The `lightfield` command: every group of commands that an installed distribution offers, under one name.

Groups are found by entry point, so the SDK never imports the server, and a distribution of your own may add commands.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

#: Where distributions offer their commands.
OFFERS = "lightfield.commands"

MISSING = """\
The `lightfield` command runs a Lightfield server, and the server's packages are not installed ({missing} is missing).
Install them with:

    pip install 'openlightfield[server]'

To talk to a server from Python nothing more is needed: `from lightfield import Lightfield`.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what is missing is said plainly."""
    try:
        command = _command(entry_points(group=OFFERS))
        command.main(args=None if arguments is None else list(arguments), prog_name="lightfield")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("lightfield", "lightfield_server"):
            raise
        sys.stderr.write(MISSING.format(missing=error.name))
        sys.exit(1)


def _command(offers: Iterable[EntryPoint]) -> "click.Command":
    """All offered groups as one; each is asked for its commands by name, so none is loaded before it is needed."""
    import click

    groups = [offer.load() for offer in sorted(offers, key=lambda offer: offer.name)]
    if not groups:
        raise ModuleNotFoundError("no commands are installed", name="openlightfield[server]")
    if len(groups) == 1:
        only: click.Command = groups[0]
        return only
    return click.CommandCollection(name="lightfield", sources=groups, help="Run and use a Lightfield server.")
