"""What every record can do beside holding its fields and relationships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pydantic

from ._models import BaseModel

__all__ = ["RecordModel"]


class RecordModel(BaseModel):
    """A record: reads its values by key."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value under a field key, or the linked ids under a relationship key.

        `record.get("$name")` is `record.fields["$name"].value`, or `default` where the field is unset or missing.
        A relationship key gives a list of ids, also where there can be only one; it is empty when nothing is linked.
        """
        field = _member(getattr(self, "fields", None), key)
        if field is not None:
            value = getattr(field, "value", None)
            return default if value is None else value
        relationship = _member(getattr(self, "relationships", None), key)
        if relationship is not None:
            return list(getattr(relationship, "values", None) or [])
        return default


def _member(container: Any, key: str) -> Any:
    """The entry under a wire key, in an open map or in a closed object."""
    if isinstance(container, Mapping):
        return container.get(key)
    if isinstance(container, pydantic.BaseModel):
        for name, field in type(container).model_fields.items():
            if key in (field.alias, name):
                return getattr(container, name)
    return None
