"""One database for a module: examples by the hundred share it."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from lightfield_server.http.app import App
from lightfield_server.identity.limits import Limits
from lightfield_server.operations.server import Server
from lightfield_server.store.sqlite import SqliteStore
from tests.server.conftest import Time, World

#: The same examples at every run.
settings.register_profile(
    "filters",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", params=["sqlite"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    store = SqliteStore(tmp_path_factory.mktemp("filters") / "lightfield.db")
    loop = asyncio.new_event_loop()
    time = Time()
    server = Server(store, Limits(None), time)
    made = World(server, store, App(server), loop, time)
    made.workspace = made.add_workspace("default")
    yield made
    loop.close()
    store.close_now()
