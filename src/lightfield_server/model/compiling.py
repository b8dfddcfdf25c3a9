"""Object types made ready for use: both ends of every relationship, and the routes of derived ones."""

from lightfield_server.model.definitions import Derived, ObjectType, Relationship, Shared
from lightfield_server.model.entity import End, Entity, Place
from lightfield_server.model.routes import LinkHop, Route, SharedHop


def entities(types: dict[str, ObjectType]) -> dict[str, Entity]:
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
        through=frozenset().union(*(_passed(ends, owner, path) for path in derived.paths)),
        beyond=frozenset().union(*(_beyond(ends, owner, path) for path in derived.paths)),
    )


def _beyond(ends: dict[str, dict[str, End]], start: str, path: tuple[str | Shared, ...]) -> frozenset[str]:
    """The types that a path touches once its first step is taken."""
    step = path[0]
    return _passed(ends, step.target if isinstance(step, Shared) else ends[start][step].target, path[1:])


def _passed(ends: dict[str, dict[str, End]], start: str, path: tuple[str | Shared, ...]) -> frozenset[str]:
    """The types whose records a path leads from, over and to."""
    passed = {start}
    for step in path:
        if isinstance(step, Shared):
            start = step.target
        else:
            passed |= ends[start][step].through
            start = ends[start][step].target
        passed.add(start)
    return frozenset(passed)


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


def field_name(object_type: str, key: str) -> str:
    """What predicates and keys call a field: unique within a workspace."""
    return f"{object_type}.{key}"
