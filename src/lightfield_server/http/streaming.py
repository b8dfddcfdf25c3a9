"""A reply that is made while it is sent."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from lightfield_server.http.reading import Receive
from lightfield_server.operations.operation import Streamed

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]


async def send_all(status: int, streamed: Streamed, extra: list[Header], receive: Receive, send: Send) -> None:
    """Send it piece by piece, while somebody is there to take it.

    The status is sent with the first piece. What goes wrong later can only end the connection before the file ends,
    which clients take for what it is.
    """
    name = quote(streamed.name, safe="")
    headers = [
        *extra,
        (b"content-type", streamed.media.encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{name}".encode()),
    ]
    gone = asyncio.ensure_future(receive())
    try:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        async for chunk in streamed.chunks:
            # Pages are read at once: others get their turn between them.
            await asyncio.sleep(0)
            if gone.done() and gone.result()["type"] == "http.disconnect":
                return
            if chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
