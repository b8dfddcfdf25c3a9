"""What is left over is taken away: uploads whose time is over, bytes of uploads that came to nothing, bytes that
belong to no upload. And what is missing is noticed."""

import logging

from lightfield_server.files import receiving, sessions
from lightfield_server.files.blobs import Blobs, Lying
from lightfield_server.kit.clock import Moment
from lightfield_server.model.object_types.file import FILE
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Store, Transaction, UploadRow

log = logging.getLogger("lightfield.files")

#: Uploads ended, or blobs taken away, in one go.
SWEEP = 100


def expire(context: Context) -> int:
    """End the uploads whose time is over, at most `SWEEP`; how many there were."""
    due = context.tx.overdue_uploads(context.at, SWEEP)
    for number in due:
        sessions.expire(context, number)
    return len(due)


async def clear(store: Store, blobs: Blobs, workspace: int) -> int:
    """Take away what uploads that came to nothing have left, at most `SWEEP` of them; how many there were."""
    dropped = await store.read(workspace, lambda tx: tx.dropped_uploads(SWEEP))
    await blobs.remove([row.blob for row in dropped if row.blob is not None])

    def forget(tx: Transaction) -> None:
        for row in dropped:
            tx.forget_upload(row.number)

    if dropped:
        await store.write(workspace, forget)
    return len(dropped)


async def orphans(store: Store, blobs: Blobs, before: Moment) -> int:
    """Take away bytes that lie there since before a moment and belong to no upload; how many there were.

    Younger ones may belong to an upload that is about to be noted.
    """
    count = 0
    await blobs.tidy(before)
    async for page in blobs.pages():
        found = await _unknown(store, [lying for lying in page if lying.since < before])
        await blobs.remove(found)
        count += len(found)
    return count


async def _unknown(store: Store, page: list[Lying]) -> list[str]:
    by_workspace: dict[int, dict[str, int]] = {}
    for lying in page:
        place = receiving.file_of(lying.name)
        # What does not look like ours is not ours to take away.
        if place is not None:
            by_workspace.setdefault(place[0], {})[lying.name] = place[1]
    unknown = []
    for workspace, names in by_workspace.items():
        numbers = set(names.values())
        known = await store.read(workspace, lambda tx, numbers=numbers: tx.blobs_of(numbers))  # type: ignore[misc]
        unknown += [name for name, number in names.items() if known.get(number) != name]
    return unknown


async def missing(store: Store, blobs: Blobs, workspace: int) -> list[int]:
    """Files whose bytes are not where they should be. An upload under way is taken to have received nothing; the loss
    of a complete file is told to the operator and left as it is, for a backup may bring its bytes back."""
    lost: list[int] = []
    after = 0
    while rows := await store.read(workspace, lambda tx, after=after: tx.kept_uploads(after, SWEEP)):  # type: ignore[misc]
        after = rows[-1].number
        for row in rows:
            if row.blob is not None and not await blobs.has(row.blob):
                lost.append(row.number)
                await _note(store, workspace, row)
    return lost


async def _note(store: Store, workspace: int, row: UploadRow) -> None:
    if row.open:
        await store.write(workspace, lambda tx: tx.arrived(row.number, None, None, None, None))
    else:
        log.error(
            "the bytes of %s_%016x in workspace %d are missing (%s)", FILE.prefix, row.number, workspace, row.blob
        )
