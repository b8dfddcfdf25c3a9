"""What records may be sorted by. A store puts them in order; nobody else reads these.

Records without a value come last, or first where `nulls_first` says so, whichever way the others go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lightfield_server.model.keys import Key
from lightfield_server.model.predicates import Stamp
from lightfield_server.model.record import Record
from lightfield_server.model.routes import LinkHop, Route


@dataclass(frozen=True, slots=True)
class ByKey:
    """By the key of a field: by the smallest, where it may have `several`."""

    field: str
    whole: bool
    several: bool = False
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class ByOption:
    """By the place that the key of a field has among these."""

    field: str
    order: tuple[Key, ...]
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class ByStamp:
    stamp: Stamp
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class ByNumber:
    """By creation, each record having a place of its own: whatever comes after decides nothing."""

    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class ByLink:
    """By the first live record that a hop leads to: by its key of `title`, then by its number.

    Without a `title` by its number alone. `target` is the type of the records led to.
    """

    hop: LinkHop
    target: str
    title: str | None
    several: bool = False
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class ByRoute:
    """The same of a relationship that is worked out when it is read. There is no index of it."""

    routes: tuple[Route, ...]
    title: str | None
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True)
class ByReading:
    """By what a function makes of the records themselves. There is no index of it."""

    name: str
    read: Callable[[Sequence[Record]], Mapping[int, Key]]
    descending: bool = False
    nulls_first: bool = False


Sort = ByKey | ByOption | ByStamp | ByNumber | ByLink | ByRoute | ByReading

#: Where a record stands in one sort: a key, None for no value; (title, number) of the record that it is linked to.
Standing = Key | tuple[str, int] | None

#: Where a record stands in all of them, its number at the end.
Position = tuple[Standing, ...]
