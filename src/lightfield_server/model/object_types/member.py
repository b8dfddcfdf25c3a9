"""Member: a user of the workspace, made by its administrators (spec: objects 9)."""

from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import RECORD_ENVELOPE, Field, ObjectType
from lightfield_server.model.object_types.base import object_type

#: The role that may administer a workspace, and the one that may not (values are inferred).
ADMIN, MEMBER = "admin", "member"

MEMBER_TYPE = object_type(
    ObjectType(
        name="member",
        plural="members",
        label="Member",
        plural_label="Members",
        prefix="mem",
        fields=(
            Field("$email", "Email", "EMAIL", Configuration(unique=True), required=True),
            Field("$name", "Name", "FULL_NAME", required=True),
            Field("$profileImage", "Profile image", "URL"),
            Field("$role", "Role", "TEXT", Configuration(allowed=frozenset({ADMIN, MEMBER})), required=True),
        ),
        open_fields=False,
        open_relationships=False,
        operations=frozenset({"list", "retrieve"}),
        envelope=tuple(key for key in RECORD_ENVELOPE if key != "externalId"),
        # Official clients insist on it, in capitals; a member here is its own user (spec: sdk-python 6).
        fixed_relationships={"$user": {"cardinality": "HAS_ONE", "objectType": "user", "values": []}},
    )
)
