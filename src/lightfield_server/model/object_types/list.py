"""List: a curated set of accounts, contacts or opportunities (spec: objects 10)."""

from collections.abc import Mapping
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import ADD_OR_REMOVE, Field, ObjectType, Proposed, Relationship
from lightfield_server.model.object_types.base import object_type
from lightfield_server.model.problems import Problem

#: The object types a list may hold, each with the key of its entries.
ENTRIES = {"account": "$accounts", "contact": "$contacts", "opportunity": "$opportunities"}


def _entries(target: str, key: str, label: str) -> Relationship:
    return Relationship(
        key,
        label,
        target,
        many=True,
        operations=ADD_OR_REMOVE,
        inverse=f"$listedIn{label}",
        inverse_label="Lists",
        inverse_hidden=True,
        slug=f"list-{target}",
    )


def bare(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """`$objectType` is written `$account` or, as it used to be, `account`; it is kept and read without the `$`."""
    fields = body.get("fields")
    sent = fields.get("$objectType") if isinstance(fields, dict) else None
    if not isinstance(sent, str) or sent.removeprefix("$") not in ENTRIES:
        return body
    return {**body, "fields": {**body["fields"], "$objectType": sent.removeprefix("$")}}


def one_kind(proposed: Proposed) -> Problem | None:
    """A list's entries are all of its own type."""
    own = ENTRIES[proposed.fields["$objectType"]]
    for key in proposed.relationships:
        if key != own:
            return problems.unprocessable(f"This list holds '{own}'.", f"relationships.{key}")
    return None


LIST = object_type(
    ObjectType(
        name="list",
        plural="lists",
        label="List",
        plural_label="Lists",
        prefix="lst",
        fields=(
            Field("$name", "Name", "TEXT", required=True, clearable=False),
            Field(
                "$objectType",
                "Object type",
                "TEXT",
                Configuration(allowed=frozenset(ENTRIES)),
                required=True,
                on_update=False,
            ),
            Field("$description", "Description", "TEXT"),
            Field("$kind", "Kind", "TEXT", Configuration(allowed=frozenset({"target"}))),
        ),
        relationships=(
            _entries("account", "$accounts", "Accounts"),
            _entries("contact", "$contacts", "Contacts"),
            _entries("opportunity", "$opportunities", "Opportunities"),
        ),
        open_fields=False,
        open_relationships=False,
        operations=frozenset({"create", "list", "retrieve", "update", "delete"}),
        rules=(one_kind,),
        spelling=bare,
        envelope=("id", "createdAt", "httpLink", "fields"),
    )
)
