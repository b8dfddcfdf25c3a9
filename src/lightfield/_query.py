"""Query strings and path segments (spec: sdk-python 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from urllib.parse import quote, quote_plus

from ._omit import is_given


def query_string(params: Mapping[str, object], more: Iterable[tuple[str, str]] = ()) -> str:
    """`limit=5&%24name%5Bequal%5D=A+B`. `more` are pairs that may repeat a key."""
    pairs = [pair for key, value in params.items() for pair in _flat(key, value)]
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in [*pairs, *more])


def plain(value: object) -> str:
    """A scalar as the query spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def fill(template: str, values: Mapping[str, object]) -> str:
    """A path with its `{name}`s replaced, each as exactly one segment.

    Raises:
        ValueError: A value is empty, which would address something else.
    """
    path = template
    for name, value in values.items():
        if value is None or value == "":
            raise ValueError(
                f"`{name}` must not be empty, or the request would go to another address than meant; got {value!r}"
            )
        path = path.replace(f"{{{name}}}", segment(str(value)))
    return path


def segment(text: str) -> str:
    # Dots are left alone by percent-encoding, and servers read `..` as "one level up".
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _flat(key: str, value: object) -> Iterator[tuple[str, str]]:
    if value is None or not is_given(value):
        return
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _flat(f"{key}[{inner}]", below)
    elif isinstance(value, list | tuple | set | frozenset):
        yield key, ",".join(plain(item) for item in value if item is not None)
    else:
        yield key, plain(value)
