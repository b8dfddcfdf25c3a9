"""Reading bodies part by part: each part is of its type and says nothing unknown, or is refused at its place."""

from collections.abc import Collection, Mapping
from typing import Any

from lightfield_server.model import problems
from lightfield_server.records.shape import Body


def closed(sent: Any, keys: Collection[str], param: str) -> Body:
    """An object with no keys but these; `param` is where it stands, empty for the body itself."""
    if not isinstance(sent, Mapping):
        raise problems.invalid_type("An object is expected.", param)
    for key in sent:
        if key not in keys:
            raise problems.unknown_key(key, at(param, problems.shown(key)))
    return sent


def array(sent: Any, most: int, param: str, *, least: int = 0) -> list[Any]:
    if not isinstance(sent, list):
        raise problems.invalid_type("An array is expected.", param)
    if not least <= len(sent) <= most:
        raise problems.invalid_configuration(f"Expected from {least} to {most} entries.", param)
    return sent


def text(sent: Any, param: str) -> str:
    if not isinstance(sent, str):
        raise problems.invalid_type("A string is expected.", param)
    return sent


def word(sent: Any, words: Collection[str], param: str) -> str:
    """One of a few words."""
    if not isinstance(sent, str) or sent not in words:
        raise problems.invalid_type(f"Expected one of {', '.join(words)}.", param)
    return sent


def whole(sent: Any, low: int, high: int, param: str) -> int:
    if not isinstance(sent, int) or isinstance(sent, bool) or not low <= sent <= high:
        raise problems.invalid_type(f"A whole number from {low} to {high} is expected.", param)
    return sent


def at(param: str, key: str | int) -> str:
    """Where a part of a part stands: `where.and.0`."""
    return f"{param}.{key}" if param else str(key)
