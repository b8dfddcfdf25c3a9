"""Files through a real server process: memory, kills, and senders that do not stop."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest

from lightfield import AsyncLightfield, Lightfield
from tests.serving import Serving

MIB = 1 << 20

#: What one upload and one download at a time may cost, however large they are.
FLAT = 32 * MIB

LARGE = 64 * MIB


@pytest.fixture(params=["folder", "s3"])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "folder":
        return {}
    s3 = request.getfixturevalue("s3")
    return {**s3.environment, "LIGHTFIELD_FILES": s3.location(uuid4().hex)}


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[[], Serving]]:
    serving = Serving(tmp_path / "data")
    yield lambda: serving.start(**environment)
    serving.stop()


def large(path: Path, size: int) -> str:
    """A file of bytes that repeat late; its checksum."""
    sum = hashlib.md5(usedforsecurity=False)
    with path.open("wb") as file:
        for number in range(size // MIB):
            piece = hashlib.sha256(str(number).encode()).digest() * (MIB // 32)
            sum.update(piece)
            file.write(piece)
    return sum.hexdigest()


def client(serving: Serving) -> Lightfield:
    return Lightfield(api_key=serving.token, base_url=serving.address)


def fetched(url: str) -> str:
    """The checksum of what an address gives."""
    sum = hashlib.md5(usedforsecurity=False)
    with httpx2.stream("GET", url, timeout=30) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            sum.update(piece)
    return sum.hexdigest()


def test_large_files_pass_through_little_memory(start: Callable[[], Serving], tmp_path: Path) -> None:
    serving = start()
    with client(serving) as lightfield:
        small = lightfield.file.upload(b"x" * MIB)
        assert fetched(lightfield.file.url(small.id).url)
        before = serving.most_memory
        checksum = large(tmp_path / "large.bin", LARGE)
        uploaded = lightfield.file.upload(tmp_path / "large.bin")
        assert uploaded.size_bytes == LARGE
        assert fetched(lightfield.file.url(uploaded.id).url) == checksum
        assert serving.most_memory - before < FLAT


@pytest.mark.anyio
async def test_uploads_can_be_awaited(start: Callable[[], Serving]) -> None:
    serving = start()
    async with AsyncLightfield(api_key=serving.token, base_url=serving.address) as lightfield:
        done = await lightfield.file.upload(b"Hello.", filename="a.txt", purpose="meeting_transcript")
        assert (done.status, done.mime_type) == ("COMPLETED", "text/plain")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def announced(serving: Serving, content: bytes) -> Any:
    with serving.client() as api:
        body = {"filename": "a.bin", "mimeType": "x-any/thing", "sizeBytes": len(content)}
        return api.post("/v1/files", json=body).raise_for_status().json()


def moved(serving: Serving, url: str) -> str:
    """The same address at where the server is after a restart."""
    return url.replace(f"http://{urlsplit(url).netloc}", serving.address)


def completed(serving: Serving, upload: Any, content: bytes) -> None:
    """Complete, and read back."""
    with serving.client() as api:
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        api.post(f"/v1/files/{upload['id']}/complete", json={"md5": md5}).raise_for_status()
        assert httpx2.get(api.get(f"/v1/files/{upload['id']}/url").json()["url"]).content == content


def test_bytes_that_were_acknowledged_survive_a_kill(start: Callable[[], Serving]) -> None:
    content = bytes(range(256)) * 10_000
    serving = start()
    upload = announced(serving, content)
    httpx2.put(upload["uploadUrl"], content=content, headers=upload["uploadHeaders"]).raise_for_status()
    serving.kill()
    start()
    completed(serving, upload, content)
    serving.kill()
    start()
    completed(serving, upload, content)


def test_an_upload_cut_by_a_kill_can_be_sent_again(start: Callable[[], Serving]) -> None:
    content = b"x" * (3 * MIB)
    serving = start()
    upload = announced(serving, content)
    with Sender(upload["uploadUrl"], upload["uploadHeaders"]) as sender:
        sender.head(**{"content-length": str(len(content))})
        sender.send(content[: 2 * MIB])
        serving.kill()
    start()
    again = moved(serving, upload["uploadUrl"])
    with serving.client() as api:
        assert api.post(f"/v1/files/{upload['id']}/complete", json={}).status_code == 409
    httpx2.put(again, content=content, headers=upload["uploadHeaders"]).raise_for_status()
    completed(serving, upload, content)


class Sender:
    """A client that says what it likes."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.parts, self.headers = urlsplit(url), headers
        self.socket = socket.create_connection((self.parts.hostname, self.parts.port), timeout=30)

    def head(self, **headers: str) -> None:
        lines = [f"PUT {self.parts.path}?{self.parts.query} HTTP/1.1", f"host: {self.parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **headers}.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def answer(self) -> bytes:
        return self.socket.recv(65_536)

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *how: Any) -> None:
        self.socket.close()


def test_a_sender_that_does_not_stop_is_cut_off(start: Callable[[], Serving]) -> None:
    """Ten gigabytes against a promise of one megabyte."""
    serving = start()
    upload = announced(serving, b"x" * MIB)
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    sent = 0
    with Sender(upload["uploadUrl"], upload["uploadHeaders"]) as sender:
        sender.head(**{"transfer-encoding": "chunked"})
        try:
            while sent < 10 << 30:
                sender.send(piece)
                sent += len(piece)
        except OSError:
            pass
    # What the kernels' buffers hold comes on top of the promise and of what is heard out.
    assert sent < 24 * MIB
    with serving.client() as api:
        assert api.get(f"/v1/files/{upload['id']}").json()["status"] == "PENDING"
    httpx2.put(upload["uploadUrl"], content=b"x" * MIB, headers=upload["uploadHeaders"]).raise_for_status()
    completed(serving, upload, b"x" * MIB)


def test_a_sender_that_asks_first_is_told_before_it_sends(start: Callable[[], Serving]) -> None:
    serving = start()
    upload = announced(serving, b"x" * MIB)
    with Sender(upload["uploadUrl"], upload["uploadHeaders"]) as sender:
        sender.head(**{"content-length": str(10 << 30), "expect": "100-continue"})
        assert sender.answer().startswith(b"HTTP/1.1 413 ")
    with Sender(upload["uploadUrl"], upload["uploadHeaders"]) as sender:
        sender.head(**{"content-length": "1", "expect": "100-continue"})
        assert sender.answer().startswith(b"HTTP/1.1 100 ")
