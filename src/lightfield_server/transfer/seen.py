"""What earlier rows of a dry run would have made: digests only, so that a million rows take little memory."""

import hashlib
from array import array
from collections.abc import Hashable, Mapping, Sequence

#: Places at first; there are always at least twice as many as entries.
_FIRST = 1 << 12


class Seen:
    """A set of keys, each with a digest of what was said of it last.

    `wanted` names, for each object type, what its records are looked up by in any file of the same dry run.
    """

    def __init__(self, wanted: Mapping[str, Sequence[str]] | None = None) -> None:
        self.wanted = wanted or {}
        self._keys = array("Q", bytes(8 * _FIRST))
        self._said = array("Q", bytes(8 * _FIRST))
        self._count = 0
        self._fresh: dict[int, int] = {}

    def begin(self) -> None:
        """Forget what was added since `keep`: reads may be carried out twice."""
        self._fresh.clear()

    def keep(self) -> None:
        for key, said in self._fresh.items():
            if 2 * self._count >= len(self._keys):
                self._grow()
            self._put(key, said)
        self._fresh.clear()

    def add(self, key: Hashable, said: bytes) -> None:
        """Remember a key, or say something else of it."""
        self._fresh[_digest(repr(key).encode())] = _digest(said)

    def get(self, key: Hashable) -> int | None:
        """The digest of what was said of a key; None for one that was never added."""
        wanted = _digest(repr(key).encode())
        fresh = self._fresh.get(wanted)
        if fresh is not None:
            return fresh
        place = self._place(wanted)
        return self._said[place] if self._keys[place] == wanted else None

    def same(self, known: int, said: bytes) -> bool:
        return known == _digest(said)

    def _put(self, key: int, said: int) -> None:
        place = self._place(key)
        if self._keys[place] == 0:
            self._keys[place] = key
            self._count += 1
        self._said[place] = said

    def _place(self, key: int) -> int:
        """Where a key stands, or would."""
        mask = len(self._keys) - 1
        place = key & mask
        while self._keys[place] not in (0, key):
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, said = self._keys, self._said
        self._keys = array("Q", bytes(16 * len(keys)))
        self._said = array("Q", bytes(16 * len(keys)))
        self._count = 0
        for key, each in zip(keys, said, strict=True):
            if key:
                self._put(key, each)


def _digest(text: bytes) -> int:
    """64 bits, never zero."""
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) or 1
