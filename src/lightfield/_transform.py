"""What callers write, in the form the wire wants (spec: sdk-python 3 and 5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ._omit import is_given
from ._operation import Shape


def to_wire(value: Any, shape: Shape | None = None) -> Any:
    """Plain JSON data: wire keys, ISO dates, omitted keys gone.

    Keys the shape does not know pass through, so that wire spellings (`$status`) may stand beside Python ones.
    """
    if isinstance(value, Mapping):
        return dict(_members(value, shape))
    if isinstance(value, str | bytes | int | float) or value is None:
        return value
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if hasattr(value, "to_dict"):  # one of our models, read from one record and written to another
        return value.to_dict(mode="json")
    if isinstance(value, Iterable):
        return [to_wire(item, shape) for item in value]
    return value


def _members(value: Mapping[Any, Any], shape: Shape | None) -> Iterable[tuple[Any, Any]]:
    keys = shape.keys if shape else {}
    each = shape.each if shape else None
    for key, member in value.items():
        if is_given(member):
            wire, inner = keys.get(key, (key, each))
            yield wire, to_wire(member, inner)


def to_json(value: Any) -> bytes:
    """Compact UTF-8. Not-a-number is refused here, since JSON has no word for it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
