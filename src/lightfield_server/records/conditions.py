"""`where` of a query as a predicate: conditions, joined by `and`, `or` and `not` (docs/query.md).

This is the one place where a query's conditions are read. Another kind of condition is another entry of `_KINDS`: the
key by which it is known, and what reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.attributes import ATTRIBUTES, Attribute, OwnId, OwnMoment, attribute
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import End, Entity, Place
from lightfield_server.model.keys import Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import (
    AllOf,
    AnyOf,
    Between,
    Not,
    Predicate,
    Prefix,
    Related,
    Stamped,
)
from lightfield_server.model.problems import Problem
from lightfield_server.records import queries
from lightfield_server.records.reading import array, at, closed, text
from lightfield_server.records.shape import Body

#: Conditions of one query, and how deep they may be nested.
MOST_CONDITIONS, DEEPEST = 100, 10


def where(catalog: Catalog, entity: Entity, sent: Any, param: str = "where") -> tuple[Predicate, ...]:
    """The predicates that must all hold."""
    predicate = _Reader(catalog, entity).read(sent, param, 1)
    return predicate.inner if isinstance(predicate, AllOf) else (predicate,)


@dataclass
class _Reader:
    catalog: Catalog
    entity: Entity
    conditions: int = 0

    def read(self, sent: Any, param: str, depth: int) -> Predicate:
        if not isinstance(sent, dict):
            raise problems.invalid_type("A condition is an object.", param)
        if depth > DEEPEST:
            raise problems.invalid_configuration(f"Conditions are nested at most {DEEPEST} deep.", param)
        kinds = [key for key in _KINDS if key in sent]
        if len(kinds) != 1:
            raise problems.invalid_configuration(f"A condition has one of {', '.join(_KINDS)}.", param)
        return _KINDS[kinds[0]](self, sent, param, depth)

    def joined(self, key: str, sent: Body, param: str, depth: int) -> tuple[Predicate, ...]:
        closed(sent, (key,), param)
        inner = array(sent[key], MOST_CONDITIONS, at(param, key), least=1)
        return tuple(self.read(each, f"{param}.{key}.{place}", depth + 1) for place, each in enumerate(inner))

    def every(self, sent: Body, param: str, depth: int) -> Predicate:
        inner = self.joined("and", sent, param, depth)
        # What must hold anyway is not nested: records are found by it.
        flat = [one for each in inner for one in (each.inner if isinstance(each, AllOf) else (each,))]
        return AllOf(tuple(flat))

    def any(self, sent: Body, param: str, depth: int) -> Predicate:
        return AnyOf(self.joined("or", sent, param, depth))

    def none(self, sent: Body, param: str, depth: int) -> Predicate:
        closed(sent, ("not",), param)
        return Not(self.read(sent["not"], f"{param}.not", depth + 1))

    def of_key(self, sent: Body, param: str, depth: int) -> Predicate:
        closed(sent, ("key", "operator", "value", "set"), param)
        key = text(sent["key"], f"{param}.key")
        value = sent.get("value")
        meant = value if isinstance(value, str) else ""
        return self._asked(queries.place_of(self.catalog, self.entity, key, meant, f"{param}.key"), sent, param)

    def of_attribute(self, sent: Body, param: str, depth: int) -> Predicate:
        closed(sent, ("attribute", "operator", "value", "set"), param)
        name = sent["attribute"]
        if name not in ATTRIBUTES:
            raise problems.invalid_configuration(f"Expected one of {', '.join(ATTRIBUTES)}.", f"{param}.attribute")
        return self._asked(attribute(name, self.entity.prefix), sent, param)

    def _asked(self, place: Place | End | Attribute, sent: Body, param: str) -> Predicate:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise problems.invalid_configuration(
                f"A query has at most {MOST_CONDITIONS} conditions; narrow it.", "where"
            )
        if "set" in sent:
            return _presence(place, sent, param)
        if "value" not in sent:
            raise problems.parameter_missing(f"{param}.value")
        word = None if "operator" not in sent else text(sent["operator"], f"{param}.operator")
        operator = queries.operator_of(place, word, param if word is None else f"{param}.operator")
        try:
            predicate = operator.predicate(place, operand(sent["value"]))
        except Problem as problem:
            problems.reraise(problem, f"{param}.value")
        return place.predicate(predicate) if isinstance(place, OwnMoment | OwnId) else predicate


_KINDS: dict[str, Callable[[_Reader, Body, str, int], Predicate]] = {
    "and": _Reader.every,
    "or": _Reader.any,
    "not": _Reader.none,
    "key": _Reader.of_key,
    "attribute": _Reader.of_attribute,
}


def operand(sent: Any) -> str:
    """A value to compare with, as list queries write it."""
    if isinstance(sent, bool):
        return "true" if sent else "false"
    if isinstance(sent, int | float):
        return repr(sent)
    if isinstance(sent, str):
        return sent
    raise problems.invalid_type("A string, a number, true or false is expected.")


def _presence(place: Place | End | Attribute, sent: Body, param: str) -> Predicate:
    """`set`: whether there is any value, or any link to a live record."""
    for key in ("operator", "value"):
        if key in sent:
            raise problems.invalid_configuration("A condition has 'set', or a value to compare with.", f"{param}.{key}")
    if not isinstance(sent["set"], bool):
        raise problems.invalid_type("Expected true or false.", f"{param}.set")
    held = _held(place)
    if held is None:
        raise problems.invalid_configuration("This field cannot be filtered.", param)
    return held if sent["set"] else Not(held)


def _held(place: Place | End | Attribute) -> Predicate | None:
    match place:
        case End(routes=routes) | OwnId(routes=routes):
            return Related(routes)
        case OwnMoment(stamp=stamp):
            return Stamped(stamp, None, None)
    if place.matching is Matching.NONE:
        return None
    return Prefix(place.name, "") if place.field.type.kind is Kind.TEXT else Between(place.name, None, None)
