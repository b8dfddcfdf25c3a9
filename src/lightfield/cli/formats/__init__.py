"""Answers as text. A format is a class in `FORMATS`: one answer at a time, or records one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from .. import documents
from ..console import Console, visible
from ..refusals import Refused, did_you_mean
from .paint import Paint

#: Field key → option id → label.
Labels = dict[str, dict[str, str]]


@dataclass
class Style:
    """How an answer is printed."""

    paint: Paint
    width: int | None = None
    """Columns of the terminal; None for as many as it takes."""
    columns: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict)
    title: str = ""
    terminal: bool = False


class Format:
    """What a format can do. Text ends with a line break."""

    def one(self, value: Any, style: Style) -> str:
        raise NotImplementedError

    def many(self, records: Iterable[Any], style: Style) -> Iterator[str]:
        """Records as they come."""
        return (self.one(record, style) for record in records)


class Json(Format):
    """Indented, coloured where colours are on."""

    def one(self, value: Any, style: Style) -> str:
        from .paint import coloured_json

        if style.paint.on:
            return f"{coloured_json(value, style.paint)}\n"
        text = documents.to_json(value, indent=2)
        return f"{visible(text) if style.terminal else text}\n"

    def many(self, records: Iterable[Any], style: Style) -> Iterator[str]:
        """One list, written while it comes."""
        opening = "[\n"
        for record in records:
            text = self.one(record, style).rstrip("\n").replace("\n", "\n  ")
            yield f"{opening}  {text}"
            opening = ",\n"
        yield "[]\n" if opening == "[\n" else "\n]\n"


class Jsonl(Format):
    """One line each."""

    def one(self, value: Any, style: Style) -> str:
        text = documents.to_json(value)
        return f"{visible(text) if style.terminal else text}\n"


class Yaml(Format):
    """YAML; many records are one list."""

    def one(self, value: Any, style: Style) -> str:
        return documents.to_yaml(value)

    def many(self, records: Iterable[Any], style: Style) -> Iterator[str]:
        empty = True
        for record in records:
            yield documents.to_yaml([record])
            empty = False
        if empty:
            yield "[]\n"


class Table(Format):
    """Aligned columns, as wide as the terminal."""

    def one(self, value: Any, style: Style) -> str:
        from .table import whole

        return whole(value, style)

    def many(self, records: Iterable[Any], style: Style) -> Iterator[str]:
        from .table import streamed

        return streamed(records, style)


class Csv(Format):
    """A line of column names and a line for each record."""

    def one(self, value: Any, style: Style) -> str:
        from .rows import rows_of

        return "".join(self.many(rows_of(value), style))

    def many(self, records: Iterable[Any], style: Style) -> Iterator[str]:
        from .csv import lines

        return lines(records, style)


class Pretty(Format):
    """A box with the command as its title."""

    def one(self, value: Any, style: Style) -> str:
        from .pretty import boxed

        return boxed(value, style)


FORMATS: dict[str, type[Format]] = {
    "auto": Json,
    "json": Json,
    "jsonl": Jsonl,
    "yaml": Yaml,
    "table": Table,
    "csv": Csv,
    "pretty": Pretty,
    "raw": Jsonl,
    "explore": Json,
}
"""`raw` and `explore` are seen to where answers are printed; here is what they come to without one."""


def format_named(name: str) -> Format:
    """
    Raises:
        Refused: There is no such format.
    """
    if name not in FORMATS:
        near = did_you_mean(name, FORMATS)
        raise Refused(f"There is no format {name!r}.{near} Formats: {', '.join(FORMATS)}")
    return FORMATS[name]()


def style_of(console: Console, title: str, columns: str | None) -> Style:
    chosen = tuple(part.strip() for part in (columns or "").split(",") if part.strip())
    return Style(Paint(console.colours), console.width, chosen, title=title, terminal=console.is_terminal)


def first_of(records: Iterable[Any], count: int) -> tuple[list[Any], Iterator[Any]]:
    """The first few records, and all of them."""
    waiting = iter(records)
    first = [record for _, record in zip(range(count), waiting, strict=False)]
    return first, chain(first, waiting)
