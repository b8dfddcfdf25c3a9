"""What may be counted and added up, and by what: columns of keys, one for each record. A store reads these."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lightfield_server.model.predicates import Stamp
from lightfield_server.model.routes import LinkHop, Route

#: Makes one group of many keys; equal functions make equal groups.
Fold = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """The key of a field that has one at the most; `unit` says of how many a moment counts as the same."""

    field: str
    whole: bool
    unit: int | None = None
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class StampColumn:
    stamp: Stamp
    unit: int | None = None
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """The live records of type `target` that a hop leads to: one at the most, unless `several`.

    `exclusive`: each is led to by one record at the most, so that linking another takes it away from the first.
    """

    hop: LinkHop
    target: str
    several: bool
    exclusive: bool
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class RouteColumn:
    """The same of a relationship that is worked out when it is read."""

    routes: tuple[Route, ...]
    several: bool = True
    fold: Fold | None = None


Column = KeyColumn | StampColumn | LinkColumn | RouteColumn

#: Moments are counted in units since this long before 1970 began, so that none is negative: since the year 1.
SINCE = 62_135_596_800_000

#: What a group has in common: a key for each column, None for none.
Group = tuple[int | str | None, ...]


@dataclass(slots=True)
class Sum:
    """What the values of one measure come to; `low` and `high` are None without any."""

    count: int = 0
    total: int = 0
    low: int | None = None
    high: int | None = None

    def add(self, other: "Sum") -> None:
        self.count += other.count
        self.total += other.total
        if other.low is not None:
            self.low = other.low if self.low is None else min(self.low, other.low)
        if other.high is not None:
            self.high = other.high if self.high is None else max(self.high, other.high)


@dataclass(slots=True)
class Total:
    """How many records a group has, and what each measure comes to."""

    count: int = 0
    sums: list[Sum] = field(default_factory=list)


Totals = dict[Group, Total]
