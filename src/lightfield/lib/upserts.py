"""Create a record or change the one that is known by a value: an operation of self-hosted servers.

    done = client.upsert("contact", by="$email", fields={"$email": "ada@acme.example", "$title": "Buyer"})
    print(done.outcome, done.record.id)

`by` is the key of a field, whose value is then among the fields, or "externalId" together with `external_id=`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from .._omit import Omit, is_given, omit
from .._operations import OPERATIONS
from .._plan import Message, message_of

if TYPE_CHECKING:
    from ..types.shared import Record

Resource: TypeAlias = Literal["account", "contact", "opportunity", "task", "note", "meeting", "list", "object"]
Outcome: TypeAlias = Literal["created", "updated", "unchanged"]


class Upserted(NamedTuple):
    """A record, and what became of it."""

    record: Record
    outcome: Outcome


class Wanted(NamedTuple):
    """What an upsert says, in Python's words; the arguments are those of `create`, and what the record is known by."""

    resource: Resource
    by: str
    fields: Mapping[str, Any]
    relationships: Mapping[str, Any] | Omit
    external_id: str | Omit
    entity_slug: str | Omit


def message(wanted: Wanted) -> Message:
    """The request that carries it out.

    Raises:
        ValueError: A custom object comes without its `entity_slug`, or another record with one.
    """
    if is_given(wanted.entity_slug) is not (wanted.resource == "object"):
        raise ValueError("`entity_slug` names the type of a custom object, and goes with 'object' alone")
    create = OPERATIONS[f"{wanted.resource}.create"]
    given = {"fields": wanted.fields, "relationships": wanted.relationships, "entity_slug": wanted.entity_slug}
    arguments = {parameter.name: given.get(parameter.name, omit) for parameter in create.parameters}
    made = message_of(create, arguments, None, [])
    body: dict[str, Any] = {"by": wanted.by, **made.body}
    if is_given(wanted.external_id):
        body["externalId"] = wanted.external_id
    collection = made.path.removesuffix("/values")
    return Message("POST", f"{collection}/upsert", body=body, has_body=True, rate="write")


def model_of(resource: str) -> Any:
    """What a record of this resource is read as."""
    from .. import types

    return getattr(types, f"{resource.capitalize()}CreateResponse")


def upserted(data: Any, resource: str, *, strict: bool) -> Upserted:
    """The answer, read."""
    from .._models import shaped

    return Upserted(shaped(data["record"], model_of(resource), strict=strict), cast(Outcome, data["outcome"]))
