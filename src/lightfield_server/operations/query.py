"""Queries beyond lists: any conditions, any order, pages of any depth, and sums of it all (docs/query.md)."""

from lightfield_server.identity.limits import SEARCH
from lightfield_server.operations import query_shapes as shapes
from lightfield_server.operations.operation import REQUIRED_BODY, Asked, Operation, declare
from lightfield_server.records import aggregating, asking, found
from lightfield_server.records.context import Context


def query(context: Context, asked: Asked) -> bytes:
    return found.page(context, asking.request(context, asked.body))


def aggregate(context: Context, asked: Asked) -> bytes:
    return aggregating.answer(context, aggregating.aggregation(context, asked.body))


declare(
    Operation(
        "query.records",
        "POST",
        "/v1/query",
        "Find records by any conditions, in any order. Needs the read scope of the object types it names.",
        query,
        SEARCH,
        shapes.describe_query,
        body=REQUIRED_BODY,
        compatible=False,
    )
)
declare(
    Operation(
        "query.aggregate",
        "POST",
        "/v1/aggregate",
        "Count and add up records, group by group. Needs the read scope of the object types it names.",
        aggregate,
        SEARCH,
        shapes.describe_aggregate,
        body=REQUIRED_BODY,
        compatible=False,
    )
)
