"""Where uploaded files lie until they are imported, and the lists of rows that were rejected: a folder of this host.

Nothing else of the server knows of paths: an import names its folder here, and its host, so that only processes that
can read the file carry it.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightfield_server.kit.clock import DAY, Moment
from lightfield_server.model import problems

#: Bytes of one file, unless the server is told otherwise.
DEFAULT_LIMIT = 1 << 30

#: How long files are kept, unless the server is told otherwise.
DEFAULT_RETENTION: Moment = 7 * DAY

_FILE, _REJECTED, _KEPT = "file", "rejected.jsonl", "kept.jsonl"
_BLOCK = 1 << 20
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies here: its key, its size in bytes and the digest of its content."""

    key: str
    size: int
    digest: str


class Folder:
    """A folder of folders, one for each import.

    `limit` is the size of the largest file it takes; `retention` is how long a file is kept that nobody works on.
    """

    def __init__(self, root: Path, limit: int = DEFAULT_LIMIT, retention: Moment = DEFAULT_RETENTION) -> None:
        self.root = root
        self.limit = limit
        self.retention = retention

    @property
    def host(self) -> str:
        """A name for this folder, the same for every process that sees it."""
        place = self.root / "host"
        if not place.is_file():
            self.root.mkdir(parents=True, exist_ok=True)
            fresh = self.root / f"host.{secrets.token_hex(8)}"
            fresh.write_text(secrets.token_hex(16))
            try:
                # Of several processes that make one at a time, the first has it.
                os.link(fresh, place)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return place.read_text()

    # Files

    async def receive(self, chunks: AsyncIterable[bytes]) -> Stored:
        """Keep what comes in, as it comes; 413 for what is larger than the limit."""
        key = self._new()
        digest, size = hashlib.sha256(), 0
        try:
            with self.file(key).open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > self.limit:
                        raise problems.file_too_large(self.limit)
                    digest.update(chunk)
                    file.write(chunk)
                _kept(file)
        except BaseException:
            self.remove(key)
            raise
        return Stored(key, size, digest.hexdigest())

    def copy(self, path: Path) -> Stored:
        """Keep a copy of a file of this machine."""
        key = self._new()
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("rb") as source, self.file(key).open("wb") as file:
                while block := source.read(_BLOCK):
                    size += len(block)
                    digest.update(block)
                    file.write(block)
                _kept(file)
        except BaseException:
            self.remove(key)
            raise
        return Stored(key, size, digest.hexdigest())

    def file(self, key: str) -> Path:
        return self._folder(key) / _FILE

    def has(self, key: str) -> bool:
        return self.file(key).is_file()

    def touch(self, key: str) -> None:
        """Somebody is at work on this one: it counts as new."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._folder(key))

    def remove(self, key: str) -> None:
        shutil.rmtree(self._folder(key), ignore_errors=True)

    def older(self, than: Moment) -> list[str]:
        """The keys of files that nobody has worked on since a moment."""
        if not self.root.is_dir():
            return []
        return [
            entry.name
            for entry in os.scandir(self.root)
            if _KEY.fullmatch(entry.name) and entry.stat().st_mtime * 1000 < than
        ]

    # Lists of rows

    def rejected(self, key: str) -> Path:
        return self._folder(key) / _REJECTED

    def kept(self, key: str) -> Path:
        """What an undo left as it is."""
        return self._folder(key) / _KEPT

    def _new(self) -> str:
        key = secrets.token_hex(16)
        self._folder(key).mkdir(parents=True)
        return key

    def _folder(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a stored file")
        return self.root / key


def digest(path: Path) -> str:
    """The digest of a file's content."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def append(path: Path, length: int, rows: list[dict[str, Any]]) -> int:
    """Add rows to a list that is so long, and forget what stands beyond; its new length.

    A process that died between writing here and its commit leaves rows that the next one writes again.
    """
    with path.open("ab") as file:
        file.truncate(length)
        file.seek(length)
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        return file.tell()


def listed(path: Path, length: int, most: int | None = None) -> Iterator[dict[str, Any]]:
    """The first rows of a list that is so long, or all of them."""
    if not length or not path.is_file():
        return
    with path.open("rb") as file:
        count = 0
        while file.tell() < length and (most is None or count < most) and (line := file.readline()):
            count += 1
            yield json.loads(line)


def _kept(file: Any) -> None:
    """On disk before anybody is told that it is."""
    file.flush()
    os.fsync(file.fileno())
