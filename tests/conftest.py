"""What all tests share: the PostgreSQL that stands in for everybody's, if there is one."""

import contextlib
import os
from collections.abc import Iterator

import pytest

from tests import postgres

#: Set where nothing may be left out: a run without PostgreSQL fails.
REQUIRED = "LIGHTFIELD_TEST_ALL"

SQLITE, POSTGRES = "sqlite", "postgres"

#: Parameters of the fixtures that say which engine a test runs on.
ENGINES = (SQLITE, POSTGRES)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Databases]:
    """Databases on one PostgreSQL, which is started when the first test asks."""
    server = postgres.named()
    cluster = None
    if server is None:
        folder = postgres.binaries()
        if folder is None:
            pytest.skip(postgres.NONE)
        cluster = postgres.Cluster(folder).start()
        server = cluster.url()
    made = postgres.Databases(server)
    yield made
    made.close()
    if cluster is not None:
        cluster.remove()


@contextlib.contextmanager
def place_for(engine: str, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The URL of an empty database for a server to start over; None for a file, which it makes itself."""
    if engine == SQLITE:
        yield None
    else:
        made: postgres.Databases = request.getfixturevalue("databases")
        with made.bare() as url:
            yield url


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(REQUIRED) and not _available():
        raise pytest.UsageError(f"every engine must be tested, and {postgres.NONE}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a mark says need not, or cannot, run on an engine."""
    left_out = [item for item in items if _not_meant(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _not_meant(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("engine")
    given = getattr(item, "callspec", None)
    engines = set() if given is None else {value for value in given.params.values() if value in ENGINES}
    # Fixtures of two engines never meet in one test.
    return len(engines) > 1 or (mark is not None and not engines <= {mark.args[0]})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _available():
        terminalreporter.write_line(f"Nothing was tested on PostgreSQL: {postgres.NONE}", yellow=True)


def _available() -> bool:
    return postgres.named() is not None or postgres.binaries() is not None
