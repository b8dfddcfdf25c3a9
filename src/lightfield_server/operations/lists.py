"""The entries of curated lists (spec: objects 10). Lists themselves are records like any other."""

from typing import Any

from lightfield_server.identity.limits import SEARCH
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.object_types.list import ENTRIES
from lightfield_server.model.predicates import Linked
from lightfield_server.model.routes import Route
from lightfield_server.model.scopes import scope
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import Asked, Handler, Operation, declare
from lightfield_server.records import access, pages, queries
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query


def entries(type: str) -> Handler:
    """The live entries of a list, newest first; none when the list holds another type (inferred)."""

    def handler(context: Context, asked: Asked) -> bytes:
        lists, entity = context.catalog["list"], context.catalog[type]
        found = access.existing(context, lists, asked.path["listId"])
        page, rest = queries.page(asked.query)
        queries.no_more(rest, entity.plural)
        query = Query(type, where=(Linked(_listed_in(lists, entity), found.number),))
        return pages.page(context, entity, query, page)

    return handler


def _listed_in(lists: Entity, entity: Entity) -> tuple[Route, ...]:
    """How a record of the type leads to the lists that hold it."""
    inverse = lists.ends[ENTRIES[entity.name]].other_key
    assert inverse is not None
    return entity.ends[inverse].routes


def _declare(type: str, plural: str) -> None:
    def describe(catalog: Catalog) -> dict[str, Any]:
        return schemas.described(reply=schemas.listed(schemas.record(catalog[type])), query=schemas.PAGING)

    declare(
        Operation(
            f"list.list{plural.capitalize()}",
            "GET",
            f"/v1/lists/{{listId}}/{plural}",
            f"The {plural} in a list.",
            entries(type),
            SEARCH,
            describe,
            scopes=(scope("lists", "read"), scope(plural, "read")),
        )
    )


for _type, _key in ENTRIES.items():
    _declare(_type, _key.removeprefix("$"))
