"""A page of a list, as one reply."""

from lightfield_server.kit.memo import Memo
from lightfield_server.model.entity import Entity
from lightfield_server.records import wire
from lightfield_server.records.context import Context
from lightfield_server.records.queries import Page
from lightfield_server.store.protocol import Query

#: Pages of one object type that are remembered, and the bytes of the largest: 16 MB at the most.
MOST_PAGES, LARGEST_PAGE = 64, 256 * 1024


def page(context: Context, entity: Entity, query: Query, page: Page) -> bytes:
    """Some of the records that answer a query, newest first, and how many there are.

    A page asked for again with nothing written in between is not worked out again, unless what it shows depends on
    who asks.
    """
    if "accessLevel" in entity.type.envelope:
        return _made(context, entity, query, page)
    remembered: Memo = entity.memo.setdefault("pages", Memo(MOST_PAGES, LARGEST_PAGE))
    return remembered.recall((query, page), context.tx.stamp, lambda: _made(context, entity, query, page))


def _made(context: Context, entity: Entity, query: Query, page: Page) -> bytes:
    total = context.tx.count(query)
    shown = context.tx.page(query, page.limit, page.offset) if page.offset < total else []
    return wire.page(context, entity, shown, total)
