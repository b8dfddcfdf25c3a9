"""What a file may be for, and what follows from it (spec: files-and-emails 1.3). All limits are here."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lightfield_server.identity.actor import Actor
from lightfield_server.model import problems

MIB = 1 << 20

#: Bytes of the largest file there is.
LARGEST = 512 * MIB

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_TRANSCRIPTS = frozenset(
    {
        "text/plain",
        "text/markdown",
        "text/vtt",
        "application/x-subrip",
        "application/json",
        "application/pdf",
        _WORD,
    }
)

_OFFICE = frozenset(
    {
        "application/json",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _WORD,
    }
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """`largest` is in bytes; `allows` says of a type, without its parameters, whether it will do.

    `may` says who may upload for it, `needs` what is said to others. Staged files keep clear of one another: their
    names carry the moment, and their bytes come once.
    """

    largest: int = LARGEST
    allows: Callable[[str], bool] = lambda type: True
    may: Callable[[Actor], bool] = lambda actor: True
    needs: str = ""
    staged: bool = False


def _knowledge(type: str) -> bool:
    return type.startswith("text/") or type in _OFFICE


NONE = Purpose()

PURPOSES = {
    "meeting_transcript": Purpose(25 * MIB, _TRANSCRIPTS.__contains__),
    "knowledge_user": Purpose(
        25 * MIB,
        _knowledge,
        lambda actor: actor.member is not None,
        "This needs the key of a member.",
        staged=True,
    ),
    "knowledge_workspace": Purpose(
        25 * MIB, _knowledge, lambda actor: actor.admin, "Only administrators upload for the workspace.", staged=True
    ),
    "email_attachment": Purpose(20 * MIB),
}

_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_TYPE = re.compile(rf'{_NAME}/{_NAME}(\s*;\s*{_NAME}=({_NAME}|"[ !#-\[\]-~]*"))*', re.ASCII)
LONGEST_TYPE = 255


def require_type(purpose: Purpose, type: str) -> None:
    """A type that a header can carry and that the purpose takes, or 422."""
    if len(type) > LONGEST_TYPE or not _TYPE.fullmatch(type):
        raise problems.unprocessable("A type reads like 'text/plain'.", "mimeType")
    if not purpose.allows(bare(type)):
        raise problems.unprocessable(f"Files of type '{problems.shown(type)}' cannot serve this purpose.", "mimeType")


def require_size(purpose: Purpose, size: int) -> None:
    if not 1 <= size <= purpose.largest:
        raise problems.unprocessable(f"A file for this purpose has 1 to {purpose.largest} bytes.", "sizeBytes")


def bare(type: str) -> str:
    """A type without its parameters."""
    return type.partition(";")[0].strip().lower()
