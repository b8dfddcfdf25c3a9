"""Writes src/lightfield/_operations.py: every operation as data, so that nothing needs the models to make a request."""

from __future__ import annotations

from collections.abc import Iterator

from sdk_contract import Argument, Contract, Operation, Schema, snake
from sdk_types import HEADER

SCALARS = ("string", "integer", "number", "boolean", "array", "object")


class Shapes:
    """Spells out where Python keys differ from wire keys. A shape used twice gets a name."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.named: dict[str, str] = {}

    def of(self, schema: Schema) -> str:
        """The expression for a shape; `None` where keys pass through as they are."""
        component = self.contract.component(schema)
        expression = self._spell(self.contract.resolve(schema))
        if component is None or expression == "None":
            return expression
        name = f"_{snake(component).upper()}"
        self.named.setdefault(name, expression)
        return name

    def _spell(self, schema: Schema) -> str:
        if "anyOf" in schema:
            return self._merged([self.of(each) for each in schema["anyOf"]])
        if "properties" in schema:
            keys = {snake(wire): (wire, self.of(member)) for wire, member in schema["properties"].items()}
            telling = {name: pair for name, pair in keys.items() if pair != (name, "None")}
            return (
                f"Shape({{{', '.join(f'{n!r}: ({w!r}, {s})' for n, (w, s) in telling.items())}}})"
                if telling
                else "None"
            )
        for within in (schema.get("items"), schema.get("additionalProperties")):
            if isinstance(within, dict):
                inner = self.of(within)
                return inner if inner == "None" or within is schema.get("items") else f"Shape(each={inner})"
        return "None"

    def _merged(self, parts: list[str]) -> str:
        telling = list(dict.fromkeys(part for part in parts if part != "None"))
        if len(telling) < 2:
            return telling[0] if telling else "None"
        return f"merged({', '.join(telling)})"


def kind(contract: Contract, schema: Schema) -> str:
    """A word for what a value is, for help texts and command lines."""
    found = contract.resolve(schema)
    if "enum" in found or "const" in found:
        return "string"
    if "anyOf" in found:
        kinds = {kind(contract, each) for each in found["anyOf"] if each.get("type") != "null"}
        return kinds.pop() if len(kinds) == 1 else "any"
    declared = found["type"]
    return next(k for k in declared if k != "null") if isinstance(declared, list) else str(declared)


def operations_module(contract: Contract) -> str:
    shapes = Shapes(contract)
    entries = "".join(_entry(contract, shapes, operation) for operation in contract.operations)
    named = "".join(f"{name} = {expression}\n" for name, expression in shapes.named.items())
    imports = "from ._operation import Operation, Parameter, Shape, merged\n\n__all__ = ['OPERATIONS']\n\n"
    return f"{HEADER}{imports}{named}\nOPERATIONS: dict[str, Operation] = {{\n{entries}}}\n"


def _entry(contract: Contract, shapes: Shapes, operation: Operation) -> str:
    parameters = ", ".join(_parameter(contract, shapes, argument) for argument in operation.arguments)
    told = (operation.id, operation.http, operation.path, operation.summary, operation.rate, operation.scopes)
    facts = ", ".join(map(repr, told))
    return (
        f"    {operation.id!r}: Operation({facts}, ({parameters}{',' if parameters else ''}), "
        f"filters={operation.filters}, sends_object={operation.sends_object}),\n"
    )


def _parameter(contract: Contract, shapes: Shapes, argument: Argument) -> str:
    shape = shapes.of(argument.schema)
    told = f"shape={shape}" if shape != "None" else ""
    return _told(contract, argument.schema, argument, told)


def _told(contract: Contract, schema: Schema, argument: Argument, *more: str) -> str:
    """What is known of one argument, or of one member of an argument."""
    found = contract.resolve(schema)
    choices = tuple(choice for choice in found.get("enum", ()) if choice is not None)
    extra = [
        f"choices={choices!r}" if choices else "",
        f"summary={argument.description!r}" if argument.description else "",
        *more,
        f"members=({''.join(members)})" if (members := list(_members(contract, found))) else "",
        "nullable=True" if _nullable(contract, found) else "",
    ]
    facts = (argument.name, argument.wire, argument.place, argument.required, kind(contract, found))
    return f"Parameter({', '.join([*map(repr, facts), *filter(None, extra)])})"


def _members(contract: Contract, found: Schema) -> Iterator[str]:
    """The named members of an object, each as an argument of its own."""
    required = found.get("required", ())
    for wire, schema in found.get("properties", {}).items():
        description = contract.resolve(schema).get("description", "")
        member = Argument(snake(wire), wire, "member", wire in required, schema, schema.get("description", description))
        yield f"{_told(contract, schema, member)}, "


def _nullable(contract: Contract, found: Schema) -> bool:
    if "anyOf" in found:
        return any(_nullable(contract, contract.resolve(each)) for each in found["anyOf"])
    declared = found.get("type")
    return declared == "null" or (isinstance(declared, list) and "null" in declared) or None in found.get("enum", ())
