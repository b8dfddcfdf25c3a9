"""Builds models from data without checking it, so that servers may change before clients do (spec: sdk-python 7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pydantic


def build(annotation: Any, value: Any) -> Any:
    """`value` with objects turned into the models `annotation` names; what does not fit stays as it came."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation.model_construct(**value) if _is_object(value) else value
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return build(_best(inside, value), value)
    if origin is list and isinstance(value, list):
        return [build(inside[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {key: build(inside[1], item) for key, item in value.items()}
    return value


def build_fields(
    model: type[pydantic.BaseModel], values: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str], dict[str, Any]]:
    """A model's members, the names of those that were given, and the keys it does not know."""
    left = dict(values)
    members: dict[str, Any] = {}
    given: set[str] = set()
    for name, field in model.model_fields.items():
        key = field.alias if field.alias in left else name
        if key in left:
            members[name] = build(field.annotation, left.pop(key))
            given.add(name)
        else:
            members[name] = None if field.is_required() else field.get_default(call_default_factory=True)
    return members, given, left


def _best(options: tuple[Any, ...], value: Any) -> Any:
    """The member of a union that resembles the value most."""
    if isinstance(value, Mapping):
        models = [o for o in options if isinstance(o, type) and issubclass(o, pydantic.BaseModel)]
        # `max` takes the first of equals, so the order of the contract decides.
        return max(models, key=lambda model: _resemblance(model, value), default=None)
    if isinstance(value, list):
        return next((option for option in options if get_origin(option) is list), None)
    return None


def _resemblance(model: type[pydantic.BaseModel], value: Mapping[str, Any]) -> tuple[bool, int, int]:
    fields = [(field.alias or name, field) for name, field in model.model_fields.items()]
    contradicted = any(
        key in value and get_origin(field.annotation) is Literal and value[key] not in get_args(field.annotation)
        for key, field in fields
    )
    known = sum(key in value for key, _ in fields)
    missing = sum(key not in value for key, field in fields if field.is_required())
    return not contradicted, -missing, known


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
