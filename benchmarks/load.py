"""Requests over many connections at once, from one thread, with as little work as possible for each.

    python -m benchmarks.load URL

Only as much of HTTP/1.1 is understood as the servers under test speak: replies with a content-length on connections
that stay open. Every reply must be a 200. While it waits it never sleeps, so that no server pays for waking it.
"""

import gc
import selectors
import socket
import sys
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECTIONS = 32

#: Bytes read at a time: more than any reply has.
CHUNK = 1 << 18

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Round:
    """What came of one round. `busy` is the share of the time in which there was something to do here."""

    count: int
    seconds: float
    latencies: "array[float]"
    busy: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class Refused(RuntimeError):
    """A reply that was no success."""


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    began: float = 0.0
    #: Bytes of the reply that are still to come; -1 before its head is complete.
    left: int = -1
    head: bytes = b""


def drive(port: int, make: Make, *, connections: int = CONNECTIONS, seconds: float = 2.0, most: int = 1 << 62) -> Round:
    """Ask for as long as it takes, each connection anew as soon as it is answered."""
    selector = selectors.DefaultSelector()
    opened = [_Connection(_connect(port)) for _ in range(connections)]
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    latencies = array("d")
    now = time.perf_counter
    gc.collect()
    gc.disable()
    began = now()
    until, asked = began + seconds, 0
    idle = idle_since = 0.0
    for connection in opened[:most]:
        connection.began = now()
        connection.socket.send(make())
        asked += 1
    try:
        while len(latencies) < asked:
            ready = selector.select(0)
            if not ready:
                idle_since = idle_since or now()
                continue
            if idle_since:
                idle += now() - idle_since
                idle_since = 0.0
            for key, _ in ready:
                connection = key.data
                if not _answered(connection):
                    continue
                at = now()
                latencies.append(at - connection.began)
                if at < until and asked < most:
                    connection.began = at
                    connection.left = -1
                    connection.socket.send(make())
                    asked += 1
        took = now() - began
    finally:
        gc.enable()
        selector.close()
        for connection in opened:
            connection.socket.close()
    return Round(len(latencies), took, latencies, 1 - idle / took)


def ask(port: int, request: bytes) -> bytes:
    """The body of one reply."""
    with _connect(port) as connected:
        connected.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head:
            head += _read(connected)
        size, body = _head(head)
        while len(body) < size:
            body += _read(connected)
        return body


def request(method: str, target: str, headers: dict[str, str], body: str = "") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method != "GET":
        lines.append(f"content-length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _connect(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def _answered(connection: _Connection) -> bool:
    """Read what has come; whether the reply is complete."""
    data = _read(connection.socket)
    if connection.left < 0:
        if connection.head:
            data = connection.head + data
            connection.head = b""
        if b"\r\n\r\n" not in data:
            connection.head = data
            return False
        size, data = _head(data)
        connection.left = size
    connection.left -= len(data)
    return connection.left == 0


def _head(data: bytes) -> tuple[int, bytes]:
    """The length of a reply's body, and as much of it as came with the head."""
    head, _, rest = data.partition(b"\r\n\r\n")
    if head[9:12] != b"200":
        raise Refused(data[:1000].decode("latin-1"))
    at = head.index(b"content-length: ") + 16
    return int(head[at:].partition(b"\r\n")[0]), rest


def _read(connected: socket.socket) -> bytes:
    data = connected.recv(CHUNK)
    if not data:
        raise ConnectionError("The server closed the connection.")
    return data


def main(url: str) -> None:
    target = urlsplit(url)
    sent = request("GET", target.path or "/", {})
    found = drive(target.port or 80, lambda: sent)
    print(f"{found.rate:,.0f} requests/s, this process busy for {found.busy:.0%} of the time")


if __name__ == "__main__":
    main(sys.argv[1])
