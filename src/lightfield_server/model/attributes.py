"""What every record carries of its own, beside fields and relationships, as filters know it."""

from dataclasses import dataclass

from lightfield_server.kit import ids
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Between, Linked, OneOf, Predicate, Stamp, Stamped
from lightfield_server.model.routes import Route
from lightfield_server.model.value_types.moment import Datetime

_MOMENTS, _PLAIN = Datetime(), Configuration()


@dataclass(frozen=True, slots=True)
class OwnMoment:
    """When a record was made or last changed; compared as values of DATETIME fields are."""

    stamp: Stamp
    name: str
    matching: Matching = Matching.AMOUNT
    routes: tuple[Route, ...] = ()

    def keys(self, operand: str) -> tuple[str | int, ...]:
        return _MOMENTS.operands(operand, _PLAIN)

    def bounds(self, operand: str) -> tuple[int, int]:
        return _MOMENTS.bounds(operand, _PLAIN)

    def fragment(self, operand: str) -> str:
        raise TypeError("moments have no text")

    def link(self, operand: str) -> int | None:
        raise TypeError("moments have no links")

    def predicate(self, asked: Predicate) -> Predicate:
        """What an operator asks of keys, asked of the record itself."""
        match asked:
            case Between(low=low, high=high):
                return Stamped(self.stamp, low, high)
            case OneOf(keys=(int() as at,)):
                return Stamped(self.stamp, at, at)
        return Linked((), None)


@dataclass(frozen=True, slots=True)
class OwnId:
    """A record's id. No step at all leads from a record to itself."""

    prefix: str
    name: str = "id"
    matching: Matching = Matching.LINK
    routes: tuple[Route, ...] = ((),)

    def keys(self, operand: str) -> tuple[str | int, ...]:
        raise TypeError("ids have no keys")

    def bounds(self, operand: str) -> tuple[int, int]:
        raise TypeError("ids have no bounds")

    def fragment(self, operand: str) -> str:
        raise TypeError("ids have no text")

    def link(self, operand: str) -> int | None:
        return ids.body(self.prefix, operand)

    def predicate(self, asked: Predicate) -> Predicate:
        return asked


Attribute = OwnMoment | OwnId

CREATED_AT, UPDATED_AT, ID = "createdAt", "updatedAt", "id"

ATTRIBUTES = (CREATED_AT, UPDATED_AT, ID)


def attribute(name: str, prefix: str) -> Attribute:
    """One of `ATTRIBUTES`, for records whose ids have this prefix."""
    if name == ID:
        return OwnId(prefix)
    return OwnMoment(Stamp.CREATED if name == CREATED_AT else Stamp.UPDATED, name)
