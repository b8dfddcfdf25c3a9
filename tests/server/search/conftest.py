"""Searching as a client does, and once more with the index brought up to date: both must say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lightfield_server.records import texts
from tests.server.api.conftest import Make
from tests.server.conftest import Api, World


def tell(world: World) -> None:
    """Bring the index up to date."""
    world.write(lambda tx: texts.read(tx, world.server.catalogs.current(tx), tx.pending()))


@dataclass
class Search:
    """Asks for a text; `settle` is what happens between a write and a search."""

    api: Api
    settle: Callable[[], None]

    def __call__(self, text: str, **more: Any) -> Any:
        self.settle()
        return self.api.post("/v1/search", {"text": text, **more}).ok()

    def ids(self, text: str, **more: Any) -> list[str]:
        return [hit["id"] for hit in self(text, **more)["data"]]


@pytest.fixture(params=["written a moment ago", "indexed"])
def settle(request: pytest.FixtureRequest, world: World) -> Callable[[], None]:
    """What was just written is pending, or the index has it."""
    return (lambda: tell(world)) if request.param == "indexed" else (lambda: None)


@pytest.fixture
def search(api: Api, settle: Callable[[], None]) -> Search:
    return Search(api, settle)


@pytest.fixture
def make(api: Api, world: World) -> Make:
    return Make(api, world)
