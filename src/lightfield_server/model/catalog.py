"""One workspace's object types: the shipped ones, completed by its own.

A catalog is compiled once for each version of a workspace's definitions and never changes; operations ask the
current one at call time, so a field added a moment ago validates, filters and renders.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.definitions import EVERY_OPERATION, Derived, Field, ObjectType, Relationship, Shared
from lightfield_server.model.matching import Matching
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.record import Stored
from lightfield_server.model.routes import LinkHop, Route, SharedHop

#: Kinds of stored definition.
TYPE, FIELD, RELATIONSHIP = "type", "field", "relationship"

#: Prefixes of definition ids (spec: conventions 10; `ot` is ours).
TYPE_ID, FIELD_ID, RELATIONSHIP_ID, OPTION_ID = "ot", "ad", "rd", "opt"

#: The prefix of records of every type that a workspace defines.
CUSTOM_PREFIX = "obj"


@dataclass(frozen=True, eq=False)
class Place:
    """A field of an object type, as filters and keys know it."""

    field: Field
    name: str

    @property
    def matching(self) -> Matching:
        return self.field.type.matching

    @property
    def routes(self) -> tuple[Route, ...]:
        return ()

    def keys(self, operand: str) -> tuple[str | int, ...]:
        return self.field.type.operands(operand, self.field.configuration)

    def bounds(self, operand: str) -> tuple[int, int]:
        return self.field.type.bounds(operand, self.field.configuration)

    def fragment(self, operand: str) -> str:
        return self.field.type.fragment(operand)

    def link(self, operand: str) -> int | None:
        raise TypeError("a field has no links")


@dataclass(frozen=True, eq=False)
class End:
    """One end of a relationship, as the record type that shows it sees it.

    `hop` is set when links are stored under it; derived ends have routes only. `both` marks a type related to itself
    under one key: its values are those it points at, and `directions` shows both.
    """

    key: str
    label: str
    slug: str
    id: str | None
    target: str
    target_prefix: str
    many: bool
    other_many: bool
    routes: tuple[Route, ...]
    hop: LinkHop | None
    required: bool = False
    clearable: bool = True
    one_id: bool = False
    on_create: bool = False
    on_update: bool = False
    operations: frozenset[str] = EVERY_OPERATION
    one_operation: bool = False
    actor: bool = False
    actor_else: str | None = None
    hidden: bool = False
    both: bool = False
    other_key: str | None = None
    other_required: bool = False
    other_label: str = ""
    description: str | None = None

    name: str = ""
    matching: Matching = Matching.LINK

    @property
    def system(self) -> bool:
        return self.key.startswith("$")

    @property
    def keeps(self) -> bool:
        """Whether a link that is there may be exchanged only."""
        return self.required or not self.clearable

    def keys(self, operand: str) -> tuple[str | int, ...]:
        raise TypeError("links have no keys")

    def bounds(self, operand: str) -> tuple[int, int]:
        raise TypeError("links have no order")

    def fragment(self, operand: str) -> str:
        raise TypeError("links have no text")

    def link(self, operand: str) -> int | None:
        return ids.body(self.target_prefix, operand)

    @cached_property
    def backwards(self) -> "End":
        """The other direction of a type related to itself."""
        assert self.hop is not None
        hop = self.hop.reversed()
        return replace(self, hop=hop, routes=((hop,),), many=self.other_many, both=False)


@dataclass(frozen=True, eq=False)
class Entity:
    """An object type compiled for one workspace. Hidden fields and ends are kept and found, and shown nowhere."""

    type: ObjectType
    fields: dict[str, Field]
    places: dict[str, Place]
    ends: dict[str, End]
    slugs: dict[str, End] = field(default_factory=dict)
    #: Where others point at this type and it has no word for it; what they hold is still counted (see `merging`).
    unnamed_ends: tuple[End, ...] = ()

    @property
    def name(self) -> str:
        return self.type.name

    @property
    def plural(self) -> str:
        return self.type.plural

    @property
    def prefix(self) -> str:
        return self.type.prefix

    @cached_property
    def shown_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if not f.hidden)

    @cached_property
    def shown_ends(self) -> tuple[End, ...]:
        return tuple(e for e in self.ends.values() if not e.hidden)

    @cached_property
    def stored_ends(self) -> tuple[End, ...]:
        """Ends with links of their own, hidden ones included."""
        return tuple(e for e in self.ends.values() if e.hop is not None)

    @cached_property
    def derived_ends(self) -> tuple[End, ...]:
        return tuple(e for e in self.shown_ends if e.hop is None)

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.required)

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others prepare once for this version of the type, each under its own name."""
        return {}

    def id(self, number: int) -> str:
        return ids.written(self.type.prefix, number)

    def number(self, id: str) -> int | None:
        return ids.body(self.type.prefix, id)


class Catalog:
    """Every object type of a workspace, by singular name and by the plural of its paths."""

    def __init__(self, workspace: int, version: int, stored: Iterable[Stored]) -> None:
        self.workspace = workspace
        self.version = version
        self.stored = tuple(sorted(stored, key=lambda s: s.number))
        types = _object_types(workspace, self.stored)
        self.entities = _entities(types)
        self.custom = {name: entity for name, entity in self.entities.items() if entity.type.custom}

    def __getitem__(self, name: str) -> Entity:
        return self.entities[name]

    @cached_property
    def whole(self) -> "Catalog":
        """The same as it would be with no type archived: for those who look after definitions."""
        if not any(s.archived and s.kind == TYPE for s in self.stored):
            return self
        shown = [replace(s, archived=False) if s.kind == TYPE else s for s in self.stored]
        return Catalog(self.workspace, self.version, shown)

    def find(self, kind: str, owner: str, key: str) -> Stored | None:
        """The stored definition, archived or not."""
        return next((s for s in self.stored if (s.kind, s.owner, s.key) == (kind, owner, key)), None)


def field_name(object_type: str, key: str) -> str:
    """What predicates and keys call a field: unique within a workspace."""
    return f"{object_type}.{key}"


def shipped_id(prefix: str, workspace: int, *words: str) -> str:
    """The id of something shipped: specific to the workspace, yet known without being stored."""
    text = "/".join((str(workspace), prefix, *words))
    return f"{prefix}_{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


# Object types: shipped literals with what the workspace added or changed


def _object_types(workspace: int, stored: tuple[Stored, ...]) -> dict[str, ObjectType]:
    types = {declared.name: _identified(workspace, declared) for declared in OBJECT_TYPES}
    for definition in stored:
        if definition.kind == TYPE and definition.key in types:
            types[definition.key] = _renamed(types[definition.key], definition)
        elif definition.kind == TYPE and not definition.archived:
            types[definition.key] = _custom_type(workspace, definition)
    for definition in stored:
        owner = types.get(definition.owner)
        if owner is None or definition.kind == TYPE:
            continue
        if definition.kind == FIELD:
            types[owner.name] = replace(owner, fields=_with_field(owner.fields, definition))
        elif definition.body.get("target", owner.name) in types:
            target = types[definition.body.get("target", owner.name)]
            types[owner.name] = replace(owner, relationships=_with_relationship(owner, target, definition))
    return types


def _identified(workspace: int, declared: ObjectType) -> ObjectType:
    def options(f: Field) -> Configuration:
        if not any(option.id == "" for option in f.configuration.options):
            return f.configuration
        given = tuple(
            replace(option, id=shipped_id(OPTION_ID, workspace, declared.name, f.key, option.label))
            for option in f.configuration.options
        )
        return replace(f.configuration, options=given)

    fields = tuple(
        replace(f, configuration=options(f), id=shipped_id(FIELD_ID, workspace, declared.name, f.key))
        for f in declared.fields
    )
    relationships = tuple(
        replace(r, id=shipped_id(RELATIONSHIP_ID, workspace, declared.name, r.key)) for r in declared.relationships
    )
    return replace(declared, fields=fields, relationships=relationships)


def _custom_type(workspace: int, stored: Stored) -> ObjectType:
    """A type of the workspace's own: a name is all it has until fields are added (spec: objects 11)."""
    body = stored.body
    return ObjectType(
        name=stored.key,
        plural=stored.key,
        label=body["label"],
        plural_label=body.get("pluralLabel") or body["label"],
        prefix=CUSTOM_PREFIX,
        fields=(
            Field("$name", "Name", "TEXT", required=True, id=shipped_id(FIELD_ID, workspace, stored.key, "$name")),
        ),
        operations=OBJECT_TYPES["account"].operations,
        mergeable=True,
        description=body.get("description"),
        custom=True,
        id=ids.written(TYPE_ID, stored.number),
    )


def _renamed(shipped: ObjectType, stored: Stored) -> ObjectType:
    return replace(
        shipped,
        label=stored.body.get("label", shipped.label),
        plural_label=stored.body.get("pluralLabel", shipped.plural_label),
        description=stored.body.get("description", shipped.description),
    )


def _with_field(fields: tuple[Field, ...], stored: Stored) -> tuple[Field, ...]:
    shipped = next((f for f in fields if f.key == stored.key), None)
    if shipped is not None:
        changed = replace(
            shipped,
            label=stored.body.get("label", shipped.label),
            description=stored.body.get("description", shipped.description),
            configuration=configuration_of(stored.body, shipped.configuration),
        )
        return tuple(changed if f.key == stored.key else f for f in fields)
    added = Field(
        stored.key,
        stored.body["label"],
        stored.body["valueType"],
        configuration_of(stored.body, Configuration()),
        # Archived, its keys still follow the records that have a value, so that it can come back.
        hidden=stored.archived,
        description=stored.body.get("description"),
        id=ids.written(FIELD_ID, stored.number),
    )
    return (*fields, added)


def configuration_of(body: dict[str, Any], otherwise: Configuration) -> Configuration:
    """The configuration a stored body speaks of; what it leaves out stays as it was."""
    options = body.get("options")
    return replace(
        otherwise,
        options=otherwise.options if options is None else tuple(Option(**option) for option in options),
        currency=body.get("currency", otherwise.currency),
        unique=body.get("unique", otherwise.unique),
        multiple=body.get("multiple", otherwise.multiple),
        service=body.get("service", otherwise.service),
    )


def _with_relationship(owner: ObjectType, target: ObjectType, stored: Stored) -> tuple[Relationship, ...]:
    shipped = next((r for r in owner.relationships if r.key == stored.key), None)
    body = stored.body
    if shipped is not None:
        changed = replace(
            shipped,
            label=body.get("label", shipped.label),
            description=body.get("description", shipped.description),
            required=body.get("required", shipped.required),
            inverse_label=body.get("inverseLabel", shipped.inverse_label),
        )
        return tuple(changed if r.key == stored.key else r for r in owner.relationships)
    added = Relationship(
        stored.key,
        body["label"],
        body["target"],
        many=body["many"],
        required=body.get("required", False),
        inverse=body.get("inverse"),
        inverse_label=body.get("inverseLabel") or "",
        inverse_many=body["inverseMany"],
        inverse_writable=True,
        # A type whose relationships are closed shows none but its own: a member's are always empty.
        inverse_hidden=stored.archived or not target.open_relationships,
        hidden=stored.archived,
        slug=f"{owner.name}-{stored.key}",
        description=body.get("description"),
        id=ids.written(RELATIONSHIP_ID, stored.number),
    )
    return (*owner.relationships, added)


# Entities: both ends of every relationship, and the routes of derived ones


def _entities(types: dict[str, ObjectType]) -> dict[str, Entity]:
    ends: dict[str, dict[str, End]] = {name: {} for name in types}
    unnamed: dict[str, list[End]] = {name: [] for name in types}
    for owner in types.values():
        for relationship in owner.relationships:
            target = types[relationship.target]
            ends[owner.name][relationship.key] = _own_end(owner, relationship, target)
            inverse = _inverse_end(owner, relationship)
            if relationship.inverse is None:
                unnamed[target.name].append(inverse)
            else:
                ends[target.name][relationship.inverse] = inverse
    for owner in types.values():
        for derived in owner.derived:
            _derive(types, ends, owner.name, derived)
    return {name: _entity(object_type, ends[name], tuple(unnamed[name])) for name, object_type in types.items()}


def _slug(owner: ObjectType, relationship: Relationship) -> str:
    return relationship.slug or f"{owner.name}-{relationship.key.removeprefix('$')}"


def _links_of(owner: ObjectType, relationship: Relationship) -> str:
    """What its links are stored under: a shipped one's slug; an id for the workspace's own, whose slugs may meet."""
    return _slug(owner, relationship) if relationship.key.startswith("$") else str(relationship.id)


def _own_end(owner: ObjectType, relationship: Relationship, target: ObjectType) -> End:
    slug = _slug(owner, relationship)
    hop = LinkHop(_links_of(owner, relationship), forward=True)
    return End(
        key=relationship.key,
        label=relationship.label,
        slug=slug,
        id=relationship.id,
        target=target.name,
        target_prefix=target.prefix,
        many=relationship.many,
        other_many=relationship.inverse_many,
        routes=((hop,),),
        hop=hop,
        required=relationship.required,
        clearable=relationship.clearable,
        one_id=relationship.one_id,
        on_create=relationship.on_create,
        on_update=relationship.on_update,
        operations=relationship.operations,
        one_operation=relationship.one_operation,
        actor=relationship.actor,
        actor_else=relationship.actor_else,
        hidden=relationship.hidden,
        both=owner.name == target.name and relationship.inverse is None,
        other_key=relationship.inverse,
        other_label=relationship.inverse_label or relationship.label,
        description=relationship.description,
    )


def _inverse_end(owner: ObjectType, relationship: Relationship) -> End:
    slug = _slug(owner, relationship)
    hop = LinkHop(_links_of(owner, relationship), forward=False)
    return End(
        key=relationship.inverse or "",
        label=relationship.inverse_label or owner.label,
        slug=slug,
        id=relationship.id,
        target=owner.name,
        target_prefix=owner.prefix,
        many=relationship.inverse_many,
        other_many=relationship.many,
        routes=((hop,),),
        hop=hop,
        on_create=relationship.inverse_writable,
        on_update=relationship.inverse_writable,
        hidden=relationship.inverse_hidden,
        other_key=relationship.key,
        other_required=relationship.required,
        other_label=relationship.label,
    )


def _derive(types: dict[str, ObjectType], ends: dict[str, dict[str, End]], owner: str, derived: Derived) -> None:
    if derived.key in ends[owner]:
        return
    target = types[derived.target]
    routes = tuple(route for path in derived.paths for route in _routes(types, ends, owner, path))
    ends[owner][derived.key] = End(
        key=derived.key,
        label=derived.label,
        slug=f"{owner}-{derived.target}",
        id=None,
        target=target.name,
        target_prefix=target.prefix,
        many=derived.many,
        other_many=True,
        routes=routes,
        hop=None,
    )


def _routes(
    types: dict[str, ObjectType],
    ends: dict[str, dict[str, End]],
    start: str,
    path: tuple[str | Shared, ...],
) -> tuple[Route, ...]:
    """Every chain of hops a path stands for; a derived end on the way stands for each of its own."""
    if not path:
        return ((),)
    step, rest = path[0], path[1:]
    if isinstance(step, Shared):
        here = tuple(field_name(start, key) for key in step.here)
        there = tuple(field_name(step.target, key) for key in step.there)
        firsts: tuple[Route, ...] = ((SharedHop(here, there),),)
        reached = step.target
    else:
        if step not in ends[start]:
            _derive(types, ends, start, next(d for d in types[start].derived if d.key == step))
        firsts, reached = ends[start][step].routes, ends[start][step].target
    return tuple(first + more for first in firsts for more in _routes(types, ends, reached, rest))


def _entity(object_type: ObjectType, ends: dict[str, End], unnamed: tuple[End, ...]) -> Entity:
    fields = {f.key: f for f in object_type.fields}
    places = {key: Place(f, field_name(object_type.name, key)) for key, f in fields.items()}
    return Entity(object_type, fields, places, ends, _slugs(object_type, ends), unnamed)


def _slugs(object_type: ObjectType, ends: dict[str, End]) -> dict[str, End]:
    """The other names under which filters know an end (spec: conventions 8.4).

    The definition slug; and for the only shipped relationship between two types, both orders of their names.
    """
    names: dict[str, End] = {}
    shown = [end for end in ends.values() if not end.hidden]
    for end in shown:
        mark = "$" if end.system else ""
        names.setdefault(f"{mark}{end.slug}", end)
    for end in shown:
        alike = [other for other in shown if other.system and other.target == end.target]
        if end.system and len(alike) == 1:
            names.setdefault(f"${object_type.name}-{end.target}", end)
            names.setdefault(f"${end.target}-{object_type.name}", end)
    return names
