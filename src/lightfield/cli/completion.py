"""What may stand where the reader has stopped typing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import connecting, keeping
from .arguments import leading, read
from .catalogue import GLOBAL, Command, Flag, command, resources
from .console import Console
from .formats import FORMATS
from .own import OWN
from .profiles import Profiles
from .refusals import Refused

#: A word and what it means.
Candidate = tuple[str, str]

Server = Callable[[Sequence[str]], Iterable[Candidate]]


def complete(words: Sequence[str], console: Console, server: Server) -> None:
    """Prints what the last word may become, one candidate on each line, for the shell named by COMPLETION_STYLE.

    Args:
        words: What stands behind `lightfield`, the last of them unfinished and perhaps empty.
        server: The same for the server's commands; told all words but the last.
    """
    *before, unfinished = [_unquoted(word) for word in _joined(words)] or [""]
    try:
        found = list(_candidates(before, unfinished, console, server))
    except Refused:
        found = []
    shape = SHAPES.get(console.environment.get("COMPLETION_STYLE", ""), SHAPES["bash"])
    for word, meaning in dict(found).items():
        if word.startswith(unfinished):
            console.line(shape(word, " ".join(meaning.split())))


def _candidates(before: Sequence[str], unfinished: str, console: Console, server: Server) -> Iterator[Candidate]:
    names, rest = leading(before, 1)
    if not names:
        if _waits_for_value(rest, {}):
            yield from _values(_named(rest[-1], {}), unfinished, console, None, {})
            return
        yield from ((name, ", ".join(methods)) for name, methods in resources().items())
        yield from ((name, own.summary) for name, own in OWN.items())
        yield from server([])
        yield from _global(unfinished)
        return
    if names[0] in OWN:
        yield from _of_own(names[0], rest, console)
        yield from _global(unfinished)
        return
    if names[0] not in resources():
        yield from server(before)
        return
    methods, rest = leading(rest, 1)
    if not methods:
        yield from ((name, operation.summary) for name, operation in resources()[names[0]].items())
        yield from _global(unfinished)
    elif methods[0] in resources()[names[0]]:
        yield from _of_command(command(names[0], methods[0]), rest, unfinished, console)


def _of_own(name: str, rest: Sequence[str], console: Console) -> Iterator[Candidate]:
    loose = [word for word in rest if not word.startswith("-")]
    if not loose and OWN[name].words:
        yield from ((word, "") for word in OWN[name].words)
    elif name in ("profiles", "login", "logout"):
        yield from _profiles(console)
    elif name == "help":
        yield from ((word, "") for word in ([*resources(), *OWN] if not loose else resources().get(loose[0], ())))


def _of_command(found: Command, rest: Sequence[str], unfinished: str, console: Console) -> Iterator[Candidate]:
    address = _address(found, rest)
    if _waits_for_value(rest, found.flags):
        flag = _named(rest[-1], found.flags)
        yield from _values(flag, unfinished, console, found, address)
        return
    if unfinished.startswith("-"):
        yield from _keys(found, unfinished, console, address)
        yield from _flags(found.flags.values())
        yield from _global(unfinished)
    elif any(place.path[0] == "entity_slug" for place in found.places) and "entity_slug" not in address:
        yield from _kept(found, console, "objects", {}).get("objects", {}).items()
    else:
        yield from _flags(found.flags.values())


def _values(
    flag: Flag | None, unfinished: str, console: Console, found: Command | None, address: Mapping[str, Any]
) -> Iterator[Candidate]:
    """What may follow a flag."""
    if flag is None:
        return
    if unfinished.startswith("@"):
        yield from _files(unfinished)
    elif flag.name in ("format", "format-error"):
        yield from ((name, "") for name in FORMATS)
    elif flag.name == "profile":
        yield from _profiles(console)
    elif flag.choices:
        yield from ((choice, "") for choice in flag.choices)
    elif flag.name == "entity-slug" and found:
        yield from _kept(found, console, "objects", {}).get("objects", {}).items()
    elif flag.name in ("filter", "field-key", "columns") and found:
        chosen, comma, _ = unfinished.rpartition(",")
        head = f"{chosen}{comma}" if flag.name == "columns" else ""
        for part in ("fields", "relationships") if flag.name != "field-key" else ("fields",):
            known = _kept(found, console, "", address).get(part, {})
            yield from ((f"{head}{key}", label) for key, label in known.items())


def _keys(found: Command, unfinished: str, console: Console, address: Mapping[str, Any]) -> Iterator[Candidate]:
    """`--fields.$name` for each key that is known to be there."""
    for name, members in found.open.items():
        if not members and unfinished.startswith(f"--{name}."):
            known = _kept(found, console, "", address).get(name, {})
            yield from ((f"--{name}.{key}", label) for key, label in known.items())


def _kept(found: Command, console: Console, name: str, address: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What earlier answers told of this workspace; the server is not asked while someone types."""
    connection = connecting.connection(read([]), console)
    return keeping.kept(console, connection, name or str(address.get("entity_slug") or found.resource))


def _address(found: Command, rest: Sequence[str]) -> dict[str, Any]:
    from .sending import addressed

    try:
        return addressed(found, read(rest[:-1] if _waits_for_value(rest, found.flags) else rest, found))
    except Refused:
        return {}


def _profiles(console: Console) -> Iterator[Candidate]:
    return ((each.name, each.base_url) for each in Profiles.load(console.environment).known.values())


def _flags(flags: Iterable[Flag]) -> Iterator[Candidate]:
    return ((f"--{flag.name}", flag.summary) for flag in flags)


def _global(unfinished: str) -> Iterator[Candidate]:
    """The flags of every command, once somebody has begun one."""
    return _flags(GLOBAL if unfinished.startswith("-") else ())


def _files(unfinished: str) -> Iterator[Candidate]:
    folder, _, begin = unfinished[1:].rpartition("/")
    try:
        entries = sorted(os.scandir(folder or ("/" if unfinished.startswith("@/") else ".")), key=lambda e: e.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(begin) and (begin or not entry.name.startswith(".")):
            head = unfinished[: len(unfinished) - len(begin)]
            yield f"{head}{entry.name}{'/' if entry.is_dir() else ''}", ""


def _waits_for_value(rest: Sequence[str], flags: Mapping[str, Flag]) -> bool:
    flag = _named(rest[-1], flags) if rest else None
    return flag is not None and flag.kind not in ("switch", "boolean")


def _named(word: str, flags: Mapping[str, Flag]) -> Flag | None:
    if not word.startswith("--") or "=" in word:
        return None
    name = word[2:]
    known = flags.get(name) or next((flag for flag in GLOBAL if flag.name == name), None)
    if known is None and "." in name and name.partition(".")[0] in flags:
        return Flag(name, "any")
    return known


def _joined(words: Sequence[str]) -> list[str]:
    """bash parts words at `=`: `--format = js` is the flag and its unfinished value."""
    return [word for place, word in enumerate(words) if not (word == "=" and place and words[place - 1][:2] == "--")]


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word.lstrip("\"'") if word[:1] in ("'", '"') else word)


def of_click(group: Any, words: Sequence[str]) -> Iterator[Candidate]:
    """What may follow these words of a command made with click: commands below it, then its options."""
    import click

    found: Any = group
    context = click.Context(group)
    for word in words:
        below = found.get_command(context, word) if isinstance(found, click.Group) else None
        if below is not None:
            found, context = below, click.Context(below, parent=context)
    if isinstance(found, click.Group):
        yield from ((name, "") for name in found.list_commands(context))
    for parameter in found.params:
        if parameter.param_type_name == "option":
            yield from ((name, parameter.help or "") for name in parameter.opts if name.startswith("--"))


SHAPES: dict[str, Callable[[str, str], str]] = {
    "bash": lambda word, meaning: word,
    "zsh": lambda word, meaning: word.replace("\\", "\\\\").replace(":", "\\:") + (f":{meaning}" if meaning else ""),
    "fish": lambda word, meaning: f"{word}\t{meaning}",
    "pwsh": lambda word, meaning: f"{word}\t{meaning}",
}
