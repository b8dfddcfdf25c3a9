"""File: bytes that were announced, and came or did not (spec: files-and-emails 1). A transcript is one.

Its bytes, and how they come here, are no part of the record: see `lightfield_server.files`.
"""

from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Field, ObjectType
from lightfield_server.model.object_types.base import object_type

#: How an upload stands. All but the first are final.
PENDING, COMPLETED, CANCELLED, EXPIRED = "PENDING", "COMPLETED", "CANCELLED", "EXPIRED"
STATUSES = (PENDING, COMPLETED, CANCELLED, EXPIRED)

FILE = object_type(
    ObjectType(
        name="file",
        plural="files",
        label="File",
        plural_label="Files",
        prefix="fil",
        fields=(
            Field("$name", "Name", "TEXT", required=True),
            Field("$mimeType", "Type", "TEXT", required=True),
            Field("$sizeBytes", "Size", "NUMBER", required=True),
            Field("$status", "Status", "TEXT", Configuration(allowed=frozenset(STATUSES)), required=True),
            Field("$expiresAt", "Upload until", "DATETIME"),
            Field("$completedAt", "Uploaded", "DATETIME"),
        ),
        open_fields=False,
        open_relationships=False,
    )
)
