"""Writes the methods that go beyond the API's operations; what they do is in src/lightfield/lib."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdk_contract import Operation

if TYPE_CHECKING:
    from sdk_resources import Resources

#: Operations that tell how something stands, what that is, and how it ends.
WAITED_FOR = {
    "merge.get_merge": ("The merge", "`done` or `failed`"),
    "enrichment_run.get_enrichment_run": ("The run", "`completed`, `failed` or `timed_out`"),
    "workflow_run.status": ("How the run stands", "`completed` or `failed`"),
}
FINDABLE = ("account", "contact", "opportunity", "object")
HEADERS_AND_QUERY = "extra_headers: Headers | None = None, extra_query: Query | None = None, "
TIMEOUT = "timeout: TimeoutOption = NOT_GIVEN"
EXTRAS = f"{HEADERS_AND_QUERY}extra_body: Body | None = None, {TIMEOUT}"
KEPT = ("extra_headers", "extra_query", "timeout")
COMFORT_IMPORTS = (
    "from ..lib.filters import Filters\nfrom ..lib.find_or_create import Found, find\n"
    "from ..lib.labels import Labels, fetch\nfrom ..lib.pages import aevery, every\n"
    "from ..lib.sources import Uploadable\nfrom ..lib.steps import arun, run\n"
    "from ..lib.uploads import upload\nfrom ..lib.waiting import until_over\n"
)


@dataclass(frozen=True)
class Colour:
    """What differs between the two classes of a resource."""

    prefix: str
    define: str
    wait: str
    iterator: str
    every: str
    run: str


SYNC = Colour("", "def", "", "Iterator", "every", "run")
ASYNC = Colour("Async", "async def", "await ", "AsyncIterator", "aevery", "arun")


def comfort_methods(writer: Resources, operations: list[Operation], colour: Colour) -> Iterator[str]:
    for operation in operations:
        if operation.pages:
            yield _every(writer, operation, colour)
        if operation.method == "create" and operation.resource in FINDABLE:
            yield _find_or_create(writer, operation, colour)
        if operation.method == "definitions":
            yield _labels(writer, operation, colour)
        if operation.id == "file.create":
            yield _upload(writer, operation, colour)
        if operation.id in WAITED_FOR:
            yield _wait(operation, colour)


def _every(writer: Resources, operation: Operation, colour: Colour) -> str:
    name = operation.method.replace("list", "list_all", 1)
    arguments = tuple(a for a in operation.arguments if a.name not in ("limit", "offset"))
    filters = "filters: Filters | None = None, " if operation.filters else ""
    signature = writer.signature(
        arguments, operation, f"{filters}limit: int | None = None, {HEADERS_AND_QUERY}{TIMEOUT}"
    )
    passed = "".join(f"{a.name}, " if a.positional else f"{a.name}={a.name}, " for a in arguments)
    passed += "filters=filters, " if filters else ""
    again = f"self.{operation.method}({passed}limit=size, offset=offset, {', '.join(f'{x}={x}' for x in KEPT)})"
    page = writer.contract.resolve(operation.response)
    item = writer.models.annotate(page["properties"]["data"]["items"])
    return (
        f"    def {name}({signature}) -> {colour.iterator}[{item}]:\n"
        f'        """All that `{operation.method}` would show, page by page.\n\n'
        f"        See `lightfield.lib.pages` for what happens when records come and go meanwhile.\n\n"
        f'        Args:\n            limit: Stop after this many.\n        """\n'
        f"        return {colour.every}(lambda offset, size: {again}, limit)\n\n"
    )


def _find_or_create(writer: Resources, create: Operation, colour: Colour) -> str:
    signature = writer.signature(create.arguments, create, f"filters: Filters, {HEADERS_AND_QUERY}{TIMEOUT}")
    address = "".join(f"{a.name!r}: {a.name}, " for a in create.arguments if a.place == "path")
    given = ", ".join(f"{a.name!r}: {a.name}" for a in create.arguments if a.place == "body")
    extras = ", ".join(f"{name!r}: {name}" for name in KEPT)
    return (
        f"    {colour.define} find_or_create({signature}) -> Found:\n"
        f'        """The record that matches `filters`, created if there is none.\n\n'
        f"        Callers racing with the same filters create one record between them; see\n"
        f"        `lightfield.lib.find_or_create`.\n\n"
        f'        Raises:\n            MultipleMatchesError: The filters fit more than one record.\n        """\n'
        f"        steps = find({create.resource!r}, filters, {{{address}}}, {{{given}}}, {{{extras}}})\n"
        f"        return {colour.wait}{colour.run}(self, steps)\n\n"
    )


def _labels(writer: Resources, definitions: Operation, colour: Colour) -> str:
    signature = writer.signature(definitions.arguments, definitions, "refresh: bool = False")
    address = "".join(f"{a.name!r}: {a.name}, " for a in definitions.arguments)
    return (
        f"    {colour.define} labels({signature}) -> Labels:\n"
        f'        """The words for this type\'s select options, asked for once per client.\n\n'
        f'        Args:\n            refresh: Ask again, because options have changed.\n        """\n'
        f"        steps = fetch(self._labels, {definitions.resource!r}, {{{address}}}, refresh)\n"
        f"        return {colour.wait}{colour.run}(self, steps)\n\n"
    )


def _upload(writer: Resources, create: Operation, colour: Colour) -> str:
    purpose = tuple(a for a in create.arguments if a.name == "purpose")
    signature = writer.signature(
        purpose, create, f"filename: str | None = None, mime_type: str | None = None, {HEADERS_AND_QUERY}{TIMEOUT}"
    ).replace("self, *", "self, source: Uploadable, *", 1)
    extras = ", ".join(f"{name!r}: {name}" for name in KEPT)
    given = f"source, filename, mime_type, purpose, self._client.max_retries, {{{extras}}}"
    return (
        f"    {colour.define} upload({signature}) -> FileCompleteResponse:\n"
        f'        """A file uploaded in one call, streamed, with its checksum.\n\n'
        f"        Args:\n"
        f"            source: The path of a file, bytes, or an open binary file, read from where it stands.\n"
        f"            purpose: What the file is for; brings its own limits.\n"
        f"            filename: Its name, if the source has none or another one.\n"
        f"            mime_type: Its type, if the name does not tell.\n\n"
        f"        Raises:\n            ValueError: It is empty, or a file that cannot be read twice.\n"
        f'        """\n'
        f"        return {colour.wait}{colour.run}(self, upload({given}))\n\n"
    )


def _wait(operation: Operation, colour: Colour) -> str:
    what, ends = WAITED_FOR[operation.id]
    (named,) = (argument.name for argument in operation.arguments)
    return (
        f"    {colour.define} wait(self, {named}: str, *, timeout: float = 60.0) -> {operation.class_stem}Response:\n"
        f'        """{what} once it is over: {ends}.\n\n'
        f"        Args:\n            timeout: Seconds to wait at most.\n\n"
        f'        Raises:\n            TimeoutError: It was still under way by then.\n        """\n'
        f"        steps = until_over(self.{operation.method}, {named!r}, {named}, timeout)\n"
        f"        return {colour.wait}{colour.run}(self, steps)\n\n"
    )
