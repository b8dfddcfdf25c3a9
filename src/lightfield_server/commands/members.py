"""`lightfield members`: the people of a workspace."""

from typing import Any

import click

from lightfield_server.commands.asking import answer, given, json_option, table
from lightfield_server.commands.options import carried_out, where_options, workspace_option
from lightfield_server.configuration import Settings
from lightfield_server.model import problems
from lightfield_server.model.object_types import member
from lightfield_server.operations.members import view
from lightfield_server.records import members as verbs
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query

ROLES = click.Choice([member.ADMIN, member.MEMBER])

#: More members than any workspace has.
_ALL = 1_000_000


@click.group()
def members() -> None:
    """Add people to a workspace, and change what they may do."""


@members.command()
@click.argument("email")
@click.option("--name", required=True, metavar='"FIRST LAST"', help="The person's name.")
@click.option("--role", type=ROLES, default=member.MEMBER, show_default=True, help="Admins look after the workspace.")
@workspace_option
@where_options
def add(settings: Settings, workspace: str | None, email: str, name: str, role: str) -> None:
    """Add the person with this EMAIL, and print the new member's id."""
    body = {"email": email, "name": _name(name), "role": role}
    click.echo(
        carried_out(settings, workspace, lambda context: answer(context, "schema.createMember", body=body)["id"])
    )


@members.command("list")
@json_option
@workspace_option
@where_options
def list_(settings: Settings, workspace: str | None, as_json: bool) -> None:
    """List the members of a workspace, newest first."""

    def work(context: Context) -> list[dict[str, object]]:
        return [view(context, record) for record in context.tx.page(Query(verbs.TYPE), _ALL, 0)]

    table(
        carried_out(settings, workspace, work),
        {
            "id": lambda row: row["id"],
            "email": lambda row: row["email"],
            "name": lambda row: " ".join(part for part in (row["name"] or {}).values() if part),
            "role": lambda row: row["role"],
            "active": lambda row: "yes" if row["active"] else "no",
        },
        as_json=as_json,
    )


@members.command()
@click.argument("who", metavar="EMAIL_OR_ID")
@workspace_option
@where_options
def deactivate(settings: Settings, workspace: str | None, who: str) -> None:
    """Send a member away: their keys stop working and nothing new is linked to them."""
    _change(settings, workspace, who, "schema.deactivateMember")


@members.command()
@click.argument("who", metavar="EMAIL_OR_ID")
@workspace_option
@where_options
def activate(settings: Settings, workspace: str | None, who: str) -> None:
    """Take a member back, with the keys that were not revoked."""
    _change(settings, workspace, who, "schema.activateMember")


@members.command()
@click.argument("who", metavar="EMAIL_OR_ID")
@click.argument("role", type=ROLES)
@workspace_option
@where_options
def role(settings: Settings, workspace: str | None, who: str, role: str) -> None:
    """Make a member an admin, or an ordinary member."""
    _change(settings, workspace, who, "schema.updateMember", role=role)


def person(context: Context, who: str) -> dict[str, Any]:
    """A member by address or id."""
    record = verbs.existing(context, who) if "@" not in who else verbs.by_email(context, who)
    if record is None:
        raise problems.not_found(f"There is no member '{problems.shown(who)}'.")
    return view(context, record)


def _change(settings: Settings, workspace: str | None, who: str, operation: str, **body: Any) -> None:
    def work(context: Context) -> dict[str, Any]:
        changed: dict[str, Any] = answer(context, operation, {"id": person(context, who)["id"]}, body)
        return changed

    changed = carried_out(settings, workspace, work)
    state = "active" if changed["active"] else "inactive"
    click.echo(f"{changed['id']} {changed['email']} is {changed['role']} and {state}.")


def _name(text: str) -> dict[str, Any]:
    """The last word is the family name; a single one is the first name."""
    first, _, last = text.strip().rpartition(" ")
    return given(firstName=first, lastName=last) if first else {"firstName": last, "lastName": None}
