"""Writes src/lightfield/resources: per resource a synchronous and an asynchronous class, and the views of both."""

from __future__ import annotations

from sdk_comfort import ASYNC, COMFORT_IMPORTS, EXTRAS, SYNC, Colour, comfort_methods
from sdk_contract import Argument, Contract, Operation, camel
from sdk_types import HEADER, Models, Params

VIEW_IMPORTS = (
    "from .._views import AsyncRawView, AsyncStreamedView, RawView, StreamedView, araw, astreamed, raw, streamed\n"
)


class Resources:
    """One module per resource."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.params = Params(contract)
        self.models = Models(contract)

    def module(self, resource: str, operations: list[Operation]) -> str:
        imports = (
            "from collections.abc import AsyncIterator, Iterable, Iterator, Mapping\nfrom datetime import date\n"
            "from typing import Literal, cast\n\nfrom .._omit import NOT_GIVEN, Omit, omit\n"
            "from .._resource import AsyncResource, Resource\n"
            "from .._types import Body, Headers, Query, SequenceNotStr, TimeoutOption\n"
            f"{VIEW_IMPORTS}{COMFORT_IMPORTS}"
        )
        imports += "".join(f"from ..types.{o.stem}_response import {o.class_stem}Response\n" for o in operations)
        body = "".join(self._class(resource, operations, colour) for colour in (SYNC, ASYNC))
        body += "".join(self._view(resource, operations, *view) for view in VIEWS)
        modules = [
            "shared",
            f"{resource}_shapes",
            "shared_params",
            *(f"{operation.stem}_params" for operation in operations),
        ]
        used = sorted(module for module in modules if f"{module}." in body.replace(f"_{module}.", ""))
        imports += f"from ..types import {', '.join(used)}\n" if used else ""
        names = sorted(class_names(resource))
        return f"{HEADER}{imports}\n__all__ = {names!r}\n\n{body}"

    # ---- classes

    def _class(self, resource: str, operations: list[Operation], colour: Colour) -> str:
        name = f"{colour.prefix}{camel(resource)}Resource"
        head = f'class {name}({colour.prefix}Resource):\n    """The operations of `client.{resource}`."""\n\n'
        views = (
            f"    @property\n    def with_raw_response(self) -> {name}WithRawResponse:\n"
            f'        """The same methods, answering with the response around the record."""\n'
            f"        return {name}WithRawResponse(self)\n\n"
            f"    @property\n    def with_streaming_response(self) -> {name}WithStreamingResponse:\n"
            f'        """The same methods as context managers whose body is read on demand."""\n'
            f"        return {name}WithStreamingResponse(self)\n\n"
        )
        methods = "".join(self._method(operation, colour) for operation in operations)
        comfort = "".join(comfort_methods(self, operations, colour))
        return head + views + methods + comfort + "\n"

    def _method(self, operation: Operation, colour: Colour) -> str:
        answer = f"{operation.class_stem}Response"
        cast = f"cast('type[{answer}]', {answer})" if "anyOf" in self.contract.resolve(operation.response) else answer
        filters = "filters: Filters | None = None, " if operation.filters else ""
        given = ", ".join(f"{argument.name!r}: {argument.name}" for argument in operation.arguments)
        call = (
            f"{colour.wait}self._call({operation.id!r}, {cast}, {{{given}}}, "
            f"extra_headers, extra_query, extra_body, timeout{', filters' if filters else ''})"
        )
        signature = self.signature(operation.arguments, operation, filters + EXTRAS)
        head = f"    {colour.define} {operation.method}({signature}) -> {answer}:\n"
        return f"{head}{self._docstring(operation)}        return {call}\n\n"

    def signature(self, arguments: tuple[Argument, ...], operation: Operation, rest: str) -> str:
        parts, module = ["self"], f"{operation.stem}_params"
        for positional in (argument for argument in arguments if argument.positional):
            parts.append(f"{positional.name}: {self.params.annotate(positional.schema)}")
        parts.append("*")
        for argument in arguments:
            if not argument.positional:
                annotation = self._annotation(argument, module)
                parts.append(f"{argument.name}: {annotation}" + ("" if argument.required else " | Omit = omit"))
        return ", ".join([*parts, rest])

    def _annotation(self, argument: Argument, module: str) -> str:
        if argument.place == "whole":
            return f"{module}.Body"
        return self.params.argument(argument.schema, argument.wire, module)

    def _docstring(self, operation: Operation) -> str:
        described = [(a.name, a.description) for a in operation.arguments if a.description]
        if operation.filters:
            described.append(("filters", "Conditions, all of which must hold; see `lightfield.lib.filters`."))
        if not described:
            return f'        """{operation.summary}"""\n'
        lines = "".join(f"            {name}: {text}\n" for name, text in described)
        return f'        """{operation.summary}\n\n        Args:\n{lines}        """\n'

    # ---- views

    def _view(
        self, resource: str, operations: list[Operation], prefix: str, suffix: str, base: str, wrap: str, mode: str
    ) -> str:
        of = f"{prefix}{camel(resource)}Resource"
        lines = "".join(f"        self.{o.method} = {wrap}({resource}.{o.method})\n" for o in operations)
        return (
            f'class {of}{suffix}({base}):\n    """`{of}`, seen through its responses."""\n\n'
            f"    def __init__(self, {resource}: {of}) -> None:\n"
            f"        {resource} = {resource}._in_mode({mode!r})\n{lines}\n\n"
        )


VIEWS = (
    ("", "WithRawResponse", "RawView", "raw", "raw"),
    ("Async", "WithRawResponse", "AsyncRawView", "araw", "raw"),
    ("", "WithStreamingResponse", "StreamedView", "streamed", "streamed"),
    ("Async", "WithStreamingResponse", "AsyncStreamedView", "astreamed", "streamed"),
)


def class_names(resource: str) -> list[str]:
    return [
        f"{prefix}{camel(resource)}Resource{suffix}"
        for prefix in ("", "Async")
        for suffix in ("", "WithRawResponse", "WithStreamingResponse")
    ]


def accessors_module(resources: list[str]) -> str:
    """`resources/_accessors.py`: the resources as attributes of the clients, each loaded when first used."""
    parts = []
    for prefix in ("", "Async"):
        parts.append(f'class {prefix}Resources:\n    """What `{prefix}Lightfield` offers."""\n\n')
        parts += [_accessor(r, f"{prefix}{camel(r)}Resource", "self", "  # type: ignore[arg-type]") for r in resources]
        for suffix, view in (("WithRawResponse",) * 2, ("WithStreamedResponse", "WithStreamingResponse")):
            parts.append(
                f'class {prefix}Lightfield{suffix}:\n    """`{prefix}Lightfield`, seen through its responses."""\n\n'
                f"    def __init__(self, client: {prefix}Resources) -> None:\n        self._client = client\n\n"
            )
            parts += [_accessor(r, f"{prefix}{camel(r)}Resource{view}", f"self._client.{r}") for r in resources]
    imports = "".join(f"    from .{r} import {', '.join(class_names(r))}\n" for r in resources)
    head = f"{HEADER}from functools import cached_property\nfrom typing import TYPE_CHECKING\n\n"
    return f"{head}if TYPE_CHECKING:\n{imports}\n\n{''.join(parts)}"


def _accessor(resource: str, name: str, argument: str, remark: str = "") -> str:
    return (
        f"    @cached_property\n    def {resource}(self) -> {name}:\n        from .{resource} import {name}\n\n"
        f"        return {name}({argument}){remark}\n\n"
    )


def lazy_package(where: dict[str, str], modules: list[str]) -> str:
    """An `__init__` whose names are found when asked for: importing it costs nothing."""
    typed = "".join(f"    from .{module} import {name} as {name}\n" for name, module in where.items())
    listed = "".join(f"    from . import {module} as {module}\n" for module in modules)
    return (
        f"{HEADER}from typing import TYPE_CHECKING\n\nfrom .._lazy import lazy_names\n\n"
        f"if TYPE_CHECKING:\n{typed}{listed}\n_WHERE = {where!r}\n\n__all__ = {sorted([*where, *modules])!r}\n\n"
        "if not TYPE_CHECKING:  # a checker would take any name for one that is found at run time\n"
        "    __getattr__, __dir__ = lazy_names(__name__, _WHERE, __all__)\n"
    )
