"""A database is brought to this release's schema once, as a whole, and with everything that is in it."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lightfield_server.kit.clock import DAY
from lightfield_server.store import migrate
from lightfield_server.store.copying.side import copied
from lightfield_server.store.migrate import Migration
from tests import postgres
from tests.audit import audited
from tests.conftest import ENGINES, SQLITE
from tests.server.conftest import NOW, Database, Time, world_over
from tests.serving import ROOT

#: A database as release 0.1 left it, row by row, and what that release answered over it.
RELEASED = json.loads(Path(__file__).with_name("release_0_1.json").read_text("utf-8"))

#: What is unique or found without a workspace, and why that is right.
WITHOUT_WORKSPACE = {
    "schema_migration_pkey": "it is about the whole database",
    "workspace_slug_key": "it is the directory in which workspaces are found",
}


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it, not even tables."""
    if request.param == SQLITE:
        yield Database(tmp_path / "lightfield.db")
    else:
        databases: postgres.Databases = request.getfixturevalue("databases")
        with databases.bare() as url:
            yield Database(url)


class Bare:
    """A database without a store over it."""

    def __init__(self, database: Database) -> None:
        place = database.place
        self.engine = SQLITE if isinstance(place, Path) else "postgres"
        self.connection: Any = (
            sqlite3.connect(place, isolation_level=None)
            if isinstance(place, Path)
            else psycopg.connect(place, autocommit=True)
        )

    def run(self, sql: str, of: Any = ()) -> Any:
        return self.connection.execute(sql if self.engine == SQLITE else sql.replace("?", "%s"), of)

    def columns(self) -> dict[str, set[str]]:
        """Every table's columns."""
        if self.engine == SQLITE:
            sql = "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'"
        else:
            sql = "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        found: dict[str, set[str]] = {}
        for table, column in self.run(sql).fetchall():
            found.setdefault(table, set()).add(column)
        return found

    def kept(self) -> dict[str, set[str]]:
        """Those of tables that are not worked out from others: of these each engine has its own."""
        return {table: columns for table, columns in self.columns().items() if copied(table)}


# The same on both engines


def test_every_migration_has_a_twin() -> None:
    ours, theirs = ([(m.number, m.name) for m in migrate.migrations(engine)] for engine in ENGINES)
    assert ours == theirs


def test_twins_make_the_same_tables_and_columns(tmp_path: Path, databases: postgres.Databases) -> None:
    file = Database(tmp_path / "lightfield.db")
    file.open().close_now()
    with databases.lent() as url:
        server = Database(url)
        ours, theirs = Bare(file), Bare(server)
        with closing(ours.connection), closing(theirs.connection):
            assert ours.kept() == theirs.kept()


# On PostgreSQL: what a distributed one needs, and texts that compare as in SQLite


@pytest.fixture
def schema(databases: postgres.Databases) -> Iterator[Bare]:
    with databases.lent() as url:
        bare = Bare(Database(url))
        yield bare
        bare.connection.close()


def test_the_workspace_is_first_in_every_key_and_every_index(schema: Bare) -> None:
    first = dict(
        schema.run(
            "select i.indexrelid::regclass::text, a.attname from pg_index i "
            "join pg_class c on c.oid = i.indexrelid and c.relnamespace = 'public'::regnamespace "
            "join pg_am m on m.oid = c.relam and m.amname = 'btree' "
            "join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
        ).fetchall()
    )
    assert {name: column for name, column in first.items() if column != "workspace"}.keys() == WITHOUT_WORKSPACE.keys()


def test_every_table_has_a_primary_key_and_a_workspace(schema: Bare) -> None:
    columns = schema.columns()
    keyed = {
        name
        for (name,) in schema.run("select conrelid::regclass::text from pg_constraint where contype = 'p'").fetchall()
    }
    assert keyed >= columns.keys()
    assert {name for name, found in columns.items() if "workspace" not in found} == {"schema_migration"}


def test_texts_compare_by_code_point_and_numbers_hold_63_bits(schema: Bare) -> None:
    rows = schema.run(
        "select table_name || '.' || column_name, data_type, collation_name from information_schema.columns "
        "where table_schema = 'public' and table_name <> 'schema_migration'"
    ).fetchall()
    kinds = {kind for _, kind, _ in rows}
    assert kinds <= {"bigint", "text", "bytea", "tsvector", "double precision", "boolean"}
    assert [name for name, kind, collation in rows if kind == "text" and collation != "C"] == []


# Once, and as a whole


def test_processes_that_start_at_once_migrate_once(empty: Database) -> None:
    place = empty.place
    where = ["--database", f"sqlite:///{place}" if isinstance(place, Path) else place]
    command = [sys.executable, "-m", "lightfield_server", "migrate", *where]
    started = [
        subprocess.Popen(
            command, env={"PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60) for process in started]
    names = "".join(f"{m.name}\n" for m in migrate.migrations("sqlite"))
    assert sorted(said) == sorted([(names, ""), ("nothing to do\n", ""), ("nothing to do\n", "")])
    with closing(Bare(empty).connection) as connection:
        applied = connection.execute("select name from schema_migration order by number").fetchall()
    assert [name for (name,) in applied] == names.split()


def test_a_migration_that_fails_leaves_everything_as_it_was(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrate.migrations
    broken = Migration(9998, "9998_broken", "create table half (a bigint);\nselect nonsense from nowhere;\n")
    monkeypatch.setattr(migrate, "migrations", lambda engine: [*known(engine), broken])
    with pytest.raises(Exception, match="nowhere"):
        empty.open()
    bare = Bare(empty)
    assert bare.columns() == {}
    bare.connection.close()

    monkeypatch.undo()
    empty.open().close_now()


def test_a_database_of_a_later_release_is_left_alone(empty: Database) -> None:
    empty.open().close_now()
    bare = Bare(empty)
    bare.run("insert into schema_migration (number, name, at) values (9999, '9999_later', 0)")
    before = bare.columns()
    with pytest.raises(migrate.DatabaseIsNewer, match="9999"):
        empty.open()
    assert bare.columns() == before
    bare.connection.close()


# From the release before


def cell(kept: Any) -> Any:
    if not isinstance(kept, dict):
        return kept
    return bytes.fromhex(kept["hex"]) if "hex" in kept else kept["text"].encode()


def test_a_database_of_the_release_before_is_brought_forward_with_everything_in_it(empty: Database) -> None:
    bare = Bare(empty)
    bare.run(migrate.LEDGER)
    first = migrate.migrations(bare.engine)[0]
    for statement in migrate.statements(first.sql):
        bare.run(statement)
    for table, kept in RELEASED["tables"].items():
        marks = ", ".join("?" for _ in kept["columns"])
        for row in kept["rows"]:
            bare.run(
                f"insert into {table} ({', '.join(kept['columns'])}) values ({marks})", [cell(each) for each in row]
            )
    bare.connection.close()

    with world_over(empty, Time(NOW + DAY)) as world:
        assert list(world.store.migrated) == [m.name for m in migrate.migrations(bare.engine)[1:]]
        api = world.api(RELEASED["token"])
        for path, reply in RELEASED["replies"].items():
            assert api.get(path).ok() == reply, path
        made = api.create("accounts", {"$name": "New"})
        assert api.get("/v1/accounts").ok()["data"][0] == made
        assert api.post("/v1/accounts", {"fields": {"$name": "x", "code": "c0@acme.example"}}).status == 409
    assert audited(empty.place) == []
