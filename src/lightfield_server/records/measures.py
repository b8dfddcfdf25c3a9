"""`measures` of an aggregation: counts, sums, averages and extremes, and how they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import msgspec

from lightfield_server.kit import clock
from lightfield_server.model import problems
from lightfield_server.model.adding import Column, KeyColumn, StampColumn, Sum, Total
from lightfield_server.model.attributes import CREATED_AT, UPDATED_AT
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity, Place
from lightfield_server.model.keys import Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Stamp
from lightfield_server.model.value_types.base import Amount
from lightfield_server.records import queries
from lightfield_server.records.reading import array, closed, text, word

COUNT = "count"
FUNCTIONS = (COUNT, "sum", "avg", "min", "max")

MOST_MEASURES = 10
LONGEST_NAME = 100

#: Decimal places of an average; sums and extremes are exact.
_SIXTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Measure:
    """`name` is what the answer calls it. `column` and `key` are None where records are counted."""

    name: str
    function: str
    column: Column | None
    key: str | None
    scale: int
    moment: bool


def measures(catalog: Catalog, entity: Entity, sent: Any) -> tuple[Measure, ...]:
    asked = array(sent, MOST_MEASURES, "measures", least=1)
    found = tuple(_measure(catalog, entity, each, f"measures.{place}") for place, each in enumerate(asked))
    names = [measure.name for measure in found]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise problems.invalid_configuration(
                "Two measures have one name; say another by 'as'.", f"measures.{place}"
            )
    return found


def _measure(catalog: Catalog, entity: Entity, sent: Any, param: str) -> Measure:
    closed(sent, ("function", "key", "attribute", "as"), param)
    if "function" not in sent:
        raise problems.parameter_missing(f"{param}.function")
    function = word(sent["function"], FUNCTIONS, f"{param}.function")
    of = [key for key in ("key", "attribute") if key in sent]
    name = text(sent.get("as", f"{function}({sent[of[0]]})" if of else function), f"{param}.as")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise problems.invalid_type(f"A name has from 1 to {LONGEST_NAME} characters.", f"{param}.as")
    if function == COUNT:
        if of:
            raise problems.invalid_configuration("Records are counted, not values.", f"{param}.{of[0]}")
        return Measure(name, function, None, None, 1, False)
    if len(of) != 1:
        raise problems.invalid_configuration("A measure other than count has a key or an attribute.", param)
    if of == ["attribute"]:
        attribute = word(sent["attribute"], (CREATED_AT, UPDATED_AT), f"{param}.attribute")
        _not_of_moments(function, f"{param}.function")
        stamp = Stamp.CREATED if attribute == CREATED_AT else Stamp.UPDATED
        return Measure(name, function, StampColumn(stamp), None, 1, True)
    return _of_field(catalog, entity, function, name, text(sent["key"], f"{param}.key"), param)


def _of_field(catalog: Catalog, entity: Entity, function: str, name: str, key: str, param: str) -> Measure:
    place = queries.place_of(catalog, entity, key, "", f"{param}.key")
    if not isinstance(place, Place) or place.matching is not Matching.AMOUNT:
        raise problems.invalid_configuration("Only numbers, currencies and dates are measured.", f"{param}.key")
    moment = place.field.type.kind is Kind.MOMENT
    if moment:
        _not_of_moments(function, f"{param}.function")
    value_type = place.field.type
    scale = value_type.scale if isinstance(value_type, Amount) else 1
    return Measure(name, function, KeyColumn(place.name, True), place.field.key, scale, moment)


def _not_of_moments(function: str, param: str) -> None:
    if function not in ("min", "max"):
        raise problems.invalid_configuration("Dates have a least and a greatest value, and no sum.", param)


def shown(measure: Measure, total: Total, place: int) -> Any:
    """What a measure comes to, as JSON; `place` is where its column stands among those that were added up."""
    if measure.function == COUNT:
        return total.count
    value = standing(measure, total, place)
    if value is None:
        return None
    return clock.written(int(value)) if measure.moment else _written(value)


def standing(measure: Measure, total: Total, place: int) -> Decimal | None:
    """The same as a number, None for no value: what groups are sorted by. A sum of nothing is 0."""
    if measure.function == COUNT:
        return Decimal(total.count)
    found = _WORKED_OUT[measure.function](total.sums[place])
    if found is None:
        return None
    with localcontext(prec=60):
        exact = found / measure.scale
        return exact.quantize(_SIXTH, ROUND_HALF_EVEN) if measure.function == "avg" else exact


def _average(found: Sum) -> Decimal | None:
    with localcontext(prec=60):
        return Decimal(found.total) / found.count if found.count else None


def _maybe(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


_WORKED_OUT: dict[str, Callable[[Sum], Decimal | None]] = {
    "sum": lambda found: Decimal(found.total),
    "avg": _average,
    "min": lambda found: _maybe(found.low),
    "max": lambda found: _maybe(found.high),
}


def _written(value: Decimal) -> msgspec.Raw:
    """All digits that there are, and no more."""
    text = f"{value:f}"
    return msgspec.Raw((text.rstrip("0").rstrip(".") if "." in text else text).encode())
