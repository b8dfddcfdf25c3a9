"""Relationships of a workspace's own, named at one end or both, and the words for the shipped ones."""

from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.completing import RELATIONSHIP
from lightfield_server.model.entity import End, Entity
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import common
from lightfield_server.records.definitions.fields import require_free
from lightfield_server.records.shape import Body

#: Shipped relationships that a workspace may do without: deals that belong to no account yet.
OPTIONAL = frozenset({("opportunity", "$account")})

_MANY = {"HAS_ONE": False, "HAS_MANY": True}


def existing(context: Context, entity: Entity, key: str) -> End:
    """The end of a relationship that a type owns, archived ones included; 404 where there is none.

    The far end of another type's relationship is changed where that one is.
    """
    end = entity.ends.get(key)
    if end is None or (end.hidden and end.system):
        raise problems.not_found(f"There is no relationship '{problems.shown(key)}' on '{entity.name}'.")
    if end.hop is None:
        raise problems.invalid_configuration(f"'{key}' is worked out from other relationships.")
    if not end.hop.forward:
        raise problems.invalid_configuration(
            f"'{key}' is the other end of '{end.other_key}' on '{end.target}'; change it there."
        )
    return end


def in_use(context: Context, entity: Entity, key: str) -> End:
    end = existing(context, entity, key)
    if end.hidden:
        raise common.archived(f"Relationship '{key}'")
    return end


def create(context: Context, entity: Entity, body: Body) -> str:
    """A new relationship; its key."""
    common.check(body, ("key", "label", "target", "cardinality"), ("inverse", "description"))
    if not entity.type.open_relationships:
        raise problems.invalid_configuration(f"The relationships of '{entity.name}' are fixed.")
    key = common.slug(body["key"], "key")
    kept: dict[str, Any] = {"label": common.label(body), "description": common.description(body)}
    kept["many"] = _many(body["cardinality"], "cardinality")
    target = _target(context, body["target"])
    kept |= {"target": target.name, "inverseMany": True}
    if body.get("inverse") is not None:
        kept |= _inverse(target, common.part(body, "inverse"))
    require_free(entity, key, "key")
    if "inverse" in kept:
        require_free(target, kept["inverse"], "inverse.key")
        if target.name == entity.name and kept["inverse"] == key:
            raise problems.conflict("The two ends need a key each.", "inverse.key")
    for owner in {entity.name, target.name}:
        common.require_room(
            context,
            RELATIONSHIP,
            owner,
            common.MOST_RELATIONSHIPS,
            f"relationships of your own on '{owner}', archived ones included",
        )
    common.keep(context, RELATIONSHIP, entity.name, key, kept)
    return key


def change(context: Context, entity: Entity, end: End, body: Body) -> None:
    """Other words for a relationship, at either end; and whether a deal needs an account."""
    common.check(body, (), ("label", "description", "inverse", "required"))
    kept = common.body_of(context, RELATIONSHIP, entity.name, end.key)
    if "label" in body:
        kept["label"] = common.label(body)
    if "description" in body:
        kept["description"] = common.description(body)
    if "inverse" in body:
        inverse = common.part(body, "inverse")
        common.check(inverse, ("label",), (), "inverse.")
        if not has_inverse(context, end):
            raise problems.invalid_configuration(f"The other end of '{end.key}' has no name.", "inverse")
        kept["inverseLabel"] = common.label(inverse, at="inverse.")
    if "required" in body:
        kept["required"] = common.flag(body, "required")
        if (entity.name, end.key) not in OPTIONAL:
            raise problems.invalid_configuration(f"Whether '{end.key}' is required is fixed.", "required")
    if body:
        common.keep(context, RELATIONSHIP, entity.name, end.key, kept)


def archive(context: Context, entity: Entity, end: End) -> None:
    """Take both ends off every surface; links are kept and both keys stay taken."""
    _require_own(end)
    common.move(context, RELATIONSHIP, entity.name, end.key, archived=True)


def restore(context: Context, entity: Entity, end: End) -> None:
    _require_own(end)
    common.move(context, RELATIONSHIP, entity.name, end.key, archived=False)


def has_inverse(context: Context, end: End) -> bool:
    """Whether the other end is shown, or would be were the relationship not archived."""
    if end.other_key is None:
        return False
    other = context.catalog.whole[end.target].ends[end.other_key]
    return not (other.hidden and other.system)


def _many(sent: Any, param: str) -> bool:
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", param)
    if sent not in _MANY:
        raise problems.invalid_configuration(f"'{param}' is HAS_ONE or HAS_MANY.", param)
    return _MANY[sent]


def _target(context: Context, sent: Any) -> Entity:
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", "target")
    if sent not in context.catalog.entities:
        raise problems.referenced_resource_missing(sent, "target")
    return context.catalog.whole[sent]


def _inverse(target: Entity, body: Body) -> dict[str, Any]:
    """What the other end is called, where it may be called anything."""
    common.check(body, ("key", "label", "cardinality"), (), "inverse.")
    if not target.type.open_relationships:
        raise problems.invalid_configuration(
            f"The relationships of '{target.name}' are fixed, so the other end can have no name.", "inverse"
        )
    return {
        "inverse": common.slug(body["key"], "inverse.key"),
        "inverseLabel": common.label(body, at="inverse."),
        "inverseMany": _many(body["cardinality"], "inverse.cardinality"),
    }


def _require_own(end: End) -> None:
    if end.system:
        raise problems.invalid_configuration(f"Relationship '{end.key}' is part of every workspace.")
