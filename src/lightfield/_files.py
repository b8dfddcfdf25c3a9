"""Reading files for uploads."""

from __future__ import annotations

from pathlib import Path

from ._types import FileTypes

__all__ = ["file_from_path"]


def file_from_path(path: str) -> FileTypes:
    """A file's name and bytes, as `files=` of `client.post` takes them."""
    file = Path(path)
    return file.name, file.read_bytes()
