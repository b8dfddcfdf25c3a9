"""File: what a meeting's transcript points at (spec: files-and-emails 1). No operation makes one yet."""

from lightfield_server.model.definitions import Field, ObjectType
from lightfield_server.model.object_types.base import object_type

FILE = object_type(
    ObjectType(
        name="file",
        plural="files",
        label="File",
        plural_label="Files",
        prefix="fil",
        fields=(Field("$name", "Name", "TEXT", required=True),),
        open_fields=False,
        open_relationships=False,
    )
)
