"""Answers and refusals on their way to the reader."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from . import documents, gjson
from .arguments import Typed
from .calling import Answer, answer_of
from .console import Console, visible
from .formats import Format, Labels, format_named, style_of
from .formats.rows import has_selects
from .refusals import Refused

Lookup = Callable[[], Labels]


class Printer:
    """Prints as the flags say. They are checked when it is made, before anything is sent.

    Raises:
        Refused: There is no such format.
    """

    def __init__(self, line: Typed, console: Console, title: str, lookup: Lookup = dict, usual: str = "auto") -> None:
        self._line = line
        self._console = console
        self._lookup = lookup
        self._name = line.settings.get("format", usual)
        self._format = format_named(self._name)
        self._error_name = line.settings.get("format-error", "auto")
        self._error_format = format_named(self._error_name)
        self._transform = line.settings.get("transform")
        self._style = style_of(console, title, line.settings.get("columns"))
        if "yaml" in (self._name, self._error_name):
            documents.require_yaml("The format yaml")
        for path in (self._transform, line.settings.get("transform-error"), *self._style.columns):
            gjson.check(path or "")

    def one(self, answer: Answer) -> None:
        """The whole answer."""
        if not answer.is_json or (self._name == "raw" and self._transform is None):
            self._bytes(answer.content)
            return
        value = self.part(answer.data)
        self._find_labels([value])
        self._value(value, self._name, self._format)

    def many(self, records: Iterable[Any]) -> None:
        """Records while they come. What a terminal has no room for goes through a pager.

        Raises:
            Refused: The format shows one answer at a time.
        """
        if self._name in ("raw", "explore"):
            raise Refused(f"--format {self._name} shows one answer; many are shown by jsonl, json, yaml, table or csv.")
        parts: Iterator[Any] = map(self.part, records)
        if self._line.on("raw-output"):
            parts, texts = _peeked(parts)
            if all(isinstance(part, str) for part in texts):
                self._write(f"{visible(part) if self._console.is_terminal else part}\n" for part in parts)
                return
        self._write(self._format.many(self._labelled(parts), self._style))

    def part(self, value: Any) -> Any:
        return value if self._transform is None else gjson.pick(value, self._transform)

    def refusal(self, content: bytes) -> None:
        """The body of a refusal, for a program; a person has read it on standard error."""
        chosen = {"format-error", "transform-error"} & self._line.settings.keys()
        if self._console.is_terminal and not chosen:
            return
        answer = answer_of(content)
        path = self._line.settings.get("transform-error")
        if not answer.is_json or (self._error_name == "raw" and path is None):
            self._bytes(content)
        else:
            value = answer.data if path is None else gjson.pick(answer.data, path)
            self._value(value, self._error_name, self._error_format)

    def _value(self, value: Any, name: str, format: Format) -> None:
        if self._line.on("raw-output") and isinstance(value, str):
            self._console.line(visible(value) if self._console.is_terminal else value)
            return
        if name == "explore" and self._explored(value):
            return
        self._console.write(format.one(value, self._style))

    def _explored(self, value: Any) -> bool:
        if self._console.is_terminal and self._console.stdin.isatty():
            from .formats import explore

            try:
                explore.show(value)
            except ModuleNotFoundError:
                self._console.say("There is no viewer on this system; here is JSON.")
                return False
            return True
        self._console.say("--format explore needs a terminal; here is JSON.")
        return False

    def _bytes(self, content: bytes) -> None:
        if self._console.is_terminal:
            self._console.line(visible(content.decode("utf-8", "backslashreplace")))
        else:
            self._console.raw(content)

    def _write(self, texts: Iterator[str]) -> None:
        with paged(self._console) as write:
            for text in texts:
                write(text)

    def _labelled(self, records: Iterator[Any]) -> Iterator[Any]:
        for number, record in enumerate(records):
            if number == 0:
                self._find_labels([record])
            yield record

    def _find_labels(self, values: list[Any]) -> None:
        """Asks for the labels of options, if any are shown."""
        labelled = self._name in ("table", "csv", "pretty") and not self._line.on("no-labels")
        if labelled and any(map(has_selects, values)):
            try:
                self._style.labels = self._lookup()
            except Refused as refused:
                self._console.say(f"Options are shown by id, since their labels cannot be read: {refused.message}")


@contextmanager
def paged(console: Console) -> Iterator[Callable[[str], None]]:
    """Where to write what may be long: a pager on a terminal, else standard output, at once."""
    command = shlex.split(console.environment.get("PAGER", "less")) if console.is_terminal else []
    process = _started(command, console)
    if process is None or process.stdin is None:

        def write(text: str) -> None:
            console.write(text)
            console.stdout.flush()

        yield write
        return
    pipe = process.stdin
    try:
        yield lambda text: (pipe.write(text), pipe.flush())[1]
    except BrokenPipeError:
        pass  # the reader has left the pager
    finally:
        with suppress(BrokenPipeError):
            pipe.close()
        process.wait()


def _started(command: list[str], console: Console) -> subprocess.Popen[str] | None:
    if not command:
        return None
    environment = {"LESS": "FRX", **os.environ, **console.environment}
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environment)  # noqa: S603
    except OSError:
        return None


def _peeked(parts: Iterator[Any]) -> tuple[Iterator[Any], list[Any]]:
    from .formats import first_of

    first, everything = first_of(parts, 1)
    return everything, first
