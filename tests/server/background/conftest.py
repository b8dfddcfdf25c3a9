"""A second process on the database of the first, but for the process."""

from collections.abc import Iterator

import pytest

from lightfield_server.identity.limits import Limits
from lightfield_server.operations.server import Server
from tests.server.conftest import Database, Time, World


@pytest.fixture
def other(world: World, database: Database, time: Time) -> Iterator[Server]:
    made = Server(database.open(), Limits(None), time)
    yield made
    made.store.close_now()
