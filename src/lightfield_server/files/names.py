"""Names of files: shown, sent in headers and offered for saving, and never a path of ours."""

import unicodedata

from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems

LONGEST = 255

#: Characters that turn the direction of what follows: `exe.txt` could read `txt.exe`.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def require(name: str) -> None:
    """A name that means the same everywhere, or 422: one file, no folder, nothing invisible that matters."""
    if not 1 <= len(name) <= LONGEST or not name.strip():
        raise problems.unprocessable(f"A file name has 1 to {LONGEST} characters.", "filename")
    if "/" in name or "\\" in name or name.strip(". ") == "":
        raise problems.unprocessable("A file name has no folders: '/', '\\' and '..' are not taken.", "filename")
    if any(unicodedata.category(c) in _CATEGORIES or c in _TURNING for c in name):
        raise problems.unprocessable("A file name has no control characters.", "filename")


def staged(name: str, at: Moment) -> str:
    """The name with the moment before its last extension: `archive.tar_1713045600000.gz` (spec: files 1.6)."""
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    # A name of full length gives way to the moment.
    room = LONGEST - len(dot) - len(extension) - len(f"_{at}")
    return f"{stem[:room]}_{at}{dot}{extension}" if room > 0 else f"{name[: LONGEST - len(f'_{at}')]}_{at}"
