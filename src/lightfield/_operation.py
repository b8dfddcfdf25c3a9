"""An operation as data. The table of all of them is `_operations`, generated from contract/api.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Shape(NamedTuple):
    """Where the keys of a value differ between Python and the wire."""

    keys: Mapping[str, tuple[str, Shape | None]] = {}
    """Python key to wire key and the shape below it. Keys not named here are sent as they are."""
    each: Shape | None = None
    """The shape of every value of an open map."""


class Parameter(NamedTuple):
    """One argument of an operation."""

    name: str
    wire: str
    place: str
    """`path`, `query`, `body` (a key of the JSON body), `whole` (the JSON body itself) or `member` (of another)."""
    required: bool
    kind: str
    """`string`, `integer`, `number`, `boolean`, `array`, `object` or `any`."""
    choices: tuple[str, ...] = ()
    summary: str = ""
    shape: Shape | None = None
    members: tuple[Parameter, ...] = ()
    """What an object is made of, where that is known beforehand."""
    nullable: bool = False


class Operation(NamedTuple):
    """What a method sends, and where."""

    id: str
    """Resource and method: `account.create`."""
    method: str
    path: str
    summary: str
    rate: str
    """The bucket it counts against: `read`, `write` or `search`."""
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    filters: bool
    """Whether conditions may stand in the query."""
    sends_object: bool
    """Whether the body is an object even when nothing was given."""


def merged(*shapes: Shape) -> Shape:
    """One shape for a value that may take several forms. Their keys do not contradict each other; a test says so."""
    keys: dict[str, tuple[str, Shape | None]] = {}
    for shape in shapes:
        keys.update(shape.keys)
    return Shape(keys, next((shape.each for shape in shapes if shape.each), None))
