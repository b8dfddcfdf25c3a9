"""What may be typed and piped in, and what is sent for it."""

import base64
import json
import os
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield.cli import documents, gjson
from lightfield.cli.console import Console
from lightfield.cli.refusals import Refused


def sent(cli, *words, **more):
    """What a command would send."""
    return json.loads(cli.out(*words, "--dry-run", **more))


def body(cli, *words, **more):
    return sent(cli, *words, **more)["body"]


# Flags


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--fields", "{$name: Acme Corp, $industry: [opt_1]}"], {"$name": "Acme Corp", "$industry": ["opt_1"]}),
        (["--fields", '{"$name": "Acme"}'], {"$name": "Acme"}),
        (["--fields={$name: Acme}", "--fields", "{$revenue: 5}"], {"$name": "Acme", "$revenue": 5}),
        (["--fields", "{$name: Acme}", "--fields.$revenue", "5.5"], {"$name": "Acme", "$revenue": 5.5}),
        (["--fields.$a.b.c", "x", "--fields.$a.b.d", "[1, 2]"], {"$a": {"b": {"c": "x", "d": [1, 2]}}}),
        (["--fields.$x", "true", "--fields.$y", "null", "--fields.$z", "Acme: the company"],
         {"$x": True, "$y": None, "$z": "Acme: the company"}),
        (["--fields.$x", '"5"', "--fields.$y", "no", "--fields.$z", "12:30"], {"$x": "5", "$y": "no", "$z": "12:30"}),
    ],
)  # fmt: skip
def test_flags_make_the_body(cli, words, expected):
    assert body(cli, "account", "create", *words) == {"fields": expected}


def test_global_flags_stand_anywhere(cli):
    for words in (("--dry-run", "account", "list"), ("account", "--dry-run", "list"), ("account", "list", "--dry-run")):
        assert json.loads(cli.out(*words))["method"] == "GET"
    assert cli.out("--format", "jsonl", "account", "--dry-run", "list").count("\n") == 0


def test_conditions_query_and_paging_go_into_the_address(cli):
    url = sent(
        cli, "opportunity", "list", "--limit", "2", "--filter", "$stage[-equal]=Won", "--filter", "$stage[-equal]=Lost",
        "--filter", "$owner=mem_1", "--query", "a=b=c",
    )["url"]  # fmt: skip
    assert url.endswith(
        "/v1/opportunities?limit=2&a=b%3Dc&%24stage%5B-equal%5D=Won&%24stage%5B-equal%5D=Lost&%24owner=mem_1"
    )


def test_a_text_is_not_taken_for_anything_else(cli):
    made = body(cli, "task", "create", "--fields.title", "12", "--fields.status", "no", "--relationships", "{}")
    assert made["fields"] == {"$title": "12", "$status": "no"}
    member = sent(cli, "member", "retrieve", "../x")
    assert member["url"].endswith("/v1/members/..%2Fx")


def test_a_key_is_found_without_its_dollar(cli):
    made = body(cli, "account", "create", "--fields.name", "A", "--fields.primary-address", "{city: Ulm}",
                "--relationships.owner", "mem_1", "--fields.nobody-knows", "1")  # fmt: skip
    assert made["fields"] == {"$name": "A", "$primaryAddress": {"city": "Ulm"}, "nobody-knows": 1}
    assert made["relationships"] == {"$owner": "mem_1"}


def test_wire_names_and_dashed_names_are_the_same_flag_of_a_closed_type(cli):
    for flag in ("--fields.$dueAt", "--fields.due-at", "--fields.due_at"):
        made = body(cli, "task", "update", "tsk_1", flag, "2030-01-01T00:00:00Z")
        assert made["fields"] == {"$dueAt": "2030-01-01T00:00:00Z"}


# The body from standard input


def test_a_document_is_the_body_and_flags_override_its_keys(cli):
    piped = "fields:\n  $name: Acme\nrelationships: {$owner: mem_1}\nsomething: new\n"
    assert body(cli, "account", "create", stdin=piped) == {
        "fields": {"$name": "Acme"}, "relationships": {"$owner": "mem_1"}, "something": "new",
    }  # fmt: skip
    replaced = body(cli, "account", "create", "--fields", "{$revenue: 1}", stdin=piped)
    assert (replaced["fields"], replaced["relationships"]) == ({"$revenue": 1}, {"$owner": "mem_1"})
    assert body(cli, "account", "create", "--fields.$revenue=1", stdin=piped)["fields"] == {
        "$name": "Acme",
        "$revenue": 1,
    }
    assert body(cli, "account", "create", "--fields.name=Zed", stdin=piped)["fields"] == {"$name": "Zed"}
    task = body(cli, "task", "update", "tsk_1", "--fields.title=B", stdin="fields: {$title: A, $status: TODO}")
    assert task["fields"] == {"$title": "B", "$status": "TODO"}


def test_an_empty_pipe_is_no_document(cli):
    assert body(cli, "account", "update", "acc_1", "--fields", "{$name: A}", stdin=" \n") == {"fields": {"$name": "A"}}


def test_commands_without_a_body_leave_standard_input_alone(cli):
    assert sent(cli, "account", "list", stdin="{not: [read").keys() == {"method", "url"}


def test_an_open_pipe_that_says_nothing_does_not_hold_up_a_whole_command(cli):
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w"):
        assert not Console(stdin, sys.stdout, sys.stderr, {}).has_input(wait=False)


def test_an_empty_file_is_no_input_and_a_full_one_is(tmp_path):
    for text in ("", "{}"):
        (tmp_path / "body").write_text(text)
        with (tmp_path / "body").open() as stdin:
            assert Console(stdin, sys.stdout, sys.stderr, {}).has_input(wait=True) is bool(text)
    with open(os.devnull) as stdin:
        assert not Console(stdin, sys.stdout, sys.stderr, {}).has_input(wait=True)


# Files


def test_values_come_from_files(cli, tmp_path):
    (tmp_path / "note.md").write_text("# Grüße\n")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "body.yaml").write_text('$name: Acme\n$other: "@note.md"\n')
    path, coded = str(tmp_path), base64.b64encode
    for typed, expected in (
        (f"@{path}/note.md", "# Grüße\n"),
        (f"@file://{path}/note.md", "# Grüße\n"),
        (f"@data://{path}/note.md", coded("# Grüße\n".encode()).decode()),
        (f"@{path}/logo.png", coded(b"\x89PNG\0").decode()),
        ("\\@handle", "@handle"),
        ("@handle", "@handle"),
    ):
        assert body(cli, "note", "update", "not_1", "--fields.content", typed)["fields"] == {"$content": expected}
    deep = body(cli, "account", "create", "--fields", f"{{$a: {{b: [@{path}/note.md]}}}}")
    assert deep["fields"] == {"$a": {"b": ["# Grüße\n"]}}
    whole = body(cli, "account", "create", "--fields", f"@{path}/body.yaml")
    assert whole["fields"] == {"$name": "Acme", "$other": "@note.md"}, "a file does not pull in further files"
    assert body(cli, "account", "create", "--fields.$x", "@-", stdin="from a pipe")["fields"] == {"$x": "from a pipe"}


def test_what_is_piped_in_pulls_in_no_files(cli, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    piped = json.dumps({"fields": {"$name": f"@{tmp_path}/secret.txt"}})
    assert body(cli, "account", "create", stdin=piped)["fields"]["$name"].endswith("secret.txt")
    done = cli("account", "create", "--stdin", "--dry-run", stdin=piped)
    assert json.loads(done.out)["body"]["fields"]["$name"].endswith("secret.txt")


# YAML


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[no, yes, on, true, ~, null]", ["no", "yes", "on", True, None, None]),
        ("[0o17, 0x1f, 017, 1_000, 1e3, .5, -2]", [15, 31, 17, "1_000", 1000.0, 0.5, -2]),
        ("{at: 12:30, day: 2026-01-01}", {"at": "12:30", "day": "2026-01-01"}),
        ("{5: five, true: yes}", {"5": "five", "true": "yes"}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ('"quoted"', "quoted"),
        ("plain words", "plain words"),
    ],
)  # fmt: skip
def test_yaml_is_read_by_the_newer_rules(text, value):
    assert documents.read(text, "It") == value


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("{a: 1, a: 2}", "twice"),
        ("{a: &x 1, b: *x}", "aliases"),
        ("a: [1", "neither JSON nor YAML"),
        ("!!python/object:os.system {}", "neither JSON nor YAML"),
        ("[" * 100_000, "nested too deeply"),
        ("{? [a, b] : c}", "a key must be a text"),
    ],
)
def test_documents_that_mislead_are_refused(text, word):
    with pytest.raises(Refused, match=word):
        documents.read(text, "It")


def test_json_is_read_without_yaml_and_yaml_says_what_to_install(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    documents._has_yaml.cache_clear()
    try:
        assert body(cli, "account", "create", "--fields", '{"$name": "A"}', "--fields.$x", "b")["fields"]["$x"] == "b"
        for words in (["--fields", "{$name: A}"], ["--fields.$x", "[a]"], ["--fields={}", "--format", "yaml"]):
            assert "pip install 'openlightfield[cli]'" in cli.refused("account", "create", *words, "--dry-run")
        assert "openlightfield[cli]" in cli.refused("account", "create", stdin="fields:\n  $name: A\n")
    finally:
        documents._has_yaml.cache_clear()


# Paths

SAMPLE = {
    "name": {"first": "Tom", "last": "Anderson"},
    "age": 37,
    "children": ["Sara", "Alex", "Jack"],
    "fav.movie": "Deer Hunter",
    "friends": [
        {"first": "Dale", "last": "Murphy", "age": 44, "nets": ["ig", "fb"]},
        {"first": "Roger", "last": "Craig", "age": 68, "nets": ["fb"]},
        {"first": "Jane", "last": "Murphy", "age": 47, "nets": ["ig"]},
    ],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("name.last", "Anderson"),
        ("children.#", 3),
        ("children.1", "Alex"),
        ("child*.2", "Jack"),
        ("c?ildren.0", "Sara"),
        (r"fav\.movie", "Deer Hunter"),
        ("friends.#.first", ["Dale", "Roger", "Jane"]),
        ('friends.#(last=="Murphy").first', "Dale"),
        ('friends.#(last=="Murphy")#.first', ["Dale", "Jane"]),
        ("friends.#(age>45)#.last", ["Craig", "Murphy"]),
        ('friends.#(first%"D*").last', "Murphy"),
        ('friends.#(first!%"D*").last', "Craig"),
        ('friends.#(nets.#(=="fb"))#.first', ["Dale", "Roger"]),
        ("friends.#.nets.0", ["ig", "fb", "ig"]),
        ("friends.#.nets|0", ["ig", "fb"]),
        ("friends.#.nets|@flatten", ["ig", "fb", "fb", "ig"]),
        ("children|@reverse|0", "Jack"),
        ("name.@keys", ["first", "last"]),
        ("@pretty.age", 37),
        ('{name.first,age,"murphys":friends.#(last="Murphy")#.first}',
         {"first": "Tom", "age": 37, "murphys": ["Dale", "Jane"]}),
        ('{id:age,"kind":!"person",nested:{q:name.first}}', {"id": 37, "kind": "person", "nested": {"q": "Tom"}}),
        ("[age,nope,name.last]", [37, "Anderson"]),
        ("nope.nor.this", SAMPLE),
    ],
)  # fmt: skip
def test_a_path_picks_a_part(path, expected):
    assert gjson.pick(SAMPLE, path) == expected


TREES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(TREES, st.data())
def test_a_path_of_keys_and_places_leads_where_python_goes(tree, data):
    at, steps = tree, []
    while isinstance(at, dict | list) and at and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        if key == "":
            break
        steps.append("".join(f"\\{c}" if c in '.|*?#@!{}[]()\\"=<>%,:' else c for c in str(key)))
        at = at[key]
    if steps:
        assert gjson.pick(tree, ".".join(steps)) == at


@given(st.text(max_size=40), TREES)
def test_any_path_is_carried_out_or_refused(path, tree):
    with suppress(Refused):
        gjson.pick(tree, path)
