"""Help, from the same declarations that the commands come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap

from .arguments import Typed
from .catalogue import GLOBAL, SHORT, Command, Flag, command, resources
from .console import Console
from .formats import FORMATS
from .own import OWN, Own
from .refusals import EXIT_CODES, Refused, did_you_mean

WIDTH = 100
NO_SERVER = "Not installed. To run a server here: pip install 'openlightfield[server]'"
_LETTERS = {name: letter for letter, name in SHORT.items()}


def print_help(line: Typed, console: Console) -> int:
    console.write(about(line.loose))
    return 0


def front(server: Mapping[str, str] | None) -> str:
    """What `lightfield --help` says.

    Args:
        server: The server's commands with a line on each; None where the server is not installed.
    """
    parts = [
        "Talk to a Lightfield server from the command line, or run one.\n",
        "Usage: lightfield [flags] <resource> <command> [flags] [id]\n",
        "Resources:",
        _list((name, ", ".join(methods)) for name, methods in resources().items()),
        "This computer:",
        _list((name, own.summary) for name, own in OWN.items()),
        "The server:",
        _list(server.items()) if server else f"  {NO_SERVER}\n",
        "Flags of every command that talks to a server:",
        _flags(GLOBAL),
        f"Formats: {', '.join(FORMATS)}.",
        "Explain more: lightfield <resource> --help, lightfield <resource> <command> --help",
    ]
    return "\n".join(parts) + "\n"


def knows(word: str) -> bool:
    """Whether a word is ours to explain."""
    return word in OWN or word in resources()


def about(words: Sequence[str]) -> str:
    """What is said of a resource or a command.

    Raises:
        Refused: There is none of that name.
    """
    if not words:
        return front(None)
    first, *rest = words
    if first in OWN:
        return about_own(OWN[first])
    if first not in resources():
        raise Refused(f'There is no help on "{first}".{did_you_mean(first, (*resources(), *OWN))}')
    if not rest:
        return about_resource(first)
    if rest[0] not in resources()[first]:
        raise Refused(f'"{first}" has no command "{rest[0]}".{did_you_mean(rest[0], resources()[first])}')
    return about_command(command(first, rest[0]))


def about_resource(resource: str) -> str:
    methods = resources()[resource]
    return (
        f"Usage: lightfield {resource} <command> [flags] [id]\n\nCommands:\n"
        f"{_list((name, operation.summary) for name, operation in methods.items())}\n"
        f"Explain more: lightfield {resource} <command> --help\n"
    )


def about_command(command: Command) -> str:
    places = "".join(f" [{place.name}]" for place in command.places)
    body = (
        "\nThe body may be piped in as JSON or YAML; flags override its keys. @notes.md stands for the file's text.\n"
        if command.has_body
        else ""
    )
    opened = [name for name, members in command.open.items() if not members and command.flags[name].kind == "object"]
    if opened:
        inner = ", ".join(f"--{name}.KEY" for name in opened if name != "body")
        body += f"One key at a time: {inner}, where `name` finds `$name`.\n" if inner else ""
    scopes = f"\nScopes: {', '.join(command.operation.scopes)}\n" if command.operation.scopes else ""
    flags = _flags(command.flags.values()) or "  (none of its own)\n"
    return (
        f"Usage: lightfield {command.name} [flags]{places}\n\n{command.summary}\n{body}\nFlags:\n{flags}{scopes}"
        "\nFlags of every command: lightfield --help\n"
    )


def about_own(own: Own) -> str:
    return f"Usage: lightfield {own.usage}\n\n{own.summary}\n"


def exit_codes() -> str:
    return _list((str(code), says) for code, says in EXIT_CODES.items())


def _flags(flags: Iterable[Flag]) -> str:
    return _list((_typed(flag), _told(flag)) for flag in flags)


def _typed(flag: Flag) -> str:
    letter = f"-{_LETTERS[flag.name]}, " if flag.name in _LETTERS and not flag.path else ""
    word = "" if flag.kind in ("switch", "boolean") else f" <{flag.word or flag.kind}>"
    return f"{letter}--{flag.name}{word}"


def _told(flag: Flag) -> str:
    notes = [
        "required" if flag.required else "",
        f"one of {', '.join(flag.choices)}" if flag.choices else "",
        "may be repeated" if flag.repeated else "",
        "null clears it" if flag.nullable else "",
    ]
    said = "; ".join(filter(None, notes))
    return f"{flag.summary}{' ' if flag.summary and said else ''}{f'({said})' if said else ''}"


def _list(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns; the second is wrapped."""
    rows = list(rows)
    first = min(34, max((len(name) for name, _ in rows), default=0)) + 2
    text = ""
    for name, says in rows:
        lines = wrap(says, WIDTH - first - 2, break_on_hyphens=False) or [""]
        begin = [name.ljust(first) + lines[0]] if len(name) < first else [name, " " * first + lines[0]]
        text += "".join(f"  {each}".rstrip() + "\n" for each in [*begin, *(" " * first + more for more in lines[1:])])
    return text
