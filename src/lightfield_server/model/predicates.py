"""What may be asked of keys and links. A store answers these; nobody else reads them."""

from dataclasses import dataclass
from enum import Enum

from lightfield_server.model.keys import Key
from lightfield_server.model.routes import LinkHop, Route
from lightfield_server.model.search import Terms


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any key of the field is one of these; no keys at all match nothing."""

    field: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Any whole-number key of the field lies in [low, high]; None is open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any text key of the field starts with this; the empty text asks only that the field is set and not empty."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Within:
    """Any text key of the field has this text in it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Any of the routes leads to this record; None is a record that cannot be, and matches nothing."""

    routes: tuple[Route, ...]
    number: int | None


@dataclass(frozen=True, slots=True)
class LinkedWith:
    """A link leads to a record, live or trashed, that answers all of these questions."""

    hop: LinkHop
    where: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The index has what is asked of a live record's text, in any of these readings; or it is one of `others`.

    The index says nothing of records in the trash: none of them answers.
    """

    readings: tuple[Terms, ...]
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """Any of the routes leads to a live record."""

    routes: tuple[Route, ...]


class Stamp(Enum):
    """A moment that every record carries of its own: when it was made, and when it was last changed, if ever."""

    CREATED = "created_at"
    UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class Stamped:
    """The record was made, or last changed, within [low, high]; None is open."""

    stamp: Stamp
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Least:
    """This is the smallest key of the field, by which the record is sorted."""

    field: str
    key: Key


@dataclass(frozen=True, slots=True)
class First:
    """The first live record that the hop leads to is this one; None: it is none, or has no key of `title`."""

    hop: LinkHop
    number: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Not:
    """No key, or no link, answers the inner question: records without a value match."""

    inner: "Predicate"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the questions, at least, is answered."""

    inner: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the questions is answered."""

    inner: tuple["Predicate", ...]


Predicate = (
    OneOf
    | Between
    | Prefix
    | Within
    | Linked
    | LinkedWith
    | Search
    | Related
    | Stamped
    | Least
    | First
    | Not
    | AnyOf
    | AllOf
)
