"""A server process that a test may kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import ENGINES, place_for
from tests.postgres import Cluster
from tests.serving import Serving


@pytest.fixture(params=ENGINES)
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    with place_for(request.param, request) as url, Serving(tmp_path / "data", postgres=url) as made:
        yield made


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of one's own that waits for the disk, and that a test may kill."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip(postgres.NONE)
    made = Cluster(folder, durable=True).start()
    yield made
    made.remove()
