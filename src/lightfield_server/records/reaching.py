"""What derived relationships lead to: worked out from links and shared values, and remembered from record to record.

An opportunity's meetings are those of its account, and many opportunities have one account. So the first hop, which a
reply has read anyway, is taken from there, and what lies beyond it is remembered for each record that it leads to,
until a record of any type on the way is written.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lightfield_server.kit.memo import Memo
from lightfield_server.model.entity import End
from lightfield_server.model.routes import LinkHop, Route
from lightfield_server.records.context import Context

#: Records beyond which what lies is remembered, for each derived end: a few megabytes at the most.
MOST_REMEMBERED = 50_000

#: The records that one is linked to under one end.
Others = list[int] | None


class Reach(NamedTuple):
    """A derived end made ready: `place` is where its first hop stands among those that were read, None if it does not;
    `routes` lead on from there, over records of the types `through`, to those of the one at `target` among them."""

    place: int | None
    routes: tuple[Route, ...]
    through: tuple[str, ...]
    target: int
    memo: Memo


def reach(end: End, hops: Sequence[LinkHop]) -> Reach:
    """How to work out a derived end where stored links are read by `hops`."""
    firsts = {route[0] for route in end.routes}
    first = firsts.pop()
    shared = not firsts and isinstance(first, LinkHop) and first in hops and all(len(r) > 1 for r in end.routes)
    place = hops.index(first) if shared and isinstance(first, LinkHop) else None
    routes = tuple(route[1:] for route in end.routes) if shared else end.routes
    through = tuple(sorted(end.beyond if shared else end.through))
    return Reach(place, routes, through, through.index(end.target), Memo(MOST_REMEMBERED))


def reached(
    context: Context, way: Reach, wanted: Sequence[int], links: dict[int, list[Others]]
) -> dict[int, list[int]]:
    """For each record from which the end leads anywhere: the live records it leads to, oldest first."""
    if not wanted:
        return {}
    tx = context.tx
    state = tx.kinds(way.through)
    if state[way.target][0] == 0:
        # There is often nothing of the kind in a workspace.
        return {}
    starts = wanted if way.place is None else _linked(wanted, links, way.place)
    if not starts:
        return {}
    beyond = way.memo.recall_each(starts, state, lambda unknown: tx.reach(unknown, way.routes))
    if way.place is None or not beyond:
        return beyond
    found = {}
    for number in wanted:
        lists = [beyond[at] for at in _at(links, number, way.place) if at in beyond]
        if lists:
            found[number] = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
    return found


def _at(links: dict[int, list[Others]], number: int, place: int) -> Sequence[int]:
    found = links.get(number)
    return () if found is None else found[place] or ()


def _linked(wanted: Sequence[int], links: dict[int, list[Others]], place: int) -> set[int]:
    return {other for number in wanted for other in _at(links, number, place)}
