"""A second process on the database of the first, but for the process."""

from collections.abc import Iterator

import pytest

from lightfield_server.identity.limits import Limits
from lightfield_server.operations.server import Server
from lightfield_server.store.sqlite import SqliteStore
from tests.server.conftest import Time, World


@pytest.fixture
def other(world: World, time: Time) -> Iterator[Server]:
    made = Server(SqliteStore(world.store.path), Limits(None), time)
    yield made
    made.store.close_now()
