"""What happens between the head of a request and the end of its body."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

GONE = {"type": "http.disconnect"}


def message(body: bytes, *, more: bool) -> Any:
    return {"type": "http.request", "body": body, "more_body": more}


def status(api: Any, world: Any, method: str, path: str, receive: Callable[[], Awaitable[Any]]) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"authorization": f"Bearer {api.token}", "content-type": "application/json", **api.headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    world.loop.run_until_complete(world.app(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize("before", [[], [message(b"{", more=True)]], ids=["at once", "in the middle"])
def test_a_request_that_breaks_off_before_its_end_is_not_carried_out(
    before: Any, api: Any, make: Any, world: Any
) -> None:
    account = make.account()
    messages = iter([*before, GONE])

    async def receive() -> Any:
        return next(messages)

    assert status(api, world, "DELETE", f"/v1/accounts/{account}", receive) >= 400
    api.get(f"/v1/accounts/{account}").ok()


def test_a_key_revoked_while_the_body_is_on_its_way_counts_no_longer(api: Any, make: Any, world: Any) -> None:
    late = world.api(world.add_key())

    async def receive() -> Any:
        make.revoke(late.token)
        await asyncio.sleep(0.01)
        return message(b'{"fields": {"$name": "Acme"}}', more=False)

    assert status(late, world, "POST", "/v1/accounts", receive) == 401
    assert api.get("/v1/accounts").ok()["totalCount"] == 0
