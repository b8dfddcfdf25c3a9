"""Tables that people read: aligned, cut to the terminal, wide letters counted as wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import Style, cells, first_of
from .rows import cell, columns_of, flat, rows_of, value_at
from .widths import cut, line, padded, width

GAP = "  "
NARROWEST, WIDEST = 12, 40
"""Columns of the terminal that a column of the table gets when there is too little room, and at most."""
PAGE = 25
"""Rows from which widths are taken when there are more to come."""


def whole(value: Any, style: Style) -> str:
    """A list as one table, an object as one line for each of its values, several tables for several maps of maps."""
    if isinstance(value, list) or (isinstance(value, dict) and isinstance(value.get("data"), list)):
        return "".join(streamed(rows_of(value), style)) or "(none)\n"
    if not isinstance(value, dict):
        return f"{line(cells.text(value))}\n"
    tables = {
        key: each for key, each in value.items() if _is_map_of_maps(each) and key not in ("fields", "relationships")
    }
    if tables:
        return "\n".join(_titled(key, each, style) for key, each in tables.items())
    return _facts(value, style)


def streamed(records: Iterable[Any], style: Style) -> Iterator[str]:
    """The head and a line for each record; the first page says which columns there are and how wide."""
    first, all_of_them = first_of(records, PAGE)
    columns = columns_of(first, style)
    if not style.columns:
        columns = [column for column in columns if any(cell(record, column, style) for record in first)]
    if not columns:
        return
    shown = [[line(cell(record, column, style)) for column in columns] for record in first]
    widths = [max(width(text) for text in texts) for texts in zip([line(c) for c in columns], *shown, strict=True)]
    widths = _fitted(widths, style, whole=columns.index("id") if "id" in columns else None)
    right = [bool(first) and all(_is_number(value_at(record, column)) for record in first) for column in columns]
    yield _row(
        [
            style.paint(padded(cut(line(c), w), w, right=r), "title")
            for c, w, r in zip(columns, widths, right, strict=False)
        ]
    )
    for record in all_of_them:
        texts = (line(cell(record, column, style)) for column in columns)
        yield _row([padded(cut(t, w), w, right=r) for t, w, r in zip(texts, widths, right, strict=False)])
    if len(widths) < len(columns):
        left = ", ".join(columns[len(widths) :][:3])
        yield (
            style.paint(f"({len(columns) - len(widths)} more columns: {left}, …; choose with --columns)", "faint")
            + "\n"
        )


def _fitted(widths: Sequence[int], style: Style, whole: int | None) -> list[int]:
    """The widths of as many columns as the terminal has room for, the widest giving way first.

    Args:
        whole: The place of a column that is not cut, since half an id is of no use.
    """
    if style.width is None:
        return list(widths)
    found = [min(each, WIDEST) for each in widths]
    room = style.width
    while sum(found) + len(GAP) * (len(found) - 1) > room:
        place = max(range(len(found)), key=lambda place: 0 if place == whole else found[place])
        if found[place] > NARROWEST and place != whole:
            found[place] -= 1
        elif len(found) > 1:
            found.pop()
        else:
            return [max(1, room)]
    return found


def _facts(value: Mapping[str, Any], style: Style) -> str:
    """One object: a name and a value on each line."""
    facts = flat(value)
    if style.columns:
        facts = {column: value_at(value, column) for column in style.columns}
    shown = {line(key): line(cells.text(each, style.labels.get(key))) for key, each in facts.items()}
    widest = max((width(key) for key in shown), default=0)
    room = None if style.width is None else max(10, style.width - widest - len(GAP))
    return "".join(
        _row([style.paint(padded(key, widest), "title"), text if room is None else cut(text, room)])
        for key, text in shown.items()
    )


def _titled(title: str, members: Mapping[str, Any], style: Style) -> str:
    rows = [{"key": key, **each} for key, each in members.items()]
    return f"{style.paint(line(title), 'title')}\n{''.join(streamed(rows, style)) or '(none)' + chr(10)}"


def _is_map_of_maps(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(each, dict) for each in value.values())


def _is_number(value: Any) -> bool:
    return value is None or cells.is_number(value) or (isinstance(value, dict) and value.get("value", 0) is None)


def _row(cells: Sequence[str]) -> str:
    return f"{GAP.join(cells).rstrip()}\n"
