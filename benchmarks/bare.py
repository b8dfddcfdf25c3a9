"""What the same web server can do at best: constants, each as long as the reply it stands for.

python -m benchmarks.bare PORT RETRIEVE LIST CREATE UPDATE
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]


class Bare:
    """Takes the requests of the benchmark as they are and answers each with the constant of its kind."""

    def __init__(self, retrieve: int, page: int, create: int, update: int) -> None:
        self._retrieve, self._page = _reply(retrieve), _reply(page)
        self._create, self._update = _reply(create), _reply(update)

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["method"] == "GET":
            headers, body = self._page if scope["query_string"] else self._retrieve
        else:
            await receive()
            headers, body = self._create if scope["path"] == "/v1/opportunities" else self._update
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _reply(size: int) -> tuple[Headers, bytes]:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(size).encode())]
    return headers, b"x" * size


def serve(app: Any, port: int) -> None:
    """Answer on this port until told to stop, with the settings of `lightfield serve`."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_level="warning",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    port, *sizes = map(int, sys.argv[1:])
    serve(Bare(*sizes), port)
