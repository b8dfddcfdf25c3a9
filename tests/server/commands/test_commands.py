"""The operator's commands: what they print, what they change, and how they fail."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from lightfield_server.commands import COMMANDS, group
from lightfield_server.commands.options import Settings
from lightfield_server.identity import keys as identity
from lightfield_server.model.problems import Problem

DOCS = Path(__file__).parents[3] / "docs"

KEY = re.compile(r"sk_lf_1_[0-9a-f]{32}")


def every_command(command=group, words=()):
    """(words, command) of every command there is."""
    import click

    yield words, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from every_command(command.get_command(click.Context(command), name), (*words, name))


ALL = list(every_command())


@pytest.mark.parametrize(("words", "command"), ALL, ids=[" ".join(words) or "lightfield" for words, _ in ALL])
def test_every_command_explains_itself(words, command):
    shown = CliRunner().invoke(group, [*words, "--help"])
    assert shown.exit_code == 0
    assert re.search(r"^  [A-Z].{20}", shown.output, re.M), shown.output
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.help, (words, parameter.name)


@pytest.mark.parametrize("words", [words for words, command in ALL if not hasattr(command, "commands")], ids=" ".join)
def test_the_manual_has_every_command(words):
    assert f"`lightfield {' '.join(words)}" in (DOCS / "commands.md").read_text("utf-8")


def test_the_list_of_commands_says_what_each_command_says_of_itself():
    for name, (_, says) in COMMANDS.items():
        command = group.get_command(None, name)
        assert says.rstrip(".") in (command.help or ""), name


# Keys


def actor(within, token):
    return within(lambda made: made.store.write_now(1, lambda tx: identity.actor_for(tx, token)))


def test_a_key_is_printed_alone(line, within):
    token = line.out("keys", "create", "--name", "Sync")
    assert KEY.fullmatch(token)
    found = actor(within, token)
    assert (found.admin, found.member, found.scopes) == (True, None, frozenset())


def test_a_key_has_the_scopes_and_the_member_it_was_given(line, within):
    line.out("members", "add", "ann@us.example", "--name", "Ann Bee")
    token = line.out(
        "keys", "create", "--name", "Sync", "--scope", "accounts:read", "--scope", "notes:create",
        "--member", "Ann@us.example",
    )  # fmt: skip
    found = actor(within, token)
    assert (found.email, found.admin) == ("ann@us.example", False)
    assert found.scopes == {"accounts:read", "notes:create"}


def test_keys_are_listed_and_revoked(line, within):
    token = line.out("keys", "create", "--name", "Sync")
    assert token not in line.out("keys", "list")
    made = json.loads(line.out("keys", "list", "--json"))[-1]
    assert (made["name"], made["hint"], made["revokedAt"]) == ("Sync", token[-4:], None)
    assert line.out("keys", "revoke", made["id"]) == f"{made['id']} is revoked."
    with pytest.raises(Problem):
        actor(within, token)
    heading, *rows = line.out("keys", "list").splitlines()
    assert heading.split() == ["ID", "NAME", "HINT", "MEMBER", "CREATED", "REVOKED", "SCOPES"]
    assert [row.split()[0] for row in rows][-1] == made["id"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("keys", "create", "--name", "A", "--scope", "accounts:write"), "There is no scope 'accounts:write'"),
        (("keys", "create", "--name", "A", "--member", "nobody@us.example"), "no member 'nobody@us.example'"),
        (
            ("keys", "create", "--name", "A", "--workspace", "other"),
            "There is no workspace 'other'. There are: default",
        ),
        (("keys", "create", "--name", " "), "'name' is empty"),
        (("keys", "revoke", "key_0123456789abcdef"), "No resource found in 'keys'"),
        (("members", "add", "nobody", "--name", "A"), "'nobody' is not an email address. (email)"),
        (("members", "add", "admin@example.com", "--name", "A"), "already has this Email"),
        (("members", "deactivate", "admin@example.com"), "last active administrator"),
        (("members", "role", "admin@example.com", "member"), "last active administrator"),
        (("members", "activate", "mem_0123456789abcdef"), "No resource found in 'members'"),
        (("workspaces", "create", "default", "--name", "A"), "There is a workspace 'default' already"),
        (("workspaces", "create", "A B", "--name", "A"), "small letters"),
        (("workspaces", "create", "two", "--name", "A", "--email", "x"), "not an email address"),
        (("schema", "show", "nothing"), "There is no object type 'nothing'"),
        (("schema", "types", "create", "account", "--label", "A"), "every workspace has"),
        (("schema", "fields", "create", "task", "a", "--label", "A", "--type", "TEXT"), "are fixed"),
        (("schema", "options", "retire", "account", "$industry", "Nothing"), "has no option 'Nothing'"),
        (("schema", "options", "order", "opportunity", "$stage", "Proposal"), "every option that is not retired"),
        (("schema", "relationships", "archive", "account", "$owner"), "part of every workspace"),
    ],
)
def test_a_command_is_refused_in_words_that_help(line, words, says):
    assert says in line.refused(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "create"),
        ("members", "add", "a@us.example"),
        ("members", "role", "a@us.example", "owner"),
        ("schema", "fields", "create", "account", "a", "--label", "A", "--type", "HTML"),
        ("nothing",),
        ("keys", "list", "--port", "1"),
        ("keys", "list", "--database", "mysql://here"),
    ],
)
def test_a_command_that_is_not_understood_exits_with_2(line, words):
    assert line.refused(*words, code=2)


def test_no_command_makes_a_database_by_mistake(tmp_path):
    from tests.server.commands.conftest import Line

    for words in (("keys", "list"), ("check",), ("backup", "b.db"), ("workspaces", "create", "a", "--name", "A")):
        assert "There is no database at" in Line(tmp_path / "typo").refused(*words)
    assert not (tmp_path / "typo").exists()


# Members and workspaces


def test_members_come_go_and_change_role(line):
    id = line.out("members", "add", "ann@us.example", "--name", "Ann Mary Bee", "--role", "admin")
    ann = next(each for each in json.loads(line.out("members", "list", "--json")) if each["id"] == id)
    assert ann["name"] == {"firstName": "Ann Mary", "lastName": "Bee"}
    assert (ann["role"], ann["active"]) == ("admin", True)
    assert line.out("members", "deactivate", "ann@us.example") == f"{id} ann@us.example is admin and inactive."
    assert line.out("members", "activate", id) == f"{id} ann@us.example is admin and active."
    assert line.out("members", "role", id, "member") == f"{id} ann@us.example is member and active."
    assert "ann@us.example" in line.out("members", "list")


def test_a_workspace_begins_with_an_administrator_whose_key_is_printed(line, within):
    token = line.out("workspaces", "create", "two", "--name", "Second", "--email", "boss@us.example")
    found = within(lambda made: made.store.write_now(2, lambda tx: identity.actor_for(tx, token)))
    assert (found.email, found.admin, found.scopes) == ("boss@us.example", True, frozenset())
    assert [each["slug"] for each in json.loads(line.out("workspaces", "list", "--json"))] == ["default", "two"]
    assert "boss@us.example" in line.out("members", "list", "--workspace", "two")
    assert "boss@us.example" not in line.out("members", "list")


def test_which_workspace_is_asked_when_it_cannot_be_known(line, within):
    line.out("workspaces", "create", "two", "--name", "Second")
    within(
        lambda made: made.store.write_now(0, lambda tx: tx.run("update workspace set slug = 'one' where workspace = 1"))
    )
    assert "There are: one, two" in line.refused("members", "list", code=2)


# Definitions


def test_everything_can_be_defined_from_the_command_line(line):
    def show(*words):
        return json.loads(line.out("schema", *words))

    assert show("types", "create", "project", "--label", "Project", "--plural-label", "Projects")["custom"]
    assert show("types", "change", "project", "--label", "Job")["label"] == "Job"
    made = show(
        "fields", "create", "project", "tier", "--label", "Tier", "--type", "single_select",
        "--option", "Gold", "--option", "Silver", "--description", "How dear",
    )  # fmt: skip
    assert [option["label"] for option in made["typeConfiguration"]["options"]] == ["Gold", "Silver"]
    money = show("fields", "create", "project", "fee", "--label", "Fee", "--type", "CURRENCY", "--currency", "EUR")
    assert money["typeConfiguration"] == {"currency": "EUR"}
    mail = show("fields", "create", "project", "mail", "--label", "Mail", "--type", "EMAIL", "--unique")
    assert mail["typeConfiguration"] == {"unique": True, "multipleValues": False}
    mail = show("fields", "change", "project", "mail", "--not-unique", "--multiple")
    assert mail["typeConfiguration"] == {"unique": False, "multipleValues": True}
    assert show("fields", "change", "project", "mail", "--description", "")["description"] is None
    assert show("fields", "archive", "project", "fee")["archived"] is True
    assert show("fields", "restore", "project", "fee")["archived"] is False
    assert len(show("options", "create", "project", "tier", "Bronze")["typeConfiguration"]["options"]) == 3
    assert "Brass" in json.dumps(show("options", "change", "project", "tier", "bronze", "--label", "Brass"))
    retired = show("options", "retire", "project", "tier", "Brass")["typeConfiguration"]["options"]
    assert [option["retired"] for option in retired] == [False, False, True]
    ordered = show("options", "order", "project", "tier", "Silver", "Gold")["typeConfiguration"]["options"]
    assert [option["label"] for option in ordered] == ["Silver", "Gold", "Brass"]
    assert not any(
        option["retired"]
        for option in show("options", "restore", "project", "tier", "Brass")["typeConfiguration"]["options"]
    )
    link = show(
        "relationships", "create", "project", "customer", "--label", "Customer", "--target", "account",
        "--inverse-key", "projects", "--inverse-label", "Projects", "--inverse-many",
    )  # fmt: skip
    assert link["inverse"] == {"key": "projects", "label": "Projects", "cardinality": "HAS_MANY"}
    changed = show("relationships", "change", "project", "customer", "--label", "For", "--inverse-label", "Jobs")
    assert (changed["label"], changed["inverse"]["label"]) == ("For", "Jobs")
    assert show("relationships", "archive", "project", "customer")["archived"] is True
    assert show("relationships", "restore", "project", "customer")["archived"] is False
    assert show("relationships", "change", "opportunity", "$account", "--optional")["required"] is False
    assert show("types", "archive", "project")["archived"] is True
    assert show("types", "restore", "project")["archived"] is False
    assert {field["key"] for field in show("show", "project")["fields"]} == {"$name", "tier", "fee", "mail"}
    assert "project      Job" in line.out("schema", "show")


# Upkeep


def test_a_sound_database_is_said_to_be_sound(line):
    assert line.out("check") == "ok"


def test_damage_is_found(line):
    database = line.folder / "lightfield.db"
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 3 + 64] = b"\xff" * 64
    database.write_bytes(content)
    assert "is damaged" in line.refused("check")


def test_a_backup_is_one_file_with_everything_in_it(line, tmp_path):
    line.out("members", "add", "ann@us.example", "--name", "Ann")
    target = tmp_path / "copy.db"
    assert line.out("backup", str(target)) == f"{target}: {target.stat().st_size} bytes"
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy.db"]
    restored = tmp_path / "restored"
    restored.mkdir()
    target.rename(restored / "lightfield.db")
    from tests.server.commands.conftest import Line

    assert "ann@us.example" in Line(restored).out("members", "list")
    assert Line(restored).out("check") == "ok"


def test_a_backup_is_never_written_over_something_by_mistake(line, tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("precious")
    assert "exists already" in line.refused("backup", str(target))
    assert target.read_text() == "precious"
    line.out("backup", str(target), "--replace")
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("select count(*) from workspace").fetchone() == (1,)


def test_a_backup_never_takes_the_place_of_the_database(line):
    database = line.folder / "lightfield.db"
    assert "is the database itself" in line.refused("backup", str(database), "--replace")
    assert line.out("check") == "ok"


def test_a_file_that_is_no_database_is_refused_in_a_sentence(line):
    (line.folder / "lightfield.db").write_text("These are my notes, and they are rather long. " * 200)
    for words in (("keys", "list"), ("members", "list"), ("schema", "show")):
        assert "cannot be opened: file is not a database" in line.refused(*words)
    assert "is damaged" in line.refused("check")
    assert "No backup was written" in line.refused("backup", "copy.db")


def test_a_backup_that_cannot_be_written_says_so(line, tmp_path):
    assert "No backup was written" in line.refused("backup", str(tmp_path / "nowhere" / "copy.db"))


def test_settings_of_a_command_come_from_the_environment_too(line, monkeypatch):
    monkeypatch.setenv("LIGHTFIELD_DATA", str(line.folder))
    assert CliRunner().invoke(group, ["check"]).output == "ok\n"
    assert Settings().data == Path("lightfield-data")
