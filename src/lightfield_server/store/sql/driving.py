"""Which of a query's predicates its records are found by; the others are probed."""

from lightfield_server.model.predicates import (
    AllOf,
    AnyOf,
    Between,
    First,
    Least,
    Linked,
    OneOf,
    Predicate,
    Prefix,
    Stamped,
    Within,
)
from lightfield_server.model.routes import LinkHop
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.links import LIVE
from lightfield_server.store.sql.predicates import Parameters, condition, ends, numbers, stamped, table
from lightfield_server.store.sql.queries import Query

#: What `hidden` says of a link whose record at this end is in the trash.
_TRASHED = {"source": 1, "target": 2}


def candidates(query: Query, predicate: Predicate, parameters: Parameters) -> str | None:
    """A query for the numbers of all records that may answer a predicate, perhaps repeated; None if only all would do.

    Links and moments lead to records of the type, in the trash or out of it as the query asks.
    """
    match predicate:
        case Stamped():
            return _of_kind(query, stamped(predicate, "r", parameters))
        case Least(field=field, key=key):
            return numbers(OneOf(field, (key,)), query.trashed, parameters)
        case First(hop=hop, number=int() as number):
            return _at(query, hop, number, parameters)
        case Linked(routes=((LinkHop() as hop,),), number=int() as number):
            return _at(query, hop, number, parameters)
        case Linked():
            reached = numbers(predicate, query.trashed, parameters)
            return _of_kind(query, f"r.number in (select number from ({reached}) as reached)")
        case OneOf() | Between() | Prefix() | Within():
            return numbers(predicate, query.trashed, parameters)
        case AllOf(inner=several):
            found = (candidates(query, each, parameters) for each in several)
            return next((each for each in found if each is not None), None)
        case AnyOf(inner=several):
            all_of_them = [candidates(query, each, parameters) for each in several]
            known = [each for each in all_of_them if each is not None]
            return " union all ".join(known) if known and len(known) == len(all_of_them) else None
    return None


def once(predicate: Predicate) -> bool:
    """Whether each record is a candidate once: several keys of a field that may have several repeat it."""
    return isinstance(predicate, Between | Stamped | Least | First)


def stream(query: Query, predicate: Predicate, parameters: Parameters) -> tuple[str, str] | None:
    """What to read the candidates of a predicate from in the order of their numbers, each once, without sorting.

    Given as (source with its conditions, the expression that is the number); its one alias is `o`, which no probe uses.
    """
    match predicate:
        case OneOf(keys=(key,)) | Least(key=key):
            one = OneOf(predicate.field, (key,))
            slot = slots.field(predicate.field, query.trashed)
            found = f"o.workspace = :workspace and o.slot = {slot} and {condition(one, 'o', parameters)}"
            return f"{table(one)} o where {found}", "o.number"
        case First(hop=hop, number=int() as number) | Linked(routes=((LinkHop() as hop,),), number=int() as number):
            here, there = ends(hop)
            source, asked = linked(query, hop, "o")
            return f"{source} where {asked} and o.{there} = {parameters.add(number)}", f"o.{here}"
        case Stamped(stamp=stamp, low=int() as low, high=high) if low == high:
            kind = slots.kind(query.type, query.trashed)
            at = f"o.{stamp.value} = {parameters.add(low)}"
            return f"record o where o.workspace = :workspace and o.kind = {kind} and {at}", "o.number"
    return None


def linked(query: Query, hop: LinkHop, alias: str) -> tuple[str, str]:
    """The links of a query's records along a hop: (source, what must hold of each)."""
    here, there = ends(hop)
    hidden = f"{alias}.hidden & {_TRASHED[here]} {'<>' if query.trashed else '='} 0"
    asked = f"{alias}.workspace = :workspace and {alias}.relationship = {slots.slot(hop.relationship)}"
    return f"link {alias}", f"{asked} and {alias}.{LIVE[there]} and {hidden}"


def _at(query: Query, hop: LinkHop, number: int, parameters: Parameters) -> str:
    here, there = ends(hop)
    source, asked = linked(query, hop, "l")
    return f"select l.{here} as number from {source} where {asked} and l.{there} = {parameters.add(number)}"


def _of_kind(query: Query, asked: str) -> str:
    kind = slots.kind(query.type, query.trashed)
    return f"select r.number from record r where r.workspace = :workspace and r.kind = {kind} and {asked}"
