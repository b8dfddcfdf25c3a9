"""What was typed, told apart: global flags, resource, command, its flags, and what stands by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .catalogue import GLOBAL, SHORT, Command, Flag
from .refusals import Refused, did_you_mean

_GLOBAL = {flag.name: flag for flag in GLOBAL}
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Given(NamedTuple):
    """A flag and what it was given."""

    flag: Flag
    text: str


@dataclass
class Typed:
    """A command line, read."""

    settings: dict[str, str] = field(default_factory=dict)
    """Global flags by name; a switch that is on is `true`."""
    repeated: dict[str, list[str]] = field(default_factory=dict)
    """Global flags that may stand more than once."""
    given: list[Given] = field(default_factory=list)
    """The command's own flags, in order."""
    loose: list[str] = field(default_factory=list)
    """What stands by position."""

    def on(self, name: str) -> bool:
        """Whether a switch is on, be it a global one or the command's."""
        return "true" in (self.settings.get(name), *(g.text for g in self.given if g.flag.name == name))

    def last(self, name: str) -> str | None:
        """What a flag of the command was given last; None when it does not stand there."""
        return next((given.text for given in reversed(self.given) if given.flag.name == name), None)


def leading(words: Sequence[str], count: int) -> tuple[list[str], list[str]]:
    """The first `count` words that are no flags, and everything else in order. Flags before them are global ones."""
    names: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if len(names) == count or word == "--":
            rest += [word, *waiting]
        elif word.startswith("-") and word != "-":
            rest.append(word)
            name, equals, _ = word.lstrip("-").partition("=")
            flag = _GLOBAL.get(SHORT.get(name, name))
            if flag is not None and flag.kind != "switch" and not equals:
                rest += [value] if (value := next(waiting, None)) is not None else []
        else:
            names.append(word)
    return names, rest


def read(words: Sequence[str], command: Command | None = None, own: Mapping[str, Flag] | None = None) -> Typed:
    """Flags and positions of a command; without one, global flags alone.

    Args:
        own: The flags of a command that is not an operation.

    Raises:
        Refused: A flag nobody knows, or one without its value.
    """
    flags = command.flags if command else own or {}
    typed = Typed()
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            typed.loose += waiting
        elif not word.startswith("-") or word == "-":
            typed.loose.append(word)
        else:
            name, equals, text = word.lstrip("-").partition("=")
            flag = _flag(word, name, flags, command)
            if flag.kind == "switch" or (flag.kind == "boolean" and not equals):
                text = _truth(flag, text) if equals else "true"
            elif not equals:
                text = _next(flag, waiting)
            _keep(typed, flag, text, own=flag.name in flags or bool(flag.path))
    return typed


def _flag(word: str, name: str, flags: Mapping[str, Flag], command: Command | None) -> Flag:
    if not word.startswith("--") and name in SHORT:
        name = SHORT[name]
    found = flags.get(name) or _GLOBAL.get(name) or (_below(name, command) if command and "." in name else None)
    if found is None:
        near = did_you_mean(f"--{name}", [f"--{known}" for known in (*flags, *_GLOBAL)])
        raise Refused(f"Unknown flag {word.partition('=')[0]}.{near}")
    return found


def _below(name: str, command: Command) -> Flag | None:
    """A flag for a key within an open map: `--fields.tier`. A closed one takes its members' wire names too."""
    head, *keys = name.split(".")
    if head not in command.open or not all(keys):
        return None
    path: tuple[str, ...]
    path, members, kind, nullable = (command.flags[head].path[0],), command.open[head], "any", True
    for place, key in enumerate(keys):
        if not members:
            return Flag(name, "any", path=(*path, *keys[place:]), nullable=True)
        member = next((m for m in members if key in (m.wire, m.name)), None)
        if member is None:
            return None
        path, members, kind, nullable = (*path, member.name), member.members, member.kind, member.nullable
        if not members and kind not in ("object", "any") and place + 1 < len(keys):
            return None
    return Flag(name, kind, path=path, nullable=nullable, repeated=kind == "array")


def _next(flag: Flag, waiting: object) -> str:
    text = next(waiting, None)  # type: ignore[call-overload]
    if text is None:
        raise Refused(f"The flag --{flag.name} needs a value.")
    return str(text)


def _truth(flag: Flag, text: str) -> str:
    if text.lower() not in TRUTH:
        raise Refused(f"The flag --{flag.name} is true or false, not {text!r}.")
    return "true" if TRUTH[text.lower()] else "false"


def _keep(typed: Typed, flag: Flag, text: str, *, own: bool) -> None:
    if own:
        typed.given.append(Given(flag, text))
    elif flag.repeated:
        typed.repeated.setdefault(flag.name, []).append(text)
    else:
        typed.settings[flag.name] = text


def none_left(line: Typed, allowed: int) -> None:
    """
    Raises:
        Refused: More stands by position than may.
    """
    if extra := line.loose[allowed:]:
        raise Refused(f"Unexpected extra arguments: [{' '.join(extra)}]")
