"""Uploads from announcement to end: every verb moves the file's record and the way its bytes come, together.

The record is written like any other; `Upload` rows say where the bytes are. Bytes themselves are never touched here: a
transaction may be carried out twice or not at all.
"""

import re
from dataclasses import dataclass

from lightfield_server.events import log
from lightfield_server.files import names, purposes
from lightfield_server.kit import clock, signing
from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems
from lightfield_server.model.object_types.file import CANCELLED, COMPLETED, EXPIRED, FILE, PENDING
from lightfield_server.model.record import Fields, Record, State
from lightfield_server.records import access
from lightfield_server.records.context import Context
from lightfield_server.records.definitions.common import check
from lightfield_server.records.shape import Body
from lightfield_server.records.writing import Draft, commit
from lightfield_server.store.protocol import Transaction, UploadRow

#: Verbs of the facts told here.
COMPLETED_VERB, CANCELLED_VERB, EXPIRED_VERB = "completed", "cancelled", "expired"

_MD5 = re.compile(r"[a-f0-9]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Announced:
    """A file to be: its record, and how its bytes may come."""

    record: Record
    upload: UploadRow


# Verbs


def announce(context: Context, body: Body, lifetime: Moment) -> Announced:
    """A new file whose bytes are to come (spec: files 1.3)."""
    name, type, size, purpose = _wanted(context, body)
    if purpose.staged:
        name = names.staged(name, context.at)
    number, expires = context.numbers.next(), context.at + lifetime
    fields: Fields = {
        "$name": name,
        "$mimeType": type,
        "$sizeBytes": size,
        "$status": PENDING,
        "$expiresAt": clock.written(expires),
    }
    (change,) = commit(context, [Draft(context.catalog[FILE.name], log.CREATED, number, None, fields, State.PENDING)])
    row = UploadRow(number, "open", signing.secret().encode(), size, type, purpose.staged, expires)
    context.tx.add_upload(row)
    return Announced(change.after, row)


def existing(context: Context, id: str, *, lock: bool = False) -> Record:
    """A file that the actor may know of, however its upload stands, or 404."""
    return access.existing(context, context.catalog[FILE.name], id, lock=lock)


def status(record: Record, at: Moment) -> str:
    """How the upload stands: what nobody completed in time is over before anybody has noted it."""
    kept = str(record.fields["$status"])
    return EXPIRED if kept == PENDING and _until(record) <= at else kept


def complete(context: Context, record: Record, body: Body) -> Record:
    """The bytes have come: from now on they are the file's (spec: files 1.5)."""
    check(body, offered=("md5",))
    md5 = body.get("md5")
    if "md5" in body and not isinstance(md5, str):
        raise problems.invalid_type("Expected a string.", "md5")
    if md5 is not None and not _MD5.fullmatch(md5):
        raise problems.unprocessable("A checksum has 32 hexadecimal digits in small letters.", "md5")
    now = status(record, context.at)
    if now == COMPLETED:
        return record
    if now != PENDING:
        raise problems.conflict(f"The upload is {now.lower()}; announce the file again.")
    row = upload_of(context.tx, record)
    if row.blob is None:
        raise problems.conflict("Nothing has been uploaded yet; send the bytes to 'uploadUrl' first.")
    if row.received != row.size:
        raise problems.unprocessable(f"{row.size} bytes were announced, {row.received} came.", "sizeBytes")
    if md5 is not None and md5 != row.md5:
        raise problems.unprocessable("The bytes that came have another checksum.", "md5")
    context.tx.keep_upload(record.number)
    done = {**record.fields, "$status": COMPLETED, "$completedAt": clock.written(context.at)}
    return _ended(context, record, done, State.LIVE, COMPLETED_VERB)


def cancel(context: Context, record: Record) -> Record:
    """The bytes are not wanted any more."""
    now = status(record, context.at)
    if now != PENDING:
        raise problems.conflict(f"Only a pending upload can be cancelled; this one is {now.lower()}.")
    context.tx.drop_upload(record.number)
    return _ended(context, record, {**record.fields, "$status": CANCELLED}, State.INACTIVE, CANCELLED_VERB)


def expire(context: Context, number: int) -> None:
    """Note that a file's time is over."""
    record = context.tx.record(FILE.name, number, lock=True)
    context.tx.drop_upload(number)
    if record is not None and record.fields["$status"] == PENDING:
        _ended(context, record, {**record.fields, "$status": EXPIRED}, State.INACTIVE, EXPIRED_VERB)


def require_completed(record: Record, at: Moment) -> None:
    now = status(record, at)
    if now != COMPLETED:
        raise problems.conflict(f"The upload is {now.lower()}; there is nothing to download.")


def upload_of(tx: Transaction, record: Record) -> UploadRow:
    """How the bytes of a file come or came, or 404 where they are gone."""
    row = tx.upload(record.number)
    if row is None:
        raise problems.record_not_found(FILE.plural)
    return row


def _ended(context: Context, record: Record, fields: Fields, state: State, verb: str) -> Record:
    fields.pop("$expiresAt", None)
    (change,) = commit(context, [Draft(context.catalog[FILE.name], verb, record.number, record, fields, state)])
    return change.after


def _until(record: Record) -> Moment:
    return clock.read(record.fields["$expiresAt"]) or 0


# What a client announces


def _wanted(context: Context, body: Body) -> tuple[str, str, int, purposes.Purpose]:
    check(body, ("filename", "mimeType", "sizeBytes"), ("purpose",))
    name, type = _text(body, "filename"), _text(body, "mimeType").strip()
    size = body["sizeBytes"]
    if not isinstance(size, int) or isinstance(size, bool):
        raise problems.invalid_type("Expected a whole number.", "sizeBytes")
    purpose = purposes.NONE
    if "purpose" in body:
        known = purposes.PURPOSES.get(_text(body, "purpose"))
        if known is None:
            raise problems.unprocessable(f"Expected one of {', '.join(purposes.PURPOSES)}.", "purpose")
        purpose = known
    if not purpose.may(context.actor):
        raise problems.forbidden(purpose.needs)
    names.require(name)
    purposes.require_type(purpose, type)
    purposes.require_size(purpose, size)
    return name, type, size, purpose


def _text(body: Body, key: str) -> str:
    sent = body[key]
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", key)
    return sent
