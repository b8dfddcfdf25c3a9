"""The words people see for the option ids that records hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .steps import Ask, Steps


class Labels:
    """Labels of one object type's select options, by field key. Read once; no request is made from here."""

    def __init__(self, definitions: Any) -> None:
        self._options: dict[str, dict[str, str]] = {
            key: {option.id: option.label for option in field.type_configuration.options}
            for key, field in (definitions.field_definitions or {}).items()
            if getattr(field.type_configuration, "options", None)
        }

    def options(self, key: str) -> Mapping[str, str]:
        """Option id to label, in the order of the definition; empty for a field that has no options."""
        return self._options.get(key, {})

    def label(self, key: str, option: str) -> str:
        """The label of an option. An id nobody knows is its own label, so that something can be shown."""
        return self.options(key).get(option, option)

    def option(self, key: str, label: str) -> str | None:
        """The id behind a label, compared as the server does: capitals and extra spaces do not matter."""
        wanted = _folded(label)
        return next((id for id, known in self.options(key).items() if _folded(known) == wanted), None)

    def of(self, record: Any, key: str) -> str | list[str] | None:
        """What a record says under a key, in words: a text, several for a multi-select, None when unset."""
        value = record.get(key)
        if isinstance(value, list):
            return [self.label(key, option) for option in value]
        return self.label(key, value) if isinstance(value, str) else None


def fetch(known: dict[Any, Labels], resource: str, address: Mapping[str, Any], refresh: bool) -> Steps[Labels]:
    """The steps of `labels()`: ask for the definitions unless they are known."""
    key = (resource, *address.values())
    if refresh or key not in known:
        known[key] = Labels((yield Ask("definitions", address)))
    return known[key]


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()
