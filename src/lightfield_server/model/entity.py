"""An object type compiled for one workspace: what everything that handles its records asks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from lightfield_server.kit import ids
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import EVERY_OPERATION, Field, ObjectType
from lightfield_server.model.keys import Key
from lightfield_server.model.matching import Matching
from lightfield_server.model.routes import LinkHop, Route

#: How facts and keys call a record's external id.
EXTERNAL_ID = "$externalId"


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

    @property
    def domain_name(self) -> str:
        """What the domains of its values are kept under."""
        return f"{self.name}/domain"

    def keys(self, operand: str) -> tuple[str | int, ...]:
        return self.field.type.operands(operand, self.field.configuration)

    def bounds(self, operand: str) -> tuple[int, int]:
        return self.field.type.bounds(operand, self.field.configuration)

    def fragment(self, operand: str) -> str:
        return self.field.type.fragment(operand)

    def link(self, operand: str) -> int | None:
        raise TypeError("a field has no links")


class Keyed(NamedTuple):
    """A field that records are found by: `keys` turns a value into keys; how many records have each is `counted`."""

    name: str
    keys: Callable[[Any, Configuration], tuple[Key, ...]]
    configuration: Configuration
    counted: bool
    unique: bool


@dataclass(frozen=True, eq=False)
class End:
    """One end of a relationship, as the record type that shows it sees it.

    `hop` is set when links are stored under it; derived ends have routes only, `through` every type that those touch,
    and `beyond` those that they touch after the first step. `both` marks a type related to itself under one key: its
    values are those it points at, and `directions` shows both.
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
    through: frozenset[str] = frozenset()
    beyond: frozenset[str] = frozenset()
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
    def required_ends(self) -> tuple[End, ...]:
        return tuple(e for e in self.stored_ends if e.required)

    @cached_property
    def acting_ends(self) -> tuple[End, ...]:
        """Ends that default to whoever acts."""
        return tuple(e for e in self.stored_ends if e.actor)

    @cached_property
    def derived_ends(self) -> tuple[End, ...]:
        return tuple(e for e in self.shown_ends if e.hop is None)

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.required)

    @cached_property
    def keyed(self) -> dict[str, Keyed]:
        """The fields that records are found by, hidden ones included."""
        return {
            key: Keyed(
                place.name,
                place.field.type.keys,
                place.field.configuration,
                place.matching is Matching.CHOICE,
                place.field.configuration.unique,
            )
            for key, place in self.places.items()
            if place.matching is not Matching.NONE
        }

    @cached_property
    def unique(self) -> dict[str, Keyed]:
        """The fields of which no two live records share a value."""
        return {key: keyed for key, keyed in self.keyed.items() if keyed.unique}

    @cached_property
    def by_domain(self) -> dict[str, Keyed]:
        """The fields by the domains of which records are known again."""
        return {
            key: Keyed(place.domain_name, place.field.type.domains, place.field.configuration, False, False)
            for key, place in self.places.items()
            if place.field.by_domain
        }

    @cached_property
    def external(self) -> dict[str, Keyed]:
        """External ids, as if they were a field. None has this key: shipped ones aside, no key begins with `$`."""
        name = f"{self.name}.{EXTERNAL_ID}"
        return {EXTERNAL_ID: Keyed(name, lambda id, _: (id,), Configuration(), False, True)}

    @property
    def has_external_ids(self) -> bool:
        return "externalId" in self.type.envelope

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others prepare once for this version of the type, each under its own name."""
        return {}

    def id(self, number: int) -> str:
        return ids.written(self.type.prefix, number)

    def number(self, id: str) -> int | None:
        return ids.body(self.type.prefix, id)
