"""Contact: a person, at one account or several (spec: objects 4)."""

from lightfield_server.model.definitions import Derived, Field, ObjectType, Shared
from lightfield_server.model.object_types.base import MULTIPLE, WITH_HISTORY, object_type, service

CONTACT = object_type(
    ObjectType(
        name="contact",
        plural="contacts",
        label="Contact",
        plural_label="Contacts",
        prefix="con",
        fields=(
            Field("$email", "Email", "EMAIL", MULTIPLE),
            Field("$name", "Name", "FULL_NAME"),
            Field("$profilePhotoUrl", "Profile photo", "URL"),
            Field("$title", "Title", "TEXT"),
            Field("$phone", "Phone", "TELEPHONE", MULTIPLE),
            Field("$doNotContact", "Do not contact", "CHECKBOX"),
            Field("$linkedIn", "LinkedIn", "SOCIAL_HANDLE", service("LINKEDIN")),
            Field("$twitter", "Twitter", "SOCIAL_HANDLE", service("TWITTER")),
            Field("$facebook", "Facebook", "SOCIAL_HANDLE", service("FACEBOOK")),
            Field("$instagram", "Instagram", "SOCIAL_HANDLE", service("INSTAGRAM")),
            Field("$lastInteractionAt", "Last interaction", "DATETIME", read_only=True),
        ),
        derived=(
            Derived("$opportunity", "Opportunities", "opportunity", (("$championOf",), ("$evaluatorOf",))),
            Derived(
                "$meeting",
                "Meetings",
                "meeting",
                ((Shared(("$email",), "meeting", ("$attendeeEmails", "$organizerEmail")),),),
            ),
        ),
        operations=WITH_HISTORY,
        mergeable=True,
        body_extras={"skipEnrichment": "boolean"},
    )
)
