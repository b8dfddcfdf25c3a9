"""Object types of a workspace's own, and the words for the shipped ones."""

from lightfield_server.model import problems
from lightfield_server.model.completing import TYPE
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.records.shape import Body


def create(context: Context, body: Body) -> str:
    """A new object type with a name and nothing else; its slug."""
    common.check(body, ("slug", "label"), ("pluralLabel", "description"))
    name = common.slug(body["slug"], "slug")
    kept = {"label": common.label(body), "description": common.description(body)}
    if body.get("pluralLabel") is not None:
        kept["pluralLabel"] = common.label(body, "pluralLabel")
    _require_free(context, name)
    common.require_room(
        context, TYPE, "", common.MOST_TYPES, "object types of a workspace's own, archived ones included"
    )
    common.keep(context, TYPE, "", name, kept)
    return name


def change(context: Context, entity: Entity, body: Body) -> None:
    """Other words for an object type, shipped or not."""
    common.check(body, (), ("label", "pluralLabel", "description"))
    kept = common.body_of(context, TYPE, "", entity.name)
    for key in ("label", "pluralLabel"):
        if key in body:
            kept[key] = common.label(body, key)
    if "description" in body:
        kept["description"] = common.description(body)
    if body:
        common.keep(context, TYPE, "", entity.name, kept)


def archive(context: Context, entity: Entity) -> None:
    """Take a type out of sight with all its records; nothing is deleted and the slug stays taken."""
    _require_own(entity)
    common.move(context, TYPE, "", entity.name, archived=True)


def restore(context: Context, entity: Entity) -> None:
    _require_own(entity)
    common.move(context, TYPE, "", entity.name, archived=False)


def _require_own(entity: Entity) -> None:
    if not entity.type.custom:
        raise problems.invalid_configuration(f"Object type '{entity.name}' is part of every workspace.")


def _require_free(context: Context, name: str) -> None:
    for shipped in OBJECT_TYPES:
        if name.casefold() in (shipped.name, shipped.plural):
            raise problems.invalid_configuration(f"'{name}' names an object type that every workspace has.", "slug")
    stored = context.catalog.find(TYPE, "", name)
    if stored is not None:
        hint = " It is archived; restore it." if stored.archived else ""
        raise problems.conflict(f"There is an object type '{name}' already.{hint}", "slug")
