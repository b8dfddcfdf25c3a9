"""One operation for each line: what succeeds is printed in order, what fails is said, and the rest goes on."""

import json

import pytest


@pytest.fixture
def accounts(cli):
    """The ids of three new accounts."""
    lines = "\n".join(json.dumps({"fields": {"$name": name}}) for name in ("One", "Two", "Three"))
    return cli.out("account", "create", "--stdin", "--transform", "id", "-r", stdin=lines).splitlines()


def names(cli, ids):
    return [cli.out("account", "retrieve", id, "--transform", "fields.$name.value", "-r") for id in ids]


@pytest.mark.parametrize("at_once", ["1", "3", "64"])
def test_each_line_is_carried_out_and_answered_in_order(cli, accounts, at_once):
    lines = "\n".join(json.dumps({"id": id, "fields": {"$name": f"New {n}"}}) for n, id in enumerate(accounts))
    done = cli("account", "update", "--stdin", "--concurrency", at_once, "--transform", "id", stdin=lines)
    assert (done.code, done.err) == (0, "")
    assert [json.loads(line) for line in done.out.splitlines()] == accounts
    assert names(cli, accounts) == ["New 0", "New 1", "New 2"]


def test_a_line_that_fails_does_not_stop_the_others(cli, accounts):
    lines = [
        {"id": accounts[0], "fields": {"$name": "A"}},
        {"id": "acc_nope", "fields": {"$name": "B"}},
        "{broken",
        {"fields": {"$name": "C"}},
        5,
        {"id": accounts[1], "fields": {"$nme": 1}},
        {"id": accounts[2], "fields": {"$name": "D"}},
    ]
    piped = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = cli("account", "update", "--stdin", "--transform", "id", stdin=piped)
    assert done.code == 1
    assert [json.loads(line) for line in done.out.splitlines()] == [accounts[0], accounts[2]]
    said = done.err.splitlines()
    assert [line.partition(":")[0] for line in said[:-1]] == [f"line {n}" for n in (2, 3, 4, 5, 6)]
    assert "404 Not Found" in said[0]
    assert "neither JSON nor YAML" in said[1]
    assert 'Required flag "id" not set' in said[2]
    assert "param fields.$nme" in said[4]
    assert said[-1] == "5 of 7 failed."
    assert names(cli, accounts) == ["A", "Two", "D"]


def test_lists_and_pages_are_taken_apart(cli, accounts):
    piped = (
        json.dumps({"object": "list", "data": [{"id": accounts[0]}, accounts[1]]}) + "\n" + json.dumps([accounts[2]])
    )
    done = cli("account", "retrieve", "--stdin", "--transform", "id", "-r", stdin=piped)
    assert done.out.splitlines() == accounts


def test_bare_ids_are_enough_and_flags_go_with_each(cli, accounts):
    done = cli(
        "account", "update", "--stdin", "--fields.name", "Same", "--transform", "id", "-r", stdin="\n".join(accounts)
    )
    assert done.out.splitlines() == accounts
    assert names(cli, accounts) == ["Same"] * 3


def test_whole_records_may_be_piped_into_what_needs_their_ids(cli, accounts):
    records = cli.out("account", "list", "--all", "--limit", "3")
    assert cli("account", "delete", "--stdin", stdin=records).code == 0
    assert cli("account", "restore", "--stdin", stdin=records).code == 0


def test_lines_of_a_type_with_two_places_fill_the_last(cli):
    done = cli("account", "field-history", "--stdin", "--id", "acc_1", "--dry-run", stdin="$name\n")
    assert json.loads(done.out)["url"].endswith("/v1/accounts/acc_1/fields/%24name/history")


def test_an_idempotency_key_is_told_apart_by_line(cli):
    words = ("account", "create", "--stdin", "--idempotency-key", "batch", "--transform", "id")
    lines = '{"fields": {"$name": "X"}}\n{"fields": {"$name": "Y"}}\n'
    first, again = cli.out(*words, stdin=lines), cli.out(*words, stdin=lines)
    assert first == again
    assert len(set(first.splitlines())) == 2


def test_it_stops_when_there_is_no_use_in_going_on(cli):
    lines = "acc_1\nacc_2\nacc_3\n"
    for words in (["--base-url", "http://127.0.0.1:1"], ["--api-key", "sk_lf_1_" + "0" * 32]):
        done = cli("account", "retrieve", "--stdin", "--max-retries", "0", *words, stdin=lines)
        assert done.code == 1
        assert done.err.startswith("line 1: ")
        assert done.err.endswith("Stopped here, after 0 done and 0 failed.\n")
        assert "line 2" not in done.err


def test_a_batch_is_shown_before_it_is_done(cli, accounts):
    done = cli("account", "delete", "--stdin", "--dry-run", stdin="\n".join(accounts))
    assert [json.loads(line)["method"] for line in done.out.splitlines()] == ["DELETE"] * 3
    assert names(cli, accounts) == ["One", "Two", "Three"]


def test_nothing_piped_in_is_nothing_done(cli):
    done = cli("account", "delete", "--stdin", stdin="\n\n")
    assert done == (0, "", "")


# Every page


def test_every_page_is_listed_once(cli):
    lines = "\n".join(json.dumps({"fields": {"$name": f"Page {n:03}"}}) for n in range(60))
    assert cli("account", "create", "--stdin", "--concurrency", "8", stdin=lines).code == 0
    words = (
        "account",
        "list",
        "--all",
        "--filter",
        "$name[startsWith]=Page ",
        "--transform",
        "fields.$name.value",
        "-r",
    )
    assert sorted(cli.out(*words).splitlines()) == [f"Page {n:03}" for n in range(60)]
    assert len(cli.out(*words, "--limit", "30").splitlines()) == 30
    assert len(cli.out(*words, "--offset", "50").splitlines()) == 10
    assert cli.out(*words, "--limit", "0") == ""
    rows = cli.out(
        "account", "list", "--all", "--filter", "$name[startsWith]=Page ", "--format", "csv", "--columns", "id"
    )
    assert len(rows.splitlines()) == 61


def test_a_history_longer_than_a_page_is_listed_whole(cli, account):
    for number in range(21):
        cli.out("account", "update", account, "--fields.$name", f"Name {number}")
    history = cli.out("account", "field-history", account, "$name", "--all", "--transform", "value", "-r").splitlines()
    assert history == [f"Name {number}" for number in reversed(range(21))] + ["Acme"]
    assert len(cli.out("account", "field-history", account, "$name", "--all", "--limit", "21").splitlines()) == 21


def test_options_are_shown_by_their_labels(cli):
    cli.out(
        "account",
        "create",
        "--fields",
        "{$name: Labelled, $headcount: 51-200, $industry: [Retail, Energy & Utilities]}",
    )
    words = ("account", "list", "--filter", "$name=Labelled", "--columns", "$name,$headcount,$industry")
    assert (
        cli.out(*words, "--format", "csv") == '$name,$headcount,$industry\nLabelled,51-200,"Retail, Energy & Utilities"'
    )
    assert "51-200" in cli.out(*words, "--format", "table")
    assert "opt_" in cli.out(*words, "--format", "table", "--no-labels")
    assert "51-200" in cli.out(*words, "--format", "csv", "--all")
