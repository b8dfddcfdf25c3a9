"""The manual page, for `man lightfield`."""

from __future__ import annotations

import gzip
from pathlib import Path

from .._version import __version__
from .arguments import Typed
from .catalogue import GLOBAL, Flag, command, resources
from .console import Console
from .helping import exit_codes
from .own import OWN
from .refusals import EXIT_CODES, Refused

FLAGS = {
    "o": Flag("o", "string", word="folder"),
    "output": Flag("output", "string", word="folder"),
    "gzip": Flag("gzip", "switch"),
    "text": Flag("text", "switch"),
}


def run(line: Typed, console: Console) -> int:
    """Writes `lightfield.1` into a folder, or prints it."""
    content = _text() if line.on("text") else _roff()
    folder = line.last("o") or line.last("output")
    if folder is None:
        console.write(content)
        return 0
    name = "lightfield.txt" if line.on("text") else "lightfield.1"
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        if line.on("gzip"):
            Path(folder, f"{name}.gz").write_bytes(gzip.compress(content.encode(), mtime=0))
        else:
            Path(folder, name).write_text(content, "utf-8")
    except OSError as failure:
        raise Refused(f"The page cannot be written to {folder!r}: {failure.strerror}") from None
    return 0


def _roff() -> str:
    parts = [
        f'.TH LIGHTFIELD 1 "" "lightfield {__version__}"',
        ".SH NAME\nlightfield \\- talk to a Lightfield server, or run one",
        ".SH SYNOPSIS\n.B lightfield\n[flags] <resource> <command> [flags] [id]",
        ".SH COMMANDS",
        *(_entry(resource, name) for resource, methods in resources().items() for name in methods),
        *(f".TP\n.B {_escaped(f'lightfield {own.usage}')}\n{_escaped(own.summary)}" for own in OWN.values()),
        ".SH FLAGS",
        *(f".TP\n.B {_escaped(f'--{flag.name}')}\n{_escaped(flag.summary)}" for flag in GLOBAL),
        ".SH EXIT STATUS",
        *(f".TP\n.B {code}\n{_escaped(says)}" for code, says in EXIT_CODES.items()),
    ]
    return "\n".join(parts) + "\n"


def _entry(resource: str, name: str) -> str:
    found = command(resource, name)
    flags = [_escaped(f"--{flag}") for flag in found.flags]
    told = f"\n.br\nFlags: {', '.join(flags)}" if flags else ""
    return f".TP\n.B {_escaped(f'lightfield {found.name}')}\n{_escaped(found.summary)}{told}"


def _text() -> str:
    from .helping import about_command, front

    pages = [about_command(command(r, name)) for r, methods in resources().items() for name in methods]
    return "\n".join([front(None), *pages, f"Exit codes:\n{exit_codes()}"])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
