"""The operators of list queries (spec: conventions 8.2). One operator is one function.

Value types name a matching, operators name the matchings they serve, so neither lists the other. The first operator
declared that serves a matching is its default. Negation is `Not` around any of them, and no operator's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lightfield_server.kit.registry import Registry
from lightfield_server.model import problems
from lightfield_server.model.keys import LONGEST_TEXT
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Between, Linked, OneOf, Predicate, Prefix, Within
from lightfield_server.model.routes import Route
from lightfield_server.model.value_types.base import carried


class Place(Protocol):
    """Where an operator is asked: a field or an end of a relationship, able to read its operand.

    `name` is what predicates call a field, `routes` where an end leads. `keys` reads an operand as whole keys, `bounds`
    as the largest key not above it and the smallest key not below it, `fragment` as a part of a key, `link` as the
    number of a record.
    """

    @property
    def name(self) -> str: ...
    @property
    def matching(self) -> Matching: ...
    @property
    def routes(self) -> tuple[Route, ...]: ...

    def keys(self, operand: str) -> tuple[str | int, ...]: ...
    def bounds(self, operand: str) -> tuple[int, int]: ...
    def fragment(self, operand: str) -> str: ...
    def link(self, operand: str) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Operator:
    """`name` as it stands between brackets, `says` as a person reads it in a filter bar."""

    name: str
    matchings: frozenset[Matching]
    says: str
    predicate: Callable[[Place, str], Predicate]


OPERATORS: Registry[Operator] = Registry("filter operator")

Ask = Callable[[Place, str], Predicate]


def operator(name: str, *matchings: Matching, says: str) -> Callable[[Ask], Ask]:
    """Declare a function of a place and an operand as an operator; it is asked with carried text only."""

    def declare(ask: Ask) -> Ask:
        def predicate(place: Place, operand: str) -> Predicate:
            return ask(place, carried(operand))

        OPERATORS.add(name, Operator(name, frozenset(matchings), says, predicate))
        return ask

    return declare


def named(name: str) -> Operator | None:
    """The operator a client's word means; one copy of upstream's guide says `equals`."""
    return OPERATORS.get("equal" if name == "equals" else name)


def serving(matching: Matching) -> tuple[Operator, ...]:
    """The operators that serve a matching, its default first."""
    return tuple(declared for declared in OPERATORS if matching in declared.matchings)


@operator("equal", Matching.AMOUNT, Matching.PHRASE, Matching.CHOICE, Matching.LINK, says="is")
def equal(place: Place, operand: str) -> Predicate:
    if place.matching is Matching.LINK:
        return Linked(place.routes, place.link(operand))
    return OneOf(place.name, place.keys(operand))


@operator("greaterThan", Matching.AMOUNT, says="is more than")
def greater_than(place: Place, operand: str) -> Predicate:
    below, _ = place.bounds(operand)
    return Between(place.name, below + 1, None)


@operator("greaterThanOrEqual", Matching.AMOUNT, says="is at least")
def greater_than_or_equal(place: Place, operand: str) -> Predicate:
    _, above = place.bounds(operand)
    return Between(place.name, above, None)


@operator("lessThan", Matching.AMOUNT, says="is less than")
def less_than(place: Place, operand: str) -> Predicate:
    _, above = place.bounds(operand)
    return Between(place.name, None, above - 1)


@operator("lessThanOrEqual", Matching.AMOUNT, says="is at most")
def less_than_or_equal(place: Place, operand: str) -> Predicate:
    below, _ = place.bounds(operand)
    return Between(place.name, None, below)


@operator("startsWith", Matching.PHRASE, says="starts with")
def starts_with(place: Place, operand: str) -> Predicate:
    return Prefix(place.name, _fragment(place, operand))


@operator("contains", Matching.TOKENS, Matching.LINK, says="contains")
def contains(place: Place, operand: str) -> Predicate:
    if place.matching is Matching.LINK:
        return equal(place, operand)
    return Within(place.name, _fragment(place, operand))


def _fragment(place: Place, operand: str) -> str:
    fragment = place.fragment(operand)
    if len(fragment) > LONGEST_TEXT:
        raise problems.invalid_type(f"Values are looked up by parts of at most {LONGEST_TEXT} characters.")
    return fragment
