"""(method, path) → operation. Literal segments win over parameters (spec: conventions 1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lightfield_server.operations.operation import Operation

_ANY = "{}"


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """Finds operations by walking the segments of a path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                name = _ANY if segment.startswith("{") else segment
                node = node.children.setdefault(name, _Node())
            if operation.method in node.operations:
                raise RuntimeError(f"{operation.method} {operation.path} is declared twice")
            node.operations[operation.method] = operation

    def find(self, method: str, segments: list[str]) -> tuple[Operation, dict[str, str]] | None:
        """The operation, and its path parameters by name."""
        found = self._walk(self._root, method, segments, 0, [])
        if found is None:
            return None
        operation, values = found
        return operation, dict(zip(operation.parameters, values, strict=True))

    def _walk(
        self, node: _Node, method: str, segments: list[str], at: int, values: list[str]
    ) -> tuple[Operation, list[str]] | None:
        if at == len(segments):
            operation = node.operations.get(method)
            return None if operation is None else (operation, values)
        literal = node.children.get(segments[at])
        if literal is not None:
            found = self._walk(literal, method, segments, at + 1, values)
            if found is not None:
                return found
        any = node.children.get(_ANY)
        if any is None or not segments[at]:
            return None
        return self._walk(any, method, segments, at + 1, [*values, segments[at]])
