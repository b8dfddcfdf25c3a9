"""What is said when something will not do: on standard error, in words, with an exit code."""

import http.server
import json
import threading

import pytest

from lightfield.cli.formats import FORMATS
from lightfield.cli.refusals import EXIT_CODES


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["acount", "list"], 'Unknown command "acount". Did you mean "account"? See: lightfield --help'),
        (["account", "lst"], 'Unknown command "account lst". Did you mean "list"? See: lightfield account --help'),
        (["account", "list", "--limt", "3"], 'Unknown flag --limt. Did you mean "--limit"?'),
        (["task", "create", "--fields.titel", "x"], 'Unknown flag --fields.titel. Did you mean "--fields.title"?'),
        (["account", "create"], 'Required flag "fields" not set\nSee: lightfield account create --help'),
        (["merge", "merge-accounts"],
         'Required flags "duplicate-id, primary-id" not set\nSee: lightfield merge merge-accounts --help'),
        (["account", "retrieve", "a", "b", "c"], "Unexpected extra arguments: [b c]"),
        (["account", "retrieve", ""], 'Required flag "id" not set\nSee: lightfield account retrieve --help'),
        (["account", "list", "--limit", "x"], "--limit takes a whole number, not 'x'."),
        (["account", "list", "--limit"], "The flag --limit needs a value."),
        (["account", "list", "--all=maybe"], "The flag --all is true or false, not 'maybe'."),
        (["account", "list", "--filter", "name"],
         "--filter takes key=value or key[operator]=value, as in '$name[startsWith]=Ac', not 'name'."),
        (["account", "list", "--query", "name"], "--query takes name=value, not 'name'."),
        (["account", "list", "--header", "name"], "--header takes 'Name: value' in plain letters, not 'name'."),
        (["account", "list", "--timeout", "-1"], "--timeout takes a number that is not negative, not '-1'."),
        (["account", "list", "--format", "jsn"],
         "There is no format 'jsn'. Did you mean \"json\"? Formats: " + ", ".join(FORMATS)),
        (["account", "list", "--transform", "data.#(a"],
         "The path 'data.#(a' has a bracket or quotation mark without its partner."),
        (["account", "create", "--fields={}", "--columns", "id,{a"],
         "The path '{a' has a bracket or quotation mark without its partner."),
        (["account", "create", "--fields", "[1]"], "--fields takes a map, as in '{$name: Acme}', not '[1]'."),
        (["account", "create", "--fields", "{a: [1}"],
         "--fields is neither JSON nor YAML: expected ',' or ']', but got '}' (line 1, column 7)"),
        (["account", "create", "--fields.a", "1", "--fields.a.b", "2"],
         "--fields.a.b needs a map to go into, and another flag gives 1 there."),
        (["account", "create", "--fields", "@a/b"],
         "The file 'a/b' cannot be read: No such file or directory. A text that begins with @ is written \\@…"),
        (["meeting", "create", "--auto-create-records=maybe"],
         "--auto-create-records takes true or false, not 'maybe'."),
        (["account", "update", "acc_1", "--fields.a", "@-", "--fields.b", "@-"],
         "Standard input can be read once: give one @-, or pipe the body in."),
        (["account", "update", "acc_1", "--stdin", "--fields.a", "@-"],
         "--stdin reads standard input line by line; it goes with neither @- nor --all."),
        (["account", "list", "--stdin", "--concurrency", "99"], "--concurrency takes a number from 1 to 64, not '99'."),
        (["account", "list", "--all", "--format", "explore"],
         "--format explore shows one answer; many are shown by jsonl, json, yaml, table or csv."),
        (["account", "list", "--base-url", "example.com"],
         '--base-url "example.com" is missing a scheme (expected http:// or https://)'),
        (["account", "list", "--base-url", "http://:80"],
         '--base-url "http://:80" is not the address of a server, such as http://127.0.0.1:8000'),
        (["help", "acount"], 'There is no help on "acount". Did you mean "account"?'),
        (["completion", "bsh"],
         "Completion is there for bash, zsh, fish, pwsh; 'bsh' is none of them. Did you mean \"bash\"?"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said_before_anything_is_sent(cli, words, said):
    assert cli.refused(*words) == said


@pytest.mark.parametrize(
    ("stdin", "words", "said"),
    [
        ("{broken", [], "Failed to parse piped data as YAML/JSON"),
        ("[1, 2]", ["--fields", "{$name: A}"], "Cannot merge flags with a body that is not a map"),
        ("relationships: {}", [], 'Required flag "fields" not set'),
    ],
)
def test_a_piped_body_that_will_not_do_is_refused(cli, stdin, words, said):
    assert cli.refused("account", "create", *words, stdin=stdin).startswith(said)


def test_the_environments_address_is_looked_at_every_time(cli):
    said = cli.refused("account", "list", "--base-url", "http://127.0.0.1:1", LIGHTFIELD_BASE_URL="nonsense")
    assert said == 'LIGHTFIELD_BASE_URL "nonsense" is missing a scheme (expected http:// or https://)'


def test_a_mistake_is_told_before_a_missing_key(bare):
    assert "Required flag" in bare.refused("account", "create")
    assert "no API key" in bare.refused("account", "list")


def test_the_servers_refusal_is_words_for_people_and_a_body_for_programs(cli):
    done = cli("account", "create", "--fields", "{$nme: 1}")
    assert done.code == 1
    assert done.err.splitlines() == [
        f'POST "{cli.environment["LIGHTFIELD_BASE_URL"]}/v1/accounts": 400 Bad Request',
        "Unrecognized field '$nme' for 'accounts'.",
        "(type bad_request, code unknown_field, param fields.$nme)",
    ]
    assert json.loads(done.out)["error"]["param"] == "fields.$nme"
    formatted = cli("account", "retrieve", "x", "--format", "table", "--format-error", "yaml")
    assert formatted.out.startswith("error:\n  type: not_found\n")
    picked = cli("account", "retrieve", "x", "--transform-error", "error.type", "-r")
    assert picked.out == "not_found\n"
    raw = cli("account", "retrieve", "x", "--format-error", "raw")
    assert raw.out.startswith('{"error":{"type":"not_found"')


def test_on_a_terminal_the_words_are_enough(cli):
    done = cli("account", "retrieve", "x", terminal=True)
    assert (done.code, done.out) == (1, "")
    assert "No resource found" in done.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["account", "list"], 0),
        (["account", "lst"], 2),
        (["account", "list", "--base-url", "http://127.0.0.1:1", "--max-retries", "0"], 3),
        (["account", "list", "--api-key", "sk_lf_1_00000000000000000000000000000000"], 4),
        (["account", "retrieve", "acc_nope"], 5),
        (["account", "create", "--fields", "{$nme: 1}"], 7),
    ],
)
def test_failures_are_told_apart_when_asked(cli, words, code):
    assert cli(*words, "--fine-exit-codes").code == code
    assert cli(*words).code == min(code, 1)
    assert code in EXIT_CODES


def test_a_server_that_is_not_there_is_named(cli):
    done = cli("account", "list", "--base-url", "http://127.0.0.1:1", "--max-retries", "0")
    assert done.out == ""
    assert "http://127.0.0.1:1/v1/accounts" in done.err
    assert "Connection refused" in done.err


@pytest.mark.parametrize(
    ("status", "content", "fine"),
    [
        (409, b'{"error": {"type": "conflict", "message": "No."}}', 6),
        (429, b"slow down", 8),
        (503, b"<h1>Down</h1>", 9),
    ],
)
def test_answers_of_others_are_shown_too(bare, status, content, fine):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            done = bare(
                "account", "list", "--api-key", "k", "--base-url", address, "--max-retries", "0", "--fine-exit-codes"
            )
        finally:
            server.shutdown()
    assert done.code == fine
    assert f": {status} " in done.err


def test_debug_shows_everything_but_the_key(cli, served):
    done = cli("account", "create", "--fields", "{$name: Acme}", "--debug", "--idempotency-key", "once-1",
               "--header", "X-Mine: yes", "--query", "a=b")  # fmt: skip
    assert f"> POST {served.address}/v1/accounts?a=b" in done.err
    for line in (
        "authorization: Bearer <REDACTED>",
        "idempotency-key: once-1",
        "x-mine: yes",
        "user-agent: Lightfield/CLI",
    ):
        assert f"> {line}" in done.err
    for line in ("x-stainless-lang: cli", "x-stainless-runtime: cli", "x-stainless-cli-command: account create"):
        assert f"> {line}" in done.err
    assert '> {"fields":{"$name":"Acme"}}' in done.err
    assert "< 200 OK" in done.err
    assert served.token not in done.err + done.out


def test_one_idempotency_key_is_one_record(cli):
    words = ("account", "create", "--fields", "{$name: Once}", "--idempotency-key", "key-7", "--transform", "id")
    assert cli.out(*words) == cli.out(*words)


def test_deleting_asks_whoever_is_there(cli, account):
    done = cli("account", "delete", account, stdin="n\n", terminal=True)
    assert (done.code, done.out) == (1, "")
    assert f"account delete {account}? [y/N]" in done.err
    assert cli("account", "delete", account, stdin="y\n", terminal=True).code == 0
    assert cli("account", "restore", account, terminal=True).code == 0
    assert cli("account", "delete", account, "--yes", terminal=True).code == 0
    assert cli("account", "delete", account).code == 0
