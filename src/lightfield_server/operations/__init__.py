"""Everything the server can be asked to do, once, as data. Importing this package declares it all."""

from lightfield_server.model.definitions import ObjectType
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.operations import (  # noqa: F401
    auth,
    batch,
    exports,
    files,
    imports,
    keys,
    lists,
    members,
    merges,
    objects,
    query,
    records,
    runs,
    schema,
    search,
)


def declare_for(object_type: ObjectType) -> None:
    """Declare whatever can be asked about records of one shipped object type."""
    records.declare_for(object_type)
    merges.declare_for(object_type)


for _type in OBJECT_TYPES:
    declare_for(_type)
