"""What the engines spell differently.

Statements are written once, in SQL that both engines speak, with `?` or `:name` for parameters. The few things that
SQLite has a spelling of its own for are named here; `for_postgres` puts them, and the parameters, into PostgreSQL's
words. So it does with a sign before a column (`+workspace`), which keeps SQLite's planner from looking a known record
up by anything but its number. A statement that has to be another one altogether is chosen by the transaction's
`dialect.name`.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


def among(parameter: str) -> str:
    """That what stands before it is one of several numbers: see `Dialect.numbers`."""
    return f"in (select value from json_each({parameter}))"


def each(parameter: str, name: str) -> str:
    """Several numbers as rows, in the column `value` of a table with this name."""
    return f"json_each({parameter}) as {name}"


def only(parameter: str) -> str:
    """One number where several are expected."""
    return f"json_array({parameter})"


def step(table: str, name: str, condition: str) -> str:
    """A join to what is looked up in an index for each row before it, whatever a planner makes of its statistics."""
    return f"cross join {table} {name} on ({condition}) /* step */"


def exists(query: str) -> str:
    """That a query finds something: looked up in an index for each row that is asked about."""
    return f"exists ({query} /* for each */)"


def contains(text: str, part: str) -> str:
    """That a text has another in it."""
    return f"instr({text}, {part}) > 0"


def packed(column: str) -> str:
    """A column of a subquery as one array in JSON, in the order of its rows."""
    return f"json_group_array({column})"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`name` is that of the engine. `numbers` and `texts` make several one parameter, for `among` and `each`."""

    name: str
    numbers: Callable[[Iterable[int]], Any]
    texts: Callable[[Iterable[str]], Any]


def _json(values: Iterable[int]) -> str:
    return f"[{','.join(map(str, values))}]"


def _json_texts(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


class Texts(list[str]):
    """Several texts as a parameter: even none of them are texts."""


SQLITE = Dialect("sqlite", _json, _json_texts)
POSTGRES = Dialect("postgres", list, Texts)


# PostgreSQL's spelling

_SPELLINGS = (
    (re.compile(r"in \(select value from json_each\(([?:\w]+)\)\)"), r"= any(\1)"),
    (re.compile(r"json_each\(([?:\w]+)\) as (\w+)"), r"unnest(\1) as \2(value)"),
    (re.compile(r"json_each\(json_array\(\+?([?:\w.]+)\)\) as (\w+)"), r"unnest(array[\1]) as \2(value)"),
    # A planner that knows little of a young table would rather compare everything with everything: `offset 0` keeps
    # it from taking the look-ups apart.
    (
        re.compile(r"cross join (\w+) (\w+) on \((.*?)\) /\* step \*/", re.DOTALL),
        r"join lateral (select * from \1 \2 where \3 offset 0) as \2 on true",
    ),
    (re.compile(re.escape("/* for each */")), "offset 0"),
    (re.compile(r"\binstr\("), "strpos("),
    (re.compile(r"\bjson_group_array\((\w+)\)"), r"coalesce(json_agg(\1)::text, '[]')"),
    (re.compile(r"(?<=[\s(])\+(?=[a-z_])"), ""),
)

#: A quoted text or name, which stays as it is; a cast; or a parameter.
_PARTS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|::|\?|:([a-z_]\w*)""")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in PostgreSQL's words. `names` are its parameters' in order; None when they come by position."""

    text: bytes
    names: tuple[str, ...] | None


def for_postgres(sql: str) -> Statement:
    """A statement with `$1` for its parameters; one that is named twice is one parameter."""
    for ours, theirs in _SPELLINGS:
        sql = ours.sub(theirs, sql)
    names: dict[str, int] = {}
    count = 0

    def numbered(match: re.Match[str]) -> str:
        nonlocal count
        found = match[0]
        if found == "?":
            count += 1
            return f"${count}"
        if match[1] is not None:
            return f"${names.setdefault(match[1], len(names) + 1)}"
        return found

    text = _PARTS.sub(numbered, sql).encode()
    if names and count:
        raise ValueError(f"parameters by name and by position in one statement: {sql}")
    return Statement(text, tuple(names) or None)
