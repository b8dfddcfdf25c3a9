"""Downloads: what they say of themselves, parts of them, and that nothing in them runs in our name."""

from typing import Any

import pytest

from tests.server.files.conftest import Files, md5

CONTENT = bytes(range(256)) * 4_000
SIZE = len(CONTENT)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def test_a_download_says_what_it_is(files: Files) -> None:
    id = files.upload(CONTENT, name="Zahlen für Ada.bin", type="application/octet-stream")
    given = files.download(id)
    assert (given.status, given.body) == (200, CONTENT)
    assert given.headers["content-length"] == str(SIZE)
    assert given.headers["etag"] == f'"{md5(CONTENT)}"'
    assert given.headers["accept-ranges"] == "bytes"
    assert given.headers["content-disposition"] == (
        "attachment; filename=\"Zahlen f_r Ada.bin\"; filename*=UTF-8''Zahlen%20f%C3%BCr%20Ada.bin"
    )


def test_a_head_is_a_download_without_its_bytes(files: Files) -> None:
    url = files.url(files.upload(CONTENT))
    whole, head = files.api.fetch(url), files.api.fetch(url, "HEAD")
    assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b"")


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=0-": (0, SIZE),
    "bytes=5-10": (5, 11),
    "bytes=5-99999999": (5, SIZE),
    f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
    "bytes=-3": (SIZE - 3, SIZE),
    "bytes=-99999999": (0, SIZE),
    f"bytes=0-{SIZE - 1}": (0, SIZE),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_part_can_be_fetched(name: str, files: Files) -> None:
    start, end = RANGES[name]
    given = files.download(files.upload(CONTENT), range=name)
    assert (given.status, given.body) == (206, CONTENT[start:end])
    assert given.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert given.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("name", [f"bytes={SIZE}-", "bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(name: str, files: Files) -> None:
    given = files.download(files.upload(CONTENT), range=name)
    assert given.error == (416, "range_not_satisfiable", None, None)
    assert given.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("name", ["bytes=-", "bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes= 1-2", ""])
def test_what_is_no_range_is_not_looked_at(name: str, files: Files) -> None:
    given = files.download(files.upload(CONTENT), range=name)
    assert (given.status, given.body) == (200, CONTENT)


def test_what_a_client_has_is_not_sent_again(files: Files) -> None:
    id = files.upload(CONTENT)
    etag = f'"{md5(CONTENT)}"'
    given = files.download(id, if_none_match=f'"x", {etag}')
    assert (given.status, given.body, given.headers["etag"]) == (304, b"", etag)
    assert files.download(id, if_none_match='"x"').body == CONTENT
    assert files.download(id, range="bytes=0-0", if_range=etag).body == CONTENT[:1]
    assert files.download(id, range="bytes=0-0", if_range='"x"').body == CONTENT


# Nothing runs

STREAM = "application/octet-stream"
HOSTILE = {
    "page": (b"<!doctype html><script>alert(1)</script>", "text/html", STREAM),
    "page in capitals": (b"  \n<HTML><body onload=alert(1)>", "text/html", STREAM),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image/svg+xml", STREAM),
    "page that says it is text": (b"<html><script>alert(1)</script>", "text/plain", STREAM),
    "page that says it is a picture": (b"<html><script>alert(1)</script>", "image/png", STREAM),
    "picture that says it is a page": (PNG, "text/html", STREAM),
    "program": (b"alert(1)", "text/javascript", STREAM),
    "style": (b"body{}", "text/css", STREAM),
    "page of parts": (b"MIME-Version: 1.0\n", "multipart/related", STREAM),
    "old page": (b"<x/>", "application/xhtml+xml", STREAM),
    "text": (b"Hello", "text/plain", "text/plain; charset=utf-8"),
    "text in another charset": ("Hállo".encode("latin-1"), "text/plain; charset=latin-1", STREAM),
    "text that begins like a picture": (b"BMW called", "text/plain", "text/plain; charset=utf-8"),
    "text cut within a character": (b"x" * 4_095 + "ä".encode(), "Text/Plain", "text/plain; charset=utf-8"),
    "table": (b"a,b\n1,2\n", "text/csv", "text/csv; charset=utf-8"),
    "picture": (PNG, "image/png", "image/png"),
    "document": (b"PK\x03\x04...", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", None),
    "portable document": (b"%PDF-1.7\n", "application/pdf", "application/pdf"),
    "data": (b'{"a": 1}', "application/json", "application/json; charset=utf-8"),
    "anything": (b"\x00\x01", "x-any/thing", STREAM),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_stored_file_cannot_run_in_our_origin(name: str, files: Files) -> None:
    content, announced, given_out = HOSTILE[name]
    given = files.download(files.upload(content, type=announced))
    assert given.body == content
    assert given.headers["content-type"] == (given_out or announced)
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert given.headers["referrer-policy"] == "no-referrer"
    assert given.headers["cache-control"].startswith("private")


def test_bytes_that_are_gone_are_not_found(files: Files) -> None:
    url = files.url(files.upload())
    files.run(files.world.server.blobs.remove([lying.name for lying in files.lying()]))
    assert files.api.fetch(url).error == (404, "not_found", None, None)


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_bytes_are_put_and_got_and_nothing_else(method: str, files: Files) -> None:
    assert files.api.fetch(files.url(files.upload()), method).status == 404


def test_a_client_that_leaves_is_not_sent_more(files: Files, world: Any) -> None:
    """A download goes no further than whoever asked for it is there."""
    url = files.url(files.upload(b"x" * 20_000_000))
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    sent: list[int] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(len(message.get("body", b"")))

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/{path}",
        "query_string": query.encode(),
        "headers": [],
    }
    files.run(world.app(scope, receive, send))
    assert sum(sent) < 20_000_000
