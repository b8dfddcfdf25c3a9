"""The text of a flag as the value it stands for, files read in."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import documents
from .catalogue import Flag
from .refusals import Refused

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes. What is larger is uploaded, not written into a request."""


class Files:
    """Reads what `@path` and `@-` stand for. Standard input can be read once, by one of them or as the body."""

    def __init__(self, stdin: Callable[[], str]) -> None:
        self._stdin = stdin
        self.used_stdin = False

    def within(self, value: Any) -> Any:
        """The value with every text in it that names a file replaced by what is in the file."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.within(each) for each in value]
        if isinstance(value, dict):
            return {key: self.within(each) for key, each in value.items()}
        return value

    def text(self, text: str) -> str:
        """`@path`, `@file://path`, `@data://path` and `@-`; `\\@` begins a text that only looks like one."""
        if text.startswith("\\@"):
            return text[1:]
        if not text.startswith("@") or text == "@":
            return text
        if text in ("@-", "@/dev/stdin"):
            return self._from_stdin()
        scheme, mark, path = text[1:].partition("://")
        if mark and scheme in ("file", "data"):
            content = self._content(path)
            return _decoded(content, path) if scheme == "file" else base64.b64encode(content).decode()
        if not os.path.isfile(text[1:]) and not any(sign in text for sign in "./"):
            return text
        return _text_or_base64(self._content(text[1:]))

    def names_one(self, text: str) -> bool:
        """Whether a text stands for a file, which then may hold a document."""
        return text.startswith("@") and len(text) > 1

    def _from_stdin(self) -> str:
        if self.used_stdin:
            raise Refused("Standard input can be read once: give one @-, or pipe the body in.")
        self.used_stdin = True
        return self._stdin()

    def _content(self, path: str) -> bytes:
        try:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError as failure:
            raise Refused(
                f"The file {path!r} cannot be read: {failure.strerror}. A text that begins with @ is written \\@…"
            ) from None
        if len(content) > LARGEST_FILE:
            raise Refused(f"The file {path!r} is larger than {LARGEST_FILE // 1024 // 1024} MiB.")
        return content


def value(flag: Flag, text: str, files: Files) -> Any:
    """What a flag's text stands for.

    A text is taken as it is. A map or list is JSON or YAML, or a file that holds it. Where the kind is not known, what
    opens a bracket or a quotation mark is JSON or YAML, and anything else a number, truth value, null or text.

    Raises:
        Refused: It is not what the flag takes.
    """
    if text == "null" and flag.nullable:
        return None
    if flag.kind == "string":
        return files.text(text)
    if flag.kind in ("integer", "number", "boolean"):
        return _plain(flag, text)
    if flag.kind == "object":
        found = _document(flag, text, files)
        if not isinstance(found, dict):
            raise Refused(f"--{flag.name} takes a map, as in '{{$name: Acme}}', not {text!r}.")
        return found
    if flag.kind == "array":
        found = _document(flag, text, files) if text.startswith(("[", "{", "@")) else text
        return found if isinstance(found, list) else [found]
    return files.within(
        documents.read(text, f"--{flag.name}") if text[:1] in tuple("{['\"") else documents.scalar(text)
    )


def _document(flag: Flag, text: str, files: Files) -> Any:
    if not files.names_one(text):
        return files.within(documents.read(text, f"--{flag.name}"))
    content = files.text(text)
    # Files named within a file are not read: a document that came from elsewhere must not fetch from here.
    return documents.read(content, f"--{flag.name} {text}") if content != text else text


def _plain(flag: Flag, text: str) -> Any:
    found = documents.scalar(text)
    if flag.kind == "boolean" and isinstance(found, bool):
        return found
    if flag.kind == "number" and isinstance(found, float):
        return found
    if flag.kind != "boolean" and isinstance(found, int) and not isinstance(found, bool):
        return found
    wanted = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}[flag.kind]
    raise Refused(f"--{flag.name} takes {wanted}, not {text!r}.")


def _decoded(content: bytes, path: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"The file {path!r} is not UTF-8 text; @data://{path} sends it as base64.") from None


def _text_or_base64(content: bytes) -> str:
    try:
        if b"\0" not in content:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return base64.b64encode(content).decode()
