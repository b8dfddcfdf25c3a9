"""The `lightfield` command: the API's commands, this computer's, and those that installed distributions offer.

Offers are found by entry point, so the SDK never imports the server, and a distribution of your own may add commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._version import __version__
from . import arguments
from .catalogue import command, resources
from .console import Console
from .refusals import FAILED, INTERRUPTED, Refused, did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

#: Where distributions offer their commands.
OFFERS = "lightfield.commands"

MISSING = """\
The server's commands are not installed ({missing} is missing). Install them with:

    pip install 'openlightfield[server]'
"""


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; every failure is said plainly."""
    console = Console.of_this_process()
    code = 0
    try:
        code = run(list(sys.argv[1:] if words is None else words), console)
        console.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has what they wanted. Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(words: Sequence[str], console: Console) -> int:
    """What `main` does, over any console; the exit code."""
    fine = "--fine-exit-codes" in words
    try:
        return _dispatch(words, console)
    except Refused as refused:
        console.say(refused.message)
        return refused.code if fine else FAILED
    except KeyboardInterrupt:
        console.say("Interrupted.")
        return INTERRUPTED


def _dispatch(words: Sequence[str], console: Console) -> int:
    names, rest = arguments.leading(words, 1)
    if not names:
        return _front(arguments.read(rest), console)
    name = names[0]
    if name in resources():
        return _of_api(name, rest, console)
    from . import own

    if name in own.OWN:
        line = arguments.read(rest)
        if line.on("help"):
            return _help([name], console)
        return own.OWN[name].run(line, console) if name != "help" else _help(line.loose, console)
    if name in HIDDEN:
        return HIDDEN[name](rest, console)
    return _offered(words, name, console)


def _of_api(resource: str, words: Sequence[str], console: Console) -> int:
    names, rest = arguments.leading(words, 1)
    if not names:
        line = arguments.read(rest)
        return _version(console) if line.on("version") else _help([resource], console)
    if names[0] not in resources()[resource]:
        near = did_you_mean(names[0], resources()[resource])
        raise Refused(f'Unknown command "{resource} {names[0]}".{near} See: lightfield {resource} --help')
    found = command(resource, names[0])
    if {"--help", "-h"} & set(rest):
        return _help([resource, names[0]], console)
    line = arguments.read(rest, found)
    if line.on("version"):
        return _version(console)
    from .running import run

    return run(found, line, console)


def _front(line: arguments.Typed, console: Console) -> int:
    return _version(console) if line.on("version") else _help([], console)


def _version(console: Console) -> int:
    console.line(f"lightfield {__version__}")
    return 0


def _help(words: Sequence[str], console: Console) -> int:
    from . import helping

    if words and not helping.knows(words[0]) and words[0] in _summaries():
        return _offered([*words, "--help"], words[0], console)
    console.write(helping.about(words) if words else helping.front(_summaries()))
    return 0


# ---- commands that others offer


def entry_points(group: str) -> Iterable[EntryPoint]:
    from importlib.metadata import entry_points

    return entry_points(group=group)


def _offered(words: Sequence[str], name: str, console: Console) -> int:
    """A command of the server, or of whoever else offers some."""
    from .own import OWN

    near = ""
    try:
        offers = _offers()
        known = [each for group in offers for each in _names(group)]
        if name in known or words[0] != name:
            return _passed_on(_collected(offers), words)
        near = did_you_mean(name, [*resources(), *OWN, *known])
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("lightfield", "lightfield_server"):
            raise
        near = did_you_mean(name, [*resources(), *OWN], likeness=0.75)
        more = " See: lightfield --help" if near else f"\n{MISSING.format(missing=error.name)}"
        raise Refused(f'Unknown command "{name}".{near}{more}') from None
    raise Refused(f'Unknown command "{name}".{near} See: lightfield --help')


def _passed_on(group: Any, words: Sequence[str]) -> int:
    """Leaves the rest to click, which ends the process itself."""
    group.main(args=list(words), prog_name="lightfield")
    return 0


def _offers() -> list[Any]:
    """All offered groups; each knows its commands by name, so none is loaded before it is needed.

    Raises:
        ModuleNotFoundError: What they stand on is not installed.
    """
    groups = [offer.load() for offer in sorted(entry_points(group=OFFERS), key=lambda offer: offer.name)]
    if not groups:
        raise ModuleNotFoundError("no commands are installed", name="openlightfield[server]")
    return groups


def _collected(groups: Sequence[Any]) -> click.Command:
    import click

    if len(groups) == 1:
        only: click.Command = groups[0]
        return only
    return click.CommandCollection(name="lightfield", sources=list(groups), help="Run and use a Lightfield server.")


def _names(group: Any) -> list[str]:
    import click

    return list(group.list_commands(click.Context(group))) if isinstance(group, click.Group) else [str(group.name)]


def _summaries() -> Mapping[str, str]:
    """The server's commands with a line on each; empty where the server is not installed."""
    try:
        groups = _offers()
    except ModuleNotFoundError:
        return {}
    found: dict[str, str] = {}
    for group in groups:
        said = getattr(group, "summaries", None)
        found |= said() if said else dict.fromkeys(_names(group), "")
    return found


# ---- commands for programs


def _complete(words: Sequence[str], console: Console) -> int:
    from . import completion

    def server(before: Sequence[str]) -> Iterator[tuple[str, str]]:
        if not before:
            yield from _summaries().items()
            return
        try:
            groups = _offers()
        except ModuleNotFoundError:
            return
        yield from completion.of_click(_collected(groups), before)

    completion.complete(words[1:] if words[:1] == ["--"] else words, console, server)
    return 0


def _script(words: Sequence[str], console: Console) -> int:
    from . import shells

    return shells.print_script(arguments.read(words), console)


def _manual(words: Sequence[str], console: Console) -> int:
    from . import manual

    return manual.run(arguments.read(words, own=manual.FLAGS), console)


HIDDEN = {"__complete": _complete, "@completion": _script, "@manpages": _manual}
