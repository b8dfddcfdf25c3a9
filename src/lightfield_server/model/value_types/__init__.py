"""The value types (spec: fields 2). A new family is one import line here; a new type is a class in its family."""

from lightfield_server.model.value_types import address, choice, composite, moment, number, text  # noqa: F401
from lightfield_server.model.value_types.base import VALUE_TYPES, Json, Schema, ValueType

__all__ = ["VALUE_TYPES", "Json", "Schema", "ValueType"]
