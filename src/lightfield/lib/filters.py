"""Conditions of lists as data.

    filters={
        "$name": "Acme",  # the operator of the type: `equal`, or `contains` for EMAIL, TELEPHONE and URL
        "$amount": {"greaterThanOrEqual": 5, "lessThan": 10},  # several conditions on one key
        "$stage": {"-equal": ["Won", "Lost"]},  # neither: each value is a condition of its own
        "$owner": "mem_…",  # linked to this record
    }

All conditions must hold; there is no "or". A leading minus negates. They stand beside `extra_query`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias, TypedDict

from .._query import plain

__all__ = ["Conditions", "Filters", "Operand", "pairs"]

Operand: TypeAlias = str | float | bool | date
"""A text, number, truth value, option id or label, record id, or a moment (with its offset)."""

Operands: TypeAlias = Operand | Sequence[Operand]

Conditions = TypedDict(
    "Conditions",
    {
        "equal": Operands,
        "-equal": Operands,
        "greaterThan": Operands,
        "-greaterThan": Operands,
        "greaterThanOrEqual": Operands,
        "-greaterThanOrEqual": Operands,
        "lessThan": Operands,
        "-lessThan": Operands,
        "lessThanOrEqual": Operands,
        "-lessThanOrEqual": Operands,
        "startsWith": Operands,
        "-startsWith": Operands,
        "contains": Operands,
        "-contains": Operands,
    },
    total=False,
)
"""Operator to operand; which operators a field takes depends on its type."""

Filters: TypeAlias = Mapping[str, Operand | Conditions]
"""Field key or relationship key to what must be true of it."""


def pairs(filters: Filters | None) -> list[tuple[str, str]]:
    """The query parameters the conditions stand for, in order. A key may occur more than once.

    Raises:
        ValueError: A condition is None, which would say nothing and let everything through.
    """
    found: list[tuple[str, str]] = []
    for key, wanted in (filters or {}).items():
        if isinstance(wanted, Mapping):
            for operator, operands in wanted.items():
                found += [(f"{key}[{operator}]", _text(key, operand)) for operand in _each(operands)]
        else:
            found.append((key, _text(key, wanted)))
    return found


def _each(operands: object) -> Sequence[object]:
    return operands if isinstance(operands, list | tuple) else [operands]


def _text(key: str, operand: object) -> str:
    if operand is None or isinstance(operand, Mapping | list | tuple | set):
        raise ValueError(f"The condition on {key!r} must be a text, number, truth value or date, not {operand!r}")
    return plain(operand)
