"""Bytes on their way in: counted, summed and looked at while they pass, and cut off where the promise ends."""

import hashlib
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from lightfield_server.files import addresses, sniffing
from lightfield_server.files.addresses import Address
from lightfield_server.files.blobs import Blobs
from lightfield_server.kit import ids
from lightfield_server.kit.clock import Clock, Moment
from lightfield_server.model import problems
from lightfield_server.model.object_types.file import FILE
from lightfield_server.model.problems import Problem
from lightfield_server.store.protocol import Store, Transaction, UploadRow, WorkspaceRow


@dataclass(slots=True)
class Arriving:
    """What has passed so far."""

    promised: int
    count: int = 0
    head: bytes = b""
    sum: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))

    async def through(self, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The pieces, noted as they pass; 413 as soon as there are more bytes than were promised."""
        async for piece in pieces:
            self.count += len(piece)
            if self.count > self.promised:
                raise problems.more_than_promised(self.promised)
            if len(self.head) < sniffing.HEAD:
                self.head += piece[: sniffing.HEAD - len(self.head)]
            self.sum.update(piece)
            yield piece


def place(workspace: WorkspaceRow) -> str:
    """Where a workspace's bytes lie: told apart from a workspace of the same number on another server."""
    return f"{workspace.number}-{workspace.created_at:x}"


def place_of(tx: Transaction) -> str:
    return next(place(row) for row in tx.workspaces() if row.number == tx.workspace)


def name(place: str, number: int) -> str:
    """A fresh name for the bytes of a file; `file_of` reads it."""
    return f"{place}/{number & 0xFF:02x}/{ids.written(FILE.prefix, number)}/{secrets.token_hex(8)}"


def file_of(name: str) -> tuple[str, int] | None:
    """The place and the file that bytes of this name were for; None for a name that is none of ours."""
    parts = name.split("/")
    number = ids.body(FILE.prefix, parts[2]) if len(parts) == 4 else None
    return None if number is None else (parts[0], number)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An upload whose bytes may come, and where they go."""

    upload: UploadRow
    place: str


def admitted(tx: Transaction, address: Address, at: Moment) -> Admitted:
    """The upload that an address is for, if its bytes may come now, or 403."""
    row = tx.upload(address.number)
    if row is None or not address.holds(row, addresses.UPLOAD):
        raise no_address()
    if address.expires <= at:
        raise problems.forbidden("This address has expired; announce the file again.")
    if not row.open:
        raise problems.forbidden("This upload is over; announce the file again.")
    return Admitted(row, place_of(tx))


async def receive(
    store: Store, blobs: Blobs, address: Address, admission: Admitted, pieces: AsyncIterable[bytes], clock: Clock
) -> str:
    """Keep the bytes of an upload, in place of those that came before; their checksum.

    The upload may have ended while they came: then nothing of them stays.
    """
    row = admission.upload
    arriving, blob = Arriving(row.size), name(admission.place, row.number)
    await blobs.put(blob, arriving.through(pieces))
    md5 = arriving.sum.hexdigest()

    def note(tx: Transaction) -> str | None:
        was = admitted(tx, address, clock()).upload
        if was.once and was.blob is not None:
            raise already_there()
        tx.arrived(row.number, blob, arriving.count, md5, sniffing.sniffed(arriving.head))
        return was.blob

    try:
        replaced = await store.write(address.workspace, note)
    except Problem:
        await blobs.remove([blob])
        raise
    if replaced is not None:
        await blobs.remove([replaced])
    return str(md5)


def no_address() -> Problem:
    return problems.forbidden("This address is not one of ours, or was changed on its way.")


def already_there() -> Problem:
    return problems.precondition_failed("The bytes of this file have come already.")
