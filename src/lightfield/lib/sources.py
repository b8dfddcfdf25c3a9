"""Bytes to upload, wherever they are: read piece by piece, and again if they have to be sent again."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, TypeAlias

Uploadable: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]
"""The path of a file, bytes, or an open binary file, which is read from where it stands."""

PIECE = 256 * 1024
UNNAMED, UNKNOWN = "file", "application/octet-stream"


class Source:
    """What is uploaded: a name, a size in bytes, and a checksum once all of it was read."""

    def __init__(self, open_: Callable[[], IO[bytes]], size: int, name: str | None, *, ours: bool) -> None:
        self.size = size
        self.name = name or UNNAMED
        self._open = open_
        self._ours = ours
        self._sum = hashlib.md5(usedforsecurity=False)

    @property
    def mime_type(self) -> str:
        """What the name's ending says."""
        kind, encoding = mimetypes.guess_type(self.name, strict=False)
        return kind if kind and not encoding else UNKNOWN

    @property
    def md5(self) -> str:
        return self._sum.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """All bytes from the beginning."""
        file = self._begin()
        try:
            left = self.size
            while left and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                self._sum.update(piece)
                yield piece
        finally:
            if self._ours:
                file.close()

    async def apieces(self) -> AsyncIterator[bytes]:
        """As `pieces`, reading in a thread."""
        from anyio.to_thread import run_sync

        file = await run_sync(self._begin)
        try:
            left = self.size
            while left and (piece := await run_sync(file.read, min(PIECE, left))):
                left -= len(piece)
                self._sum.update(piece)
                yield piece
        finally:
            if self._ours:
                file.close()

    def _begin(self) -> IO[bytes]:
        self._sum = hashlib.md5(usedforsecurity=False)
        return self._open()


def source_of(given: Uploadable) -> Source:
    """A source for anything that can be uploaded.

    Raises:
        ValueError: It is empty, or a file that cannot be read twice.
        TypeError: It is a file of text.
        OSError: There is no such file.
    """
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        found = Source(lambda: path.open("rb"), path.stat().st_size, path.name, ours=True)
    elif isinstance(given, bytes | bytearray | memoryview):
        content = bytes(given)
        found = Source(lambda: BytesIO(content), len(content), None, ours=True)
    else:
        found = _of_file(given)
    if not found.size:
        raise ValueError("there is nothing to upload: it has no bytes")
    return found


def _of_file(file: IO[bytes]) -> Source:
    if isinstance(getattr(file, "mode", "rb"), str) and "b" not in getattr(file, "mode", "rb"):
        raise TypeError("open the file in binary mode, with 'rb'")
    if not file.seekable():
        raise ValueError("the file cannot be read twice; give its bytes or its path")
    start = file.tell()
    size = file.seek(0, os.SEEK_END) - start

    def again() -> IO[bytes]:
        file.seek(start)
        return file

    named = getattr(file, "name", None)
    return Source(again, size, os.path.basename(named) if isinstance(named, str) else None, ours=False)
