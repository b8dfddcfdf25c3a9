"""What ends a command early, and the exit codes."""

from __future__ import annotations

from collections.abc import Iterable

FAILED = 1
INTERRUPTED = 130

#: With `--fine-exit-codes`, failures are told apart.
USAGE, NO_ANSWER, NOT_ALLOWED, NOT_FOUND, CONFLICT, REFUSED, TOO_MANY, SERVER = range(2, 10)

EXIT_CODES = {
    0: "done",
    FAILED: "failed; without --fine-exit-codes every failure",
    USAGE: "not understood: a command, flag, value, document or setting",
    NO_ANSWER: "no answer from the server",
    NOT_ALLOWED: "no key, a key that is not known, or one that may not (401, 403)",
    NOT_FOUND: "no such record (404)",
    CONFLICT: "contradicts the present state (409)",
    REFUSED: "the server found fault with what was sent (400, 422 and the like)",
    TOO_MANY: "too many requests, also after waiting (429)",
    SERVER: "the server failed (500 and above)",
    INTERRUPTED: "interrupted (always told apart)",
}

STATUS = {401: NOT_ALLOWED, 403: NOT_ALLOWED, 404: NOT_FOUND, 409: CONFLICT, 429: TOO_MANY}


class Refused(Exception):
    """A command that does not go on. The message is for the person who typed it.

    `said` is what a program may read on standard output: the answer's body, if there was one.
    """

    def __init__(
        self, message: str, *, code: int = USAGE, said: bytes | None = None, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.said = said
        self.status = status


def code_of(status: int) -> int:
    """The fine exit code of a status that says no."""
    return STATUS.get(status, SERVER if status >= 500 else REFUSED)


def did_you_mean(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """A sentence with the nearest of the known words, led by a space; empty when none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=likeness)
    return f' Did you mean "{near[0]}"?' if near else ""
