"""What is left over is taken away: uploads whose time is over, bytes of uploads that came to nothing, bytes that
belong to no upload. And what is missing is noticed."""

import logging
from collections import defaultdict
from functools import partial

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
    workspaces = await store.read(0, lambda tx: tx.workspaces())
    places = {receiving.place(row): row.number for row in workspaces}
    by_workspace: dict[int, dict[str, int]] = defaultdict(dict)
    for lying in page:
        found = receiving.file_of(lying.name)
        # What does not look like ours is not ours to take away: it may be another server's.
        if found is not None and found[0] in places:
            by_workspace[places[found[0]]][lying.name] = found[1]
    unknown = []
    for workspace, names in by_workspace.items():
        known = await store.read(workspace, partial(_blobs, set(names.values())))
        unknown += [name for name, number in names.items() if known.get(number) != name]
    return unknown


def _blobs(numbers: set[int], tx: Transaction) -> dict[int, str | None]:
    return tx.blobs_of(numbers)


async def missing(store: Store, blobs: Blobs, workspace: int) -> list[int]:
    """Files whose bytes are not where they should be. An upload under way is taken to have received nothing; the loss
    of a complete file is told to the operator and left as it is, for a backup may bring its bytes back."""
    lost: list[int] = []
    after = 0
    while rows := await store.read(workspace, partial(_kept, after)):
        after = rows[-1].number
        for row in rows:
            if row.blob is not None and not await blobs.has(row.blob):
                lost.append(row.number)
                await _note(store, workspace, row)
    return lost


def _kept(after: int, tx: Transaction) -> list[UploadRow]:
    return tx.kept_uploads(after, SWEEP)


async def _note(store: Store, workspace: int, row: UploadRow) -> None:
    if row.open:
        await store.write(workspace, lambda tx: tx.arrived(row.number, None, None, None, None))
    else:
        log.error(
            "the bytes of %s_%016x in workspace %d are missing (%s)", FILE.prefix, row.number, workspace, row.blob
        )
