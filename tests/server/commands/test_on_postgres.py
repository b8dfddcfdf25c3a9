"""The commands over a database on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lightfield_server import main
from lightfield_server.commands import group
from lightfield_server.configuration import Settings
from lightfield_server.records.workspaces import found
from lightfield_server.store import migrate
from tests import postgres
from tests.server.commands.conftest import Line


@pytest.fixture
def url(databases: postgres.Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with databases.bare() as made:
        monkeypatch.setenv("LIGHTFIELD_DATABASE", made)
        yield made


@pytest.fixture
def line(url: str, tmp_path: Path) -> Line:
    made = main.server(Settings(database=url))
    made.store.write_now(0, lambda tx: found(tx, made.numbers, made.clock(), "default", "Default"))
    main.close(made)
    return Line(tmp_path / "data")


def test_keys_members_and_definitions_are_made_there(line: Line) -> None:
    assert line.out("keys", "create", "--name", "Sync").startswith("sk_lf_1_")
    assert line.out("members", "add", "ann@us.example", "--name", "Ann Bee").startswith("mem_")
    line.out("schema", "fields", "create", "account", "tier", "--label", "Tier", "--type", "TEXT")
    assert "tier" in line.out("schema", "show", "account")
    assert "default" in line.out("workspaces", "list")
    assert not line.folder.exists()


def test_migrating_says_what_was_missing(url: str, tmp_path: Path) -> None:
    line = Line(tmp_path / "data")
    assert line.out("migrate").splitlines() == [migration.name for migration in migrate.migrations("postgres")]
    assert line.out("migrate") == "nothing to do"


def test_what_is_for_files_says_what_to_do_instead(line: Line, tmp_path: Path) -> None:
    assert "pg_amcheck" in line.refused("check")
    assert "pg_dump" in line.refused("backup", str(tmp_path / "copy.db"))
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("words", [("keys", "list"), ("migrate",)])
def test_a_server_that_does_not_answer_is_one_line_without_the_password(words: Any) -> None:
    url = "postgresql://ann:secret@127.0.0.1:1/crm"
    result = CliRunner().invoke(group, [*words, "--database", url], prog_name="lightfield")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "Error: postgresql://ann@127.0.0.1:1/crm cannot be opened: PostgreSQL does not answer: "
    )
    assert result.stderr.count("\n") == 1
