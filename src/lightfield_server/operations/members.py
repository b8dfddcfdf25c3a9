"""A workspace's members, for its administrators. Reading them is everybody's: see `records`."""

from collections.abc import Callable

import msgspec

from lightfield_server.identity.limits import SEARCH
from lightfield_server.kit import clock
from lightfield_server.model.record import Record, State
from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations import schema_shapes as shapes
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import Asked, Handler, Operation, declare
from lightfield_server.operations.schema import admin
from lightfield_server.records import members, queries, shape
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query

MEMBERS = "/v1/schema/members"
MEMBER = f"{MEMBERS}/{{id}}"


def list_members(context: Context, asked: Asked) -> bytes:
    page, rest = queries.page(asked.query)
    queries.no_more(rest, "members")
    query = Query(members.TYPE)
    found = context.tx.page(query, page.limit, page.offset)
    data = [view(context, person) for person in found]
    return msgspec.json.encode({"object": "list", "data": data, "totalCount": context.tx.count(query)})


def create_member(context: Context, asked: Asked) -> bytes:
    return msgspec.json.encode(view(context, members.add(context, asked.body)))


def change_member(context: Context, asked: Asked) -> bytes:
    person = members.existing(context, asked.path["id"])
    return msgspec.json.encode(view(context, members.change(context, person, asked.body)))


def move(verb: Callable[[Context, Record], Record]) -> Handler:
    def handler(context: Context, asked: Asked) -> bytes:
        person = members.existing(context, asked.path["id"])
        shape.empty(asked.body)
        return msgspec.json.encode(view(context, verb(context, person)))

    return handler


def view(context: Context, person: Record) -> dict[str, object]:
    """A member as administrators see one."""
    get = person.fields.get
    return {
        "id": context.catalog[members.TYPE].id(person.number),
        "email": get("$email"),
        "name": get("$name"),
        "role": get("$role"),
        "profileImage": get("$profileImage"),
        "active": person.state is State.LIVE,
        "createdAt": clock.written(person.created_at),
    }


declare(
    Operation(
        "schema.listMembers",
        "GET",
        MEMBERS,
        "List the members of the workspace, newest first, inactive ones included.",
        list_members,
        SEARCH,
        shapes.describe(schemas.listed(shapes.MEMBER), query=schemas.PAGING),
        scopes=(ADMIN,),
        compatible=False,
    )
)
admin("schema.createMember", "POST", MEMBERS, "Add a member.", create_member, shapes.MEMBER, shapes.NEW_MEMBER)
admin("schema.updateMember", "POST", MEMBER, "Change a member.", change_member, shapes.MEMBER, shapes.CHANGED_MEMBER)
admin(
    "schema.deactivateMember",
    "POST",
    f"{MEMBER}/deactivate",
    "Send a member away: their keys stop working, nothing new is linked to them.",
    move(members.deactivate),
    shapes.MEMBER,
)
admin(
    "schema.activateMember",
    "POST",
    f"{MEMBER}/activate",
    "Take a member back.",
    move(members.activate),
    shapes.MEMBER,
)
