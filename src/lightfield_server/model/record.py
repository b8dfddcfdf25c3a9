"""What is kept: records, and the facts that changed them."""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import msgspec

from lightfield_server.kit.clock import Moment

Fields = dict[str, Any]

_decode: msgspec.json.Decoder[Fields] = msgspec.json.Decoder(dict[str, Any])
_decode_raw: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder(order="deterministic").encode


class State(IntEnum):
    """Live records are listed and linked; inactive ones (members, files that came to nothing) are listed only, and so
    are pending ones (files on their way) for the time being; trashed ones are neither."""

    LIVE = 0
    INACTIVE = 1
    TRASHED = 2
    PENDING = 3


@dataclass(eq=False)
class Record:
    """One record as it is stored. `stored` holds its set fields as JSON, decoded when first asked for."""

    number: int
    type: str
    state: State
    created_at: Moment
    updated_at: Moment | None
    external_id: str | None
    stored: bytes

    @cached_property
    def fields(self) -> Fields:
        """Set fields only, in the form in which they are read back; a missing key is an unset value."""
        return _decode.decode(self.stored)

    @property
    def raw(self) -> dict[str, msgspec.Raw]:
        """The set fields as undecoded JSON, for replies."""
        return _decode_raw.decode(self.stored)


def stored(fields: Fields) -> bytes:
    return _encode(fields)


@dataclass(frozen=True, slots=True)
class Link:
    """`source` and `target` are joined under the name of a relationship; both ends read this one row."""

    relationship: str
    source: int
    target: int


@dataclass(slots=True)
class Event:
    """A fact: what one write did to one record, in the transaction that made it true.

    `fields` maps each changed field to (before, after), `links` each changed end to (added, removed) record ids.
    """

    number: int
    type: str
    record: int
    verb: str
    at: Moment
    actor: int | None
    key: int | None
    origin: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    links: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """What a write did to one record. `before` is None for a new one; equal `before` and `after` changed nothing."""

    before: Record | None
    after: Record
    event: Event | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A definition as the store keeps it: what a workspace added, or changed of what is shipped."""

    number: int
    kind: str
    owner: str
    key: str
    body: dict[str, Any]
    archived: bool
