"""List parameters as a query: `$stage[-equal]=Won&$account=acc_…` (spec: conventions 7 and 8)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.completing import CUSTOM_PREFIX
from lightfield_server.model.entity import End, Entity, Place
from lightfield_server.model.filters import Operator, named, serving
from lightfield_server.model.filters import Place as Filtered
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Not, Predicate
from lightfield_server.model.problems import Problem
from lightfield_server.store.protocol import Query

DEFAULT_LIMIT = LARGEST_LIMIT = 25

#: The most a client may skip: as far as whole numbers of 63 bits go.
LARGEST_OFFSET = (1 << 63) - 1

#: Conditions in one request; beyond, no answer is worth the work (ours).
MOST_CONDITIONS = 25

AS_SOURCE, AS_DESTINATION = "asSource", "asDestination"

_FILTER = re.compile(r"(?P<key>[^\[\]]*)(?:\[(?P<not>-?)(?P<operator>[^\[\]]*)\])?")
_WHOLE = re.compile(r"[0-9]{1,19}", re.ASCII)

Parameters = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    limit: int = DEFAULT_LIMIT
    offset: int = 0


def page(parameters: Parameters) -> tuple[Page, list[tuple[str, str]]]:
    """`limit` and `offset`, and every other parameter."""
    limit, offset = DEFAULT_LIMIT, 0
    rest = []
    for name, value in parameters:
        if name == "limit":
            limit = whole(name, value, 1, LARGEST_LIMIT)
        elif name == "offset":
            offset = whole(name, value, 0, LARGEST_OFFSET)
        else:
            rest.append((name, value))
    return Page(limit, offset), rest


def no_more(rest: Parameters, plural: str) -> None:
    """Refuse parameters where nothing can be filtered (spec: conventions 8.5)."""
    for name, _ in rest:
        raise problems.unknown_field(name, plural, problems.shown(name))


def query(catalog: Catalog, entity: Entity, filters: Iterable[tuple[str, str]], *, trashed: bool = False) -> Query:
    """The records of a type that answer every filter."""
    asked = list(filters)
    if len(asked) > MOST_CONDITIONS:
        raise problems.invalid_configuration(f"A request has at most {MOST_CONDITIONS} filters; narrow it.")
    where = tuple(_predicate(catalog, entity, name, value) for name, value in asked)
    return Query(entity.name, trashed, where, counted(entity))


def counted(entity: Entity) -> frozenset[str]:
    """The fields whose values are counted as they are written."""
    memo = entity.memo.get("counted")
    if memo is None:
        memo = entity.memo["counted"] = frozenset(
            place.name for place in entity.places.values() if place.matching is Matching.CHOICE
        )
    known: frozenset[str] = memo
    return known


def _predicate(catalog: Catalog, entity: Entity, name: str, value: str) -> Predicate:
    param = problems.shown(name)
    match = _FILTER.fullmatch(name)
    if match is None:
        raise problems.invalid_configuration("A filter reads 'key[operator]'.", param)
    place = place_of(catalog, entity, match["key"], value, param)
    operator = operator_of(place, match["operator"], param)
    try:
        predicate = operator.predicate(place, value)
    except Problem as problem:
        problems.reraise(problem, param)
    return Not(predicate) if match["not"] else predicate


def place_of(catalog: Catalog, entity: Entity, key: str, value: str, param: str) -> Place | End:
    """The field or the end that a key names; `value` helps to tell what an unknown one was meant for."""
    for found in (_field, _end):
        place = found(entity, key)
        if place is not None:
            return place
    if _names_a_record(catalog, value):
        raise problems.unknown_relationship(key, entity.plural, param)
    raise problems.unknown_field(key, entity.plural, param)


def _field(entity: Entity, key: str) -> Place | None:
    place = entity.places.get(key)
    return None if place is None or place.field.hidden else place


def _end(entity: Entity, key: str) -> End | None:
    """An end by its key, by its slug, or one direction of a type related to itself."""
    key, _, direction = key.partition(":")
    end = entity.ends.get(key) or entity.slugs.get(key)
    if end is None or end.hidden:
        return None
    if not direction:
        return end
    directions: dict[str, Callable[[], End]] = {AS_SOURCE: lambda: end, AS_DESTINATION: lambda: end.backwards}
    return directions[direction]() if end.both and direction in directions else None


def _names_a_record(catalog: Catalog, value: str) -> bool:
    prefix, mark, _ = value.partition("_")
    known = {CUSTOM_PREFIX, *(entity.prefix for entity in catalog.entities.values())}
    return bool(mark) and prefix in known


def operator_of(place: Filtered, sent: str | None, param: str) -> Operator:
    """The operator that a client's word means there, the default for none."""
    operator = next(iter(serving(place.matching)), None) if sent is None else named(sent)
    if operator is None or place.matching not in operator.matchings:
        what = "cannot be filtered" if sent is None else f"has no operator '{problems.shown(sent)}'"
        raise problems.invalid_configuration(f"This field {what}.", param)
    return operator


def whole(name: str, value: str, low: int, high: int) -> int:
    number = int(value) if _WHOLE.fullmatch(value) else None
    if number is None or not low <= number <= high:
        raise problems.invalid_type(f"'{name}' is a whole number from {low} to {high}.", name)
    return number
