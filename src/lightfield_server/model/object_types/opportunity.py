"""Opportunity: a potential deal with one account (spec: objects 5)."""

from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Derived, Field, ObjectType, Relationship
from lightfield_server.model.object_types.base import WITH_HISTORY, object_type, options

STAGES = options("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")

OPPORTUNITY = object_type(
    ObjectType(
        name="opportunity",
        plural="opportunities",
        label="Opportunity",
        plural_label="Opportunities",
        prefix="opp",
        fields=(
            Field("$name", "Name", "TEXT", required=True),
            Field("$stage", "Stage", "SINGLE_SELECT", STAGES, first_option=True, clearable=False),
            Field("$opportunityStatus", "Opportunity status", "MARKDOWN", read_only=True),
            Field("$amount", "Amount", "CURRENCY", Configuration(currency="USD")),
            Field("$closeDate", "Close date", "DATETIME"),
            Field("$nextStep", "Next step", "TEXT"),
            Field("$lastInteractionAt", "Last interaction", "DATETIME", read_only=True),
        ),
        relationships=(
            Relationship(
                "$account",
                "Account",
                "account",
                required=True,
                inverse="$opportunity",
                inverse_label="Opportunities",
            ),
            Relationship("$owner", "Owner", "member"),
            Relationship(
                "$champion",
                "Champion",
                "contact",
                slug="opportunity-champion",
                inverse="$championOf",
                inverse_label="Champion of",
                inverse_hidden=True,
            ),
            Relationship(
                "$evaluator",
                "Evaluator",
                "contact",
                slug="opportunity-evaluator",
                inverse="$evaluatorOf",
                inverse_label="Evaluator of",
                inverse_hidden=True,
            ),
            Relationship(
                "$createdBy",
                "Created by",
                "member",
                on_update=False,
                actor=True,
                slug="opportunity-created-by",
            ),
        ),
        derived=(Derived("$meeting", "Meetings", "meeting", (("$account", "$contact", "$meeting"),)),),
        operations=WITH_HISTORY,
        mergeable=True,
    )
)
