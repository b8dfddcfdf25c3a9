"""The answer to a query, as one reply."""

from itertools import chain

import msgspec

from lightfield_server.records import cursors, wire
from lightfield_server.records.asking import CAPPED, EXACT, Included, Request
from lightfield_server.records.context import Context


def page(context: Context, request: Request) -> bytes:
    """One page: its records, where the next begins, and what else was asked for."""
    tx, entity = context.tx, request.entity
    found = tx.ordered(request.query, request.sorts, request.after, request.limit + 1)
    more, found = len(found) > request.limit, found[: request.limit]
    records = tx.records(entity.name, found)
    shown = [records[number] for number in found]
    cursor = None
    if more:
        cursor = cursors.written(request.bound, tx.positions(request.query, request.sorts, found[-1:])[found[-1]])
    total, capped = _total(context, request)
    parts = [
        b'{"object":"list","data":',
        wire.array(context, entity, shown, request.chosen),
        b',"totalCount":%b,"totalCountCapped":%b' % (msgspec.json.encode(total), msgspec.json.encode(capped)),
        b',"hasMore":%b,"nextCursor":%b' % (msgspec.json.encode(more), msgspec.json.encode(cursor)),
    ]
    if request.include:
        included = [_included(context, each, found) for each in request.include]
        parts.append(b',"included":{%b}' % b",".join(included))
    return b"".join((*parts, b"}"))


def _total(context: Context, request: Request) -> tuple[int | None, bool]:
    """How many records answer, and whether there are more than were counted; None if nobody asked."""
    if request.count == EXACT:
        return context.tx.counted(request.query), False
    if request.count == CAPPED:
        counted = context.tx.capped(request.query, request.cap)
        return min(counted, request.cap), counted > request.cap
    return None, False


def _included(context: Context, asked: Included, numbers: list[int]) -> bytes:
    """Under the key of a relationship: the records that those of the page lead to, each once, in the page's order."""
    others = _others(context, asked, numbers)
    wanted = list(dict.fromkeys(chain.from_iterable(others.get(number, ()) for number in numbers)))
    capped, wanted = len(wanted) > asked.limit, wanted[: asked.limit]
    records = context.tx.records(asked.target.name, wanted)
    shown = [records[number] for number in wanted if number in records]
    return b'%b:{"objectType":%b,"data":%b,"capped":%b}' % (
        msgspec.json.encode(asked.end.key),
        msgspec.json.encode(asked.target.name),
        wire.array(context, asked.target, shown, asked.chosen),
        msgspec.json.encode(capped),
    )


def _others(context: Context, asked: Included, numbers: list[int]) -> dict[int, list[int]]:
    if asked.end.hop is None:
        return context.tx.reach(numbers, asked.end.routes)
    found = context.tx.links(numbers, (asked.end.hop,))
    return {number: linked[0] or [] for number, linked in found.items()}
