"""A box around an answer, with the command as its title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import Style, cells
from .widths import cut, line, padded, width

NARROWEST, WIDEST = 40, 100


def boxed(value: Any, style: Style) -> str:
    """Names and values indented below each other, within a frame as wide as they need."""
    lines = [(name, line(text), depth) for name, text, depth in _lines(value, style, 0)]
    most = min(WIDEST, style.width or WIDEST) - 4
    plain = [
        f"{'  ' * depth}{line(name)}{': ' if name and text else ':' if name else ''}{text}"
        for name, text, depth in lines
    ]
    inside = max(min(NARROWEST, most), min(most, max((width(text) for text in plain), default=0)))
    title = cut(f" {line(style.title)} ", inside) if style.title else ""
    top = f"╭─{title}{'─' * (inside + 1 - width(title))}╮"
    middle = [
        f"│ {_painted(padded(cut(text, inside), inside), name, depth, style)} │"
        for text, (name, _, depth) in zip(plain, lines, strict=True)
    ]
    return "\n".join([style.paint(top, "title"), *middle, f"╰{'─' * (inside + 2)}╯", ""])


def _lines(value: Any, style: Style, depth: int) -> Iterator[tuple[str, str, int]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if _is_simple(each):
                yield key, cells.text(each, style.labels.get(key)) or "–", depth
            else:
                yield key, "", depth
                yield from _lines(each, style, depth + 1)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if _is_simple(each):
                yield "", f"• {cells.text(each)}", depth
            else:
                yield f"{number + 1}", "", depth
                yield from _lines(each, style, depth + 1)
    else:
        yield "", cells.text(value), depth


def _is_simple(value: Any) -> bool:
    """Whether a value fits on a line."""
    if isinstance(value, dict):
        return not value or cells.is_value(value)
    return not isinstance(value, list) or all(not isinstance(each, dict | list) for each in value)


def _painted(text: str, name: str, depth: int, style: Style) -> str:
    if not name or not style.paint.on:
        return text
    end = 2 * depth + len(line(name))
    return text[: 2 * depth] + style.paint(text[2 * depth : end], "key") + text[end:]
