"""The manual's page on definitions: its examples run, in order, against a server; its paths are all there are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lightfield_server.operations.operation import OPERATIONS
from tests.server.commands.test_serve import Running

PAGE = Path(__file__).parents[3] / "docs" / "schema.md"


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="needs bash and curl")
def test_the_examples_run(tmp_path):
    server = Running(tmp_path / "data")
    try:
        blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.S)
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join(blocks)],
            env={"PATH": "/usr/bin:/bin", "LIGHTFIELD_BASE_URL": server.said["address"]}
            | {"LIGHTFIELD_API_KEY": server.said["key"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout[-500:]
    finally:
        server.stop()


def test_it_shows_every_path_of_administration():
    text = PAGE.read_text("utf-8")
    for operation in OPERATIONS:
        if operation.path.startswith("/v1/schema/"):
            short = operation.path.replace(
                "/v1/schema/objects/{objectType}/fields/{key}/options", "…/fields/{key}/options"
            )
            assert f"`{operation.method} {short}`" in text, operation.id
