"""How the bytes of files come here, and where they are."""

from collections.abc import Collection
from dataclasses import dataclass

from lightfield_server.kit.clock import Moment
from lightfield_server.store.sql.dialect import among
from lightfield_server.store.sql.part import Part, Row

COLUMNS = "number, state, secret, size, type, once, expires_at, blob, received, md5, sniffed"

ADD = f"insert into upload (workspace, {COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ONE = f"select {COLUMNS} from upload where workspace = ? and number = ?"
ARRIVED = """
    update upload set blob = ?, received = ?, md5 = ?, sniffed = ? where workspace = ? and number = ? and state = 'open'
"""
MOVE = "update upload set state = ? where workspace = ? and number = ?"
FORGET = "delete from upload where workspace = ? and number = ? and state = 'dropped'"
OVERDUE = """
    select number from upload where workspace = ? and state = 'open' and expires_at <= ? order by expires_at limit ?
"""
TO_GO = f"select {COLUMNS} from upload where workspace = ? and state = 'dropped' order by expires_at limit ?"
WITH_BLOBS = f"""
    select {COLUMNS} from upload where workspace = ? and number > ? and blob is not null and state <> 'dropped'
    order by number limit ?
"""
BLOBS = f"select number, blob from upload where workspace = ? and number {among('?')}"

#: The bytes may come; they are the file's; they are to go.
OPEN, KEPT, DROPPED = "open", "kept", "dropped"


@dataclass(frozen=True, slots=True)
class UploadRow:
    """The upload of the file with this number. What came is None until it did.

    `secret` signs the addresses of the bytes; `size` and `type` are those announced; `blob` names what came,
    `received` counts it.
    """

    number: int
    state: str
    secret: bytes
    size: int
    type: str
    once: bool
    expires_at: Moment
    blob: str | None = None
    received: int | None = None
    md5: str | None = None
    sniffed: str | None = None

    @property
    def open(self) -> bool:
        return self.state == OPEN

    @property
    def kept(self) -> bool:
        return self.state == KEPT


class Uploads(Part):
    """Rows of `upload`."""

    def add_upload(self, row: UploadRow) -> None:
        kept = (row.number, row.state, row.secret, row.size, row.type, int(row.once), row.expires_at)
        self.run(ADD, (self.workspace, *kept, row.blob, row.received, row.md5, row.sniffed))

    def upload(self, number: int) -> UploadRow | None:
        row = self.run(ONE, (self.workspace, number)).fetchone()
        return None if row is None else _upload(row)

    def arrived(
        self, number: int, blob: str | None, received: int | None, md5: str | None, sniffed: str | None
    ) -> None:
        """Note what came for an open upload; all None that nothing did."""
        self.run(ARRIVED, (blob, received, md5, sniffed, self.workspace, number))

    def keep_upload(self, number: int) -> None:
        """The bytes are the file's from now on."""
        self.run(MOVE, (KEPT, self.workspace, number))

    def drop_upload(self, number: int) -> None:
        """The bytes, if any came, are to go."""
        self.run(MOVE, (DROPPED, self.workspace, number))

    def forget_upload(self, number: int) -> None:
        """The bytes of a dropped upload are gone."""
        self.run(FORGET, (self.workspace, number))

    def overdue_uploads(self, at: Moment, limit: int) -> list[int]:
        """Files whose bytes should have come by now, longest overdue first."""
        return [number for (number,) in self.run(OVERDUE, (self.workspace, at, limit)).fetchall()]

    def dropped_uploads(self, limit: int) -> list[UploadRow]:
        return [_upload(row) for row in self.run(TO_GO, (self.workspace, limit)).fetchall()]

    def kept_uploads(self, after: int, limit: int) -> list[UploadRow]:
        """Uploads with bytes, by number, from the one after a number."""
        return [_upload(row) for row in self.run(WITH_BLOBS, (self.workspace, after, limit)).fetchall()]

    def blobs_of(self, wanted: Collection[int]) -> dict[int, str | None]:
        """What each of these files' bytes are named; a file without an upload is left out."""
        return dict(self.run(BLOBS, (self.workspace, self.dialect.numbers(wanted))).fetchall())


def _upload(row: Row) -> UploadRow:
    number, state, secret, size, type, once, *rest = row
    return UploadRow(number, state, bytes(secret), size, type, bool(once), *rest)
