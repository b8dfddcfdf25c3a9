"""Names made small enough to stand in every row of an index.

A slot is the first 48 bits of a name's digest: the same in every process and on every engine, with no table to keep
and no cache to go stale. Two names of one workspace meet about once in a hundred million workspaces of a thousand
names.
"""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=65_536)
def slot(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest())


@lru_cache(maxsize=16_384)
def kind(type: str, trashed: bool) -> int:
    """The slot of a type's records: those in the trash are a kind of their own."""
    return slot(f"trash:{type}" if trashed else type)


@lru_cache(maxsize=65_536)
def field(name: str, trashed: bool) -> int:
    """The slot of a field's keys; keys of trashed records are kept apart, so they are never found by mistake."""
    return slot(f"trash:{name}" if trashed else name)
