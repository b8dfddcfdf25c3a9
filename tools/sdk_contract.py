"""Reads contract/api.yaml into the few facts the generator needs, and says how wire names are spelled in Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "contract" / "api.yaml"

Schema = dict[str, Any]

# The vendor's package spells these class names its own way; ours must match (spec: sdk-python 4 and 5).
CLASS_SPELLINGS = {"file.url": "FileURL"}
UNTYPED_MAPS = ("account", "contact", "opportunity", "task", "note")


def snake(wire: str) -> str:
    """`$dueAt` is `due_at` in Python, `LINKEDIN_INVITE` is `linkedin_invite`, `from` is `from_`."""
    bare = wire.lstrip("$")
    name = bare.lower() if bare.isupper() else re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", bare).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def camel(wire: str) -> str:
    return "".join(part.capitalize() for part in snake(wire).split("_"))


def singular(name: str) -> str:
    return name.removesuffix("s")


@dataclass(frozen=True)
class Argument:
    """One argument of a method: where it goes and what it takes."""

    name: str
    wire: str
    place: str
    """`path`, `query`, `body` (a key of the JSON body) or `whole` (the JSON body itself)."""
    required: bool
    schema: Schema
    description: str
    positional: bool = False


@dataclass(frozen=True)
class Operation:
    """One promised operation, as a method of a resource."""

    resource: str
    method: str
    http: str
    path: str
    summary: str
    scopes: tuple[str, ...]
    rate: str
    arguments: tuple[Argument, ...]
    response: Schema
    filters: bool
    sends_object: bool
    """Whether the body is always an object, also when no argument was given."""

    @property
    def id(self) -> str:
        return f"{self.resource}.{self.method}"

    @property
    def stem(self) -> str:
        return f"{self.resource}_{self.method}"

    @property
    def class_stem(self) -> str:
        return CLASS_SPELLINGS.get(self.id, camel(self.stem))

    @property
    def pages(self) -> bool:
        return {"limit", "offset"} <= {argument.name for argument in self.arguments}

    @property
    def params(self) -> tuple[Argument, ...]:
        """What the method's `…Params` names: everything but the positional id."""
        return tuple(argument for argument in self.arguments if not argument.positional)


class Contract:
    """The parsed contract."""

    def __init__(self, path: Path = CONTRACT) -> None:
        document = yaml.safe_load(path.read_text())
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        self._parameters: dict[str, Schema] = document["components"]["parameters"]
        self.operations = [
            self._operation(path, http, raw)
            for path, methods in document["paths"].items()
            for http, raw in methods.items()
        ]

    def component(self, schema: Schema) -> str | None:
        return str(schema["$ref"]).rsplit("/", 1)[1] if "$ref" in schema else None

    def resolve(self, schema: Schema) -> Schema:
        name = self.component(schema)
        return self.schemas[name] if name else schema

    def is_structured(self, schema: Schema) -> bool:
        """Whether the value is an object with known members, or a choice that includes one."""
        found = self.resolve(schema)
        return (
            "properties" in found
            or found is self.schemas["NoBody"]
            or any(map(self.is_structured, found.get("anyOf", [])))
        )

    def resources(self) -> dict[str, list[Operation]]:
        grouped: dict[str, list[Operation]] = {}
        for operation in self.operations:
            grouped.setdefault(operation.resource, []).append(operation)
        return grouped

    def _operation(self, path: str, http: str, raw: Schema) -> Operation:
        resource, method = (snake(part) for part in raw["operationId"].split("."))
        parameters = [self._parameters[p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in raw["parameters"]]
        body = raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        members = self.resolve(body).get("properties") if body else None
        arguments = [*self._addressed(parameters), *self._sent(body, members)]
        scopes = raw.get("x-scopes", ())
        return Operation(
            resource=resource,
            method=method,
            http=http.upper(),
            path=path,
            summary=raw["summary"],
            scopes=tuple(scopes["anyOf"] if isinstance(scopes, dict) else scopes),
            rate=raw["x-rate"],
            arguments=tuple(
                sorted(arguments, key=lambda a: (not a.positional, a.place != "path", not a.required, a.wire))
            ),
            response=raw["responses"]["200"]["content"]["application/json"]["schema"],
            filters=any(p["name"] == "filters" for p in parameters),
            sends_object=members is not None,
        )

    def _addressed(self, parameters: list[Schema]) -> Iterator[Argument]:
        last = [p["name"] for p in parameters if p["in"] == "path"][-1:]
        for p in parameters:
            if p["in"] in ("path", "query") and p["name"] != "filters":
                yield Argument(
                    name=snake(p["name"]),
                    wire=p["name"],
                    place=p["in"],
                    required=p.get("required", False),
                    schema=p["schema"],
                    description=p.get("description", ""),
                    positional=p["name"] in last,
                )

    def _sent(self, body: Schema | None, members: dict[str, Schema] | None) -> Iterator[Argument]:
        if body is None:
            return
        if members is None:
            yield Argument("body", "body", "whole", False, body, "")
            return
        required = self.resolve(body).get("required", ())
        for wire, schema in members.items():
            yield Argument(
                snake(wire), wire, "body", wire in required, schema, self.resolve(schema).get("description", "")
            )
