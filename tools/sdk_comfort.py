"""Writes the methods that go beyond the API's operations; what they do is in src/lightfield/lib."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdk_contract import Operation

if TYPE_CHECKING:
    from sdk_resources import Resources

FINDABLE = ("account", "contact", "opportunity", "object")
HEADERS_AND_QUERY = "extra_headers: Headers | None = None, extra_query: Query | None = None, "
TIMEOUT = "timeout: TimeoutOption = NOT_GIVEN"
EXTRAS = f"{HEADERS_AND_QUERY}extra_body: Body | None = None, {TIMEOUT}"
KEPT = ("extra_headers", "extra_query", "timeout")
COMFORT_IMPORTS = (
    "from ..lib.filters import Filters\nfrom ..lib.find_or_create import Found, find\n"
    "from ..lib.labels import Labels, fetch\nfrom ..lib.pages import aevery, every\n"
    "from ..lib.steps import arun, run\nfrom ..lib.waiting import until_over\n"
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
        if operation.id == "merge.get_merge":
            yield _wait(colour)


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


def _wait(colour: Colour) -> str:
    return (
        f"    {colour.define} wait(self, id: str, *, timeout: float = 60.0) -> MergeGetMergeResponse:\n"
        f'        """The merge once it is over, `done` or `failed`.\n\n'
        f"        Args:\n            timeout: Seconds to wait at most.\n\n"
        f'        Raises:\n            TimeoutError: It was still under way by then.\n        """\n'
        f"        return {colour.wait}{colour.run}(self, until_over(self.get_merge, id, timeout))\n\n"
    )
