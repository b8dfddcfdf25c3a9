"""Addresses that bytes come and go by: signed, for a time, and credentials by themselves (spec: files 1.4, 1.5).

One reads `/files/<workspace>/<id>?expires=<milliseconds>&signature=<43 characters>`. It is signed with a secret of the
file's own, for one purpose and one moment, so that neither can be changed, and it says where to look.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lightfield_server.kit import clock, ids, signing
from lightfield_server.kit.clock import Moment
from lightfield_server.model.object_types.file import FILE
from lightfield_server.store.protocol import UploadRow

#: What an address is for.
UPLOAD, DOWNLOAD = "upload", "download"

#: How long one is good for, unless the server is told otherwise.
DEFAULT_LIFETIME: Moment = clock.DAY // 24

_PATH = re.compile(r"/files/([1-9][0-9]{0,8})/(fil_[0-9a-f]{16})", re.ASCII)
_MOMENT = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Addresses:
    """How addresses are made: what they begin with (`https://crm.example.com`), and how long they are good for."""

    base: str
    lifetime: Moment

    def upload(self, workspace: int, row: UploadRow) -> str:
        return self._written(workspace, row, UPLOAD, row.expires_at)

    def download(self, workspace: int, row: UploadRow, at: Moment) -> tuple[str, Moment]:
        """The address, and when it ends."""
        expires = at + self.lifetime
        return self._written(workspace, row, DOWNLOAD, expires), expires

    def _written(self, workspace: int, row: UploadRow, purpose: str, expires: Moment) -> str:
        signature = signing.signature(row.secret, _said(workspace, row.number, purpose, expires))
        id = ids.written(FILE.prefix, row.number)
        return f"{self.base}/files/{workspace}/{id}?expires={expires}&signature={signature}"


@dataclass(frozen=True, slots=True)
class Address:
    """An address that somebody came with."""

    workspace: int
    number: int
    expires: Moment
    signature: str

    def holds(self, row: UploadRow, purpose: str) -> bool:
        """Whether we made it, for this purpose."""
        text = _said(self.workspace, row.number, purpose, self.expires)
        return signing.agrees(row.secret, text, self.signature)


def read(path: str, query: Sequence[tuple[str, str]]) -> Address | None:
    """The address of a path and its parameters; None for one that cannot be ours."""
    match = _PATH.fullmatch(path)
    given = dict(query)
    if match is None or len(query) != 2 or given.keys() != {"expires", "signature"}:
        return None
    number = ids.body(FILE.prefix, match[2])
    if number is None or not _MOMENT.fullmatch(given["expires"]):
        return None
    return Address(int(match[1]), number, int(given["expires"]), given["signature"])


def _said(workspace: int, number: int, purpose: str, expires: Moment) -> str:
    return f"{purpose} {workspace} {number} {expires}"
