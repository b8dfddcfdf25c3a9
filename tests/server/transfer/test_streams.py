"""Files on their way in and out: piece by piece, and nothing kept of what breaks off."""

import asyncio
from typing import Any

from lightfield_server.transfer import exporting


def exchange(api: Any, world: Any, method: str, path: str, messages: list[Any], media: str) -> list[Any]:
    """What is sent in answer to a request whose messages come one by one."""
    sent: list[Any] = []
    coming = iter(messages)

    async def receive() -> Any:
        # As on a network: it takes a turn of the loop.
        await asyncio.sleep(0)
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"authorization": f"Bearer {api.token}", "content-type": media, **api.headers}
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    world.loop.run_until_complete(world.app(scope, receive, send))
    return sent


def part(body: bytes, *, more: bool) -> Any:
    return {"type": "http.request", "body": body, "more_body": more}


def folders(world: Any) -> list[Any]:
    root = world.server.files.root
    return [entry for entry in root.iterdir() if entry.is_dir()] if root.is_dir() else []


def test_a_file_comes_in_pieces_beyond_the_size_of_a_body(api: Any, world: Any) -> None:
    pieces = [part(b"Name\n", more=True), *[part(b"Acme\n" * 200_000, more=True)] * 3, part(b"", more=False)]
    start, _ = exchange(api, world, "POST", "/v1/imports?objectType=account", pieces, "text/csv")
    assert start["status"] == 200
    (job,) = api.get("/v1/imports").ok()["data"]
    assert (job["file"]["rows"], job["file"]["size"]) == (600_000, 3_000_005)


def test_nothing_is_kept_of_a_file_that_breaks_off(api: Any, world: Any) -> None:
    pieces = [part(b"Name\n", more=True), part(b"Acme\n", more=True)]
    start, _ = exchange(api, world, "POST", "/v1/imports?objectType=account", pieces, "text/csv")
    assert start["status"] == 400
    assert folders(world) == []
    assert api.get("/v1/imports").ok()["totalCount"] == 0


def test_a_file_is_not_taken_from_a_key_that_may_not_import(api: Any, world: Any) -> None:
    reader = world.api(world.add_key("accounts:read"))

    def never() -> Any:
        raise AssertionError("the body was read")
        yield

    start, _ = exchange(reader, world, "POST", "/v1/imports?objectType=account", never(), "text/csv")
    assert start["status"] == 403
    assert folders(world) == []


def test_a_key_revoked_while_its_file_is_on_its_way_counts_no_longer(api: Any, world: Any) -> None:
    late = world.api(world.add_key())
    keys = api.get("/v1/schema/keys").ok()["data"]
    id = next(key["id"] for key in keys if late.token.endswith(key["hint"]) and key["hint"] == late.token[-4:])

    def messages() -> Any:
        yield part(b"Name\n", more=True)
        number = int(id.partition("_")[2], 16)
        world.write(lambda tx: tx.revoke_key(number, world.time()))
        yield part(b"Acme\n", more=False)

    start, _ = exchange(late, world, "POST", "/v1/imports?objectType=account", messages(), "text/csv")  # type: ignore[arg-type]
    assert start["status"] == 401
    assert folders(world) == []
    assert api.get("/v1/imports").ok()["totalCount"] == 0


def test_an_export_ends_when_nobody_takes_it_any_more(api: Any, world: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    for n in range(5):
        api.create("accounts", {"$name": f"A{n}"})
    body = part(b'{"objectType": "account", "format": "jsonl"}', more=False)
    sent = exchange(api, world, "POST", "/v1/exports", [body], "application/json")
    assert sent[0]["status"] == 200
    assert len(sent) < 5
    assert sent[-1].get("more_body", True)


def test_a_whole_export_says_what_it_is(api: Any, world: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    for n in range(3):
        api.create("accounts", {"$name": f"A{n}"})
    answer = api.post("/v1/exports", {"objectType": "account", "fields": ["$name"]})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''account.csv"
    assert answer.body.decode("utf-8-sig").split() == ["Name", "A0", "A1", "A2"]
