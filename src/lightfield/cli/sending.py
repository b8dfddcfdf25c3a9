"""A command line and what is piped into it, as one message to the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .._omit import omit
from .._plan import Message, message_of
from . import documents
from .arguments import Typed
from .catalogue import MANNER, Command, Flag, typed
from .console import Console
from .refusals import Refused
from .values import Files, value

#: Argument (`fields`), the key as typed, and what is in the path → the key.
Spell = Callable[[str, str, Mapping[str, Any]], str]


class Wanted(NamedTuple):
    """What flags and positions say: arguments of the operation by name, and conditions of a list."""

    arguments: dict[str, Any]
    conditions: list[tuple[str, str]]
    reads_stdin: bool
    """A flag has taken standard input, so it is not the body."""
    partial: frozenset[str]
    """Arguments of which single keys were given; what a document says of the others stays."""


def wanted(command: Command, line: Typed, console: Console, spell: Spell) -> Wanted:
    """What was typed, as arguments.

    Args:
        spell: Finds the key that a word stands for where a map takes any key.

    Raises:
        Refused: A value does not fit its flag, or there are words too many.
    """
    files = Files(console.read)
    address = addressed(command, line)
    arguments = dict(address)
    for flag, text in line.given:
        if flag in MANNER or flag in command.places:
            continue
        found = value(flag, text, files)
        if len(flag.path) > 1 and not command.open[typed(flag.path[0])]:
            first, key, *below = flag.path
            flag = flag._replace(path=(first, spell(first, key, arguments), *below))
        _put(arguments, flag, found)
    conditions = [_condition(given.text) for given in line.given if given.flag.name == "filter"]
    whole = {flag.path[0] for flag, _ in line.given if len(flag.path) == 1}
    return Wanted(arguments, conditions, files.used_stdin, frozenset(arguments) - whole - address.keys())


def addressed(command: Command, line: Typed) -> dict[str, Any]:
    """What goes into the path, by flag or by position.

    Raises:
        Refused: There are more words than places.
    """
    found: dict[str, Any] = {given.flag.path[0]: given.text for given in line.given if given.flag in command.places}
    free = [place for place in command.places if place.path[0] not in found]
    for flag, text in zip(free, line.loose, strict=False):
        found[flag.path[0]] = text
    if extra := line.loose[len(free) :]:
        raise Refused(f"Unexpected extra arguments: [{' '.join(extra)}]")
    return found


def with_document(command: Command, given: Wanted, document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments with a document's keys below them, and those of its keys that belong to no argument.

    The document's keys are those of the body, spelled as on the wire or as in Python. A flag wins over what it names.
    """
    spelled = {key: p.name for p in command.operation.parameters for key in (typed(p.name), p.name, p.wire)}
    found = {spelled[key]: each for key, each in document.items() if key in spelled}
    unknown = {key: each for key, each in document.items() if key not in spelled}
    whole = next((p.name for p in command.operation.parameters if p.place == "whole"), None)
    if whole and whole not in found and unknown:
        found[whole], unknown = unknown, {}
    merged = {name: _over(found.get(name), given.arguments[name]) for name in given.partial}
    return {**found, **given.arguments, **merged}, unknown


def require(command: Command, arguments: Mapping[str, Any]) -> None:
    """
    Raises:
        Refused: Something the operation needs is neither in a flag nor in the document.
    """
    missing = [f.name for f in command.flags.values() if f.required and arguments.get(f.path[0], "") in ("", None)]
    if missing:
        named = f'flag "{missing[0]}"' if len(missing) == 1 else f'flags "{", ".join(missing)}"'
        raise Refused(f"Required {named} not set\nSee: lightfield {command.name} --help")


def message(command: Command, given: Wanted, document: Any, query: Mapping[str, str]) -> Message:
    """The message for one request.

    Args:
        document: What was piped in, or None.

    Raises:
        Refused: Something is missing, or the document does not go with the flags.
    """
    if document is not None and not isinstance(document, dict):
        if any(p.name in given.arguments for p in command.operation.parameters if p.place in ("body", "whole")):
            raise Refused("Cannot merge flags with a body that is not a map")
        made = _message(command, given.arguments, query, given.conditions)
        return replace(made, body=document, has_body=True)
    arguments, unknown = with_document(command, given, document or {})
    require(command, arguments)
    made = _message(command, arguments, query, given.conditions)
    if unknown and command.has_body:
        made = replace(made, body={**(made.body or {}), **unknown}, has_body=True)
    return made


def piped(command: Command, given: Wanted, console: Console) -> Any:
    """The document on standard input, None when there is none or the command takes none."""
    if not command.has_body or given.reads_stdin:
        return None
    # Only a document can still bring what is missing, so then there is no hurry.
    lacking = any(f.required and f.path[0] not in given.arguments for f in command.flags.values())
    if not console.has_input(wait=lacking):
        return None
    text = console.read()
    if not text.strip():
        return None
    try:
        return documents.read(text, "The body on standard input")
    except Refused as refused:
        raise Refused(f"Failed to parse piped data as YAML/JSON\n{refused.message}") from None


def _message(
    command: Command, arguments: Mapping[str, Any], query: Mapping[str, str], conditions: list[tuple[str, str]]
) -> Message:
    whole = {p.name: arguments.get(p.name, omit) for p in command.operation.parameters}
    return message_of(command.operation, whole, query, conditions)


def _put(arguments: dict[str, Any], flag: Flag, found: Any) -> None:
    """Puts a value where its flag says, beside what other flags have put there."""
    *way, last = flag.path
    place: Any = arguments
    for key in way:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            raise Refused(f"--{flag.name} needs a map to go into, and another flag gives {place!r} there.")
    before = place.get(last)
    if flag.kind == "array" and isinstance(before, list) and isinstance(found, list):
        place[last] = [*before, *found]
    elif isinstance(before, dict) and isinstance(found, dict):
        place[last] = {**before, **found}
    else:
        place[last] = found


def _over(below: Any, above: Any) -> Any:
    """Maps laid upon each other, to any depth."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _over(below.get(key), each) for key, each in above.items()}}


def _condition(text: str) -> tuple[str, str]:
    """`$name[startsWith]=Ac` as a pair of the query."""
    key, equals, operand = text.partition("=")
    if not equals or not key:
        raise Refused(f"--filter takes key=value or key[operator]=value, as in '$name[startsWith]=Ac', not {text!r}.")
    return key, operand
