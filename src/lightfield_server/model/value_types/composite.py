"""Values of several parts, found by the parts in one line."""

from typing import ClassVar

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.value_types.base import (
    LONGEST_ELEMENT,
    Json,
    Phrase,
    Schema,
    closed,
    finite,
    string,
    value_type,
    within,
)
from lightfield_server.model.value_types.codes import COUNTRIES

_PART: Schema = {"type": ["string", "null"], "maxLength": LONGEST_ELEMENT}


class Composite(Phrase):
    """A closed object, written whole: members left out become null, and one with nothing in it is no value.

    `parts` are the members that a person reads, in order, with `joint` between those that are there.
    """

    parts: ClassVar[tuple[str, ...]]
    joint: ClassVar[str]
    schemas: ClassVar[dict[str, Schema]]

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        members = closed(sent, tuple(self.schemas))
        kept = {name: None if member is None else self._kept(name, member) for name, member in members.items()}
        return kept if any(member not in (None, "") for member in kept.values()) else None

    def member(self, name: str, sent: Json) -> Json:
        """What to keep of one member that is not null."""
        return within(string(sent), LONGEST_ELEMENT)

    def _kept(self, name: str, sent: Json) -> Json:
        try:
            return self.member(name, sent)
        except problems.Problem as problem:
            message = f"'{name}': {problem.message}"
            raise problems.Problem(problem.status, problem.type, message, code=problem.code) from None

    def text(self, kept: Json, configuration: Configuration) -> str:
        return self.joint.join(kept[part] for part in self.parts if kept.get(part))

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "object", "properties": self.schemas, "additionalProperties": False}

    def read_schema(self, configuration: Configuration) -> Schema:
        return {**self.write_schema(configuration), "required": list(self.schemas)}


@value_type
class FullName(Composite):
    name = "FULL_NAME"
    widget = "name"
    parts = ("firstName", "lastName")
    joint = " "
    schemas: ClassVar[dict[str, Schema]] = {"firstName": _PART, "lastName": _PART}


@value_type
class Address(Composite):
    name = "ADDRESS"
    widget = "address"
    parts = ("street", "street2", "city", "state", "postalCode", "country")
    joint = ", "
    schemas: ClassVar[dict[str, Schema]] = {
        "street": _PART,
        "street2": _PART,
        "city": _PART,
        "state": _PART,
        "postalCode": _PART,
        "country": {"type": ["string", "null"], "pattern": "^[A-Za-z]{2}$"},
        "latitude": {"type": ["number", "null"], "minimum": -90, "maximum": 90},
        "longitude": {"type": ["number", "null"], "minimum": -180, "maximum": 180},
    }

    def member(self, name: str, sent: Json) -> Json:
        if name == "country":
            return _country(string(sent))
        if name in _REACH:
            return _degrees(finite(sent), _REACH[name])
        return super().member(name, sent)


_REACH = {"latitude": 90, "longitude": 180}


def _country(text: str) -> str:
    code = text.upper()
    if not text.isascii() or code not in COUNTRIES:
        raise problems.unprocessable("Expected two letters of ISO 3166-1, such as US.")
    return code


def _degrees(number: int | float, reach: int) -> int | float:
    if abs(number) > reach:
        raise problems.unprocessable(f"Expected a number from -{reach} to {reach}.")
    return number
