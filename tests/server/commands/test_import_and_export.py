"""`lightfield import`, `imports` and `export`: what they print, what they change, and how they fail."""

import json
import re
import shlex
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from lightfield_server.store.sql import slots

ROOT = Path(__file__).parents[3]
DATA = (ROOT / "../shared/data/b2b-pipeline").resolve()

COMPANIES = "Company name,Website,Revenue\nAcme,acme.example,1\nBeta,,2\n"
PEOPLE = "First name,Last name,E-mail,Company\nAda,Byron,ada@acme.example,Acme\nBob,,bob@b.example,Nobody\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "companies.csv").write_text(COMPANIES)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return str(tmp_path / "people.csv"), str(tmp_path / "companies.csv")


def test_several_files_come_in_an_order_in_which_links_resolve(line, files):
    result = line("import", *files, "--yes")
    assert result.exit_code == 1
    told = result.stdout.splitlines()
    assert re.fullmatch(
        r"companies.csv → account, imp_\w+: 2 created, 0 updated, 0 unchanged, 0 rejected \(done\)", told[0]
    )
    assert re.fullmatch(
        r"people.csv → contact, imp_\w+: 1 created, 0 updated, 0 unchanged, 1 rejected \(done\)", told[1]
    )
    assert told[2].startswith(
        "  row 3, Company: There is no record of 'account' with $name 'Nobody'. Import that record"
    )
    again = line("import", *files, "--yes", "--create-missing", "account")
    assert again.exit_code == 0
    assert "0 created, 0 updated, 2 unchanged, 0 rejected (done)" in again.stdout
    assert "1 created, 0 updated, 1 unchanged, 1 created by name, 0 rejected (done)" in again.stdout


def test_a_dry_run_of_several_files_counts_what_the_earlier_would_make(line, files):
    result = line("import", *files, "--dry-run")
    assert "2 created, 0 updated, 0 unchanged, 0 rejected (dry run)" in result.stdout
    assert "1 created, 0 updated, 0 unchanged, 1 rejected (dry run)" in result.stdout
    assert json.loads(line.out("export", "account", "--format", "jsonl") or "[]") == []


def test_it_asks_before_it_imports(line, files):
    result = line("import", files[1])
    assert result.exit_code == 1
    assert "Nothing was written. Say --yes to import, or --dry-run to look only." in result.stderr
    assert line.out("export", "account", "--field", "$name").splitlines() == ["\ufeffName"]


def test_a_mapping_is_shown_changed_saved_and_used_again(line, files, tmp_path):
    shown = json.loads(line.out("import", files[1], "--show-mapping"))
    assert (shown["objectType"], shown["match"]) == ("account", ["$name"])
    shown["columns"] = [each for each in shown["columns"] if each["column"] != "Website"]
    del shown["file"]
    (tmp_path / "mapping.json").write_text(json.dumps(shown))
    line.out("import", files[1], "--mapping", str(tmp_path / "mapping.json"), "--save", "Mine", "--yes")
    assert "Mine" in line.out("imports", "mappings")
    assert "2 unchanged" in line.out("import", files[1], "--mapping", "Mine", "--yes")
    exported = line.out("export", "account", "--field", "$website", "--format", "jsonl").splitlines()
    assert [json.loads(each) for each in exported] == [{"$website": None}] * 2
    assert line.out("imports", "forget", "Mine") == "Mine is forgotten."
    assert "no saved mapping 'Mine'" in line.refused("import", files[1], "--mapping", "Mine", "--yes")


def test_an_import_is_listed_shown_and_undone(line, files):
    line.out("import", files[1], "--yes")
    (imported,) = json.loads(line.out("imports", "list", "--json"))
    id = imported["id"]
    assert json.loads(line.out("imports", "show", id))["state"] == "done"
    assert line.out("imports", "rejected", id) == ""
    assert "2 records undone, 0 kept as they are (undone)" in line.out("imports", "undo", id)
    assert line.out("export", "account", "--field", "$name").splitlines() == ["\ufeffName"]
    assert "The import is undone" in line.refused("imports", "start", id)
    assert "No resource found in 'imports'" in line.refused("imports", "show", "imp_0")


def test_machines_are_told_in_json(line, files):
    result = line("import", files[0], "--yes", "--json")
    (told,) = json.loads(result.stdout)
    assert told["counts"]["rejected"] == 2
    assert [each["row"] for each in told["rejected"]] == [2, 3]
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("name", "content", "words", "says"),
    [
        ("a.csv", 'Name\n"open\n', (), "Line 2, column 1: a quote opens here"),
        ("a.pdf", "x", (), "ends in .csv, .tsv, .xlsx or .jsonl"),
        ("a.csv", "Foo,Bar\n1,2\n", (), "nothing tells what its rows are; name it with --type"),
        ("a.csv", "Foo,Bar\n1,2\n", ("--type", "account"), "no column of it is known to 'account'"),
        ("a.csv", "Name\nx\n", ("--type", "nope"), "There is no object type 'nope'"),
        ("a.csv", "Name\nx\n", ("--type", "account", "--match", "nope"), "Records of 'account' are matched by"),
        ("a.csv", "Name\nx\n", ("--type", "account", "--time-zone", "Mars"), "There is no time zone 'Mars'"),
        ("a.csv", "Name\nx\n", ("--type", "account", "--encoding", "x"), "There is no encoding 'x'"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(line, tmp_path, name, content, words, says):
    (tmp_path / name).write_text(content)
    assert says in line.refused("import", str(tmp_path / name), "--yes", *words)


def test_an_export_is_filtered_and_written_whole_or_not_at_all(line, files, tmp_path):
    line("import", *files, "--yes")
    out = tmp_path / "out.xlsx"
    line.out("export", "account", "--filter", "$revenue[greaterThan]=1", "--output", str(out))
    assert "0 created, 0 updated, 1 unchanged" in line.out("import", str(out), "--type", "account", "--yes")
    assert "no operator" in line.refused(
        "export", "account", "--filter", "$revenue[near]=1", "--output", str(out) + "2"
    )
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".out", "out.xlsx2"))]
    assert "There is no object type 'nope'" in line.refused("export", "nope")


def test_the_practice_pipeline_comes_in_by_the_manuals_commands_alone(line, monkeypatch, tmp_path):
    if not DATA.is_dir():
        pytest.skip(f"the practice data is not there: {DATA} is no folder")
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    (block,) = re.findall(r"```sh\n(lightfield schema.*?)```", page, re.S)
    (tmp_path / "data").mkdir(exist_ok=True)
    for path in DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    commands = [shlex.split(text) for text in block.replace("\\\n", "").splitlines()]

    def put(word):
        return word.replace("data/", f"{tmp_path}/").replace("examples/", f"{ROOT}/examples/")

    for words in commands:
        result = line(*[put(word) for word in words[1:]])
        assert result.exit_code == 0, result.output

    database = sqlite3.connect(line.folder / "lightfield.db")
    read = database.execute("select fields from record where kind = ?", (slots.kind("opportunity", False),))
    deals = [json.loads(fields) for (fields,) in read]
    database.close()
    options = json.loads(line.out("schema", "show", "opportunity"))["fields"]
    labels = {o["id"]: o["label"] for f in options for o in f["typeConfiguration"].get("options", [])}
    stages = Counter(labels[deal["$stage"]] for deal in deals)
    assert stages == {"Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500}
    assert sum(deal.get("$amount", 0) for deal in deals) == 10_005_534
    (star,) = [
        row["ID"]
        for row in map(json.loads, line.out("export", "member", "--format", "jsonl").splitlines())
        if row["$name"] == {"firstName": "Darcel", "lastName": "Schlecht"}
        for row in [{"ID": row["id"]}]
    ]
    his = line.out("export", "opportunity", "--format", "jsonl", "--filter", f"$owner={star}", "--field", "$amount")
    assert sum(json.loads(each)["$amount"] or 0 for each in his.splitlines()) == 1_153_214
    products = [json.loads(each)["$name"] for each in line.out("export", "product", "--format", "jsonl").splitlines()]
    assert len(products) == 7
    assert "GTXPro" not in products

    again = line(*[put(word) for word in commands[-1][1:]])
    assert again.exit_code == 0
    counted = re.findall(r"(\d[\d,]*) created, (\d[\d,]*) updated, (\d[\d,]*) unchanged", again.stdout)
    assert [(created, updated) for created, updated, _ in counted] == [("0", "0")] * 6
