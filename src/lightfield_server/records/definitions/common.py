"""What every change of a definition stands on: reading its words, finding what it is about, keeping it."""

import re
from collections.abc import Sequence
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.completing import TYPE
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.record import Stored
from lightfield_server.model.value_types.base import Json, string
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body

#: What one workspace may define (ours): beyond, replies and forms stop being of use to anybody.
MOST_TYPES, MOST_FIELDS, MOST_RELATIONSHIPS, MOST_OPTIONS = 200, 500, 500, 1_000

LONGEST_SLUG, LONGEST_LABEL, LONGEST_DESCRIPTION = 60, 200, 2_000

#: Words that stand in paths where a slug could.
RESERVED = frozenset({"definitions", "merge", "values", "schema"})

_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)


# Reading


def check(body: Body, needed: Sequence[str] = (), offered: Sequence[str] = (), at: str = "") -> None:
    """Known keys only, and those that are needed (spec: conventions 4.5, step 10)."""
    for key in body:
        if key not in needed and key not in offered:
            raise problems.unknown_key(key, f"{at}{problems.shown(key)}")
    for key in needed:
        if key not in body:
            raise problems.parameter_missing(f"{at}{key}")


def text(sent: Json, param: str, limit: int) -> str:
    """A text that says something, without white space around it."""
    try:
        read = string(sent).strip()
    except problems.Problem as problem:
        problems.reraise(problem, param)
    if not read:
        raise problems.invalid_configuration(f"'{param}' is empty.", param)
    if len(read) > limit:
        raise problems.invalid_configuration(f"'{param}' is longer than {limit} characters.", param)
    return read


def label(body: Body, key: str = "label", at: str = "") -> str:
    return text(body[key], f"{at}{key}", LONGEST_LABEL)


def description(body: Body, at: str = "") -> str | None:
    """A description, or None for none: null and an empty text say the same."""
    sent = body.get("description")
    if sent is None or (isinstance(sent, str) and not sent.strip()):
        return None
    return text(sent, f"{at}description", LONGEST_DESCRIPTION)


def slug(sent: Json, param: str) -> str:
    """The name of a type, a field or a relationship of the workspace's own."""
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", param)
    if len(sent) > LONGEST_SLUG or not _SLUG.fullmatch(sent):
        raise problems.invalid_configuration(
            f"'{param}' has letters, digits, '-' and '_', starts with a letter and has at most {LONGEST_SLUG} "
            "characters.",
            param,
        )
    if sent in RESERVED:
        raise problems.invalid_configuration(f"'{sent}' has a meaning of its own; choose another name.", param)
    return sent


def part(body: Body, key: str) -> Body:
    """An object within a body; an empty one when it is left out."""
    sent: Any = body.get(key, {})
    if not isinstance(sent, dict):
        raise problems.invalid_type("An object is expected.", key)
    return sent


def flag(body: Body, key: str) -> bool:
    sent: Any = body[key]
    if not isinstance(sent, bool):
        raise problems.invalid_type("Expected true or false.", key)
    return sent


# Finding


def any_type(context: Context, name: str) -> Entity:
    """An object type, archived ones included, or 404."""
    entity = context.catalog.whole.entities.get(name)
    if entity is None:
        raise problems.not_found(f"There is no object type '{problems.shown(name)}'.")
    return entity


def type_in_use(context: Context, name: str) -> Entity:
    """An object type that can be worked on: an archived one is to be restored first."""
    entity = any_type(context, name)
    if is_archived(context, TYPE, "", entity.name):
        raise archived(f"Object type '{entity.name}'")
    return entity


def is_archived(context: Context, kind: str, owner: str, key: str) -> bool:
    stored = context.catalog.find(kind, owner, key)
    return stored is not None and stored.archived


def is_shipped_type(name: str) -> bool:
    return name in OBJECT_TYPES


# Keeping


def keep(context: Context, kind: str, owner: str, key: str, body: dict[str, Any], *, archived: bool = False) -> None:
    """Define something, or define it anew; what follows in this transaction sees it."""
    stored = context.catalog.find(kind, owner, key)
    number = context.numbers.next() if stored is None else stored.number
    context.tx.define(Stored(number, kind, owner, key, body, archived))
    # Not kept for others: this transaction may yet be rolled back.
    context.catalog = Catalog(context.tx.workspace, context.tx.catalog_version(), context.tx.definitions())


def body_of(context: Context, kind: str, owner: str, key: str) -> dict[str, Any]:
    """A copy of what is kept of a definition; empty for something shipped and never changed."""
    stored = context.catalog.find(kind, owner, key)
    return {} if stored is None else dict(stored.body)


def move(context: Context, kind: str, owner: str, key: str, *, archived: bool) -> None:
    """Archive a definition or bring it back; one that is there already stays as it is."""
    stored = context.catalog.find(kind, owner, key)
    if stored is not None and stored.archived is not archived:
        keep(context, kind, owner, key, dict(stored.body), archived=archived)


def require_room(context: Context, kind: str, owner: str, limit: int, what: str) -> None:
    """Archived ones count: their slugs stay taken."""
    shipped = OBJECT_TYPES.get(owner)
    known = frozenset() if shipped is None else {f.key for f in shipped.fields} | {r.key for r in shipped.relationships}
    own = [s for s in context.catalog.stored if s.kind == kind and s.owner == owner and s.key not in known]
    if kind == TYPE:
        own = [s for s in own if not is_shipped_type(s.key)]
    if len(own) >= limit:
        raise problems.conflict(f"There can be at most {limit} {what}.")


def archived(what: str) -> problems.Problem:
    return problems.conflict(f"{what} is archived; restore it first.")
