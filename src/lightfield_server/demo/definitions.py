"""What Tarnbeck added to the shipped object types: fields of every value type, two types and links of its own."""

from typing import Any

from lightfield_server.demo import accounts, company
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import fields, relationships, types

Definition = dict[str, Any]


def _field(key: str, label: str, value_type: str, *labels: str, **settings: Any) -> Definition:
    body: Definition = {"key": key, "label": label, "valueType": value_type, "typeConfiguration": settings}
    return {**body, "options": [{"label": each} for each in labels]} if labels else body


def _link(key: str, label: str, target: str, cardinality: str, inverse: Definition | None = None) -> Definition:
    return {"key": key, "label": label, "target": target, "cardinality": cardinality, "inverse": inverse}


def _inverse(key: str, label: str, cardinality: str = "HAS_MANY") -> Definition:
    return {"key": key, "label": label, "cardinality": cardinality}


PRODUCT_NAMES = tuple(product.name for product in company.PRODUCTS)

TYPES: tuple[Definition, ...] = (
    {"slug": "team", "label": "Team", "pluralLabel": "Teams", "description": "Who works together at Tarnbeck."},
    {"slug": "site", "label": "Site", "pluralLabel": "Sites", "description": "A building with our sensors in it."},
)

FIELDS: dict[str, tuple[Definition, ...]] = {
    "account": (
        _field("lifecycle", "Lifecycle", "SINGLE_SELECT", "Prospect", "Customer", "Former customer"),
        _field("products", "Products in use", "MULTI_SELECT", *PRODUCT_NAMES),
        _field("sensors", "Sensors installed", "NUMBER"),
        _field("annual-fee", "Annual fee", "CURRENCY", currency="EUR"),
        _field("customer-since", "Customer since", "DATETIME"),
        _field("key-account", "Key account", "CHECKBOX"),
        _field("vat-id", "VAT number", "TEXT"),
        _field("invoices", "Invoices to", "EMAIL", multipleValues=True),
        _field("switchboard", "Switchboard", "TELEPHONE", multipleValues=True),
        _field("supplier-portal", "Supplier portal", "URL"),
        _field("delivery-address", "Delivery address", "ADDRESS"),
        _field("signatory", "Signs contracts", "FULL_NAME"),
        _field("newsroom", "Newsroom", "SOCIAL_HANDLE", handleService="LINKEDIN"),
        _field("plan", "Account plan", "MARKDOWN"),
    ),
    "contact": (
        _field("language", "Language", "SINGLE_SELECT", "English", "German", "French"),
        _field("interests", "Interests", "MULTI_SELECT", *accounts.INTERESTS),
        _field("newsletter", "Newsletter", "CHECKBOX"),
        _field("last-visit", "Last visited", "DATETIME"),
        _field("score", "Score", "NUMBER"),
    ),
    "opportunity": (
        _field("kind", "Kind", "SINGLE_SELECT", company.NEW_BUSINESS, company.EXPANSION, company.RENEWAL),
        _field("source", "Source", "SINGLE_SELECT", *company.SOURCES),
        _field("products", "Products", "MULTI_SELECT", *PRODUCT_NAMES),
        _field("sensors", "Sensors", "NUMBER"),
        _field("monthly-fee", "Monthly fee", "CURRENCY", currency="USD"),
        _field("pilot", "With a pilot", "CHECKBOX"),
        _field("competitor", "Competitor", "TEXT"),
        _field("loss-reason", "Lost because of", "SINGLE_SELECT", *company.LOSS_REASONS),
        _field("proposal", "Proposal", "URL"),
    ),
    "team": (_field("mission", "Mission", "TEXT"),),
    "site": (
        _field("address", "Address", "ADDRESS"),
        _field("status", "Status", "SINGLE_SELECT", "Planned", "Live", "Dismantled"),
        _field("sensors", "Sensors", "NUMBER"),
        _field("live-since", "Live since", "DATETIME"),
        _field("dashboard", "Dashboard", "URL"),
        _field("alarm-line", "Alarm line", "TELEPHONE"),
        _field("keyholder", "Has the keys", "FULL_NAME"),
    ),
}

RELATIONSHIPS: dict[str, tuple[Definition, ...]] = {
    "account": (
        _link("parent", "Parent account", "account", "HAS_ONE", _inverse("subsidiaries", "Subsidiaries")),
        _link("team", "Team", "team", "HAS_ONE", _inverse("accounts", "Accounts")),
        _link("caretaker", "Customer care", "member", "HAS_ONE"),
    ),
    "contact": (_link("reports-to", "Reports to", "contact", "HAS_ONE", _inverse("reports", "Reports")),),
    "team": (
        _link("members", "Members", "member", "HAS_MANY"),
        _link("lead", "Lead", "member", "HAS_ONE"),
    ),
    "site": (
        _link("account", "Account", "account", "HAS_ONE", _inverse("sites", "Sites")),
        _link("sold-with", "Sold with", "opportunity", "HAS_ONE", _inverse("sites", "Sites")),
        _link("engineer", "Installed by", "member", "HAS_ONE"),
    ),
}


def define(context: Context) -> None:
    """Make all of it, through the verbs that administrators use."""
    for body in TYPES:
        types.create(context, body)
    for owner, bodies in FIELDS.items():
        for body in bodies:
            fields.create(context, context.catalog[owner], body)
    for owner, bodies in RELATIONSHIPS.items():
        for body in bodies:
            relationships.create(context, context.catalog[owner], body)
