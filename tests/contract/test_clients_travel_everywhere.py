"""The vendor's SDK and ours call everything a real server serves, each reply held against the SDK's own types."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield._operations import OPERATIONS as SDK_OPERATIONS
from lightfield_server.kit import clock, ids
from lightfield_server.operations.operation import OPERATIONS
from tests.conftest import ENGINES, place_for
from tests.sdk.calls import call
from tests.server.filters.workspaces import put_definitions
from tests.serving import ROOT, Serving
from tests.vendor import vendor_python  # noqa: F401 - a fixture

JOURNEY = Path(__file__).with_name("journey.py")

#: What every client of the compatible API can call.
METHODS = {
    re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", operation.id)
    for operation in OPERATIONS
    if operation.compatible
}


@pytest.fixture(params=ENGINES)
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    """A server whose workspace has fields, relationships and a type of its own."""
    with place_for(request.param, request) as postgres, Serving(tmp_path / "data", postgres=postgres) as made:
        store = made.store()
        numbers = ids.Numbers(clock.now)
        workspace = store.write_now(0, lambda tx: tx.workspaces()[0].number)
        store.write_now(workspace, lambda tx: put_definitions(tx, numbers))
        store.close_now()
        yield made


def travelled(python: str, serving: Serving, colour: str, *options: str, **environment: str) -> set[str]:
    done = subprocess.run(
        [python, *options, str(JOURNEY), serving.address, serving.token, colour],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_the_vendors_client_is_served_everything_it_can_ask(
    serving: Serving,
    vendor_python: str,  # noqa: F811
    colour: str,
) -> None:
    assert travelled(vendor_python, serving, colour, "-I") == METHODS


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_our_client_is_served_everything_it_can_ask(serving: Serving, colour: str) -> None:
    assert travelled(sys.executable, serving, colour, "-P", PYTHONPATH=str(ROOT / "src")) == METHODS


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Serving]:
    made = Serving(tmp_path / "never made")
    made.start(LIGHTFIELD_EXAMPLE="true")
    yield made
    made.stop()
    assert not made.folder.exists()


def test_the_vendors_client_takes_every_example_for_a_good_answer(
    example: Serving,
    vendor_python: str,  # noqa: F811
) -> None:
    """Validated strictly, with placeholders for everything, as the test suites of generated clients send them."""
    calls = [call(operation, filtered=False) for operation in SDK_OPERATIONS.values() if operation.id in METHODS]
    assert len(calls) == len(METHODS)
    done = subprocess.run(
        [vendor_python, "-I", "-c", EVERY_CALL, example.address],
        input="\n".join(calls),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]


EVERY_CALL = """
import sys
from datetime import datetime, timezone
import lightfield
client = lightfield.Lightfield(
    api_key="My API Key", base_url=sys.argv[1], max_retries=0, _strict_response_validation=True
)
for line in sys.stdin:
    assert eval(f"client.{line}", {"client": client, "NOW": datetime.now(timezone.utc)}) is not None
client.close()
"""
