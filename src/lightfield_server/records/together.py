"""Which writes of one kind may be carried out as a set, so that it is as if they came one after another.

A write is checked against what is stored. Those of a set are checked before any of them is written, so none may change
what another is checked against: the record itself, or a link of which an end holds one record only.
"""

from collections.abc import Iterator

from lightfield_server.model.entity import End, Entity
from lightfield_server.model.value_types import Json
from lightfield_server.records.shape import Body

#: Writes in one set: more make it no faster, and all of them are held in memory at once.
MOST = 100


class Together:
    """The writes gathered so far, by what they leave no room for."""

    def __init__(self) -> None:
        self._claimed: set[str] = set()
        self._size = 0
        self._closed = False

    def admits(self, claims: frozenset[str] | None) -> bool:
        """Take one more write by its claims (see below); False when it has to wait until these are carried out."""
        if self._size and (claims is None or self._closed or self._size == MOST or self._claimed & claims):
            return False
        self._size += 1
        self._closed = claims is None
        self._claimed |= claims or set()
        return True


def claims_of_new(entity: Entity, body: Body) -> frozenset[str] | None:
    """The ids that no other write of a set may name beside this creation; None for one that is carried out alone."""
    claimed: set[str] = set()
    for end, value in _linked(entity, body):
        if not end.other_many:
            if end.required:
                return None
            claimed.update(ids_in(value))
    return frozenset(claimed)


def claims_of_edit(entity: Entity, id: str, body: Body, settled: str | None = None) -> frozenset[str] | None:
    """The same for a change of an existing record. `settled` is a field known to stay within what the record has."""
    for key in _part(body, "fields"):
        field = entity.fields.get(key)
        if field is not None and field.configuration.unique and key != settled:
            return None
    for end, _ in _linked(entity, body):
        if not end.other_many or end.other_required or end.target == entity.name:
            return None
    return frozenset({id})


def _linked(entity: Entity, body: Body) -> Iterator[tuple[End, Json]]:
    for key, value in _part(body, "relationships").items():
        end = entity.ends.get(key)
        if end is not None and end.hop is not None:
            yield end, value


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def ids_in(value: Json) -> Iterator[str]:
    """The ids a relationship is sent with: one, several, or either under operations."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (id for id in value if isinstance(id, str))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from ids_in(inner)
