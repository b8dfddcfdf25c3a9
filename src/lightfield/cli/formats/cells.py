"""A value of a record in few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import to_json

NAMES = ("firstName", "lastName")
ADDRESS = ("street", "street2", "city", "state", "postalCode", "country")


def text(value: Any, labels: Mapping[str, str] | None = None) -> str:
    """The value without what is around it: a list's members, a person's name, an address on one line.

    Args:
        labels: Option id → label, for a select.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return (labels or {}).get(value, value)
    if isinstance(value, int | float):
        return to_json(value)
    if isinstance(value, list):
        return ", ".join(text(each, labels) for each in value)
    return _of_object(value, labels)


def is_value(value: Any) -> bool:
    """Whether an object stands for one thing, such as a person's name or an address."""
    keys = set(value) if isinstance(value, Mapping) else set()
    return any(keys >= set(names) for names in (("value", "valueType"), ("cardinality", "values"), NAMES, ADDRESS))


def _of_object(value: Mapping[str, Any], labels: Mapping[str, str] | None) -> str:
    if "valueType" in value and "value" in value:
        return text(value["value"], labels)
    if "cardinality" in value and isinstance(value.get("values"), list):
        return text(value["values"])
    for parts, between in ((NAMES, " "), (ADDRESS, ", ")):
        if value.keys() >= set(parts):
            return between.join(text(value[part]) for part in parts if value[part])
    if isinstance(value.get("label"), str):
        return str(value["label"])
    return ", ".join(f"{key}: {text(each)}" for key, each in value.items())


def is_number(value: Any) -> bool:
    """Whether a column of such values is set flush right."""
    inner = value["value"] if isinstance(value, dict) and "valueType" in value and "value" in value else value
    return isinstance(inner, int | float) and not isinstance(inner, bool)
