"""Cursors: a position in an order, bound to the query that it came from.

A cursor is no secret and gives no rights. The digest in it tells one that belongs to another query, or was changed on
its way, from one that is good.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.model.sorting import (
    ByKey,
    ByLink,
    ByNumber,
    ByOption,
    ByReading,
    ByRoute,
    ByStamp,
    Position,
    Sort,
    Standing,
)
from lightfield_server.model.value_types.base import carried

_DIGEST = 12


def binding(*parts: Any) -> bytes:
    """What a cursor is bound to: the parts of a query that decide which records come in which order."""
    return msgspec.json.encode(parts, order="deterministic")


def written(bound: bytes, position: Position) -> str:
    said = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_digest(bound, said) + said).decode().rstrip("=")


def read(bound: bytes, sorts: Sequence[Sort], cursor: str) -> Position:
    """The position that a cursor names; 400 `invalid_cursor` for one that is not of this query."""
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        digest, said = whole[:_DIGEST], whole[_DIGEST:]
        sent = msgspec.json.decode(said)
    except (binascii.Error, ValueError):
        raise _refusal() from None
    if digest != _digest(bound, said) or not isinstance(sent, list) or len(sent) != len(sorts) + 1:
        raise _refusal()
    if not _whole(sent[-1]):
        raise _refusal()
    return (*(_standing(sort, each) for sort, each in zip(sorts, sent, strict=False)), sent[-1])


def _standing(sort: Sort, sent: Any) -> Standing:
    if sent is None and not isinstance(sort, ByNumber):
        return None
    match sort:
        case ByNumber() | ByStamp() | ByKey(whole=True) | ByLink(title=None) | ByRoute(title=None):
            good = _whole(sent)
        case ByKey():
            good = _text(sent)
        case ByOption(order=order):
            good = sent in order
        case ByLink() | ByRoute():
            good = isinstance(sent, list) and len(sent) == 2 and _text(sent[0]) and _whole(sent[1])
            sent = tuple(sent) if good else sent
        case ByReading():
            good = _text(sent) or _whole(sent)
    if not good:
        raise _refusal()
    standing: Standing = sent
    return standing


def _whole(sent: Any) -> bool:
    return isinstance(sent, int) and not isinstance(sent, bool) and abs(sent) < 1 << 63


def _text(sent: Any) -> bool:
    try:
        return isinstance(sent, str) and carried(sent) == sent
    except Problem:
        return False


def _digest(bound: bytes, said: bytes) -> bytes:
    return hashlib.blake2b(said, digest_size=_DIGEST, key=hashlib.blake2b(bound).digest()).digest()


def _refusal() -> Problem:
    return problems.invalid_cursor("cursor")
