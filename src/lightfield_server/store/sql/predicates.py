"""Predicates as SQL: what a set of records is found by, and how one record is probed."""

from dataclasses import dataclass, field

from lightfield_server.model.keys import Key
from lightfield_server.model.predicates import (
    AllOf,
    AnyOf,
    Between,
    First,
    Least,
    Linked,
    LinkedWith,
    Not,
    OneOf,
    Predicate,
    Prefix,
    Related,
    Search,
    Stamped,
    Within,
)
from lightfield_server.model.routes import LinkHop, reversed_route
from lightfield_server.store.sql import search_sqlite, slots
from lightfield_server.store.sql.dialect import contains, exists, only
from lightfield_server.store.sql.links import LIVE, routes_statement
from lightfield_server.store.sql.search_index import Index

_LAST = "\U0010ffff"


@dataclass
class Parameters:
    """Named parameters, collected while a statement is put together."""

    values: dict[str, Key] = field(default_factory=dict)
    index: Index = search_sqlite

    def add(self, value: Key) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def table(predicate: OneOf | Between | Prefix | Within) -> str:
    match predicate:
        case Between():
            return "key_int"
        case OneOf(keys=keys) if keys and isinstance(keys[0], int):
            return "key_int"
    return "key_text"


def condition(predicate: OneOf | Between | Prefix | Within, alias: str, parameters: Parameters) -> str:
    """What must hold of a key's value."""
    value = f"{alias}.value"
    match predicate:
        case OneOf(keys=(key,)):
            return f"{value} = {parameters.add(key)}"
        case OneOf(keys=keys):
            return f"{value} in ({', '.join(parameters.add(key) for key in keys)})"
        case Between(low=low, high=high):
            bounds = [(">=", low), ("<=", high)]
            return (
                " and ".join(f"{value} {sign} {parameters.add(at)}" for sign, at in bounds if at is not None) or "true"
            )
        case Prefix(text=""):
            return "true"
        case Prefix(text=text):
            beyond = _beyond(text)
            end = "" if beyond is None else f" and {value} < {parameters.add(beyond)}"
            return f"{value} >= {parameters.add(text)}{end}"
        case Within(text=text):
            return contains(value, parameters.add(text))


def _beyond(prefix: str) -> str | None:
    """The first text after all that begin with a prefix; None when there is no other."""
    shorter = prefix.rstrip(_LAST)
    if not shorter:
        return None
    # What follows the last code point below the surrogates is the first one above them.
    following = ord(shorter[-1]) + 1
    return shorter[:-1] + chr(0xE000 if following == 0xD800 else following)


def numbers(predicate: Predicate, trashed: bool, parameters: Parameters) -> str:
    """A query for the numbers of the records that answer a positive predicate, as `number`, perhaps repeated."""
    if isinstance(predicate, Linked):
        return _linked(predicate, parameters)
    if isinstance(predicate, Search):
        return _searched(predicate, parameters)
    if not isinstance(predicate, OneOf | Between | Prefix | Within):
        raise TypeError("the records that answer such a predicate are no range of keys")
    if isinstance(predicate, OneOf) and not predicate.keys:
        return "select 0 as number where false"
    return (
        f"select k.number from {table(predicate)} k where k.workspace = :workspace "
        f"and k.slot = {slots.field(predicate.field, trashed)} and {condition(predicate, 'k', parameters)}"
    )


def probe(predicate: Predicate, trashed: bool, number: str, parameters: Parameters) -> str:
    """Whether the record whose number an expression names answers a predicate."""
    match predicate:
        case Not(inner=inner):
            return f"not {probe(inner, trashed, number, parameters)}"
        case AnyOf(inner=several):
            return f"({' or '.join(probe(each, trashed, number, parameters) for each in several)})"
        case AllOf(inner=several):
            return f"({' and '.join(probe(each, trashed, number, parameters) for each in several)})"
        case Stamped():
            return (
                f"exists (select 1 from record s where s.number = {number} and s.workspace = :workspace "
                f"and {stamped(predicate, 's', parameters)})"
            )
        case Related():
            return _related(predicate, number)
        case Least(field=field, key=key):
            least = f"select min(k.value) from {least_of(field, isinstance(key, int), trashed, number)}"
            return f"({least}) = {parameters.add(key)}"
        case First():
            return _first(predicate, number, parameters)
        case Linked(routes=((LinkHop() as hop,),), number=int() as other):
            here, there = ("source", "target") if hop.forward else ("target", "source")
            return exists(
                f"select 1 from link l where l.workspace = :workspace and l.{here} = {number} "
                f"and l.relationship = {slots.slot(hop.relationship)} and l.{there} = {parameters.add(other)} "
                f"and l.{LIVE[there]}"
            )
        case LinkedWith(hop=hop, where=where):
            here, there = ("source", "target") if hop.forward else ("target", "source")
            answers = " or ".join(
                " and ".join(probe(each, in_trash, f"l.{there}", parameters) for each in where)
                for in_trash in (False, True)
            )
            return exists(
                f"select 1 from link l where l.workspace = :workspace and l.{here} = {number} "
                f"and l.relationship = {slots.slot(hop.relationship)} and ({answers})"
            )
        case Linked():
            return f"{number} in (select number from ({_linked(predicate, parameters)}) as linked)"
        case Search():
            return f"{number} in (select number from ({_searched(predicate, parameters)}) as searched)"
        case OneOf(keys=()):
            return "false"
    return exists(
        f"select 1 from {table(predicate)} k where k.workspace = :workspace and k.number = {number} "
        f"and k.slot = {slots.field(predicate.field, trashed)} and {condition(predicate, 'k', parameters)}"
    )


def follows_links(predicate: Predicate) -> bool:
    """Whether writes to records of other types may change the answer."""
    match predicate:
        case Not(inner=inner):
            return follows_links(inner)
        case AnyOf(inner=several) | AllOf(inner=several):
            return any(follows_links(each) for each in several)
    return isinstance(predicate, Linked | LinkedWith | Search | Related | First)


def stamped(predicate: Stamped, alias: str, parameters: Parameters) -> str:
    """What must hold of a record's own moment; open on both sides, that there is one."""
    column = f"{alias}.{predicate.stamp.value}"
    bounds = [(">=", predicate.low), ("<=", predicate.high)]
    asked = [f"{column} {sign} {parameters.add(at)}" for sign, at in bounds if at is not None]
    return " and ".join(asked) or f"{column} is not null"


def least_of(field: str, whole: bool, trashed: bool, number: str) -> str:
    """The keys, as `k`, that one record has in a field."""
    return (
        f"{'key_int' if whole else 'key_text'} k where k.workspace = :workspace and k.number = {number} "
        f"and k.slot = {slots.field(field, trashed)}"
    )


def first_of(hop: LinkHop, number: str) -> str:
    """The first live record that a hop leads to from the one whose number an expression names."""
    here, there = ends(hop)
    return (
        f"(select min(l.{there}) from link l where l.workspace = :workspace and l.{here} = {number} "
        f"and l.relationship = {slots.slot(hop.relationship)} and l.{LIVE[there]})"
    )


def ends(hop: LinkHop) -> tuple[str, str]:
    """The columns that a hop starts from and leads to."""
    return ("source", "target") if hop.forward else ("target", "source")


def _first(predicate: First, number: str, parameters: Parameters) -> str:
    first = first_of(predicate.hop, number)
    if predicate.number is not None:
        return f"{first} = {parameters.add(predicate.number)}"
    if predicate.title is None:
        return f"{first} is null"
    return (
        f"not exists (select 1 from key_text t where t.workspace = :workspace and t.number = {first} "
        f"and t.slot = {slots.field(predicate.title, False)})"
    )


def _related(predicate: Related, number: str) -> str:
    match predicate.routes:
        case ((LinkHop() as hop,),):
            return f"{first_of(hop, number)} is not null"
    return exists(routes_statement(predicate.routes).replace(":which", only(number)))


def _linked(predicate: Linked, parameters: Parameters) -> str:
    if predicate.number is None:
        return "select 0 as number where false"
    if len(predicate.routes) == 1 and len(predicate.routes[0]) == 1 and isinstance(predicate.routes[0][0], LinkHop):
        hop = predicate.routes[0][0]
        here, there = ("source", "target") if hop.forward else ("target", "source")
        return (
            f"select l.{here} as number from link l where l.workspace = :workspace "
            f"and l.{there} = {parameters.add(predicate.number)} "
            f"and l.relationship = {slots.slot(hop.relationship)} and l.{LIVE[there]}"
        )
    start = parameters.add(predicate.number)
    backwards = tuple(reversed_route(route) for route in predicate.routes)
    walk = routes_statement(backwards, backwards=True).replace(":which", only(start))
    return f"select other as number from ({walk}) as walk"


def _searched(predicate: Search, parameters: Parameters) -> str:
    workspace, index = int(parameters.values["workspace"]), parameters.index
    found = [index.numbers(parameters.add(index.expression(workspace, reading))) for reading in predicate.readings]
    if predicate.others:
        found.append(
            f"select number from record where +workspace = :workspace and number in "
            f"({', '.join(map(str, predicate.others))})"
        )
    return " union ".join(found) or "select 0 as number where false"
