"""How answers look. What is expected lies in golden/; `python -m tests.cli.test_formats` writes it anew."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lightfield.cli import documents
from lightfield.cli.arguments import Typed
from lightfield.cli.calling import answer_of
from lightfield.cli.console import Console
from lightfield.cli.formats import widths
from lightfield.cli.formats.explore import Tree
from lightfield.cli.printing import Printer
from tests.cli.conftest import PROGRAM, Terminal

GOLDEN = Path(__file__).with_name("golden")
ANSWER = (GOLDEN / "answer.json").read_bytes()
LABELS = {"$headcount": {"opt_1": "1-10"}, "$industry": {"opt_2": "Bakery, fine", "opt_3": "Retail"}}

#: File → settings, and the width of the terminal if it is one.
LOOKS: dict[str, tuple[dict[str, str], int | None]] = {
    "list.json": ({}, None),
    "list.jsonl": ({"format": "jsonl"}, None),
    "list.yaml": ({"format": "yaml"}, None),
    "list.csv": ({"format": "csv"}, None),
    "list.table": ({"format": "table"}, None),
    "list.pretty": ({"format": "pretty"}, None),
    "terminal.json": ({}, 80),
    "terminal.table": ({"format": "table"}, 80),
    "terminal.pretty": ({"format": "pretty"}, 60),
    "columns.csv": ({"format": "csv", "columns": "id,$name,fields.$primaryAddress.value.city,nope"}, None),
    "ids.table": ({"format": "table", "columns": "$name,$industry,$headcount", "no-labels": "true"}, None),
    "record.table": ({"format": "table", "transform": "data.0"}, None),
    "record.pretty": ({"format": "pretty", "transform": "data.0"}, None),
    "part.jsonl": ({"format": "jsonl", "transform": "data.#.fields.$name.value"}, None),
    "nothing.table": ({"format": "table", "transform": "unknownKey.list"}, None),
}


def look(settings: dict[str, str], width: int | None, *, many: bool = False, **environment: str) -> str:
    stdout = io.StringIO() if width is None else Terminal()
    surroundings = {"COLUMNS": str(width), "TERM": "xterm", "PAGER": "", **environment}
    console = Console(io.StringIO(), stdout, io.StringIO(), surroundings)
    printer = Printer(Typed(settings), console, "account list", lambda: LABELS)
    if many:
        printer.many(json.loads(ANSWER)["data"])
    else:
        printer.one(answer_of(ANSWER))
    return stdout.getvalue()


@pytest.mark.parametrize("name", LOOKS)
def test_an_answer_looks_as_it_always_did(name):
    assert look(*LOOKS[name]) == (GOLDEN / name).read_text("utf-8")


def test_raw_is_the_answer_byte_by_byte():
    assert look({"format": "raw"}, None).encode() == ANSWER


def test_every_format_for_programs_says_the_same():
    said = json.loads(ANSWER)
    assert json.loads(look({}, None)) == said
    assert json.loads(look({"format": "jsonl"}, None)) == said
    assert yaml.safe_load(look({"format": "yaml"}, None)) == said
    assert json.loads(look({}, None, many=True)) == said["data"]
    assert [json.loads(line) for line in look({"format": "jsonl"}, None, many=True).splitlines()] == said["data"]
    assert yaml.safe_load(look({"format": "yaml"}, None, many=True)) == said["data"]
    rows = list(csv.DictReader(io.StringIO(look({"format": "csv"}, None, many=True))))
    assert [row["id"] for row in rows] == [record["id"] for record in said["data"]]
    assert rows[1]["$name"] == said["data"][1]["fields"]["$name"]["value"]
    assert rows[0]["$industry"] == "Bakery, fine, Retail"


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_a_table_keeps_to_the_terminal(width):
    shown = look({"format": "table"}, width, NO_COLOR="1")
    assert all(widths.width(line) <= width for line in shown.splitlines()[:-1])


@pytest.mark.parametrize("format", ["json", "jsonl", "yaml", "csv", "table", "pretty"])
def test_what_records_say_does_not_steer_the_terminal(format):
    assert "\x1b[31m" not in look({"format": format}, 200, NO_COLOR="1")
    assert "\x1b" not in look({"format": format}, 200, NO_COLOR="1")


def test_colours_are_for_terminals_unless_they_are_forced():
    assert "\x1b[" in look({}, 80)
    assert "\x1b[" not in look({}, None)
    assert "\x1b[" not in look({}, 80, NO_COLOR="1")
    assert "\x1b[" not in look({}, 80, TERM="dumb")
    assert "\x1b[" not in look({}, 80, FORCE_COLOR="0")
    assert "\x1b[" in look({}, None, FORCE_COLOR="1")


def test_a_text_is_printed_without_quotes_when_asked():
    assert look({"transform": "data.0.id", "raw-output": "true"}, None) == "acc_0537f0639b59a238\n"
    assert look({"transform": "totalCount", "raw-output": "true"}, None) == "2\n"
    assert "\x1b" not in look({"transform": "data.1.fields.$name.value", "raw-output": "true"}, 80)


def test_what_is_no_json_is_printed_as_it_came():
    console = Console(io.StringIO(), io.StringIO(), io.StringIO(), {})
    Printer(Typed({"format": "yaml"}), console, "").one(answer_of(b"<html>"))
    assert console.stdout.getvalue() == "<html>"


def test_long_output_goes_through_the_pager(tmp_path):
    kept = tmp_path / "seen"
    assert look({"format": "jsonl"}, 80, many=True, PAGER=f"tee {kept}") == ""
    assert kept.read_text().count("\n") == 2
    assert look({"format": "jsonl"}, 80, many=True, PAGER="no-such-pager").count("\n") == 2
    assert look({"format": "jsonl"}, 80, many=True, PAGER="true") == ""


# Texts

LETTERS = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | LETTERS
    | st.sampled_from(["yes", "No", "~", "null", "0o7", "1e3", "12:30", "- a", "a: b", "@x", "0x1f", "\x85", "\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(VALUES)
def test_yaml_that_was_written_is_read_as_the_same(value):
    assert documents.read(documents.to_yaml(value), "It") == value


@given(LETTERS, st.integers(1, 40))
def test_a_text_that_is_cut_fits(text, most):
    shown = widths.cut(widths.line(text), most)
    assert widths.width(shown) <= most
    assert not any(unicodedata.category(c) == "Cc" for c in shown)


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("株式", 4), ("é", 1), ("e\u0301", 1), ("👩‍💻", 2), ("❤️", 2), ("👍🏽", 2)]
)
def test_a_letter_is_as_wide_as_it_is_drawn(text, width):
    assert widths.width(text) == width


# Exploring


def test_branches_open_and_close():
    tree = Tree({"a": {"b": [1, 2]}, "c": "x"})
    assert [text.strip() for _, text in tree.lines()] == ["▾ {…} 2", "▸ a: {…} 1", 'c: "x"']
    for key in ("down", "right", "down", "enter", "down"):
        assert tree.press(key, 10)
    assert tree.lines()[tree.at][0] == ("a", "b", 0)
    for key in ("left", "left", "left"):
        tree.press(key, 10)
    assert tree.lines()[tree.at][0] == ("a",)
    tree.press("end", 2)
    assert (tree.at, tree.top) == (3, 2)
    assert not tree.press("q", 10)


def test_exploring_without_a_terminal_prints_json_and_says_so(cli, account):
    done = cli("account", "retrieve", account, "--format", "explore")
    assert json.loads(done.out)["id"] == account
    assert "needs a terminal" in done.err


def test_exploring_draws_on_a_terminal_and_ends_with_q(cli, account):
    master, slave = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "account", "retrieve", account, "--format", "explore"]
    environment = {**cli.outside, "TERM": "xterm", "LINES": "20", "COLUMNS": "60"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        seen = b""
        while account.encode() not in seen:
            seen += os.read(master, 1024)
        os.write(master, b"jq")
        try:
            while os.read(master, 1024):
                pass
        except OSError:
            pass  # the other end has been closed
        assert process.wait() == 0
    os.close(master)


if __name__ == "__main__":
    for name, how in LOOKS.items():
        (GOLDEN / name).write_text(look(*how), "utf-8")
