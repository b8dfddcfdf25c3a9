"""A server in three processes on one file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import Serving

Start = Callable[..., Serving]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Start]:
    """Starts it with a rate limit, or without one."""
    started: list[Serving] = []

    def start(rate_limit: str = "off") -> Serving:
        started.append(Serving(tmp_path / "data", rate_limit=rate_limit, workers=3).start())
        return started[-1]

    yield start
    for each in started:
        each.stop()
