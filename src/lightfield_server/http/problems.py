"""A refusal as the wire shows it (spec: conventions 4.1)."""

import msgspec

from lightfield_server.model.problems import Problem

Header = tuple[bytes, bytes]


def envelope(problem: Problem) -> bytes:
    return msgspec.json.encode({"error": problem.shown})


def headers(problem: Problem) -> list[Header]:
    """What goes with it: when to come back, or that coming back cannot help."""
    found: list[Header] = []
    if problem.retry_after is not None:
        found.append((b"retry-after", str(problem.retry_after).encode()))
    if problem.size is not None:
        found.append((b"content-range", f"bytes */{problem.size}".encode()))
    if problem.lasting:
        # Official clients repeat every 409; one that waiting cannot resolve says so (spec: sdk-python 8).
        found.append((b"x-should-retry", b"false"))
    return found
