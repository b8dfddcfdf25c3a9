"""An API command, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import Message
from .._transform import to_json
from . import batching, calling, connecting, documents, sending
from .arguments import Typed
from .calling import Answer, Send
from .catalogue import Command
from .connecting import Connection
from .console import Console
from .definitions import Definitions, remember
from .printing import Printer
from .refusals import Refused


class Reach:
    """The server, connected to when it is first needed: a mistake in the command is told without a key."""

    def __init__(self, line: Typed, console: Console, words: str) -> None:
        self._line = line
        self._console = console
        self._words = words
        self._client: Any = None
        self._connection: Connection | None = None

    def __call__(self) -> tuple[Connection, Send]:
        return self.connection, self.send()

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._connection = connecting.connection(self._line, self._console)
        return self._connection

    def send(self, idempotency_key: str | None = None) -> Send:
        if self._client is None:
            self._client = connecting.client(self.connection, self._line, self._console, self._words)
        return calling.sender(self._client, idempotency_key)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def run(command: Command, line: Typed, console: Console) -> int:
    """Sends what was typed and prints what came; the exit code.

    Raises:
        Refused: It could not be sent, or the server said no.
    """
    reach = Reach(line, console, command.name)
    try:
        return _run(command, line, console, reach)
    finally:
        reach.close()


def _run(command: Command, line: Typed, console: Console, reach: Reach) -> int:
    connecting.checked(console.environment.get("LIGHTFIELD_BASE_URL"), "LIGHTFIELD_BASE_URL")
    query = connecting.query(line)
    definitions = Definitions(command, console, reach)
    address = sending.addressed(command, line)
    many = line.on("all") or line.on("stdin")
    printer = Printer(line, console, command.name, lambda: definitions.labels(address), "jsonl" if many else "auto")
    given = sending.wanted(command, line, console, definitions.spell)
    if line.on("stdin"):
        return _each_line(command, line, console, reach, printer, given, query)
    message = sending.message(command, given, sending.piped(command, given, console), query)
    if line.on("dry-run"):
        _show(message, reach.connection, printer)
        return 0
    _ask(command, line, console, given.arguments)
    try:
        if line.on("all"):
            limit = given.arguments.get("limit")
            pages = calling.by_cursor if command.follows_cursor else calling.by_offset
            printer.many(pages(reach.send(), message, limit))
            return 0
        answer = reach.send(line.settings.get("idempotency-key"))(message)
    except Refused as refused:
        if refused.said is not None and not line.on("all"):
            printer.refusal(refused.said)
        raise
    remember(command, console, reach.connection, address, answer.data)
    printer.one(answer)
    return 0


def _each_line(
    command: Command,
    line: Typed,
    console: Console,
    reach: Reach,
    printer: Printer,
    given: sending.Wanted,
    query: Mapping[str, str],
) -> int:
    if given.reads_stdin or line.on("all"):
        raise Refused("--stdin reads standard input line by line; it goes with neither @- nor --all.")
    at_once = _at_once(line)
    key = line.settings.get("idempotency-key")
    usual = reach.send()

    def do(message: Message, where: str) -> Answer:
        if line.on("dry-run"):
            return Answer(b"", _request(message, reach.connection), True)
        return (reach.send(f"{key} {where}") if key else usual)(message)

    batch = batching.Batch(command, given, query, console, do)
    try:
        printer.many(batch.answers(at_once))
    except BrokenPipeError:
        raise Refused(f"Nobody reads the answers. Stopped after {batch.done} done and {batch.failed} failed.") from None
    return batch.tell()


def _at_once(line: Typed) -> int:
    text = line.last("concurrency") or "1"
    if not text.isdecimal() or not 1 <= int(text) <= batching.MOST_AT_ONCE:
        raise Refused(f"--concurrency takes a number from 1 to {batching.MOST_AT_ONCE}, not {text!r}.")
    return int(text)


def _show(message: Message, connection: Connection, printer: Printer) -> None:
    content = documents.to_json(_request(message, connection)).encode()
    printer.one(calling.answer_of(content))


def _request(message: Message, connection: Connection) -> dict[str, Any]:
    """A message as it would be sent, without the key."""
    from .._query import query_string

    asked = query_string(message.query, message.conditions)
    request: dict[str, Any] = {
        "method": message.method,
        "url": f"{connection.base_url}{message.path}{'?' if asked else ''}{asked}",
    }
    return {**request, "body": documents.read_json(to_json(message.body).decode())} if message.has_body else request


def _ask(command: Command, line: Typed, console: Console, arguments: Mapping[str, Any]) -> None:
    """Asks before something is deleted or merged, if somebody is there to answer."""
    if not command.destroys or line.on("yes") or not console.is_attended:
        return
    what = " ".join(str(value) for value in arguments.values() if isinstance(value, str))
    console.stderr.write(f"{command.name} {what}? [y/N] ")
    console.stderr.flush()
    if console.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("Nothing was done.")
