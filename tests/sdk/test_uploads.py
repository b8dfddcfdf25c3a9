"""`file.upload`: announced, sent, completed; sent again when that may help, cancelled when it may not."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import IO, Any

import httpx2
import pytest

import lightfield
from tests.sdk.support import Served, refusal, reply

CONTENT = b"Hello, " * 100_000

URL = "https://bucket.example/put?signature=x"


class Bucket:
    """An API and a storage behind one transport: what was uploaded, and what the storage answers in turn."""

    def __init__(self, *answers: Any, headers: Any = None, completing: Any = None) -> None:
        self.answers = list(answers)
        self.headers = headers or {"content-type": "text/plain"}
        self.completing = completing
        self.asked: list[tuple[str, Any]] = []
        self.puts: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PUT":
            return self._put(request)
        self.asked.append((request.url.path, json.loads(request.content or b"{}")))
        if request.url.path.endswith("/complete") and self.completing is not None:
            return httpx2.Response(*self.completing)
        about = {"id": "fil_1", "status": "COMPLETED", "filename": "a.txt"}
        return reply({**about, "uploadUrl": URL, "uploadHeaders": self.headers})(request)

    def _put(self, request: httpx2.Request) -> httpx2.Response:
        self.puts.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else httpx2.Response(answer)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


ALL_WELL = ["/v1/files", "/v1/files/fil_1/complete"]
GIVEN_UP = ["/v1/files", "/v1/files/fil_1/cancel"]


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def as_path(folder: Path) -> str:
    return str(as_file(folder))


def as_file(folder: Path) -> Path:
    path = folder / "talk.md"
    path.write_bytes(CONTENT)
    return path


def as_open(folder: Path) -> IO[bytes]:
    return as_file(folder).open("rb")


def further_on(folder: Path) -> IO[bytes]:
    file = io.BytesIO(b"before" + CONTENT)
    file.seek(6)
    return file


@pytest.mark.parametrize(
    ("make", "name", "type"),
    [
        (as_path, "talk.md", "text/markdown"),
        (as_file, "talk.md", "text/markdown"),
        (as_open, "talk.md", "text/markdown"),
        (further_on, "file", "application/octet-stream"),
        (lambda folder: CONTENT, "file", "application/octet-stream"),
        (lambda folder: bytearray(CONTENT), "file", "application/octet-stream"),
        (lambda folder: memoryview(CONTENT), "file", "application/octet-stream"),
    ],
)
def test_anything_with_bytes_is_uploaded(make: Any, name: str, type: str, tmp_path: Path) -> None:
    bucket = Bucket()
    source = make(tmp_path)
    with Served(bucket).client() as client:
        assert client.file.upload(source, purpose="meeting_transcript").id == "fil_1"
    about = {"filename": name, "mimeType": type, "sizeBytes": len(CONTENT), "purpose": "meeting_transcript"}
    assert bucket.asked == [("/v1/files", about), ("/v1/files/fil_1/complete", {"md5": md5(CONTENT)})]
    (put,) = bucket.puts
    assert put.content == CONTENT
    if hasattr(source, "close"):
        assert not source.closed
        source.close()


def test_the_upload_carries_the_headers_it_was_given_and_no_key() -> None:
    bucket = Bucket(headers={"content-type": "text/x", "if-none-match": "*"})
    with Served(bucket).client() as client:
        client.file.upload(CONTENT, filename="a.bin", mime_type="text/x")
    (put,) = bucket.puts
    assert str(put.url) == URL
    assert (put.headers["content-type"], put.headers["if-none-match"]) == ("text/x", "*")
    assert put.headers["content-length"] == str(len(CONTENT))
    assert "transfer-encoding" not in put.headers
    assert not {"authorization", "lightfield-version", "idempotency-key"} & set(put.headers)
    assert "purpose" not in bucket.asked[0][1]


@pytest.mark.parametrize("failure", [503, 500, httpx2.ConnectError("no"), httpx2.WriteTimeout("slow")])
def test_an_upload_that_fails_is_sent_again_from_the_beginning(failure: Any, tmp_path: Path) -> None:
    bucket = Bucket(failure, failure)
    served = Served(bucket)
    with served.client() as client:
        client.file.upload(as_path(tmp_path))
    assert [put.content for put in bucket.puts][-1] == CONTENT
    assert len(bucket.puts) == 3
    assert len(served.pauses) == 2
    assert bucket.paths == ALL_WELL


def test_bytes_that_have_come_need_not_come_again() -> None:
    bucket = Bucket(httpx2.ReadError("gone"), 412)
    with Served(bucket).client() as client:
        client.file.upload(CONTENT)
    assert bucket.paths == ALL_WELL


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([refusal(403)], lightfield.PermissionDeniedError),
        ([412], lightfield.APIStatusError),
        ([503] * 3, lightfield.InternalServerError),
        ([httpx2.ConnectError("no")] * 3, lightfield.APIConnectionError),
    ],
)
def test_an_upload_that_cannot_be_is_cancelled(answers: Any, error: Any) -> None:
    answers = [a(httpx2.Request("PUT", URL)) if callable(a) else a for a in answers]
    bucket = Bucket(*answers)
    with Served(bucket).client() as client, pytest.raises(error):
        client.file.upload(CONTENT)
    assert len(bucket.puts) == len(answers)
    assert bucket.paths == GIVEN_UP


def test_an_upload_that_does_not_agree_is_cancelled() -> None:
    bucket = Bucket(completing=(422,))
    with Served(bucket).client() as client, pytest.raises(lightfield.UnprocessableEntityError):
        client.file.upload(CONTENT)
    assert bucket.paths == [*ALL_WELL, "/v1/files/fil_1/cancel"]


def test_what_went_wrong_first_is_what_is_raised() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/cancel"):
            return refusal(404)(request)
        return Bucket(403)(request)

    with Served(answer).client() as client, pytest.raises(lightfield.PermissionDeniedError):
        client.file.upload(CONTENT)


def test_what_cannot_be_uploaded_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    bucket = Bucket()
    (tmp_path / "empty").touch()
    with Served(bucket).client() as client:
        with pytest.raises(ValueError, match="nothing to upload"):
            client.file.upload(b"")
        with pytest.raises(ValueError, match="nothing to upload"):
            client.file.upload(tmp_path / "empty")
        with pytest.raises(FileNotFoundError):
            client.file.upload(tmp_path / "nowhere")
        with pytest.raises(TypeError, match="binary mode"), as_file(tmp_path).open() as text:
            client.file.upload(text)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="cannot be read twice"):
            client.file.upload(Once())  # type: ignore[arg-type]
    assert bucket.asked == []


class Once(io.RawIOBase):
    def seekable(self) -> bool:
        return False


@pytest.mark.anyio
@pytest.mark.parametrize("make", [as_path, as_open, lambda folder: CONTENT])
async def test_uploads_can_be_awaited(make: Any, tmp_path: Path) -> None:
    bucket = Bucket(503)
    source = make(tmp_path)
    async with Served(bucket).async_client() as client:
        assert (await client.file.upload(source)).status == "COMPLETED"
    assert [put.content for put in bucket.puts][-1] == CONTENT
    assert bucket.paths == ALL_WELL
    if hasattr(source, "close"):
        source.close()


@pytest.mark.anyio
async def test_an_awaited_upload_that_cannot_be_is_cancelled() -> None:
    bucket = Bucket(403)
    async with Served(bucket).async_client() as client:
        with pytest.raises(lightfield.PermissionDeniedError):
            await client.file.upload(CONTENT)
    assert bucket.paths == GIVEN_UP
