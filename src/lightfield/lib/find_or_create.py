"""Find a record by filters, or create it once although several callers try at the same moment.

The search may miss a record that was created a moment ago. So the creation carries an idempotency key made from the
filters: for 24 hours, whoever creates with the same filters is given the first caller's record, with the first caller's
values. Should that record have been deleted since, the key leads to a record that is gone; then a further key is made
from its id, the same for all callers again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import LightfieldError, MultipleMatchesError
from .filters import Filters, pairs
from .steps import Ask, Steps

if TYPE_CHECKING:
    from ..types.shared import Record

ATTEMPTS = 5
"""How many deleted predecessors to step over before giving up."""


class Found(NamedTuple):
    """A record, and where it came from."""

    record: Record
    created: bool
    """False when the search found it. True may also mean that a caller racing with this one was first."""


def find(
    resource: str, filters: Filters, address: Mapping[str, Any], given: Mapping[str, Any], extras: Mapping[str, Any]
) -> Steps[Found]:
    """The steps of `find_or_create`.

    Args:
        address: Path arguments, such as the slug of a custom object.
        given: What to create the record with.
        extras: Headers, query and time-out of every request.

    Raises:
        ValueError: There are no filters, so anything would match.
        MultipleMatchesError: More than one record matches.
    """
    conditions = pairs(filters)
    if not conditions:
        raise ValueError("`find_or_create` needs filters that tell the record from others")
    page = yield Ask("list", {**address, **extras, "filters": filters, "limit": 2})
    if len(page.data) > 1:
        raise MultipleMatchesError([record.id for record in page.data])
    if page.data:
        return Found(page.data[0], created=False)

    predecessor = ""
    for _ in range(ATTEMPTS):
        key = key_for(resource, address, conditions, predecessor)
        headers = {"Idempotency-Key": key, **(extras["extra_headers"] or {})}
        record = yield Ask("create", {**address, **given, **extras, "extra_headers": headers})
        alive = yield Ask("retrieve", {**address, **extras, "id": record.id}, may_be_missing=True)
        if alive is not None:
            return Found(alive, created=True)
        predecessor = record.id
    raise LightfieldError(f"The record keeps being deleted while it is created, last {predecessor}.")


def key_for(resource: str, address: Mapping[str, Any], conditions: list[tuple[str, str]], predecessor: str) -> str:
    """The same text for the same search, whatever the order of its conditions."""
    said = json.dumps([resource, sorted(address.items()), sorted(conditions), predecessor])
    return f"find-or-create-{hashlib.sha256(said.encode()).hexdigest()}"
