"""One operation for each line of standard input."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from .._plan import Message
from . import documents
from .calling import Answer
from .catalogue import Command
from .console import Console
from .refusals import FAILED, NO_ANSWER, Refused
from .sending import Wanted, message

MOST_AT_ONCE = 64
LONGEST_LINE = 16 * 1024 * 1024
"""Characters; about what a server takes in one request."""

Do = Callable[[Message, str], Answer]
"""Sends a message; the text tells this line apart from others, for idempotency keys."""


class Item(NamedTuple):
    """One thing to do, or why it cannot be done."""

    where: str
    document: Any


class Batch:
    """Goes through the lines and counts. What fails is said on standard error, line by line, and the rest goes on."""

    def __init__(self, command: Command, given: Wanted, query: Mapping[str, str], console: Console, do: Do) -> None:
        self._command = command
        self._given = given
        self._query = query
        self._console = console
        self._do = do
        self.done = 0
        self.failed = 0

    def answers(self, at_once: int) -> Iterator[Any]:
        """What came of each line that succeeded, in order.

        Args:
            at_once: How many lines may be under way.

        Raises:
            Refused: The server is not there or does not know the key, so there is no use in going on.
        """
        waiting: deque[tuple[Item, Future[Answer]]] = deque()
        with ThreadPoolExecutor(at_once) as pool:
            try:
                for item in self._items():
                    waiting.append((item, pool.submit(self._one, item)))
                    if len(waiting) >= at_once:
                        yield from self._outcome(*waiting.popleft())
                while waiting:
                    yield from self._outcome(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()

    def tell(self) -> int:
        """Says how it went, where not all went well; gives the exit code."""
        if self.failed:
            self._console.say(f"{self.failed} of {self.failed + self.done} failed.")
        return FAILED if self.failed else 0

    def _items(self) -> Iterator[Item]:
        """Each line, and each member of a line that is a list or a page of one."""
        number = 0
        while line := self._console.stdin.readline(LONGEST_LINE):
            number += 1
            where = f"line {number}"
            if not line.endswith("\n") and len(line) == LONGEST_LINE:
                raise Refused(f"{where} has more than {LONGEST_LINE:,} characters.")
            if not (text := line.strip()):
                continue
            try:
                found = documents.read(text, "It") if text[0] in '{["' else text
            except Refused as refused:
                yield Item(where, refused)
                continue
            if isinstance(found, dict) and found.get("object") == "list" and isinstance(found.get("data"), list):
                found = found["data"]
            if isinstance(found, list):
                yield from (Item(f"{where}, item {place}", each) for place, each in enumerate(found, 1))
            else:
                yield Item(where, found)

    def _one(self, item: Item) -> Answer:
        if isinstance(item.document, Refused):
            raise item.document
        document = self._document(item.document)
        return self._do(message(self._command, self._given, document, self._query), item.where)

    def _document(self, said: Any) -> Any:
        """A line's keys; a bare word is what the path still lacks."""
        if isinstance(said, str):
            lacking = [place for place in self._command.places if place.path[0] not in self._given.arguments]
            if not lacking:
                raise Refused(f"{said!r} is one word too many: there is nothing left for it to name.")
            return {lacking[-1].path[0]: said}
        if not isinstance(said, dict):
            raise Refused("A line is an object, a list of objects, or an id.")
        parameters = self._command.operation.parameters
        if any(p.place == "body" for p in parameters):
            return said
        # A record may be piped into a command that needs its id and nothing else.
        return {p.name: said[key] for p in parameters for key in (p.name, p.wire) if p.place != "whole" and key in said}

    def _outcome(self, item: Item, future: Future[Answer]) -> Iterator[Any]:
        try:
            answer = future.result()
        except Refused as refused:
            if refused.code == NO_ANSWER or refused.status == 401:
                raise Refused(
                    f"{item.where}: {refused.message}\nStopped here, after {self.done} done and {self.failed} failed.",
                    code=refused.code,
                ) from None
            self.failed += 1
            self._console.say(f"{item.where}: {' '.join(refused.message.splitlines())}")
        else:
            self.done += 1
            yield answer.data if answer.is_json else answer.content.decode("utf-8", "backslashreplace")
