"""JSON Schemas of definitions as administrators send and see them."""

from typing import Any

from lightfield_server.model.catalog import Catalog
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import Describe
from lightfield_server.operations.schemas import ID, Schema, closed
from lightfield_server.records.definitions import common, views

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
YES_OR_NO: Schema = {"type": "boolean"}
SLUG: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$", "maxLength": common.LONGEST_SLUG}
LABEL: Schema = {"type": "string", "minLength": 1, "maxLength": common.LONGEST_LABEL}
DESCRIPTION: Schema = {"type": ["string", "null"], "maxLength": common.LONGEST_DESCRIPTION}
CARDINALITY: Schema = {"enum": ["HAS_ONE", "HAS_MANY"]}

_SETTINGS: dict[str, Schema] = {
    "currency": TEXT,
    "unique": YES_OR_NO,
    "multipleValues": YES_OR_NO,
    "handleService": TEXT,
}
SETTINGS = closed(_SETTINGS, required=())

OPTION = closed({"id": ID, "label": TEXT, "description": MAYBE, "retired": YES_OR_NO})
NEW_OPTION = closed({"label": LABEL, "description": DESCRIPTION}, required=("label",))


def value_types(*, custom: bool) -> Schema:
    return {"enum": [declared.name for declared in VALUE_TYPES if declared.custom or not custom]}


def field() -> Schema:
    return closed(
        {
            "id": ID,
            "key": TEXT,
            "label": TEXT,
            "description": MAYBE,
            "valueType": value_types(custom=False),
            "system": YES_OR_NO,
            "readOnly": YES_OR_NO,
            "required": YES_OR_NO,
            "archived": YES_OR_NO,
            "typeConfiguration": closed(
                {
                    **{name: schemas.nullable(schema) for name, schema in _SETTINGS.items()},
                    "options": {"type": "array", "items": OPTION},
                },
                required=(),
            ),
        }
    )


RELATIONSHIP = closed(
    {
        "id": MAYBE,
        "key": TEXT,
        "label": TEXT,
        "description": MAYBE,
        "target": TEXT,
        "cardinality": CARDINALITY,
        "system": YES_OR_NO,
        "required": YES_OR_NO,
        "archived": YES_OR_NO,
        "defined": {"enum": [views.OWN, views.INVERSE, views.DERIVED]},
        "inverse": schemas.nullable(closed({"key": TEXT, "label": TEXT, "cardinality": CARDINALITY})),
    }
)

_SUMMARY: dict[str, Schema] = {
    "objectType": TEXT,
    "label": TEXT,
    "pluralLabel": TEXT,
    "description": MAYBE,
    "custom": YES_OR_NO,
    "archived": YES_OR_NO,
    "openFields": YES_OR_NO,
    "openRelationships": YES_OR_NO,
}
SUMMARIES = closed({"data": {"type": "array", "items": closed(_SUMMARY)}})


def object_type() -> Schema:
    return closed(
        {
            **_SUMMARY,
            "fields": {"type": "array", "items": field()},
            "relationships": {"type": "array", "items": RELATIONSHIP},
        }
    )


NEW_TYPE = closed(
    {"slug": SLUG, "label": LABEL, "pluralLabel": schemas.nullable(LABEL), "description": DESCRIPTION},
    required=("slug", "label"),
)
CHANGED_TYPE = closed({"label": LABEL, "pluralLabel": LABEL, "description": DESCRIPTION}, required=())
CHANGED_FIELD = closed({"label": LABEL, "description": DESCRIPTION, "typeConfiguration": SETTINGS}, required=())
CHANGED_OPTION = closed({"label": LABEL, "description": DESCRIPTION}, required=())
ORDER = closed({"ids": {"type": "array", "items": ID}})


def new_field() -> Schema:
    return closed(
        {
            "key": SLUG,
            "label": LABEL,
            "valueType": value_types(custom=True),
            "description": DESCRIPTION,
            "typeConfiguration": SETTINGS,
            "options": {"type": "array", "items": NEW_OPTION, "maxItems": common.MOST_OPTIONS},
        },
        required=("key", "label", "valueType"),
    )


NEW_RELATIONSHIP = closed(
    {
        "key": SLUG,
        "label": LABEL,
        "target": TEXT,
        "cardinality": CARDINALITY,
        "inverse": schemas.nullable(closed({"key": SLUG, "label": LABEL, "cardinality": CARDINALITY})),
        "description": DESCRIPTION,
    },
    required=("key", "label", "target", "cardinality"),
)
CHANGED_RELATIONSHIP = closed(
    {"label": LABEL, "description": DESCRIPTION, "inverse": closed({"label": LABEL}), "required": YES_OR_NO},
    required=(),
)

MEMBER = closed(
    {
        "id": ID,
        "email": TEXT,
        "name": closed({"firstName": MAYBE, "lastName": MAYBE}),
        "role": {"enum": ["admin", "member"]},
        "profileImage": MAYBE,
        "active": YES_OR_NO,
        "createdAt": schemas.MOMENT,
    }
)
_NAME = closed({"firstName": MAYBE, "lastName": MAYBE}, required=())
_ROLE: Schema = {"enum": ["admin", "member"]}
NEW_MEMBER = closed({"email": TEXT, "name": _NAME, "role": _ROLE, "profileImage": MAYBE}, required=("email", "name"))
CHANGED_MEMBER = closed({"name": _NAME, "role": _ROLE, "profileImage": MAYBE}, required=())

_KEY: dict[str, Schema] = {
    "id": ID,
    "name": TEXT,
    "scopes": {"type": "array", "items": TEXT},
    "memberId": MAYBE,
    "createdAt": schemas.MOMENT,
    "revokedAt": schemas.nullable(schemas.MOMENT),
    "hint": TEXT,
}
KEY = closed(_KEY)
ISSUED_KEY = closed({**_KEY, "key": TEXT})
NEW_KEY = closed(
    {"name": LABEL, "scopes": {"type": "array", "items": TEXT}, "memberId": schemas.nullable(ID)}, required=("name",)
)


def describe(reply: Any, body: Any = None, query: Any = None) -> Describe:
    """The same document for every workspace."""

    def described(catalog: Catalog) -> dict[str, Any]:
        return schemas.described(body() if callable(body) else body, reply() if callable(reply) else reply, query)

    return described
