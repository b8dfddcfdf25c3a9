"""The object types that every workspace has (spec: objects). One more is a file and its line here."""

from lightfield_server.model.object_types import (  # noqa: F401
    account,
    contact,
    file,
    list,
    meeting,
    member,
    note,
    opportunity,
    task,
)
from lightfield_server.model.object_types.base import OBJECT_TYPES

__all__ = ["OBJECT_TYPES"]
