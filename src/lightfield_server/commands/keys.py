"""`lightfield keys`: API keys from the machine the server runs on, also while it runs."""

import click

from lightfield_server.commands.asking import answer, ask, given, json_option, table
from lightfield_server.commands.members import person
from lightfield_server.commands.options import carried_out, where_options, workspace_option
from lightfield_server.configuration import Settings
from lightfield_server.records.context import Context


@click.group()
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.command()
@click.option("--name", required=True, help="What the key is for, to recognise it by.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="Something the key may do, such as accounts:read; repeat it for more. Without any the key has full access.",
)
@click.option("--member", metavar="EMAIL", help="The member whose key it is; without one it is the workspace's.")
@workspace_option
@where_options
def create(settings: Settings, workspace: str | None, name: str, scopes: tuple[str, ...], member: str | None) -> None:
    """Print a new key, and nothing else.

    It cannot be shown again. A running server knows it at once.
    """

    def work(context: Context) -> str:
        owner = None if member is None else person(context, member)["id"]
        body = given(name=name, scopes=list(scopes), memberId=owner)
        return str(answer(context, "schema.createKey", body=body)["key"])

    click.echo(carried_out(settings, workspace, work))


@keys.command("list")
@json_option
@workspace_option
@where_options
def list_(settings: Settings, workspace: str | None, as_json: bool) -> None:
    """List the keys of a workspace, oldest first. HINT is how each one ends."""
    found = ask(settings, workspace, "schema.listKeys")
    table(
        found["data"],
        {
            "id": lambda key: key["id"],
            "name": lambda key: key["name"],
            "hint": lambda key: key["hint"],
            "member": lambda key: key["memberId"],
            "created": lambda key: key["createdAt"],
            "revoked": lambda key: key["revokedAt"],
            "scopes": lambda key: " ".join(key["scopes"]) or "everything",
        },
        as_json=as_json,
    )


@keys.command()
@click.argument("id")
@workspace_option
@where_options
def revoke(settings: Settings, workspace: str | None, id: str) -> None:
    """Revoke the key with this ID, at once and for good."""
    click.echo(f"{ask(settings, workspace, 'schema.revokeKey', {'id': id})['id']} is revoked.")
