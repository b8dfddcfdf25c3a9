"""Note: a markdown document (spec: objects 7)."""

from lightfield_server.model.definitions import ADD_OR_REMOVE, Field, ObjectType, Relationship
from lightfield_server.model.object_types.base import RECORD, object_type


def _about(key: str, label: str, target: str) -> Relationship:
    """What a note is about: links are added or removed, one operation at a time, never replaced."""
    return Relationship(
        key,
        label,
        target,
        many=True,
        operations=ADD_OR_REMOVE,
        one_operation=True,
        inverse="$note",
        inverse_label="Notes",
    )


NOTE = object_type(
    ObjectType(
        name="note",
        plural="notes",
        label="Note",
        plural_label="Notes",
        prefix="nte",
        fields=(
            Field("$title", "Title", "TEXT", required=True),
            Field("$content", "Content", "MARKDOWN"),
        ),
        relationships=(
            _about("$account", "Accounts", "account"),
            _about("$opportunity", "Opportunities", "opportunity"),
            _about("$contact", "Contacts", "contact"),
            _about("$meeting", "Meetings", "meeting"),
            Relationship(
                "$createdBy",
                "Created by",
                "member",
                on_create=False,
                on_update=False,
                actor=True,
                slug="note-created-by",
            ),
        ),
        open_fields=False,
        open_relationships=False,
        operations=RECORD,
        title="$title",
    )
)
