"""(method, path) → operation. Literal segments win over parameters (spec: conventions 1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lightfield_server.operations.operation import Operation


@dataclass(slots=True)
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    #: Nothing of the compatible API lies here or below.
    ours: bool = True
    operations: dict[str, Operation] = field(default_factory=dict)

    def leads(self, method: str, rest: list[str]) -> bool:
        """Whether there is a way from here: what is ours alone lies at its end."""
        return method in self.operations if not rest else bool(self.words or self.parameter)


class Router:
    """Finds operations by walking the segments of a path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                node = _parameter(node) if segment.startswith("{") else node.words.setdefault(segment, _Node())
                node.ours = node.ours and not operation.compatible
            if operation.method in node.operations:
                raise RuntimeError(f"{operation.method} {operation.path} is declared twice")
            node.operations[operation.method] = operation

    def find(self, method: str, segments: list[str]) -> tuple[Operation, dict[str, str]] | None:
        """The operation, and its path parameters by name."""
        node, values = self._root, []
        for position, segment in enumerate(segments):
            # A segment that is a word of the API is never taken for an id, wherever that leads. A word of ours is,
            # where the compatible API would take it for one and we offer nothing.
            child = node.words.get(segment)
            if child is None or (child.ours and node.parameter and not child.leads(method, segments[position + 1 :])):
                child = node.parameter
                values.append(segment)
            if child is None or not segment:
                return None
            node = child
        operation = node.operations.get(method)
        return None if operation is None else (operation, dict(zip(operation.parameters, values, strict=True)))


def _parameter(node: _Node) -> _Node:
    if node.parameter is None:
        node.parameter = _Node()
    return node.parameter
