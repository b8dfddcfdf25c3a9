"""Scopes: `<plural>:<permission>`, read off the object types (spec: conventions 9)."""

#: What a key may be allowed to do with an object type. `restore` also shows the trash (spec: sdk-python 11.1).
PERMISSIONS = ("create", "update", "read", "delete", "restore")

#: Object types that a workspace defines share one scope family.
CUSTOM_OBJECTS = "custom_objects"

#: Ours: define fields, types, members and keys. Also needs the role of an administrator.
ADMIN = "workspace:admin"


def scope(plural: str, permission: str) -> str:
    return f"{plural}:{permission}"
