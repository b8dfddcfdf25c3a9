"""Everything of one database arrives in another, whatever their engines."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lightfield_server import demo, main
from lightfield_server.commands import group
from lightfield_server.configuration import Settings, settings
from lightfield_server.store import copying
from lightfield_server.store.copying import Copied, Refused
from tests.conftest import POSTGRES, SQLITE
from tests.postgres import Databases

ENGINES = [(SQLITE, SQLITE), (SQLITE, POSTGRES), (POSTGRES, SQLITE), (POSTGRES, POSTGRES)]

New = Callable[[str], Settings]


@pytest.fixture
def new(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[New]:
    """Makes the settings of a database that does not exist yet, on an engine."""
    numbers = itertools.count()
    lent: list[Any] = []

    def made(engine: str) -> Settings:
        if engine == SQLITE:
            return settings({"database": f"sqlite:///{tmp_path}/{next(numbers)}.db"}, {})
        databases: Databases = request.getfixturevalue("databases")
        context = databases.bare()
        lent.append(context)
        return settings({"database": context.__enter__()}, {})

    yield made
    for context in lent:
        context.__exit__(None, None, None)


@pytest.fixture
def filled(new: New) -> Callable[[str], Settings]:
    """Makes a database with a workspace of made-up records in it."""

    def made(engine: str) -> Settings:
        found = new(engine)
        server = main.server(found)
        workspace = server.store.write_now(0, lambda tx: tx.add_workspace("first", "First", 1))
        demo.fill(server.store, server, workspace)
        main.close(server)
        return found

    return made


def silent(table: str, rows: int) -> None:
    """Nobody listens."""


def tables(copied: list[Copied]) -> dict[str, tuple[int, str]]:
    return {each.table: (each.rows, each.checksum) for each in copied}


@pytest.mark.parametrize(("source", "target"), ENGINES, ids=["-".join(pair) for pair in ENGINES])
def test_a_copy_of_a_copy_is_the_original(source: str, target: str, new: New, filled: New) -> None:
    original, there, back = filled(source), new(target), new(source)
    first = tables(main.copy(original, there, silent))
    assert first["record"][0] > 100
    assert first["event"][0] >= first["record"][0]
    assert tables(main.copy(there, back, silent)) == first


def test_a_copy_that_was_broken_off_goes_on_where_it_stopped(
    new: New, filled: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying.copying, "CHUNK", 50)
    source, target = filled(SQLITE), new(SQLITE)
    steps: list[tuple[str, int]] = []

    def broken(table: str, rows: int) -> None:
        steps.append((table, rows))
        if len(steps) % 7 == 0:
            raise KeyboardInterrupt

    for _ in range(1_000):
        try:
            copied = main.copy(source, target, broken)
            break
        except KeyboardInterrupt:
            continue
    assert len(steps) == len(set(steps)) > 30
    assert tables(copied) == tables(main.copy(target, new(SQLITE), silent))


def test_a_source_that_is_written_to_meanwhile_is_told_and_copied_again(new: New, filled: New) -> None:
    source, target = filled(SQLITE), new(SQLITE)
    broken_off = False

    def written_to(table: str, rows: int) -> None:
        nonlocal broken_off
        if table == "record" and not broken_off:
            broken_off = True
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        main.copy(source, target, written_to)
    server = main.server(source)
    server.store.write_now(1, lambda tx: tx.run("update record set updated_at = 7"))
    main.close(server)
    with pytest.raises(Refused, match="written to during the copy: record differ"):
        main.copy(source, target, silent)
    copied = main.copy(source, target, silent)
    assert tables(copied) == tables(main.copy(source, new(SQLITE), silent))


def test_what_is_in_use_is_never_copied_over(filled: New) -> None:
    source, other = filled(SQLITE), filled(SQLITE)
    with pytest.raises(Refused, match="is in use"):
        main.copy(source, other, silent)


def test_an_unfinished_copy_of_another_database_is_left_alone(new: New, filled: New) -> None:
    source, other, target = filled(SQLITE), filled(SQLITE), new(SQLITE)

    def broken(table: str, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        main.copy(source, target, broken)
    with pytest.raises(Refused, match="holds an unfinished copy"):
        main.copy(other, target, silent)


def test_a_source_of_another_release_is_not_copied(new: New, filled: New) -> None:
    source = filled(SQLITE)
    server = main.server(source)
    server.store.write_now(
        0, lambda tx: tx.run("insert into schema_migration (number, name, at) values (9999, 'x', 1)")
    )
    main.close(server)
    with pytest.raises(Refused, match="not of this release"):
        main.copy(source, new(SQLITE), silent)


def test_the_command_tells_every_table_and_its_checksum(new: New, filled: New) -> None:
    source, target = filled(SQLITE), new(SQLITE)
    done = CliRunner().invoke(group, ["copy", "--from", str(source.database), "--to", str(target.database)])
    assert done.exit_code == 0, done.output
    assert "Both sides are the same." in done.output
    assert [line for line in done.output.splitlines() if line.startswith("record ")]
    again = CliRunner().invoke(group, ["copy", "--from", str(source.database), "--to", str(target.database)])
    assert (again.exit_code, "is in use" in again.output) == (1, True)


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///", "nonsense"])
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    done = CliRunner().invoke(group, ["copy", "--from", url, "--to", "sqlite:///other.db"])
    assert (done.exit_code, "--from" in done.output) == (2, True)


def test_a_source_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path}/missing.db"
    done = CliRunner().invoke(group, ["copy", "--from", missing, "--to", f"sqlite:///{tmp_path}/new.db"])
    assert done.exit_code == 1
    assert "There is no database at" in done.output
    assert list(tmp_path.iterdir()) == []
