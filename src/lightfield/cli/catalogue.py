"""Resources, commands and flags, all derived from the SDK's table of operations.

An operation that the table gains is a command the next time `lightfield` starts; nothing here names one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from .._operation import Operation, Parameter


class Flag(NamedTuple):
    """One flag: `--fields.due-at`."""

    name: str
    """Without the dashes."""
    kind: str
    """`switch` takes no value; the others are the kinds of a `Parameter`."""
    summary: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    repeated: bool = False
    nullable: bool = False
    path: tuple[str, ...] = ()
    """Where its value goes: the argument of the operation, then the members below it. Empty for a global flag."""
    word: str = ""
    """What the value is called in help; by default its kind."""


class Command(NamedTuple):
    """`account create`: an operation as it is typed."""

    words: tuple[str, str]
    operation: Operation
    flags: Mapping[str, Flag]
    places: tuple[Flag, ...]
    """Flags that may also be given by position, in the order of the path."""
    open: Mapping[str, tuple[Parameter, ...]]
    """Flags that hold objects, with the members they are known to have; none means that any key may follow a dot."""

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def resource(self) -> str:
        """The resource's name in the table of operations."""
        return self.operation.id.partition(".")[0]

    @property
    def summary(self) -> str:
        return self.operation.summary

    @property
    def has_body(self) -> bool:
        return any(parameter.place in ("body", "whole") for parameter in self.operation.parameters)

    @property
    def follows_cursor(self) -> bool:
        """Whether each answer names the next one."""
        return any(p.name == "after" and p.place == "query" for p in self.operation.parameters)

    @property
    def pages(self) -> bool:
        """Whether the answer is a page of something longer."""
        names = {p.name for p in self.operation.parameters if p.place == "query"}
        return self.follows_cursor or {"limit", "offset"} <= names

    @property
    def destroys(self) -> bool:
        """Whether what it does is asked about before it is done."""
        return self.operation.method == "DELETE" or self.operation.path.endswith("/merge")


#: Flags every command takes, before or after it.
GLOBAL = (
    Flag("api-key", "string", "The key to call with; better kept in LIGHTFIELD_API_KEY or a profile.", word="key"),
    Flag("base-url", "string", "Where the server is, as in http://127.0.0.1:8000.", word="url"),
    Flag("profile", "string", "Which of the servers in `lightfield profiles list`.", word="name"),
    Flag("format", "string", "How the answer is printed.", word="format"),
    Flag("format-error", "string", "How the body of a refusal is printed.", word="format"),
    Flag("transform", "string", "Print this part of the answer: a GJSON path such as data.#.id.", word="path"),
    Flag("transform-error", "string", "Print this part of a refusal.", word="path"),
    Flag("raw-output", "switch", "Print a text without its quotes."),
    Flag("columns", "string", "Columns of a table or CSV: id,$name,data.path, …", word="list"),
    Flag("no-labels", "switch", "Show option ids in tables and CSV, not their labels."),
    Flag("query", "string", "Another query parameter, name=value.", repeated=True, word="pair"),
    Flag("header", "string", "Another header, 'Name: value'.", repeated=True, word="pair"),
    Flag("idempotency-key", "string", "Do this once however often it is sent with this key.", word="key"),
    Flag("timeout", "number", "Seconds to wait for an answer.", word="seconds"),
    Flag("max-retries", "integer", "How often to try again after failures that may pass.", word="number"),
    Flag("yes", "switch", "Do not ask before deleting or merging."),
    Flag("dry-run", "switch", "Print the request and do not send it."),
    Flag("fine-exit-codes", "switch", "Tell failures apart by exit code."),
    Flag("debug", "switch", "Show requests and answers on standard error, the key hidden."),
    Flag("version", "switch", "Print the version."),
    Flag("help", "switch", "Explain a command."),
)
SHORT = {"r": "raw-output", "y": "yes", "v": "version", "h": "help"}

FILTER = Flag("filter", "string", "A condition, as in '$name[startsWith]=Ac'.", repeated=True, word="condition")
ALL = Flag("all", "switch", "Every page, one record after another; --limit then counts records.")
EACH_LINE = Flag("stdin", "switch", "Do it once for each line of standard input.")
AT_ONCE = Flag("concurrency", "integer", "With --stdin: how many at a time; 1 unless given.", word="number")

MANNER = (FILTER, ALL, EACH_LINE, AT_ONCE)
"""Flags of some commands that say how they are carried out, not what is sent."""


@cache
def resources() -> dict[str, dict[str, Operation]]:
    """Resource → command → operation, as they are typed."""
    from .._operations import OPERATIONS

    found: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS.values():
        resource, _, method = operation.id.partition(".")
        found.setdefault(typed(resource), {})[typed(method)] = operation
    return found


def command(resource: str, name: str) -> Command:
    operation = resources()[resource][name]
    parameters = operation.parameters
    flags = {flag.name: flag for parameter in parameters for flag in _flags(parameter)}
    segments = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    by_wire = {p.wire: p for p in parameters if p.place == "path"}
    places = tuple(flags[typed(by_wire[wire].name)] for wire in segments)
    made = Command((resource, name), operation, flags, places, {typed(p.name): p.members for p in _objects(parameters)})
    extra = [FILTER] * operation.filters + [ALL] * made.pages + [EACH_LINE, AT_ONCE] * bool(parameters)
    return made._replace(flags={**flags, **{flag.name: flag for flag in extra}})


def typed(name: str) -> str:
    """A Python name as a word of the command line."""
    return name.strip("_").replace("_", "-")


def _objects(parameters: tuple[Parameter, ...]) -> Iterator[Parameter]:
    return (p for p in parameters if p.kind in ("object", "any"))


def _flags(parameter: Parameter, above: Flag | None = None) -> Iterator[Flag]:
    """The flag of a parameter and those of its members."""
    flag = Flag(
        name=f"{above.name}.{typed(parameter.name)}" if above else typed(parameter.name),
        kind=parameter.kind,
        summary=parameter.summary,
        required=parameter.required and above is None,
        choices=parameter.choices,
        repeated=parameter.kind == "array",
        nullable=parameter.nullable,
        path=(*above.path, parameter.name) if above else (parameter.name,),
    )
    yield flag
    for member in parameter.members:
        yield from _flags(member, flag)
