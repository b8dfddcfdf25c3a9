"""Records in any order: a page that follows a place in it, at the same cost wherever that is.

The first sort decides how. Where few records answer, all are collected and sorted. Else the index of that sort is
walked from the place on, and the predicates are probed on the way; records alike in it are put in order by the other
sorts, by the same rules. Records without a value are those that no index knows, and are found by their absence.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.keys import Key
from lightfield_server.model.predicates import (
    Between,
    First,
    Least,
    Not,
    OneOf,
    Predicate,
    Prefix,
    Stamped,
    Within,
)
from lightfield_server.model.sorting import (
    ByKey,
    ByLink,
    ByNumber,
    ByOption,
    ByReading,
    ByRoute,
    ByStamp,
    Position,
    Sort,
    Standing,
)
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.dialect import among
from lightfield_server.store.sql.driving import candidates, linked, once, stream
from lightfield_server.store.sql.links import LIVE, Links
from lightfield_server.store.sql.predicates import Parameters, condition, ends, first_of, least_of, probe, stamped
from lightfield_server.store.sql.queries import Queries, Query

#: So many records are collected and sorted rather than looked for along an index; more for larger pages.
FEW, FEW_FOR_EACH = 2_000, 10

#: The most that are collected and sorted where there is no index to walk.
MOST_COLLECTED = 10_000

#: To count, so many candidates are gone through rather than all records.
MOST_SCANNED = 200_000

#: Records whose values are read at once; they may be large.
AT_ONCE = 100

OLDEST = f"""
    select value, min(number) from key_text where workspace = ? and slot = ? and value {among("?")} group by value
"""

Walked = list[tuple[Standing, int]]


class Ordering(Queries, Links):
    """Pages over whatever a sort can be walked by, and over what was collected where none can."""

    def ordered(self, query: Query, sorts: Sequence[Sort], after: Position | None, limit: int) -> list[int]:
        """The numbers of the records that answer, in order, after a position; ties go by number, as the last sort goes.

        Without a sort the newest come first. Raises 422 where too many answer for a sort that no index serves.
        """
        decisive = next((place for place, sort in enumerate(sorts) if isinstance(sort, ByNumber)), len(sorts))
        down = sorts[-1].descending if sorts else True
        if decisive < len(sorts):
            down = sorts[decisive].descending
        return self._ordered(query, tuple(sorts[:decisive]), down, after, limit)

    def positions(self, query: Query, sorts: Sequence[Sort], wanted: Sequence[int]) -> dict[int, Position]:
        """Where records stand, whether or not they answer the query."""
        columns = [self._standings(query, sort, wanted) for sort in sorts]
        return {number: (*(column.get(number) for column in columns), number) for number in wanted}

    def first(self, query: Query, most: int) -> list[int]:
        """The numbers of the records that answer, in no order; one more than `most` at the most."""
        driver = self._fewest(query, most) if query.where else None
        return self._all(query, driver, most + 1)

    def counted(self, query: Query) -> int:
        """Exactly how many records answer, remembered until a write may have changed it."""
        match query.where:
            case () | (OneOf(),) | (Not(inner=OneOf()),):
                return self.count(query)
        return self.memo.recall((self.workspace, query), self.state(query), lambda: self._total(query, None))

    def capped(self, query: Query, most: int) -> int:
        """How many records answer, or one more than `most`."""
        return self._total(query, most + 1) if query.where else min(self.count(query), most + 1)

    def _total(self, query: Query, most: int | None) -> int:
        parameters = Parameters({"workspace": self.workspace}, self.index)
        driver = self._fewest(query, MOST_SCANNED)
        limited = "" if most is None else f" limit {most}"
        (total,) = self._one(
            f"select count(*) from ({self._found(query, driver, parameters)}{limited}) as found", parameters
        )
        return int(total)

    def oldest(self, field: str, keys: Collection[Key], *, trashed: bool) -> dict[Key, int]:
        """For each text key of a field, the first record that has it."""
        texts = self.dialect.texts(key for key in keys if isinstance(key, str))
        sought = (self.workspace, slots.field(field, trashed), texts)
        return dict(self.run(OLDEST, sought).fetchall())

    # How

    def _ordered(
        self, query: Query, sorts: tuple[Sort, ...], down: bool, after: Position | None, limit: int
    ) -> list[int]:
        if limit <= 0:
            return []
        if not sorts:
            return self._by_number(query, down, None if after is None else _number(after), limit)
        if isinstance(sorts[0], ByRoute | ByReading):
            return self._collected(query, sorts, down, after, limit, None)
        driver = self._fewest(query, FEW + FEW_FOR_EACH * limit) if query.where else None
        if driver is not None:
            return self._collected(query, sorts, down, after, limit, driver)
        return self._walked(query, sorts, down, after, limit)

    def _by_number(self, query: Query, down: bool, after: int | None, limit: int) -> list[int]:
        parameters = Parameters({"workspace": self.workspace, "limit": limit})
        driver, source, number = self._numbered(query, limit, parameters)
        asked = [probe(p, query.trashed, number, parameters) for p in query.where if not _answered(p, driver)]
        if after is not None:
            asked.append(f"{number} {'<' if down else '>'} {parameters.add(after)}")
        joined = "".join(f" and {each}" for each in asked)
        order = f"order by {number} {'desc' if down else 'asc'} limit :limit"
        rows = self.run(f"select {number} from {source}{joined} {order}", parameters.values).fetchall()
        return [number for (number,) in rows]

    def _numbered(self, query: Query, limit: int, parameters: Parameters) -> tuple[Predicate | None, str, str]:
        """What gives records in the order of their numbers: one value, one link, a few to sort, or all there are."""
        for predicate in query.where:
            found = stream(query, predicate, parameters)
            if found is not None:
                return predicate, *found
        driver = self._fewest(query, FEW + FEW_FOR_EACH * limit) if query.where else None
        if driver is not None:
            return (
                None,
                f"(select distinct number from ({candidates(query, driver, parameters)}) as c) d where true",
                "d.number",
            )
        kind = slots.kind(query.type, query.trashed)
        return None, f"record r where r.workspace = :workspace and r.kind = {kind}", "r.number"

    def _fewest(self, query: Query, most: int) -> Predicate | None:
        """The predicate that the fewest records may answer, if those are no more than `most`.

        Looking for a part of a text goes through every text there is, so it is tried last.
        """
        found: list[tuple[int, Predicate]] = []
        for predicate in sorted(query.where, key=lambda p: isinstance(p, Within)):
            if found and isinstance(predicate, Within):
                break
            parameters = Parameters({"workspace": self.workspace}, self.index)
            sql = candidates(query, predicate, parameters)
            if sql is not None:
                (length,) = self._one(
                    f"select count(*) from (select 1 from ({sql}) as listed limit {most + 1}) as found", parameters
                )
                if length <= most:
                    found.append((length, predicate))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    # Collected

    def _collected(
        self,
        query: Query,
        sorts: tuple[Sort, ...],
        down: bool,
        after: Position | None,
        limit: int,
        driver: Predicate | None,
    ) -> list[int]:
        if driver is None:
            collected = self.first(query, MOST_COLLECTED)
            if len(collected) > MOST_COLLECTED:
                raise problems.unprocessable(
                    f"No index serves this sort, so it takes at most {MOST_COLLECTED} records; narrow the query.",
                    "sort",
                )
        else:
            collected = self._all(query, driver)
        positions = self.positions(query, sorts, collected)
        found = in_order(sorts, down, positions)
        if after is not None:
            found = [number for number in found if follows(sorts, down, positions[number], after)]
        return found[:limit]

    def _all(self, query: Query, driver: Predicate | None, most: int | None = None) -> list[int]:
        parameters = Parameters({"workspace": self.workspace}, self.index)
        found = self._found(query, driver, parameters)
        limited = "" if most is None else f" limit {most}"
        return [number for (number,) in self.run(f"{found}{limited}", parameters.values).fetchall()]

    def _found(self, query: Query, driver: Predicate | None, parameters: Parameters) -> str:
        """A query for the numbers of all records that answer, each once."""
        ways = (driver,) if driver is not None else query.where
        found = next((s for s in (stream(query, p, parameters) for p in ways) if s is not None), None)
        repeated = False
        if found is not None:
            source, number = found
        elif driver is not None:
            source, number = f"({candidates(query, driver, parameters)}) d where true", "d.number"
            repeated = not once(driver)
        else:
            kind = slots.kind(query.type, query.trashed)
            source, number = f"record r where r.workspace = :workspace and r.kind = {kind}", "r.number"
        asked = [probe(p, query.trashed, number, parameters) for p in query.where]
        return (
            f"select {'distinct ' if repeated else ''}{number} from {source}{''.join(f' and {each}' for each in asked)}"
        )

    # Walked

    def _walked(
        self, query: Query, sorts: tuple[Sort, ...], down: bool, after: Position | None, limit: int
    ) -> list[int]:
        """Records with a value and those without, in turn, from the position on."""
        sort, rest = sorts[0], sorts[1:]
        turns: list[bool] = [False, True] if sort.nulls_first else [True, False]
        if after is not None and (after[0] is not None) is not turns[0]:
            turns.pop(0)
        found: list[int] = []
        for valued in turns:
            wanted = limit - len(found)
            if valued:
                found += self._valued(query, sort, rest, down, after, wanted)
            elif wanted and not self._all_have(query, sort):
                lacking = _with(query, _lacking(sort))
                found += self._ordered(lacking, rest, down, None if after is None else after[1:], wanted)
            after = None
        return found

    def _valued(
        self, query: Query, sort: Sort, rest: tuple[Sort, ...], down: bool, after: Position | None, limit: int
    ) -> list[int]:
        if isinstance(sort, ByOption):
            return self._by_option(query, sort, rest, down, after, limit)
        found: list[int] = []
        at: Standing = None
        if after is not None:
            at = after[0]
            found = self._ordered(_with(query, _equal(sort, at)), rest, down, after[1:], limit)
        while len(found) < limit:
            wanted = limit - len(found)
            if not rest and sort.descending is down:
                return found + [number for _, number in self._walk(query, sort, at, wanted)]
            rows = self._walk(query, sort, at, wanted + 1)
            if len(rows) <= wanted:
                return found + self._grouped(query, rest, down, rows)
            # The last group may go on beyond what was read.
            at = rows[-1][0]
            found += self._grouped(query, rest, down, [row for row in rows if row[0] != at])
            found += self._ordered(_with(query, _equal(sort, at)), rest, down, None, limit - len(found))
        return found

    def _by_option(
        self, query: Query, sort: ByOption, rest: tuple[Sort, ...], down: bool, after: Position | None, limit: int
    ) -> list[int]:
        order = list(reversed(sort.order)) if sort.descending else list(sort.order)
        if after is not None:
            order = order[order.index(after[0]) :] if after[0] in order else []
        found: list[int] = []
        for key in order:
            one = _with(query, OneOf(sort.field, (key,)))
            found += self._ordered(one, rest, down, None if after is None else after[1:], limit - len(found))
            after = None
        return found

    def _grouped(self, query: Query, rest: tuple[Sort, ...], down: bool, rows: Walked) -> list[int]:
        """What was walked, records alike in the first sort put in order by the others."""
        positions = self.positions(query, rest, [number for _, number in rows])
        groups: dict[Standing, dict[int, Position]] = {}
        for standing, number in rows:
            groups.setdefault(standing, {})[number] = positions[number]
        return [number for group in groups.values() for number in in_order(rest, down, group)]

    def _walk(self, query: Query, sort: Sort, after: Standing, limit: int) -> Walked:
        """Records beyond a standing along the index of a sort, with their standings; ties by number, the same way."""
        parameters = Parameters({"workspace": self.workspace, "limit": limit})
        columns, source, asked, number = _index(query, sort, after, parameters)
        asked += [_asked(query, sort, p, number, parameters) for p in query.where]
        way = "desc" if sort.descending else "asc"
        order = ", ".join(f"{column} {way}" for column in (*columns, number))
        rows = self.run(
            f"select {', '.join((*columns, number))} from {source} where {' and '.join(asked)} "
            f"order by {order} limit :limit",
            parameters.values,
        ).fetchall()
        if isinstance(sort, ByLink) and sort.title is not None:
            return [((title, other), number) for title, other, number in rows]
        return [(value, number) for value, number in rows]

    def _all_have(self, query: Query, sort: Sort) -> bool:
        """Whether it is plain that no record of the type lacks a value."""
        if not isinstance(sort, ByKey | ByOption) or (isinstance(sort, ByKey) and sort.several):
            return False
        state = self.kind(query.type, trashed=query.trashed)
        slot = slots.field(sort.field, query.trashed)

        def counted() -> int:
            keys = "key_int" if isinstance(sort, ByKey) and sort.whole else "key_text"
            sought = (self.workspace, slot)
            return int(self.run(f"select count(*) from {keys} where workspace = ? and slot = ?", sought).fetchone()[0])

        kept = None if self.stamp is None else state
        return state[0] == self.memo.recall((self.workspace, "with", slot), kept, counted)

    # Standings

    def _standings(self, query: Query, sort: Sort, wanted: Sequence[int]) -> Mapping[int, Any]:
        match sort:
            case ByNumber():
                return {number: number for number in wanted}
            case ByStamp(stamp=stamp):
                return self._looked_up(
                    f"select number, {stamp.value} from record where +workspace = ? {_AMONG}", wanted
                )
            case ByKey(field=field, whole=whole):
                return self._least(slots.field(field, query.trashed), wanted, whole=whole)
            case ByOption(field=field, order=order):
                found = self._least(slots.field(field, query.trashed), wanted, whole=False)
                return {number: key for number, key in found.items() if key in order}
            case ByLink(hop=hop, title=title):
                here, there = ends(hop)
                firsts = self._looked_up(
                    f"select {here}, min({there}) from link where workspace = ? "
                    f"and {here} {among('?')} and relationship = {slots.slot(hop.relationship)} "
                    f"and {LIVE[there]} group by {here}",
                    wanted,
                )
                return self._titled(firsts, title)
            case ByRoute(routes=routes, title=title):
                reached = self.reach(wanted, routes)
                return self._titled({number: others[0] for number, others in reached.items()}, title)
            case ByReading(read=read):
                parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
                found = {}
                for part in parts:
                    found.update(read(list(self.records(query.type, part).values())))
                return found

    def _titled(self, firsts: Mapping[int, int], title: str | None) -> Mapping[int, Standing]:
        if title is None:
            return firsts
        titles = self._least(slots.field(title, False), list(set(firsts.values())), whole=False)
        return {number: (str(titles[other]), other) for number, other in firsts.items() if other in titles}

    def _least(self, slot: int, wanted: Sequence[int], *, whole: bool) -> dict[int, Key]:
        keys = "key_int" if whole else "key_text"
        return self._looked_up(
            f"select number, min(value) from {keys} where workspace = ? {_AMONG} and slot = {slot} group by number",
            wanted,
        )

    def _looked_up(self, sql: str, wanted: Iterable[int]) -> dict[int, Any]:
        return dict(self.run(sql, (self.workspace, self.dialect.numbers(wanted))).fetchall())


_AMONG = f"and number {among('?')}"


def _with(query: Query, predicate: Predicate) -> Query:
    """The same, narrowed: what narrows comes first, so that records are found by it where it can be."""
    return replace(query, where=(predicate, *query.where))


def _answered(predicate: Predicate, driver: Predicate | None) -> bool:
    """Whether every record that a driver gives answers a predicate, which need not be probed then."""
    return predicate is driver and not isinstance(predicate, Least | First)


def _index(query: Query, sort: Sort, after: Standing, parameters: Parameters) -> tuple[list[str], str, list[str], str]:
    """(columns of the standing, source, conditions, the record's number) of what a sort is walked along.

    Its aliases are `o` and `named`, which no probe uses.
    """
    match sort:
        case ByKey(field=field, whole=whole, several=several):
            asked = ["o.workspace = :workspace", f"o.slot = {slots.field(field, query.trashed)}"]
            if several:
                asked.append(
                    f"o.value = (select min(k.value) from {least_of(field, whole, query.trashed, 'o.number')})"
                )
            columns, source, number = ["o.value"], f"{'key_int' if whole else 'key_text'} o", "o.number"
        case ByStamp(stamp=stamp):
            kind = slots.kind(query.type, query.trashed)
            asked = ["o.workspace = :workspace", f"o.kind = {kind}", f"o.{stamp.value} is not null"]
            columns, source, number = [f"o.{stamp.value}"], "record o", "o.number"
        case ByLink(hop=hop, target=target, title=title, several=several):
            here, there = ends(hop)
            links, linking = linked(query, hop, "o")
            asked = [linking, f"o.{there} = named.number", "named.workspace = :workspace"]
            if title is None:
                asked.append(f"named.kind = {slots.kind(target, False)}")
                columns, source = ["named.number"], f"record named cross join {links}"
            else:
                asked.append(f"named.slot = {slots.field(title, False)}")
                columns, source = ["named.value", "named.number"], f"key_text named cross join {links}"
            if several:
                asked.append(f"{first_of(hop, f'o.{here}')} = o.{there}")
            number = f"o.{here}"
        case _:
            raise TypeError("no index serves this sort")
    if after is not None:
        sign = "<" if sort.descending else ">"
        at = after if isinstance(after, tuple) else (after,)
        asked.append(f"({', '.join(columns)}) {sign} ({', '.join(parameters.add(each) for each in at)})")
    return columns, source, asked, number


def _asked(query: Query, sort: Sort, predicate: Predicate, number: str, parameters: Parameters) -> str:
    """A predicate about the very key that is walked bounds the walk; every other is probed."""
    own = isinstance(sort, ByKey) and not sort.several
    if own and isinstance(predicate, OneOf | Between | Prefix | Within) and predicate.field == sort.field:  # type: ignore[union-attr]
        return f"({condition(predicate, 'o', parameters)})" if predicate != OneOf(predicate.field, ()) else "0"
    if isinstance(sort, ByStamp) and isinstance(predicate, Stamped) and predicate.stamp is sort.stamp:
        return stamped(predicate, "o", parameters)
    return probe(predicate, query.trashed, number, parameters)


def _lacking(sort: Sort) -> Predicate:
    """What records without a value answer."""
    match sort:
        case ByKey(field=field, whole=True):
            return Not(Between(field, None, None))
        case ByKey(field=field) | ByOption(field=field):
            return Not(Prefix(field, ""))
        case ByStamp(stamp=stamp):
            return Not(Stamped(stamp, None, None))
        case ByLink(hop=hop, title=title):
            return First(hop, None, title)
    raise TypeError("no index serves this sort")


def _equal(sort: Sort, standing: Standing) -> Predicate:
    """What records of one standing answer."""
    match sort, standing:
        case ByKey(field=field, several=False), str() | int() as key:
            return OneOf(field, (key,))
        case ByKey(field=field), str() | int() as key:
            return Least(field, key)
        case ByStamp(stamp=stamp), int() as at:
            return Stamped(stamp, at, at)
        case (ByLink(hop=hop, title=title), (_, number)) | (ByLink(hop=hop, title=title), int() as number):
            return First(hop, number, title)
    raise TypeError("no record stands there")


def in_order(sorts: Sequence[Sort], down: bool, positions: Mapping[int, Position]) -> list[int]:
    """Records sorted by where they stand; ties by number."""
    found = sorted(positions, reverse=down)
    for place, sort in reversed([*enumerate(sorts)]):
        rank = _rank(sort)
        valued = [number for number in found if positions[number][place] is not None]
        lacking = [number for number in found if positions[number][place] is None]
        valued.sort(key=lambda number: rank(positions[number][place]), reverse=sort.descending)
        found = lacking + valued if sort.nulls_first else valued + lacking
    return found


def follows(sorts: Sequence[Sort], down: bool, one: Position, other: Position) -> bool:
    """Whether a record at one position comes after another."""
    for sort, mine, theirs in zip(sorts, one, other, strict=False):
        if mine == theirs:
            continue
        if mine is None or theirs is None:
            return (mine is None) is not sort.nulls_first
        rank = _rank(sort)
        return bool(rank(mine) > rank(theirs)) is not sort.descending
    return (_number(one) > _number(other)) is not down if _number(one) != _number(other) else False


def _rank(sort: Sort) -> Callable[[Any], Any]:
    return sort.order.index if isinstance(sort, ByOption) else lambda standing: standing


def _number(position: Position) -> int:
    number = position[-1]
    assert isinstance(number, int)
    return number
