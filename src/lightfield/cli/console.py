"""The three streams of a command and what surrounds them: is it a terminal, how wide, in colour?"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

#: Seconds to wait for the first byte of a pipe that may turn out to be empty. Some terminals connect such a pipe.
MOMENT = 0.15

#: Seconds after which somebody who waits is told what for.
PATIENCE = 1.0


@dataclass
class Console:
    """Where a command reads and writes."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]
    environment: Mapping[str, str]

    @classmethod
    def of_this_process(cls) -> Console:
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # Half a surrogate pair, or a letter the terminal lacks, shall not end a command in the middle.
                stream.reconfigure(
                    encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "backslashreplace"
                )
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    # ---- writing

    def write(self, text: str) -> None:
        self.stdout.write(text)

    def line(self, text: str = "") -> None:
        self.stdout.write(f"{text}\n")

    def raw(self, content: bytes) -> None:
        """Bytes as they are, where the stream takes bytes."""
        self.stdout.flush()
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.stdout.write(content.decode("utf-8", "backslashreplace"))
        else:
            buffer.write(content)
            buffer.flush()

    def say(self, text: str) -> None:
        """A line on standard error, which is for people."""
        self.stderr.write(f"{visible(text)}\n")
        self.stderr.flush()

    # ---- what it is

    @property
    def is_terminal(self) -> bool:
        return _isatty(self.stdout)

    @property
    def is_attended(self) -> bool:
        """Whether somebody is there to answer a question."""
        return _isatty(self.stdin) and _isatty(self.stderr)

    @property
    def colours(self) -> bool:
        forced = self.environment.get("FORCE_COLOR")
        if forced:
            return forced != "0"
        plain = self.environment.get("NO_COLOR") or self.environment.get("TERM") == "dumb"
        return self.is_terminal and not plain

    @property
    def width(self) -> int | None:
        """Columns to keep to; None where there is no terminal and nothing needs cutting."""
        if not self.is_terminal:
            return None
        columns = self.environment.get("COLUMNS", "")
        if columns.isdigit() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or 80
        except OSError:
            return 80

    # ---- reading

    def has_input(self, *, wait: bool) -> bool:
        """Whether something is piped in, or redirected from a file that is not empty.

        Args:
            wait: Take a pipe for one that will be written to, however long it takes.
        """
        try:
            number = self.stdin.fileno()
        except (OSError, ValueError, AttributeError):
            return isinstance(self.stdin, io.StringIO) and not _isatty(self.stdin)
        import select
        import stat

        found = os.fstat(number)
        if stat.S_ISREG(found.st_mode):
            return found.st_size > 0
        if not (stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode)):
            return False
        if os.name == "nt":
            return True
        if not wait:
            return bool(select.select([number], [], [], MOMENT)[0])
        if not select.select([number], [], [], PATIENCE)[0]:
            self.say("Waiting for a body on standard input.")
        return True

    def read(self) -> str:
        return self.stdin.read()


def visible(text: str) -> str:
    """Text whose control characters are shown and not obeyed: what records say must not steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" or c in _FORMATTING else _escaped(c) for c in text)


#: Joiners within emoji and scripts; they print nothing and steer nothing.
_FORMATTING = "\u200c\u200d\u00a0\u202f\u2009\u3000\u00ad"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _isatty(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False
