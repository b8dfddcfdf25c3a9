"""Where bytes lie: a folder of this machine, a bucket of S3-compatible storage, or, for tests, memory.

Nothing else of the server knows which. Bytes come in and go out in pieces and are never whole in memory. A blob is
written once under a name of its own and never changed, so whoever reads it sees all of it or nothing.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems

log = logging.getLogger("lightfield.files")

#: Bytes that are handed over at a time when reading.
PIECE = 256 * 1024

#: Bytes that are collected before they are written, and how often that many may be on their way: what one upload costs
#: in memory. S3 takes no parts below 5 MiB.
FOLDER_PART, BUCKET_PART, PARTS_UNDER_WAY = 1024 * 1024, 5 * 1024 * 1024, 2

#: Names of one answer of `pages`.
PAGE = 1_000


class Missing(Exception):
    """There are no bytes of that name."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A blob that lies there, and since when."""

    name: str
    since: Moment


class Blobs:
    """A storage. Names are paths of words, digits, `-` and `/`.

    Every method may raise 503 `service_unavailable`: the storage does not answer, or is full.
    """

    def __init__(self, make: Callable[[], Any], part: int, root: Path | None = None) -> None:
        self._make = make
        self._part = part
        self._root = root

    @cached_property
    def _store(self) -> Any:
        """Made when it is first needed: a command that needs no files makes no folder for them."""
        return self._make()

    async def put(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        """Keep what comes, durably when this returns. If `pieces` raises, nothing is kept and the exception goes on."""
        with _refusing():
            await obstore.put_async(self._store, name, pieces, chunk_size=self._part, max_concurrency=PARTS_UNDER_WAY)
            if self._root is not None:
                await asyncio.to_thread(_settle, self._root, name)

    async def get(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces. Raises `Missing` before the first."""
        with _refusing():
            found = await obstore.get_async(self._store, name, options={"range": (start, end)})
        return self._pieces(found)

    async def _pieces(self, found: Any) -> AsyncIterator[bytes]:
        with _refusing():
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    async def has(self, name: str) -> bool:
        try:
            with _refusing():
                await obstore.head_async(self._store, name)
        except Missing:
            return False
        return True

    async def remove(self, names: Sequence[str]) -> None:
        """Take blobs away; those that are gone already are none the worse for it."""
        for name in names:
            try:
                with _refusing():
                    await obstore.delete_async(self._store, name)
            except Missing:
                pass

    async def pages(self) -> AsyncIterator[list[Lying]]:
        """Everything that lies there, in no order, a page at a time."""
        with _refusing():
            async for page in obstore.list(self._store, chunk_size=PAGE):
                yield [Lying(found["path"], int(found["last_modified"].timestamp() * 1000)) for found in page]

    async def tidy(self, before: Moment) -> None:
        """Take away what writers left half written that died before a moment. Buckets are told to do so themselves."""
        if self._root is not None:
            await asyncio.to_thread(_tidied, self._root, before / 1000)


def folder(path: Path) -> Blobs:
    """A folder, made when it is missing."""
    return Blobs(lambda: LocalStore(prefix=path, mkdir=True), FOLDER_PART, path)


def bucket(address: str) -> Blobs:
    """A bucket, or a prefix in one: `s3://bucket/prefix`. Credentials, region and endpoint are those of the
    environment, under the names that every S3 client reads (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` …)."""
    parts = urlsplit(address)
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    prefix = parts.path.strip("/") or None
    return Blobs(lambda: S3Store(parts.netloc, prefix=prefix, client_options={"allow_http": plain}), BUCKET_PART)


def memory() -> Blobs:
    return Blobs(MemoryStore, FOLDER_PART)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """What ails the storage becomes a refusal; what the caller raised stays what it is."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing from error
    except (BaseError, OSError) as error:
        log.error("the storage of files failed: %s", str(error).partition("\n")[0])
        raise problems.unavailable("The storage of files does not answer just now.", retry_after=5) from error


def _settle(root: Path, name: str) -> None:
    """On disk, and findable there, before anybody is told: the file, and the folders that lead to it."""
    path = root / name
    _flush(path)
    while path != root:
        path = path.parent
        _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tidied(root: Path, before: float) -> None:
    for path in _half_written(root):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:
            continue


def _half_written(root: Path) -> Iterator[Path]:
    """What is not complete has a `#` and a number after its name."""
    return root.rglob("*#*")
