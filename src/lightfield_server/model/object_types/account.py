"""Account: an organization (spec: objects 3)."""

from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Derived, Field, ObjectType, Relationship
from lightfield_server.model.object_types.base import MULTIPLE, WITH_HISTORY, object_type, options, service

#: Labels beyond those in the spec's examples are our choice (inferred); a workspace changes them at will.
INDUSTRIES = options(
    "Software",
    "Technology",
    "Financial Services",
    "Healthcare",
    "Retail",
    "Manufacturing",
    "Telecommunications",
    "Media & Entertainment",
    "Marketing & Advertising",
    "Professional Services",
    "Education",
    "Energy & Utilities",
    "Real Estate & Construction",
    "Transportation & Logistics",
    "Travel & Hospitality",
    "Government",
    "Nonprofit",
    "Other",
)
HEADCOUNTS = options("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001-10000", "10001+")
FUNDING_TYPES = options(
    "Pre-Seed",
    "Seed",
    "Series A",
    "Series B",
    "Series C",
    "Series D",
    "Series E+",
    "Private Equity",
    "Debt Financing",
    "Grant",
    "IPO",
    "Bootstrapped",
)

ACCOUNT = object_type(
    ObjectType(
        name="account",
        plural="accounts",
        label="Account",
        plural_label="Accounts",
        prefix="acc",
        fields=(
            Field("$name", "Name", "TEXT", required=True),
            Field("$website", "Website", "URL", MULTIPLE, by_domain=True),
            Field("$industry", "Industry", "MULTI_SELECT", INDUSTRIES),
            Field("$headcount", "Headcount", "SINGLE_SELECT", HEADCOUNTS),
            Field("$lastFundingType", "Last funding type", "SINGLE_SELECT", FUNDING_TYPES),
            Field("$revenue", "Revenue", "CURRENCY", Configuration(currency="USD")),
            Field("$linkedIn", "LinkedIn", "SOCIAL_HANDLE", service("LINKEDIN", company=True)),
            Field("$twitter", "Twitter", "SOCIAL_HANDLE", service("TWITTER")),
            Field("$facebook", "Facebook", "SOCIAL_HANDLE", service("FACEBOOK")),
            Field("$instagram", "Instagram", "SOCIAL_HANDLE", service("INSTAGRAM")),
            Field("$primaryAddress", "Primary address", "ADDRESS"),
            Field("$howTheyMakeMoney", "How they make money", "MARKDOWN", read_only=True),
            Field("$accountStatus", "Account status", "MARKDOWN", read_only=True),
            Field("$lastInteractionAt", "Last interaction", "DATETIME", read_only=True),
        ),
        relationships=(
            Relationship("$owner", "Owner", "member"),
            Relationship(
                "$contact",
                "Contacts",
                "contact",
                many=True,
                inverse="$account",
                inverse_label="Accounts",
                inverse_writable=True,
            ),
        ),
        derived=(Derived("$meeting", "Meetings", "meeting", (("$contact", "$meeting"),)),),
        operations=WITH_HISTORY,
        mergeable=True,
        body_extras={"skipEnrichment": "boolean"},
    )
)
