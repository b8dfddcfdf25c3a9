"""Builds models from data without checking it, so that servers may change before clients do (spec: sdk-python 7).

What an annotation means is worked out once and kept as a function, since a page of records builds hundreds of models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

import pydantic

M = TypeVar("M", bound=pydantic.BaseModel)
Builder: TypeAlias = Callable[[Any], Any]


def make(model: type[M], values: Mapping[str, Any], fields_set: set[str] | None = None) -> M:
    """An instance holding `values`: wrong types stay, missing keys become None, unknown ones go to `model_extra`."""
    left = dict(values)
    members: dict[str, Any] = {}
    given: set[str] = set()
    for name, key, built, default in _fields(model):
        found = key if key in left else name
        if found in left:
            value = left.pop(found)
            members[name] = value if built is None else built(value)
            given.add(name)
        else:
            members[name] = default()
    instance = model.__new__(model)
    # Pydantic's own slots; written directly because its constructor would validate.
    object.__setattr__(instance, "__dict__", members)
    object.__setattr__(instance, "__pydantic_fields_set__", given if fields_set is None else set(fields_set))
    object.__setattr__(instance, "__pydantic_extra__", left)
    object.__setattr__(instance, "__pydantic_private__", None)
    return instance


def build(annotation: Any, value: Any) -> Any:
    """`value` with objects turned into the models `annotation` names; what does not fit stays as it came."""
    built = _builder(annotation)
    return value if built is None else built(value)


@cache
def _fields(model: type[pydantic.BaseModel]) -> list[tuple[str, str, Builder | None, Callable[[], Any]]]:
    """Name, key on the wire, builder and default of every field."""
    return [
        (name, field.alias or name, _builder(cast(Any, field.annotation)), _default(field))
        for name, field in model.model_fields.items()
    ]


def _default(field: Any) -> Callable[[], Any]:
    if field.is_required():
        return lambda: None
    return lambda: field.get_default(call_default_factory=True)


@cache
def _builder(annotation: Any) -> Builder | None:
    """What turns a value into what the annotation names; None where every value stays as it is."""
    if _is_model(annotation):
        return lambda value: make(annotation, value) if isinstance(value, Mapping) else value
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _of_union(inside)
    inner = _builder(inside[-1]) if origin in (list, dict) else None
    if inner is None:
        return None
    if origin is list:
        return lambda value: [inner(item) for item in value] if isinstance(value, list) else value
    return lambda value: {k: inner(item) for k, item in value.items()} if isinstance(value, dict) else value


def _of_union(options: tuple[Any, ...]) -> Builder | None:
    models = [option for option in options if _is_model(option)]
    rest = next((found for o in options if not _is_model(o) and (found := _builder(o))), None)

    def choose(value: Any) -> Any:
        if models and isinstance(value, Mapping):
            # `max` takes the first of equals, so the order of the contract decides.
            return make(models[0] if len(models) == 1 else max(models, key=lambda m: _resemblance(m, value)), value)
        return value if rest is None else rest(value)

    return choose if models or rest else None


def _resemblance(model: type[pydantic.BaseModel], value: Mapping[str, Any]) -> tuple[bool, int, int]:
    fields = [(field.alias or name, field) for name, field in model.model_fields.items()]
    contradicted = any(
        key in value and get_origin(field.annotation) is Literal and value[key] not in get_args(field.annotation)
        for key, field in fields
    )
    known = sum(key in value for key, _ in fields)
    missing = sum(key not in value for key, field in fields if field.is_required())
    return not contradicted, -missing, known


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)
