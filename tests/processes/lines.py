"""Connections to one of several processes behind one address, each for one request at a time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.serving import PATIENCE, Serving


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    def ok(self) -> Any:
        assert self.status == 200, self.content
        return self.body


@dataclass(frozen=True)
class Line:
    """A connection that stays open, so that one and the same process answers."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    headers: dict[str, str]

    async def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, key: str | None = None
    ) -> Answer:
        sent = {**self.headers, "Host": "x"}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        content = b"" if body is None else json.dumps(body).encode()
        if method != "GET":
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())])
        self.writer.write(f"{head}\r\n\r\n".encode() + content)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return Answer(int(first.split()[1]), headers, await self.reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def lines(serving: Serving, each: int = 1) -> AsyncIterator[list[list[Line]]]:
    """So many lines to each process."""
    target = urlsplit(serving.address)
    opened: list[Line] = []
    found: dict[int, list[Line]] = {place: [] for place in range(1, serving.workers + 1)}
    try:
        async with asyncio.timeout(PATIENCE):
            while any(len(made) < each for made in found.values()):
                streams = await asyncio.open_connection(target.hostname, target.port)
                opened.append(Line(*streams, serving.headers))
                # Whom a connection comes to is not ours to choose.
                place = (await opened[-1].ask("GET", "/health")).ok()["process"]
                found[place].append(opened[-1])
        yield [made[:each] for made in found.values()]
    finally:
        for line in opened:
            line.writer.close()
