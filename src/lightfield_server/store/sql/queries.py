"""Pages and counts of the records that answer several predicates, newest first.

A query is driven by what promises the fewest records: those that have one value, those on one link, those in a range
of keys that turns out to be short; else it walks all records, newest first, and stops when the page is full. The
other predicates are probed, one look into an index each.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from lightfield_server.model.predicates import Between, Linked, Not, OneOf, Predicate, Prefix, Search, Within
from lightfield_server.model.record import Record
from lightfield_server.model.routes import LinkHop
from lightfield_server.store.sql import search_sqlite, slots
from lightfield_server.store.sql.dialect import step
from lightfield_server.store.sql.part import Row
from lightfield_server.store.sql.predicates import Parameters, follows_links, numbers, probe
from lightfield_server.store.sql.records import COLUMNS, Records, record_of
from lightfield_server.store.sql.search_index import Index

#: A range of keys no longer than this is sorted; beyond it, walking the newest records finds a page sooner.
SHORT_RANGE = 2_000

PLAIN_PAGE = f"""
    select {COLUMNS} from record where +workspace = ? and number in
    (select number from record where workspace = ? and kind = ? order by number desc limit ? offset ?)
    order by number desc
"""
VALUE_COUNT = "select count from tally where workspace = ? and slot = ? and value = ?"


@dataclass(frozen=True, slots=True)
class Query:
    """Records of one type, in the trash or out of it, that answer every predicate."""

    type: str
    trashed: bool = False
    where: tuple[Predicate, ...] = ()
    #: Fields whose values are counted as they are written, by the name that predicates use.
    counted: frozenset[str] = frozenset()


class Queries(Records):
    """Lists over `record`, `key_text`, `key_int`, `link` and the index of full-text search."""

    index: ClassVar[Index] = search_sqlite

    def page(self, query: Query, limit: int, offset: int) -> list[Record]:
        kind = slots.kind(query.type, query.trashed)
        if not query.where:
            rows = self.run(PLAIN_PAGE, (self.workspace, self.workspace, kind, limit, offset)).fetchall()
        else:
            parameters = Parameters({"workspace": self.workspace, "limit": limit, "offset": offset}, self.index)
            found = self._numbers(query, parameters)
            rows = self.run(
                f"select {COLUMNS} from record where +workspace = :workspace and number in "
                f"({found} order by 1 desc limit :limit offset :offset) order by number desc",
                parameters.values,
            ).fetchall()
        return [record_of(query.type, row) for row in rows]

    def following(self, query: Query, after: int, limit: int) -> list[Record]:
        """The next of a query's records, oldest first, after the one with a number."""
        parameters = Parameters({"workspace": self.workspace, "after": after, "limit": limit}, self.index)
        if query.where:
            found = f"select number from ({self._numbers(query, parameters)}) as found where number > :after"
        else:
            kind = slots.kind(query.type, query.trashed)
            found = f"select number from record where workspace = :workspace and kind = {kind} and number > :after"
        rows = self.run(
            f"select {COLUMNS} from record where +workspace = :workspace and number in "
            f"({found} order by number limit :limit) order by number",
            parameters.values,
        ).fetchall()
        return [record_of(query.type, row) for row in rows]

    def count(self, query: Query) -> int:
        """Exactly how many records answer."""
        match query.where:
            case ():
                return self.kind(query.type, trashed=query.trashed)[0]
            case (OneOf(field=field, keys=keys),) if field in query.counted:
                return sum(self._having(field, query.trashed, str(key)) for key in keys)
            case (Not(inner=inner),):
                rest = Query(query.type, query.trashed, (inner,), query.counted)
                return self.kind(query.type, trashed=query.trashed)[0] - self.count(rest)
        return self.memo.recall((self.workspace, query), self.state(query), lambda: self._counted(query))

    def state(self, query: Query) -> Hashable:
        """What a count depends on: writes to the records of its type; for links and texts, any write."""
        if self.stamp is None:
            return None
        if any(follows_links(predicate) for predicate in query.where):
            return self.stamp
        return self.kind(query.type, trashed=query.trashed)

    def _counted(self, query: Query) -> int:
        parameters = Parameters({"workspace": self.workspace}, self.index)
        (total,) = self._one(f"select count(*) from ({self._numbers(query, parameters)}) as found", parameters)
        return int(total)

    def _having(self, field: str, trashed: bool, value: str) -> int:
        row = self.run(VALUE_COUNT, (self.workspace, slots.field(field, trashed), value)).fetchone()
        return int(row[0]) if row else 0

    def _numbers(self, query: Query, parameters: Parameters) -> str:
        """A query for the numbers of all records that answer, each once."""
        driver = self._driver(query)
        kind = slots.kind(query.type, query.trashed)
        if driver is None:
            source, number = "record r", "r.number"
            where = [f"r.workspace = :workspace and r.kind = {kind}"]
        else:
            # Links and words lead to records of every kind; keys are of one kind already.
            source, number = f"({numbers(driver, query.trashed, parameters)}) d", "d.number"
            where = []
            if isinstance(driver, Linked | Search):
                found = f"r.workspace = :workspace and r.number = d.number and r.kind = {kind}"
                source += f" {step('record', 'r', found)}"
        where += [probe(p, query.trashed, number, parameters) for p in query.where if p is not driver]
        distinct = "" if driver is None or _single(driver) else "distinct "
        condition = f" where {' and '.join(where)}" if where else ""
        return f"select {distinct}{number} from {source}{condition}"

    def _driver(self, query: Query) -> Predicate | None:
        """The predicate whose records are gone through; None to go through them all."""
        for wanted in (_one_link, _words, _one_value, _many_values):
            for predicate in query.where:
                if wanted(predicate):
                    return predicate
        for predicate in query.where:
            if isinstance(predicate, Within):
                return predicate
        ranges = [p for p in query.where if isinstance(p, Between | Prefix)]
        return next((p for p in ranges if self._short(p, query.trashed)), None)

    def _short(self, predicate: Predicate, trashed: bool) -> bool:
        parameters = Parameters({"workspace": self.workspace}, self.index)
        found = numbers(predicate, trashed, parameters)
        (length,) = self._one(f"select count(*) from ({found} limit {SHORT_RANGE + 1}) as found", parameters)
        return int(length) <= SHORT_RANGE

    def _one(self, sql: str, parameters: Parameters) -> Row:
        row: Row = self.run(sql, parameters.values).fetchone()
        return row


def _one_link(predicate: Predicate) -> bool:
    return isinstance(predicate, Linked)


def _words(predicate: Predicate) -> bool:
    return isinstance(predicate, Search)


def _one_value(predicate: Predicate) -> bool:
    return isinstance(predicate, OneOf) and len(predicate.keys) <= 1


def _many_values(predicate: Predicate) -> bool:
    return isinstance(predicate, OneOf)


@lru_cache(maxsize=4096)
def _single(predicate: Predicate) -> bool:
    """Whether a driver yields each record once: one value of a field, or one link."""
    match predicate:
        case OneOf(keys=keys):
            return len(keys) <= 1
        case Linked(routes=routes):
            return len(routes) == 1 and len(routes[0]) == 1 and isinstance(routes[0][0], LinkHop)
        case Within():
            return False
    return True
