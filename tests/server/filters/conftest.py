"""One database for a module: examples by the hundred share it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.conftest import ENGINES
from tests.server.conftest import Time, World, database_for, world_over

#: The same examples at every run.
settings.register_profile(
    "filters",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest) -> Iterator[World]:
    with database_for(request.param, request) as database, world_over(database, Time()) as made:
        made.workspace = made.add_workspace("default")
        yield made
