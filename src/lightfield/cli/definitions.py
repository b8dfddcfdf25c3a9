"""What the workspace's types are made of: labels for tables, keys for flags and completion.

What `keeping` does not know is asked for; labels are always asked for, since they may have been changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .._plan import message_of
from .calling import Send
from .catalogue import Command
from .connecting import Connection
from .console import Console
from .keeping import PARTS, brief, keep, keep_types, kept
from .refusals import Refused


class Definitions:
    """The definitions of the type a command is about."""

    def __init__(self, command: Command, console: Console, reach: Callable[[], tuple[Connection, Send]]) -> None:
        self._command = command
        self._console = console
        self._reach = reach

    def spell(self, argument: str, word: str, address: Mapping[str, Any]) -> str:
        """The key that a word stands for: `name` is `$name` and `primary-address` is `$primaryAddress`, unless there is
        a key of just that spelling. A word nobody knows stays as it is, for the server to judge."""
        if argument not in PARTS or word.startswith("$"):
            return word
        return _spelled(word, self._keys(argument, address)) or word

    def labels(self, address: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Field key → option id → label.

        Raises:
            Refused: The server does not say.
        """
        fields = (self._ask(address) or {}).get(PARTS["fields"], {})
        options = {key: each.get("typeConfiguration", {}).get("options") for key, each in fields.items()}
        return {key: {o["id"]: o["label"] for o in known} for key, known in options.items() if known}

    def _keys(self, argument: str, address: Mapping[str, Any]) -> Mapping[str, str]:
        connection, _ = self._reach()
        type_name = _type_name(self._command, address)
        return kept(self._console, connection, type_name).get(argument) or self._asked(argument, address)

    def _asked(self, argument: str, address: Mapping[str, Any]) -> Mapping[str, str]:
        try:
            return brief(self._ask(address) or {}).get(argument, {})
        except Refused:
            return {}

    def _ask(self, address: Mapping[str, Any]) -> dict[str, Any] | None:
        """The definitions; None for a type that has none."""
        from .._operations import OPERATIONS

        operation = OPERATIONS.get(f"{self._command.resource}.definitions")
        if operation is None:
            return None
        connection, send = self._reach()
        answer = send(message_of(operation, address, None, []))
        if not isinstance(answer.data, dict):
            return None
        keep(self._console, connection, _type_name(self._command, address), answer.data)
        return answer.data


def remember(command: Command, console: Console, connection: Connection, address: Mapping[str, Any], data: Any) -> None:
    """Keeps what an answer tells of definitions or of object types."""
    method = command.operation.id.partition(".")[2]
    if method == "definitions" and isinstance(data, dict):
        keep(console, connection, _type_name(command, address), data)
    elif method == "list_definitions" and isinstance(data, dict):
        slugs = {str(each.get("objectType")): str(each.get("label")) for each in data.get("data", ())}
        keep_types(console, connection, slugs)


def _spelled(word: str, known: Mapping[str, str]) -> str | None:
    camel = re.sub(r"-(\w)", lambda match: match[1].upper(), word)
    return next((key for key in (word, f"${word}", f"${camel}") if key in known), None)


def _type_name(command: Command, address: Mapping[str, Any]) -> str:
    return str(address.get("entity_slug") or command.resource)
