"""One of several processes at one address: what `supervisor` runs as a program of its own."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
import msgspec
import uvicorn

from lightfield_server import main as composition
from lightfield_server.commands import door
from lightfield_server.commands.options import composed
from lightfield_server.configuration import Settings

#: The line on standard output which says that requests are answered.
READY = b"ready\n"

#: How long a process may take to end: its last requests, and what they still have to write (seconds).
LONGEST_END = door.LAST_REQUESTS + 15.0

_STANDARD_INPUT, _STANDARD_OUTPUT = 0, 1


class _Told(msgspec.Struct):
    """The first line of standard input. The socket is told by number or, on Windows, as shared with us."""

    settings: Settings
    place: int
    socket: int | bytes


def told(settings: Settings, place: int, listening: socket.socket, process: int) -> bytes:
    """What a process must be told, as a line."""
    if sys.platform == "win32":
        handed: int | bytes = listening.share(process)
    else:
        handed = listening.fileno()
    return msgspec.json.encode(_Told(settings, place, handed), enc_hook=str) + b"\n"


def main() -> None:
    # An interrupt from the keyboard comes to every process; the parent's word is what counts.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = _line()
    if not line:
        return
    known = msgspec.json.decode(line, type=_Told, dec_hook=_decoded)
    listening = _socket(known.socket)
    door.log_to_standard_error(known.settings)
    try:
        server = composed(known.settings)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    server.process = known.place
    door.end_when_told()
    web = door.web_server(composition.application(server), known.settings, lambda: _say(READY))
    threading.Thread(target=_obey, args=(web,), name="obey", daemon=True).start()
    web.run([listening])


def _obey(web: uvicorn.Server) -> None:
    """Stop when the parent says so or is no more; not for ever, since then nobody would end us."""
    # Below Python's own standard input, whose lock a thread must not hold when the process ends.
    while os.read(_STANDARD_INPUT, 1024):
        pass
    web.should_exit = True
    time.sleep(LONGEST_END)
    logging.getLogger("lightfield.supervised").error("requests under way did not end in %d seconds", LONGEST_END)
    os._exit(1)


def _line() -> bytes:
    """The first line of standard input, and not a byte more; nothing when the parent is gone."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(_STANDARD_INPUT, 1)
        if not byte:
            return b""
        line += byte
    return bytes(line)


def _say(line: bytes) -> None:
    os.write(_STANDARD_OUTPUT, line)


def _socket(handed: int | bytes) -> socket.socket:
    if isinstance(handed, int):
        return socket.socket(fileno=handed)
    if sys.platform == "win32":
        return socket.fromshare(handed)
    raise ValueError("a shared socket is a number here")


def _decoded(kind: type, sent: Any) -> Any:
    if kind is Path:
        return Path(sent)
    raise NotImplementedError


if __name__ == "__main__":
    main()
