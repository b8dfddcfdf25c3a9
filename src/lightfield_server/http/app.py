"""The ASGI application: what is served where."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from lightfield_server.http import files, openapi
from lightfield_server.http.endpoint import Endpoint, Receive, Scope, Send
from lightfield_server.http.files import Files
from lightfield_server.http.health import health
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations.server import Server

#: What goes on beside the requests, from start to stop.
Work = Callable[[Server], Coroutine[Any, Any, None]]


class App:
    """`/v1/…` are operations, `/files/…` bytes; beside them the server's own document and health."""

    def __init__(self, server: Server, *background: Work) -> None:
        self._server = server
        self._background = background
        self._endpoint = Endpoint(server)
        self._files = Files(server)
        self._document: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"].startswith("/v1/"):
                await self._endpoint(scope, receive, send)
            else:
                await self._other(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(files.PREFIX):
            await self._files(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD") or scope["path"] not in ("/health", "/openapi.json"):
            await self._endpoint(scope, receive, send)
            return
        status, body = (200, self._openapi()) if scope["path"] == "/openapi.json" else await health(self._server)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _openapi(self) -> bytes:
        """The document of a workspace without definitions of its own: it is public, so it tells of nobody's."""
        if self._document is None:
            self._document = openapi.document(Catalog(0, 0, ()))
        return self._document

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._server.store.start()
        working = [asyncio.create_task(work(self._server)) for work in self._background]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await self._server.store.close()
        self._server.limits.close()
        await send({"type": "lifespan.shutdown.complete"})
