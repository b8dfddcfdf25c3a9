"""Task: an action item assigned to a member (spec: objects 6)."""

from lightfield_server.model.definitions import Field, ObjectType, Relationship
from lightfield_server.model.object_types.base import RECORD, fixed_options, object_type

STATUSES = fixed_options(TODO="To do", IN_PROGRESS="In progress", COMPLETE="Complete", CANCELLED="Cancelled")

TASK = object_type(
    ObjectType(
        name="task",
        plural="tasks",
        label="Task",
        plural_label="Tasks",
        prefix="tsk",
        fields=(
            Field("$title", "Title", "TEXT", required=True),
            Field("$status", "Status", "SINGLE_SELECT", STATUSES, required=True),
            Field("$description", "Description", "MARKDOWN"),
            Field("$dueAt", "Due", "DATETIME"),
        ),
        relationships=(
            Relationship("$assignedTo", "Assigned to", "member", required=True),
            Relationship("$account", "Account", "account", inverse="$task", inverse_label="Tasks"),
            Relationship("$opportunity", "Opportunity", "opportunity", inverse="$task", inverse_label="Tasks"),
            Relationship(
                "$createdBy",
                "Created by",
                "member",
                on_update=False,
                actor=True,
                actor_else="$assignedTo",
                slug="task-created-by",
            ),
            Relationship(
                "$note",
                "Notes",
                "note",
                many=True,
                on_create=False,
                on_update=False,
                inverse="$task",
                inverse_label="Tasks",
            ),
        ),
        open_fields=False,
        operations=RECORD,
        title="$title",
    )
)
