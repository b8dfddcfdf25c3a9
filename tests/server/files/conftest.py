"""Every test of files runs over a folder and over S3-compatible storage."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lightfield_server.files import blobs
from lightfield_server.files.blobs import Blobs, Lying
from tests.conftest import POSTGRES, SQLITE
from tests.s3 import S3
from tests.server.api.conftest import Make
from tests.server.conftest import Database, database_for

__all__ = ["Files", "md5"]


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with S3() as server:
        yield server


#: Each engine, and each storage; that one knows nothing of the other is a contract of imports.
PLACES = [(SQLITE, "folder"), (SQLITE, "s3"), (POSTGRES, "folder")]


@pytest.fixture(params=PLACES, ids="-".join)
def places(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Where records are kept, and where the bytes of files."""
    engine, storage = request.param
    return engine, storage


@pytest.fixture
def database(places: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Database]:
    with database_for(places[0], request) as made:
        yield made


@pytest.fixture
def storage(
    places: tuple[str, str], request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Blobs:
    if places[1] == "folder":
        return blobs.folder(tmp_path / "files")
    server: S3 = request.getfixturevalue("s3")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return blobs.bucket(server.location(uuid4().hex))


@pytest.fixture
def world(world: Any, storage: Blobs) -> Any:
    world.server.blobs = storage
    return world


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@dataclass
class Files:
    """Goes through uploads step by step."""

    api: Any
    world: Any

    def announce(self, content: bytes = b"Hello.", name: str = "a.txt", type: str = "text/plain", **more: Any) -> Any:
        body = {"filename": name, "mimeType": type, "sizeBytes": len(content), **more}
        return self.api.post("/v1/files", body).ok()

    def put(self, upload: Any, content: Any = b"Hello.", **headers: str) -> Any:
        given = {**upload["uploadHeaders"], **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.api.put(upload["uploadUrl"], content, given)

    def complete(self, upload: Any, **body: Any) -> Any:
        return self.api.post(f"/v1/files/{upload['id']}/complete", body)

    def upload(self, content: bytes = b"Hello.", name: str = "a.txt", type: str = "text/plain", **more: Any) -> str:
        """A complete file's id."""
        made = self.announce(content, name, type, **more)
        self.put(made, content).ok()
        self.complete(made, md5=md5(content)).ok()
        return str(made["id"])

    def url(self, id: str) -> str:
        return str(self.api.get(f"/v1/files/{id}/url").ok()["url"])

    def download(self, id: str, **headers: str) -> Any:
        return self.api.fetch(self.url(id), headers={n.replace("_", "-"): v for n, v in headers.items()})

    def status(self, id: str) -> str:
        return str(self.api.get(f"/v1/files/{id}").ok()["status"])

    def run(self, work: Any) -> Any:
        return self.world.loop.run_until_complete(work)

    def lying(self) -> list[Lying]:
        """Everything in the storage."""

        async def look() -> list[Lying]:
            return [lying async for page in self.world.server.blobs.pages() for lying in page]

        return list(self.run(look()))


@pytest.fixture
def files(api: Any, world: Any) -> Files:
    return Files(api, world)


@pytest.fixture
def make(api: Any, world: Any) -> Make:
    return Make(api, world)
