"""What bytes look like, and as what they are given out, so that a browser never runs a file in our name.

A file goes out as what it was announced to be only if that is a kind that does nothing by itself and its first bytes
do not say otherwise; everything else goes out as a stream of bytes, to be saved.
"""

from lightfield_server.files.purposes import bare

#: Bytes looked at.
HEAD = 4_096

STREAM = "application/octet-stream"
TEXT, MARKUP = "text/plain", "text/html"

#: How files of a kind begin, and the kind. No text begins so by chance.
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"{\\rtf", "application/rtf"),
)

#: The same of beginnings that a text may have too.
_SHORT_BEGINNINGS = (
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
)

#: The same of containers: their kind is named a few bytes in.
_WITHIN = (
    (b"RIFF", 8, b"WEBP", "image/webp"),
    (b"RIFF", 8, b"WAVE", "audio/wav"),
    (b"", 4, b"ftyp", "video/mp4"),
)

#: What opens a page, a drawing or a program that a browser would carry out (in small letters, after white space).
_ACTIVE = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<svg",
    b"<?xml",
    b"<iframe",
    b"<img",
    b"<!--",
    b"<a ",
)

#: Kinds that do nothing by themselves, each with what its bytes must look like.
_LOOKS: dict[str, tuple[str, ...]] = {
    "image/png": ("image/png",),
    "image/jpeg": ("image/jpeg",),
    "image/gif": ("image/gif",),
    "image/webp": ("image/webp",),
    "image/bmp": ("image/bmp",),
    "image/tiff": ("image/tiff",),
    "application/pdf": ("application/pdf",),
    "application/zip": ("application/zip",),
    "application/gzip": ("application/gzip",),
    "application/rtf": ("application/rtf",),
    "application/msword": ("application/x-ole-storage",),
    "application/vnd.ms-excel": ("application/x-ole-storage",),
    "application/vnd.ms-powerpoint": ("application/x-ole-storage",),
    "audio/mpeg": ("audio/mpeg", STREAM),
    "audio/ogg": ("audio/ogg",),
    "audio/flac": ("audio/flac",),
    "audio/wav": ("audio/wav",),
    "audio/mp4": ("video/mp4",),
    "video/mp4": ("video/mp4",),
    "video/webm": ("video/webm",),
    "text/plain": (TEXT,),
    "text/csv": (TEXT,),
    "text/markdown": (TEXT,),
    "text/vtt": (TEXT,),
    "text/calendar": (TEXT,),
    "application/json": (TEXT,),
    "application/x-subrip": (TEXT,),
}

#: Documents in a zip archive.
_ZIPPED = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")


def sniffed(head: bytes) -> str:
    """What the first bytes of a file look like: a kind with a sign of its own, text, markup, or a stream of bytes."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    for beginning, at, name, kind in _WITHIN:
        if head.startswith(beginning) and head[at : at + len(name)] == name:
            return kind
    if not _is_text(head):
        return next((kind for beginning, kind in _SHORT_BEGINNINGS if head.startswith(beginning)), STREAM)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return MARKUP if start.startswith(_ACTIVE) else TEXT


def given_out(announced: str, looks: str) -> str:
    """The type that a file is given out as."""
    kind = bare(announced)
    expected = ("application/zip",) if kind.startswith(_ZIPPED) else _LOOKS.get(kind, ())
    if looks not in expected:
        return STREAM
    return f"{kind}; charset=utf-8" if looks == TEXT else kind


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; a character may be cut off at the end of what is looked at."""
    for cut in range(4):
        try:
            read = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return not any(c < " " and c not in "\t\n\f\r\x1b" for c in read)
    return False
