"""Buckets for the processes of one machine: a small file, mapped into each of them.

A bucket is full again a second after it was last drawn from, and a full one need not be kept. So the file has a fixed
size: each bucket belongs to one of many short rows, and takes the place there that was drawn from longest ago.
"""

import logging
import math
import mmap
import os
import struct
import time
import zlib
from pathlib import Path

from lightfield_server.kit.clock import Clock
from lightfield_server.store.buckets import Grant
from lightfield_server.store.file_lock import try_lock, unlock

log = logging.getLogger("lightfield.limits")

#: What a bucket is kept as: workspace and category, tokens, and when it was drawn from (seconds since 1970).
_KEY, _LEVEL = struct.Struct("<q8s"), struct.Struct("<dd")
_PLACE = _KEY.size + _LEVEL.size

#: Rows of the file, and the buckets of each: 256 KB. A row overflows when more are drawn from within one second.
ROWS, PLACES = 1024, 8
_SIZE = ROWS * PLACES * _PLACE

#: How long the file's lock is waited for (seconds). It is held for microseconds, unless its holder was halted.
LONGEST_WAIT = 0.05


class FileBuckets:
    """Buckets in a file, which is made when it is missing. What it holds may be lost at any time."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if os.fstat(self._descriptor).st_size != _SIZE:
            os.truncate(self._descriptor, _SIZE)
        self._file = mmap.mmap(self._descriptor, _SIZE)

    async def take(self, workspace: int, category: str, rate: int, wanted: int) -> Grant | None:
        key = _KEY.pack(workspace, category.encode()[:8])
        if not self._locked():
            log.warning("the file of rate limits is held by a process that does not go on")
            return None
        try:
            # Asked for while nobody else can draw, so that moments follow one another as the draws do.
            now = self._clock() / 1000
            place = self._place(key)
            tokens = self._tokens(place, key, rate, now)
            taken = min(wanted, int(tokens))
            self._file[place : place + _PLACE] = key + _LEVEL.pack(tokens - taken, now)
        finally:
            unlock(self._descriptor)
        return Grant(taken, tokens - taken)

    def close(self) -> None:
        self._file.close()
        os.close(self._descriptor)

    def _locked(self) -> bool:
        if try_lock(self._descriptor):
            return True
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until:
            time.sleep(0)
            if try_lock(self._descriptor):
                return True
        return False

    def _place(self, key: bytes) -> int:
        """Where the bucket is, or may be put."""
        row = zlib.crc32(key) % ROWS * PLACES * _PLACE
        places = range(row, row + PLACES * _PLACE, _PLACE)
        for place in places:
            if self._file[place : place + _KEY.size] == key:
                return place
        return min(places, key=lambda place: float(_LEVEL.unpack_from(self._file, place + _KEY.size)[1]))

    def _tokens(self, place: int, key: bytes, rate: int, now: float) -> float:
        tokens, at = _LEVEL.unpack_from(self._file, place + _KEY.size)
        if self._file[place : place + _KEY.size] != key or not math.isfinite(tokens) or not math.isfinite(at):
            return rate
        return float(min(rate, max(tokens, 0.0) + max(now - at, 0.0) * rate))
