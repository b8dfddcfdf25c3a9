"""Uploads from announcement to end: what is answered at each step, and what is refused (spec: files-and-emails 1)."""

import asyncio
import base64
import itertools
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from lightfield_server.files.purposes import LARGEST, MIB
from lightfield_server.http import files as door
from lightfield_server.kit import clock
from tests.server.conftest import Answer
from tests.server.files.conftest import Files, md5

MINUTE = 60_000
HOUR = 60 * MINUTE

KEYS = {"id", "status", "filename", "mimeType", "sizeBytes", "createdAt", "completedAt", "expiresAt"}

BODY = {"filename": "a.txt", "mimeType": "text/plain", "sizeBytes": 6}


def test_a_file_goes_from_announced_to_complete_to_read(files: Files, api: Any, time: Any) -> None:
    upload = files.announce(b"Hello.")
    assert upload.keys() == KEYS | {"uploadUrl", "uploadHeaders"}
    assert upload["id"].startswith("fil_")
    assert (upload["status"], upload["filename"], upload["sizeBytes"]) == ("PENDING", "a.txt", 6)
    assert upload["expiresAt"] == clock.written(time() + HOUR)
    assert upload["uploadHeaders"] == {"content-type": "text/plain"}

    sent = files.put(upload)
    assert (sent.status, sent.headers["etag"]) == (200, f'"{md5(b"Hello.")}"')
    assert files.status(upload["id"]) == "PENDING"

    time.advance(1000)
    done = files.complete(upload, md5=md5(b"Hello.")).ok()
    assert done.keys() == KEYS
    assert (done["status"], done["completedAt"], done["expiresAt"]) == ("COMPLETED", clock.written(time()), None)
    assert api.get(f"/v1/files/{upload['id']}").ok() == done

    given = api.get(f"/v1/files/{upload['id']}/url").ok()
    assert given.keys() == {"url", "expiresAt"}
    assert given["expiresAt"] == clock.written(time() + HOUR)
    assert api.fetch(given["url"]).body == b"Hello."


def test_files_are_listed_newest_first_however_they_stand(files: Files, api: Any) -> None:
    done = files.upload()
    cancelled = files.announce()["id"]
    api.post(f"/v1/files/{cancelled}/cancel").ok()
    pending = files.announce()["id"]
    page = api.get("/v1/files").ok()
    assert [(each["id"], each["status"]) for each in page["data"]] == [
        (pending, "PENDING"),
        (cancelled, "CANCELLED"),
        (done, "COMPLETED"),
    ]
    assert (page["object"], page["totalCount"]) == ("list", 3)
    assert [each["id"] for each in api.get("/v1/files", {"limit": 1, "offset": 1}).ok()["data"]] == [cancelled]


def test_files_cannot_be_filtered(api: Any) -> None:
    assert api.get("/v1/files", {"status": "COMPLETED"}).error == (400, "bad_request", "unknown_field", "status")


# Announcing

BAD_BODIES: dict[str, tuple[Any, tuple[int, str | None, str | None]]] = {
    "unknown key": ({**BODY, "size": 1}, (400, "unknown_field", "size")),
    "no name": ({"mimeType": "text/plain", "sizeBytes": 1}, (400, "parameter_missing", "filename")),
    "no type": ({"filename": "a", "sizeBytes": 1}, (400, "parameter_missing", "mimeType")),
    "no size": ({"filename": "a", "mimeType": "text/plain"}, (400, "parameter_missing", "sizeBytes")),
    "name of a number": ({**BODY, "filename": 7}, (400, "invalid_type", "filename")),
    "null name": ({**BODY, "filename": None}, (400, "invalid_type", "filename")),
    "size of a text": ({**BODY, "sizeBytes": "6"}, (400, "invalid_type", "sizeBytes")),
    "size of a fraction": ({**BODY, "sizeBytes": 6.5}, (400, "invalid_type", "sizeBytes")),
    "size of a truth": ({**BODY, "sizeBytes": True}, (400, "invalid_type", "sizeBytes")),
    "purpose of a list": ({**BODY, "purpose": []}, (400, "invalid_type", "purpose")),
    "no bytes": ({**BODY, "sizeBytes": 0}, (422, None, "sizeBytes")),
    "less than no bytes": ({**BODY, "sizeBytes": -1}, (422, None, "sizeBytes")),
    "too many bytes": ({**BODY, "sizeBytes": LARGEST + 1}, (422, None, "sizeBytes")),
    "unknown purpose": ({**BODY, "purpose": "fun"}, (422, None, "purpose")),
    "empty name": ({**BODY, "filename": ""}, (422, None, "filename")),
    "blank name": ({**BODY, "filename": "  "}, (422, None, "filename")),
    "long name": ({**BODY, "filename": "x" * 256}, (422, None, "filename")),
    "up and out": ({**BODY, "filename": "../../etc/passwd"}, (422, None, "filename")),
    "up and out, elsewhere": ({**BODY, "filename": "..\\..\\boot.ini"}, (422, None, "filename")),
    "the folder itself": ({**BODY, "filename": "."}, (422, None, "filename")),
    "the folder above": ({**BODY, "filename": ".."}, (422, None, "filename")),
    "absolute": ({**BODY, "filename": "/etc/passwd"}, (422, None, "filename")),
    "end of text": ({**BODY, "filename": "a.txt\x00.png"}, (422, None, "filename")),
    "end of line": ({**BODY, "filename": "a\r\nset-cookie: b"}, (422, None, "filename")),
    "turned around": ({**BODY, "filename": "a\u202egpj.exe"}, (422, None, "filename")),
    "half a character": ({**BODY, "filename": "a\ud800"}, (422, None, "filename")),
    "no type at all": ({**BODY, "mimeType": ""}, (422, None, "mimeType")),
    "half a type": ({**BODY, "mimeType": "text"}, (422, None, "mimeType")),
    "type with a header": ({**BODY, "mimeType": "text/plain\r\nx: y"}, (422, None, "mimeType")),
    "long type": ({**BODY, "mimeType": "text/" + "x" * 300}, (422, None, "mimeType")),
    "drawing as a transcript": (
        {**BODY, "mimeType": "image/svg+xml", "purpose": "meeting_transcript"},
        (422, None, "mimeType"),
    ),
    "long transcript": (
        {**BODY, "sizeBytes": 25 * MIB + 1, "purpose": "meeting_transcript"},
        (422, None, "sizeBytes"),
    ),
    "heavy attachment": ({**BODY, "sizeBytes": 20 * MIB + 1, "purpose": "email_attachment"}, (422, None, "sizeBytes")),
    "program as knowledge": (
        {**BODY, "mimeType": "application/x-msdownload", "purpose": "knowledge_workspace"},
        (422, None, "mimeType"),
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_what_cannot_be_announced_is_refused_and_leaves_nothing(name: str, files: Files, api: Any, make: Any) -> None:
    body, (status, code, param) = BAD_BODIES[name]
    before = make.dump()
    answer = api.post("/v1/files", body)
    kind = "bad_request" if status == 400 else "unprocessable_content"
    assert answer.error == (status, kind, code, param)
    assert make.dump() == before


@pytest.mark.parametrize(
    "name", ["\N{SNOWMAN}" * 255, "a b.txt", ".env", "a..b", "Ünïcödé 你好.pdf", "x" * 255, 'q"u%o;te.txt']
)
def test_any_other_name_is_kept_as_it_is(name: str, files: Files) -> None:
    id = files.upload(name=name)
    assert files.api.get(f"/v1/files/{id}").ok()["filename"] == name
    given = files.download(id).headers["content-disposition"]
    assert given.startswith("attachment; filename=")
    assert given.isascii()
    assert not {"\r", "\n"} & set(given)


@pytest.mark.parametrize(
    ("purpose", "size", "type"),
    [
        ("meeting_transcript", 25 * MIB, "text/vtt"),
        ("meeting_transcript", 1, "Text/Plain; charset=utf-8"),
        ("email_attachment", 20 * MIB, "application/x-msdownload"),
        ("knowledge_workspace", 25 * MIB, "text/x-anything"),
        (None, LARGEST, "x-any/thing"),
    ],
)
def test_a_purpose_brings_its_own_limits(purpose: str | None, size: int, type: str, api: Any) -> None:
    body = {"filename": "a", "mimeType": type, "sizeBytes": size, **({"purpose": purpose} if purpose else {})}
    made = api.post("/v1/files", body).ok()
    assert (made["mimeType"], made["sizeBytes"]) == (type, size)
    assert "purpose" not in made


def test_personal_knowledge_needs_a_person_and_shared_knowledge_an_administrator(
    files: Files, api: Any, make: Any, world: Any
) -> None:
    person = world.api(world.add_key(member=make.member(), admin=False))
    boss = world.api(world.add_key(member=make.member(role="admin")))
    announced = {
        (who, purpose): client.post("/v1/files", {**BODY, "purpose": purpose}).status
        for who, client in {"workspace": api, "person": person, "boss": boss}.items()
        for purpose in ("knowledge_user", "knowledge_workspace")
    }
    assert announced == {
        ("workspace", "knowledge_user"): 403,
        ("workspace", "knowledge_workspace"): 200,
        ("person", "knowledge_user"): 200,
        ("person", "knowledge_workspace"): 403,
        ("boss", "knowledge_user"): 200,
        ("boss", "knowledge_workspace"): 200,
    }


@pytest.mark.parametrize(
    ("name", "staged"),
    [
        ("playbook.md", "playbook_{}.md"),
        ("archive.tar.gz", "archive.tar_{}.gz"),
        ("README", "README_{}"),
        (".env", ".env_{}"),
        ("x" * 255, "x" * 241 + "_{}"),
        ("x" * 252 + ".md", "x" * 238 + "_{}.md"),
    ],
)
def test_knowledge_never_overwrites(name: str, staged: str, files: Files, time: Any) -> None:
    upload = files.announce(name=name, purpose="knowledge_workspace")
    assert upload["filename"] == staged.format(time())
    assert len(upload["filename"]) <= 255
    assert upload["uploadHeaders"] == {"content-type": "text/plain", "if-none-match": "*"}
    assert files.api.put(upload["uploadUrl"], b"Hello.", {"content-type": "text/plain"}).status == 403
    files.put(upload).ok()
    again = files.put(upload)
    assert again.error == (412, "precondition_failed", None, None)
    files.complete(upload).ok()


# Uploading


def test_bytes_that_come_again_replace_those_that_came_before(files: Files) -> None:
    upload = files.announce(b"Hello.")
    files.put(upload, b"Never.").ok()
    files.put(upload, b"Hello.").ok()
    files.complete(upload, md5=md5(b"Hello.")).ok()
    assert files.download(upload["id"]).body == b"Hello."
    assert len(files.lying()) == 1


def test_bytes_may_come_in_any_pieces(files: Files) -> None:
    content = bytes(range(256)) * 40_000
    upload = files.announce(content, type="application/octet-stream")
    files.put(upload, [content[at : at + 70_001] for at in range(0, len(content), 70_001)]).ok()
    files.complete(upload, md5=md5(content)).ok()
    assert files.download(upload["id"]).body == content


def test_a_body_is_cut_off_at_what_was_promised(files: Files) -> None:
    """A sender that goes on for ever is read for a little longer than its promise, and what came is not kept."""
    promise, sent = 1_000_000, itertools.count()

    def endless() -> Any:
        while True:
            next(sent)
            yield b"x" * 65_536

    upload = files.announce(b"x" * promise)
    answer = files.put(upload, endless())
    assert answer.error == (413, "content_too_large", None, None)
    assert answer.headers["connection"] == "close"
    assert next(sent) * 65_536 < promise + 3 * MIB
    assert files.lying() == []
    assert files.complete(upload).status == 409


def test_a_body_that_says_it_is_larger_is_not_read(files: Files) -> None:
    def unread() -> Any:
        raise AssertionError("it was read")
        yield b""

    upload = files.announce(b"x")
    answer = files.put(upload, unread(), content_length=str(10 << 30), expect="100-continue")
    assert answer.error == (413, "content_too_large", None, None)


def test_a_sender_that_leaves_leaves_nothing(files: Files) -> None:
    upload = files.announce(b"x" * 3_000_000)
    assert files.put(upload, [b"x" * 1_500_000, ConnectionError()]).status == 0
    assert files.lying() == []
    files.put(upload, b"x" * 3_000_000).ok()
    files.complete(upload).ok()


@pytest.mark.parametrize("type", ["text/html", "", "text/plain; charset=utf-8"])
def test_the_headers_that_were_given_are_part_of_the_address(type: str, files: Files) -> None:
    upload = files.announce()
    assert files.put(upload, content_type=type).error == (403, "forbidden", None, None)
    assert files.lying() == []


def changed(url: str, name: str) -> str:
    head, _, signature = url.rpartition("=")
    other = base64.urlsafe_b64encode(b"x" * 32).rstrip(b"=").decode()
    return {
        "another signature": f"{head}={other}",
        "a short signature": f"{head}={signature[:-1]}",
        "no signature": f"{head}=",
        "a strange signature": f"{head}=%C3%A4",
        "a later end": url.replace("expires=1", "expires=2"),
        "no end": url.replace("expires=", "expires=x"),
        "another file": url.replace("fil_0", "fil_1"),
        "another workspace": url.replace("/files/1/", "/files/2/"),
        "no such workspace": url.replace("/files/1/", "/files/99/"),
        "something more": url + "&x=1",
        "twice": url + "&" + url.partition("?")[2],
        "nothing": url.partition("?")[0],
    }[name]


CHANGES = [
    *("another signature", "a short signature", "no signature", "a strange signature", "a later end", "no end"),
    *("another file", "another workspace", "no such workspace", "something more", "twice", "nothing"),
]


@pytest.mark.parametrize("name", CHANGES)
def test_an_address_that_was_changed_is_none(name: str, files: Files, world: Any) -> None:
    world.add_workspace("other")
    upload = files.announce()
    address = changed(upload["uploadUrl"], name)
    assert address != upload["uploadUrl"]
    assert files.api.put(address, b"Hello.", upload["uploadHeaders"]).error == (403, "forbidden", None, None)
    assert files.lying() == []
    files.put(upload).ok()
    files.complete(upload).ok()
    address = changed(files.url(upload["id"]), name)
    assert files.api.fetch(address).error == (403, "forbidden", None, None)


def test_an_address_is_good_for_one_thing(files: Files) -> None:
    upload = files.announce()
    assert files.api.fetch(upload["uploadUrl"]).status == 403
    files.put(upload).ok()
    files.complete(upload).ok()
    assert files.api.fetch(upload["uploadUrl"]).status == 403
    assert files.api.put(files.url(upload["id"]), b"Hello.", upload["uploadHeaders"]).status == 403


def test_an_address_is_good_for_its_time(files: Files, time: Any) -> None:
    upload = files.announce()
    time.advance(HOUR - MINUTE)
    files.put(upload).ok()
    time.advance(MINUTE)
    assert files.put(upload).error == (403, "forbidden", None, None)
    id = files.upload()
    url = files.url(id)
    time.advance(HOUR - 1)
    files.api.fetch(url).ok()
    time.advance(1)
    assert files.api.fetch(url).error == (403, "forbidden", None, None)


@pytest.mark.parametrize("end", ["complete", "cancel"])
def test_nothing_comes_after_the_end(end: str, files: Files, api: Any) -> None:
    upload = files.announce()
    files.put(upload).ok()
    api.post(f"/v1/files/{upload['id']}/{end}", {}).ok()
    assert files.put(upload, b"Never.").error == (403, "forbidden", None, None)
    if end == "complete":
        assert files.download(upload["id"]).body == b"Hello."


def test_an_upload_that_ends_while_bytes_come_keeps_none_of_them(files: Files, api: Any, world: Any) -> None:
    upload = files.announce(b"x" * 10)

    async def both() -> Any:
        async def cancelled() -> Any:
            yield b"x" * 5
            answer = await api.request("POST", f"/v1/files/{upload['id']}/cancel")
            assert answer.status == 200
            yield b"x" * 5

        return await taken(world, upload, cancelled())

    assert files.run(both()).error == (403, "forbidden", None, None)
    assert files.lying() == []


def test_more_uploads_than_a_process_takes_are_asked_to_come_again(
    files: Files, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MOST_UPLOADS", 1)
    first, second = files.announce(b"x" * 10), files.announce(b"y")

    async def bytes_of(content: bytes) -> Any:
        yield content

    async def meanwhile() -> Any:
        yield b"x" * 5
        answer = await taken(world, second, bytes_of(b"y"))
        assert answer.error == (503, "service_unavailable", None, None)
        assert answer.headers["retry-after"] == "1"
        yield b"x" * 5

    assert files.run(taken(world, first, meanwhile())).status == 200
    assert files.run(taken(world, second, bytes_of(b"y"))).status == 200


def test_bytes_that_do_not_come_in_time_are_not_waited_for(files: Files, world: Any, time: Any) -> None:
    upload = files.announce(b"x" * 10)
    time.advance(HOUR - 1)

    async def stalled() -> Any:
        yield b"x" * 5
        await asyncio.Future()

    assert files.run(taken(world, upload, stalled())).error == (403, "forbidden", None, None)
    assert files.lying() == []


async def taken(world: Any, upload: Any, pieces: Any) -> Any:
    """Upload pieces that are made meanwhile."""
    parts = urlsplit(upload["uploadUrl"])
    messages: list[Any] = []

    async def receive() -> Any:
        piece = await anext(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        messages.append(message)

    headers = [(name.encode(), value.encode()) for name, value in upload["uploadHeaders"].items()]
    scope = {
        "type": "http",
        "method": "PUT",
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": headers,
    }
    await world.app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return Answer(messages[0]["status"], json.loads(messages[1]["body"] or b"{}"), found)


# Completing and cancelling


def test_completing_again_does_no_harm(files: Files, make: Any) -> None:
    upload = files.announce()
    files.put(upload).ok()
    done = files.complete(upload).ok()
    before = make.dump()
    assert files.complete(upload, md5=md5(b"other")).ok() == done
    assert make.dump() == before


BAD_ENDS: dict[str, tuple[Any, Any, tuple[int, str, str | None, str | None]]] = {
    "nothing came": (None, {}, (409, "conflict", None, None)),
    "too little came": (b"Hell", {}, (422, "unprocessable_content", None, "sizeBytes")),
    "something else came": (b"Hullo.", {"md5": md5(b"Hello.")}, (422, "unprocessable_content", None, "md5")),
    "no checksum": (b"Hello.", {"md5": "abc"}, (422, "unprocessable_content", None, "md5")),
    "a loud checksum": (b"Hello.", {"md5": md5(b"Hello.").upper()}, (422, "unprocessable_content", None, "md5")),
    "a checksum of a number": (b"Hello.", {"md5": 1}, (400, "bad_request", "invalid_type", "md5")),
    "a checksum of null": (b"Hello.", {"md5": None}, (400, "bad_request", "invalid_type", "md5")),
    "something else is said": (b"Hello.", {"sha1": ""}, (400, "bad_request", "unknown_field", "sha1")),
}


@pytest.mark.parametrize("name", BAD_ENDS)
def test_what_is_not_as_announced_stays_pending_and_can_be_made_good(name: str, files: Files) -> None:
    sent, body, error = BAD_ENDS[name]
    upload = files.announce(b"Hello.")
    if sent is not None:
        files.put(upload, sent).ok()
    assert files.complete(upload, **body).error == error
    assert files.status(upload["id"]) == "PENDING"
    files.put(upload, b"Hello.").ok()
    files.complete(upload, md5=md5(b"Hello.")).ok()


def test_what_is_over_stays_over(files: Files, api: Any, time: Any) -> None:
    cancelled, expired, done = files.announce(), files.announce(), files.announce()
    assert api.post(f"/v1/files/{cancelled['id']}/cancel").ok()["status"] == "CANCELLED"
    files.put(done).ok()
    files.complete(done).ok()
    time.advance(HOUR)
    assert files.status(expired["id"]) == "EXPIRED"
    over = api.get(f"/v1/files/{expired['id']}").ok()
    assert (over["expiresAt"], over["completedAt"]) == (None, None)
    for upload in (cancelled, expired):
        assert files.complete(upload).error == (409, "conflict", None, None)
        assert api.post(f"/v1/files/{upload['id']}/cancel").error == (409, "conflict", None, None)
        assert api.get(f"/v1/files/{upload['id']}/url").error == (409, "conflict", None, None)
    assert api.post(f"/v1/files/{done['id']}/cancel").error == (409, "conflict", None, None)


def test_only_complete_files_have_an_address(files: Files, api: Any) -> None:
    upload = files.announce()
    files.put(upload).ok()
    answer = api.get(f"/v1/files/{upload['id']}/url")
    assert answer.error == (409, "conflict", None, None)
    assert answer.headers["x-should-retry"] == "false"


def test_an_announcement_under_one_key_is_one_file(files: Files, api: Any) -> None:
    first, second = (api.post("/v1/files", BODY, idempotency_key="k").ok() for _ in range(2))
    assert first == second
    files.put(first).ok()
    for _ in range(2):
        assert api.post(f"/v1/files/{first['id']}/complete", {}, idempotency_key="k").ok()["status"] == "COMPLETED"
    other = files.announce()
    for _ in range(2):
        assert api.post(f"/v1/files/{other['id']}/cancel", idempotency_key="k").ok()["status"] == "CANCELLED"


# Who may


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "", "files:create"),
        ("POST", "/{id}/complete", "files:create"),
        ("POST", "/{id}/cancel", "files:create"),
        ("GET", "", "files:read"),
        ("GET", "/{id}", "files:read"),
        ("GET", "/{id}/url", "files:read"),
    ],
)
def test_each_operation_needs_its_scope(method: str, path: str, scope: str, files: Files, world: Any) -> None:
    upload = files.announce()
    files.put(upload).ok()
    if path == "/{id}/url":
        files.complete(upload).ok()
    path = "/v1/files" + path.format(id=upload["id"])
    body = BODY if path == "/v1/files" else {}
    other = "files:read" if scope == "files:create" else "files:create"
    assert world.api(world.add_key(other)).send(method, path, body).error[0] == 403
    world.api(world.add_key(scope)).send(method, path, body if method == "POST" else None).ok()


@pytest.mark.parametrize("id", ["fil_0000000000000001", "fil_1", "acc_0000000000000001", "x"])
def test_unknown_files_are_not_found(id: str, api: Any) -> None:
    for method, path in (("GET", ""), ("GET", "/url"), ("POST", "/complete"), ("POST", "/cancel")):
        assert api.send(method, f"/v1/files/{id}{path}", {} if method == "POST" else None).status == 404


def test_another_workspaces_files_are_as_unknown_as_typos(files: Files, world: Any) -> None:
    upload = files.announce()
    id = files.upload()
    elsewhere = world.add_workspace("other")
    stranger = world.api(world.add_key(workspace=elsewhere))
    assert stranger.get("/v1/files").ok()["totalCount"] == 0
    for method, path in (("GET", ""), ("GET", "/url"), ("POST", "/complete"), ("POST", "/cancel")):
        body = {} if method == "POST" else None
        for known in (id, upload["id"]):
            answer = stranger.send(method, f"/v1/files/{known}{path}", body)
            unknown = stranger.send(method, f"/v1/files/fil_0000000000000001{path}", body)
            assert (answer.status, answer.body) == (unknown.status, unknown.body)
            assert answer.status == 404


# Where


def test_addresses_begin_where_the_client_is(files: Files, api: Any, world: Any) -> None:
    def base(**headers: str) -> str:
        upload = api.post("/v1/files", BODY, **headers).ok()
        return str(upload["uploadUrl"].partition("/files/")[0])

    assert base(host="crm.example.com:8443") == "http://crm.example.com:8443"
    assert base(host="[::1]:8000") == "http://[::1]:8000"
    assert base(host="evil.example/x?") == "http://127.0.0.1"
    assert base(host="a@b") == "http://127.0.0.1"
    world.server.public_url = "https://crm.example.com/base"
    assert base(host="other.example") == "https://crm.example.com/base"
