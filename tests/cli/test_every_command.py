"""Every command there is, once, against a running server."""

import json

import pytest

from lightfield._operations import OPERATIONS
from lightfield.cli.catalogue import GLOBAL, MANNER, command, resources
from lightfield.cli.main import HIDDEN
from lightfield.cli.own import OWN
from lightfield_server.commands import COMMANDS

ALL = [(resource, name) for resource, methods in resources().items() for name in methods]

#: Values for flags that must be given, by kind.
SAMPLES = {"string": "x", "integer": "1", "object": "{}", "array": "[]", "any": "x"}


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_is_understood_and_answered(cli, words):
    given = [f"--{f.name}={SAMPLES[f.kind]}" for f in command(*words).flags.values() if f.required]
    done = cli(*words, *given, "--max-retries", "0")
    if done.code == 0:
        assert json.loads(done.out)
    else:
        # An id nobody knows, an empty body, or an operation this server does not serve: its own words, not ours.
        assert json.loads(done.out)["error"]["message"] in done.err


def test_every_operation_is_a_command_and_every_command_an_operation():
    assert {methods[name].id for methods in resources().values() for name in methods} == set(OPERATIONS)
    assert len(ALL) == len(OPERATIONS)


def test_a_new_operation_is_a_command_without_a_further_word(monkeypatch):
    from lightfield._operation import Operation, Parameter

    added = Operation(
        "account.count_words", "POST", "/v1/accounts/{id}/words", "Count.", "read", (),
        (Parameter("id", "id", "path", True, "string"), Parameter("by_line", "byLine", "body", False, "boolean")),
        filters=False, sends_object=True,
    )  # fmt: skip
    monkeypatch.setitem(OPERATIONS, added.id, added)
    resources.cache_clear()
    try:
        assert list(command("account", "count-words").flags)[:2] == ["id", "by-line"]
    finally:
        resources.cache_clear()


def test_no_name_is_used_twice():
    groups = [set(resources()), set(OWN), set(HIDDEN), set(COMMANDS)]
    assert sum(map(len, groups)) == len(set().union(*groups))


def test_no_flag_of_a_command_hides_a_global_one():
    ours = {flag.name for flag in (*GLOBAL, *MANNER)}
    taken = {p.name.replace("_", "-") for operation in OPERATIONS.values() for p in operation.parameters}
    assert not ours & taken


@pytest.mark.parametrize("words", [*ALL, *((r,) for r in resources()), *((own,) for own in OWN), ()], ids=" ".join)
def test_every_command_explains_itself(bare, words):
    shown = bare.out(*words, "--help")
    assert "Usage: lightfield" in shown
    assert max(map(len, shown.splitlines())) <= 130


def test_records_are_made_changed_found_and_thrown_away(cli):
    made = json.loads(cli.out("account", "create", "--fields", "{$name: Globex, $website: [globex.example]}"))
    id = made["id"]
    cli.out("account", "update", id, "--fields", '{"$name": "Globex Corp"}')
    assert cli.out("account", "retrieve", id, "--transform", "fields.$name.value", "-r") == "Globex Corp"
    listed = json.loads(cli.out("account", "list", "--filter", "$name[startsWith]=Globex C"))
    assert [each["id"] for each in listed["data"]] == [id]
    history = cli.out("account", "field-history", id, "$name", "--transform", "data.#.value", "--format", "jsonl")
    assert json.loads(history) == ["Globex Corp", "Globex"]
    cli.out("account", "delete", "--id", id)
    assert id in cli.out("account", "list", "--status", "trashed")
    assert json.loads(cli.out("account", "restore", id))["id"] == id


def test_inner_flags_reach_a_closed_type(cli, account):
    member = cli.out("member", "list", "--transform", "data.0.id", "-r")
    task = cli.out(
        "task", "create", "--fields.title", "Call: 12:30", "--fields.status", "TODO", "--fields.due-at",
        "2030-01-01T00:00:00Z", "--relationships.assigned-to", member, "--relationships.account", account,
    )  # fmt: skip
    fields = json.loads(task)["fields"]
    assert fields["$title"]["value"] == "Call: 12:30"
    assert fields["$dueAt"]["value"] == "2030-01-01T00:00:00.000Z"
    assert json.loads(task)["relationships"]["$account"]["values"] == [account]
    cleared = cli.out("task", "update", json.loads(task)["id"], "--fields.due-at", "null")
    assert json.loads(cleared)["fields"]["$dueAt"]["value"] is None


def test_notes_lists_meetings_contacts_and_opportunities_take_their_flags(cli, account):
    note = json.loads(cli.out("note", "create", "--fields.title", "Hello", "--relationships.account", account))
    assert note["relationships"]["$account"]["values"] == [account]
    kept = json.loads(cli.out("list", "create", "--fields.name", "Key", "--fields.object-type", "account"))
    cli.out("list", "update", kept["id"], "--relationships.accounts.add", account)
    assert cli.out("list", "list-accounts", kept["id"], "--transform", "data.0.id", "-r") == account
    meeting = cli.out(
        "meeting", "create", "--fields.title", "Kickoff", "--fields.start-date", "2024-01-01T10:00:00Z",
        "--fields.end-date", "2024-01-01T11:00:00Z", "--fields.attendee-emails", "a@acme.example",
        "--fields.attendee-emails", "b@acme.example", "--auto-create-records=false",
    )  # fmt: skip
    assert json.loads(meeting)["fields"]["$attendeeEmails"]["value"] == ["a@acme.example", "b@acme.example"]
    cli.out(
        "contact", "create", "--fields.name", "{firstName: Ada, lastName: Byron}", "--fields.email", "ada@x.example"
    )
    stage = cli.out("opportunity", "definitions", "--transform",
                    "fieldDefinitions.$stage.typeConfiguration.options.0.label", "-r")  # fmt: skip
    deal = cli.out("opportunity", "create", "--fields.name", "Deal", "--fields.stage", stage,
                   "--relationships.account", account)  # fmt: skip
    assert json.loads(deal)["relationships"]["$account"]["values"] == [account]


def test_two_accounts_are_merged(cli, account):
    other = cli.out("account", "create", "--fields.name", "Acme Twin", "--transform", "id", "-r")
    merged = cli.out("merge", "merge-accounts", "--primary-id", account, "--duplicate-id", other)
    assert json.loads(cli.out("merge", "get-merge", json.loads(merged)["merge"]["id"]))["status"] == "done"
    assert cli("account", "retrieve", other).code == 1


def test_own_types_are_addressed_by_position_or_by_flag(cli, served):
    with served.client() as http:
        http.post("/v1/schema/objects", json={"slug": "ship", "label": "Ship", "pluralLabel": "Ships"})
    assert "ship" in cli.out("object", "list-definitions", "--transform", "data.#.objectType")
    id = cli.out("object", "create", "ship", "--fields.name", "Argo", "--transform", "id", "-r")
    assert cli.out("object", "retrieve", "ship", id, "--transform", "id", "-r") == id
    assert cli.out("object", "retrieve", "--entity-slug", "ship", id, "--transform", "id", "-r") == id
    assert cli.out("object", "list", "ship", "--transform", "totalCount") == "1"
