"""Both ends of a relationship in one row, and the longer ways from record to record."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from lightfield_server.model.record import Link
from lightfield_server.model.routes import LinkHop, Route, SharedHop
from lightfield_server.store.sql import slots
from lightfield_server.store.sql.dialect import among, each, step
from lightfield_server.store.sql.part import Part

ADD = """
    insert into link (workspace, source, relationship, target, hidden) values (?, ?, ?, ?, 0)
    on conflict do nothing
"""
REMOVE = "delete from link where workspace = ? and source = ? and relationship = ? and target = ?"
ALL_OF = """
    select relationship, source, target, hidden from link where workspace = :workspace and source = :which
    union all
    select relationship, source, target, hidden from link where workspace = :workspace and target = :which
    and source <> :which
"""
MOVE = """
    insert into link (workspace, source, relationship, target, hidden) values (?, ?, ?, ?, ?)
    on conflict do nothing
"""
#: A link is seen from one end while the record at its other end is live, so a trashed record still shows what it had.
LIVE = {"source": "hidden & 1 = 0", "target": "hidden & 2 = 0"}
#: How `hidden` changes for records that become trashed, or stop being so, at one end of their links.
HIDE = {
    (end, hidden): f"update link set hidden = hidden {change} where workspace = ? and {end} {among('?')}"
    for end, hidden, change in (
        ("source", True, "| 1"),
        ("target", True, "| 2"),
        ("source", False, "& 2"),
        ("target", False, "& 1"),
    )
}


class Links(Part):
    """Rows of `link`."""

    def links(
        self, wanted: Sequence[int], hops: tuple[LinkHop, ...], *, hidden: bool = False, whole: bool = False
    ) -> dict[int, list[list[int] | None]]:
        """For each record with a link: the linked records for each hop, in the order of the hops; None for none.

        Links to trashed records are left out unless `hidden` asks for them. `whole` says that a record has hardly any
        links but those, which spares the look for each of them.
        """
        sql, places = _links_statement(hops, len(wanted) == 1, hidden, whole)
        which = wanted[0] if len(wanted) == 1 else self.dialect.numbers(wanted)
        found: dict[int, list[list[int] | None]] = {}
        none: list[list[int] | None] = [None] * len(hops)
        for number, hop, other in self.run(sql, {"workspace": self.workspace, "which": which}).fetchall():
            place = places.get(hop)
            if place is None:
                continue
            lists = found.get(number)
            if lists is None:
                lists = found[number] = none.copy()
            others = lists[place]
            if others is None:
                lists[place] = [other]
            else:
                others.append(other)
        return found

    def reach(self, wanted: Sequence[int], routes: tuple[Route, ...]) -> dict[int, list[int]]:
        """For each record that a route leads from: the live records it leads to, oldest first."""
        found: dict[int, set[int]] = {}
        sought = {"workspace": self.workspace, "which": self.dialect.numbers(wanted)}
        for number, other in self.run(routes_statement(routes), sought).fetchall():
            found.setdefault(number, set()).add(other)
        return {number: sorted(others) for number, others in found.items()}

    def link(self, links: Iterable[Link]) -> None:
        """Add links; one that is there already stays as it is."""
        self.many(ADD, [(self.workspace, at.source, slots.slot(at.relationship), at.target) for at in links])

    def unlink(self, links: Iterable[Link]) -> None:
        self.many(REMOVE, [(self.workspace, at.source, slots.slot(at.relationship), at.target) for at in links])

    def hide(self, wanted: Iterable[int], *, hidden: bool) -> None:
        """Take the links of trashed records out of sight, or bring them back."""
        which = self.dialect.numbers(wanted)
        for end in ("source", "target"):
            self.run(HIDE[end, hidden], (self.workspace, which))

    def move_links(self, old: int, new: int) -> None:
        """Every link of one record becomes another's; what the other has already stays, and none leads to itself."""
        rows = self.run(ALL_OF, {"workspace": self.workspace, "which": old}).fetchall()
        self.many(
            "delete from link where workspace = ? and source = ? and relationship = ? and target = ?",
            [(self.workspace, source, relationship, target) for relationship, source, target, _ in rows],
        )
        moved = [
            # What hid the link at the end that moves was the old record's being trashed.
            (self.workspace, new, relationship, target, hidden & 2)
            if source == old
            else (self.workspace, source, relationship, new, hidden & 1)
            for relationship, source, target, hidden in rows
        ]
        self.many(MOVE, [row for row in moved if row[1] != row[3]])


@lru_cache(maxsize=1024)
def _links_statement(hops: tuple[LinkHop, ...], single: bool, hidden: bool, whole: bool) -> tuple[str, dict[int, int]]:
    """The statement that reads several ends of one record, or of several, at once; and which hop a row is of."""
    which = "= :which" if single else among(":which")
    forward = [(index, hop) for index, hop in enumerate(hops) if hop.forward]
    backward = [(index, hop) for index, hop in enumerate(hops) if not hop.forward]
    selects, places = [], {}
    for chosen, here, there, sign in ((forward, "source", "target", 1), (backward, "target", "source", -1)):
        if not chosen:
            continue
        relationships = ", ".join(str(slots.slot(hop.relationship)) for _, hop in chosen)
        # A record has few links of its own and one look finds them all; others may point at it by the thousand.
        some = "" if whole or sign > 0 else f" and relationship in ({relationships})"
        seen = "" if hidden else f" and {LIVE[there]}"
        selects.append(
            f"select {here}, {'-' if sign < 0 else ''}relationship, {there} from link "
            f"where workspace = :workspace and {here} {which} {some}{seen}"
        )
        places.update({sign * slots.slot(hop.relationship): index for index, hop in chosen})
    return " union all ".join(selects), places


@lru_cache(maxsize=1024)
def routes_statement(routes: tuple[Route, ...], *, backwards: bool = False) -> str:
    """(origin, other) pairs, perhaps repeated, of every route from the records named by `which`.

    Every record that a route comes to is live; `backwards`, every record that it comes from.
    """
    parts = []
    for route in routes:
        joins, at = _joins(route, "start.value", backwards)
        parts.append(f"select start.value as origin, {at} as other from {each(':which', 'start')} {joins}")
    return " union all ".join(parts)


def _joins(route: Route, at: str, backwards: bool) -> tuple[str, str]:
    """Join upon join along a route, in that order; and the expression that names where it ends."""
    joins = []
    for index, hop in enumerate(route):
        name = f"h{index}"
        if isinstance(hop, LinkHop):
            here, there = ("source", "target") if hop.forward else ("target", "source")
            live = LIVE[here if backwards else there]
            found = (
                f"{name}.workspace = :workspace and {name}.{here} = {at} "
                f"and {name}.relationship = {slots.slot(hop.relationship)} and {name}.{live}"
            )
            joins.append(step("link", name, found))
            at = f"{name}.{there}"
        else:
            joins.append(_shared(hop, name, at, backwards))
            at = f"{name}.number"
    return " ".join(joins), at


def _shared(hop: SharedHop, name: str, at: str, backwards: bool) -> str:
    here, there = _slots(hop.here, live=backwards), _slots(hop.there, live=not backwards)
    key = step(
        "key_text", f"{name}k", f"{name}k.workspace = :workspace and {name}k.number = {at} and {name}k.slot in ({here})"
    )
    found = f"{name}.workspace = :workspace and {name}.slot in ({there}) and {name}.value = {name}k.value"
    return f"{key} {step('key_text', name, found)}"


def _slots(fields: Iterable[str], *, live: bool) -> str:
    """The slots of live records' keys, and, unless only those are asked for, of trashed ones'."""
    states = (False,) if live else (False, True)
    return ", ".join(str(slots.field(field, trashed)) for field in fields for trashed in states)
