"""Answers as rows and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import gjson
from . import Style, cells

VALUE = "value"
"""The column of rows that are no objects."""


def rows_of(value: Any) -> list[Any]:
    """The records of a page, the members of a list, or the one thing there is."""
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return list(value["data"])
    return value if isinstance(value, list) else [value]


def flat(record: Any) -> dict[str, Any]:
    """A record's values by column: its own keys, then its fields, its relationships, and its dates last."""
    if not isinstance(record, Mapping):
        return {VALUE: record}
    fields, links = record.get("fields"), record.get("relationships")
    if not isinstance(fields, Mapping):
        return dict(record)
    inner = {**fields, **(links if isinstance(links, Mapping) else {})}
    outer = {key: each for key, each in record.items() if key not in ("fields", "relationships")}
    return {"id": record.get("id"), **inner, **outer}


def columns_of(records: Iterable[Any], style: Style) -> list[str]:
    """The columns asked for, or all there are."""
    return list(style.columns) or list(dict.fromkeys(column for record in records for column in flat(record)))


def value_at(record: Any, column: str) -> Any:
    """A record's value under a column, or at a path."""
    found = flat(record)
    if column in found:
        return found[column]
    at = gjson.get(record, column)
    return None if at is gjson.MISSING else at


def cell(record: Any, column: str, style: Style) -> str:
    return cells.text(value_at(record, column), style.labels.get(column))


def has_selects(value: Any) -> bool:
    """Whether some record of an answer holds option ids."""
    records = (record for record in rows_of(value) if isinstance(record, Mapping))
    fields = (each for record in records for each in (record.get("fields") or {}).values())
    return any(isinstance(each, Mapping) and str(each.get("valueType")).endswith("_SELECT") for each in fields)
