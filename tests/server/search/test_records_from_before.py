"""A database of the previous release becomes findable while it is in use: a little at a time, and never by halves."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lightfield_server.background import worker
from lightfield_server.http.app import App
from lightfield_server.identity.limits import Limits
from lightfield_server.operations.server import Server
from lightfield_server.records import texts
from lightfield_server.store.sqlite import SqliteStore
from tests.audit import audited
from tests.server.api.conftest import Make
from tests.server.conftest import Api, Time, World

TABLES = ("search_text", "search_index", "search_pending", "search_word", "search_backlog")


def take_away(path: Path) -> None:
    """The file as it was before there was full-text search."""
    connection = sqlite3.connect(path)
    for table in TABLES:
        connection.execute(f"drop table {table}")
    connection.execute("delete from schema_migration where number = 3")
    connection.commit()
    connection.close()


class Upgraded:
    """A workspace with records of every kind and state, opened again after an upgrade."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time = Time()
        self.open()
        self.world.workspace = self.world.add_workspace("default")
        self.api: Api = self.world.api(self.world.add_key())

    def open(self) -> None:
        # Later each time: numbers grow from one process to the next.
        self.time.advance(1_000)
        self.loop = asyncio.new_event_loop()
        server = Server(SqliteStore(self.path), Limits(None), self.time)
        self.world = World(server, server.store, App(server), self.loop, self.time, 1)  # type: ignore[arg-type]

    def close(self) -> None:
        self.world.store.close_now()
        self.loop.close()

    def upgrade(self) -> None:
        token = self.api.token
        self.close()
        take_away(self.path)
        self.open()
        self.api = self.world.api(token)

    def read_on(self) -> bool:
        return self.loop.run_until_complete(worker.read_on(self.world.server))

    def search(self, text: str) -> Any:
        return self.api.post("/v1/search", {"text": text, "limit": 100}).ok()

    def ids(self, text: str) -> list[str]:
        return [hit["id"] for hit in self.search(text)["data"]]


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Upgraded]:
    made = Upgraded(tmp_path / "lightfield.db")
    yield made
    made.close()
    assert audited(made.path) == []


def test_records_from_before_are_found_in_the_end_and_answers_say_until_when_they_are_not(upgraded):
    make = Make(upgraded.api, upgraded.world)
    make.type("project", "Project")
    kept = {
        make.account("Quagga"),
        make.note(title="Quagga"),
        make.record("project", **{"$name": "Quagga"}),
        upgraded.world.add_member("quagga@us.example"),
    }
    trashed = make.account("Quagga")
    upgraded.api.delete(f"/v1/accounts/{trashed}").ok()
    upgraded.upgrade()

    assert upgraded.search("quagga") == {"data": [], "count": 0, "exactCount": True, "complete": False}
    while upgraded.read_on():
        pass
    answer = upgraded.search("quagga")
    assert {hit["id"] for hit in answer["data"]} == kept
    assert answer["complete"] is True


def test_it_goes_on_where_it_was_when_the_server_stopped(upgraded, monkeypatch):
    monkeypatch.setattr(texts, "MOST_AT_ONCE", 10)
    make = Make(upgraded.api, upgraded.world)
    made = [make.note(title=f"Quagga {n}") for n in range(35)]
    upgraded.upgrade()

    found = []
    while upgraded.read_on():
        upgraded.close()
        upgraded.open()
        upgraded.api = upgraded.world.api(upgraded.api.token)
        found.append(len(upgraded.ids("quagga")))
    assert found[:4] == [10, 20, 30, 35]
    assert set(upgraded.ids("quagga")) == set(made)


def test_what_is_written_meanwhile_stays_as_it_was_written(upgraded, monkeypatch):
    monkeypatch.setattr(texts, "MOST_AT_ONCE", 4)
    make = Make(upgraded.api, upgraded.world)
    notes = [make.note(title=f"Quagga {n}") for n in range(12)]
    gone = make.note(title="Zebra")
    upgraded.api.delete(f"/v1/notes/{gone}").ok()
    upgraded.upgrade()

    change = {"fields": {"$title": "Gnu"}}
    upgraded.api.post(f"/v1/notes/{notes[0]}", change).ok()
    upgraded.read_on()
    upgraded.api.post(f"/v1/notes/{notes[1]}", change).ok()
    upgraded.api.delete(f"/v1/notes/{notes[2]}").ok()
    upgraded.api.delete(f"/v1/notes/{notes[11]}").ok()
    upgraded.api.post(f"/v1/notes/{notes[10]}", change).ok()
    upgraded.api.post(f"/v1/notes/{gone}/restore").ok()
    new = upgraded.api.create("notes", {"$title": "Quagga new"})["id"]
    while upgraded.read_on():
        pass

    assert set(upgraded.ids("gnu")) == {notes[0], notes[1], notes[10]}
    assert set(upgraded.ids("quagga")) == {*notes[3:10], new}
    assert upgraded.ids("zebra") == [gone]


def test_large_records_are_read_a_few_at_a_time(upgraded, monkeypatch):
    monkeypatch.setattr(texts, "LARGEST_AT_ONCE", 5_000)
    make = Make(upgraded.api, upgraded.world)
    for _ in range(6):
        make.note(title="Quagga", content="zebra " * 400)
    upgraded.upgrade()
    upgraded.read_on()
    assert upgraded.search("quagga")["count"] == 2
    while upgraded.read_on():
        pass
    assert upgraded.search("quagga")["count"] == 6


def test_other_workspaces_are_read_as_well(upgraded):
    other = upgraded.world.add_workspace("other")
    token = upgraded.world.add_key(workspace=other)
    upgraded.world.api(token).create("notes", {"$title": "Quagga"})
    upgraded.upgrade()
    while upgraded.read_on():
        pass
    assert upgraded.world.api(token).post("/v1/search", {"text": "quagga"}).ok()["count"] == 1
    assert upgraded.search("quagga")["count"] == 0


def test_a_new_database_has_nothing_to_catch_up_with(upgraded):
    assert upgraded.read_on() is False
    assert upgraded.search("x")["complete"] is True
