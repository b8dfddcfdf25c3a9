"""A server in three processes on one database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ENGINES, place_for
from tests.serving import Serving

Start = Callable[..., Serving]


@pytest.fixture(params=ENGINES)
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts it with a rate limit, or without one."""
    started: list[Serving] = []

    with place_for(request.param, request) as url:

        def start(rate_limit: str = "off") -> Serving:
            started.append(Serving(tmp_path / "data", rate_limit=rate_limit, workers=3, postgres=url).start())
            return started[-1]

        yield start
        for each in started:
            each.stop()
