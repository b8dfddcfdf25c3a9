"""Meeting: something that took place, logged by hand here (spec: objects 8)."""

from lightfield_server.kit import clock
from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import (
    RECORD_ENVELOPE,
    REPLACE,
    Derived,
    Field,
    ObjectType,
    Proposed,
    Relationship,
    Shared,
)
from lightfield_server.model.object_types.base import MULTIPLE, RECORD, object_type
from lightfield_server.model.problems import Problem

#: What a meeting shows to those who were not there.
FULL, METADATA = "FULL", "METADATA"

PARTICIPANTS = ("$attendeeEmails", "$organizerEmail")


def in_the_past(proposed: Proposed) -> Problem | None:
    """A meeting made through the API has taken place (spec: objects 8; the status is inferred)."""
    if not proposed.new:
        return None
    moments = {key: clock.read(proposed.fields[key]) or 0 for key in ("$startDate", "$endDate")}
    for key, moment in moments.items():
        if moment > proposed.at:
            return problems.unprocessable("A meeting logged by hand must lie in the past.", f"fields.{key}")
    if moments["$endDate"] < moments["$startDate"]:
        return problems.unprocessable("A meeting cannot end before it starts.", "fields.$endDate")
    return None


MEETING = object_type(
    ObjectType(
        name="meeting",
        plural="meetings",
        label="Meeting",
        plural_label="Meetings",
        prefix="mtg",
        fields=(
            Field("$title", "Title", "TEXT", required=True, on_update=False),
            Field("$startDate", "Start", "DATETIME", required=True, on_update=False),
            Field("$endDate", "End", "DATETIME", required=True, on_update=False),
            Field("$description", "Description", "TEXT", on_update=False),
            Field("$meetingUrl", "Meeting URL", "URL", on_update=False),
            Field("$organizerEmail", "Organizer", "EMAIL", on_update=False),
            Field("$attendeeEmails", "Attendees", "EMAIL", MULTIPLE, on_update=False, clearable=False),
            Field(
                "$privacySetting",
                "Privacy",
                "TEXT",
                Configuration(allowed=frozenset({FULL, METADATA})),
            ),
        ),
        relationships=(
            Relationship(
                "$transcript",
                "Transcript",
                "file",
                operations=frozenset({REPLACE}),
                clearable=False,
                one_id=True,
            ),
        ),
        derived=(
            Derived("$contact", "Contacts", "contact", ((Shared(PARTICIPANTS, "contact", ("$email",)),),)),
            Derived("$account", "Accounts", "account", (("$contact", "$account"),)),
            Derived("$opportunity", "Opportunities", "opportunity", (("$account", "$opportunity"),)),
        ),
        open_fields=False,
        open_relationships=False,
        operations=RECORD,
        body_extras={"autoCreateRecords": "boolean"},
        needs={
            "create": {"relationships": "$transcript"},
            "update": {"fields": "$privacySetting", "relationships": "$transcript"},
        },
        envelope=(*RECORD_ENVELOPE, "objectType", "accessLevel"),
        rules=(in_the_past,),
        title="$title",
    )
)
