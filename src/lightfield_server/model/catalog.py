"""One workspace's object types: the shipped ones, completed by its own.

A catalog is compiled once for each version of a workspace's definitions and never changes; operations ask the
current one at call time, so a field added a moment ago validates, filters and renders.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from lightfield_server.model.compiling import entities
from lightfield_server.model.completing import TYPE, object_types
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Stored


class Catalog:
    """Every object type of a workspace, by its singular name."""

    def __init__(self, workspace: int, version: int, stored: Iterable[Stored]) -> None:
        self.workspace = workspace
        self.version = version
        self.stored = tuple(sorted(stored, key=lambda s: s.number))
        self.entities = entities(object_types(workspace, self.stored))
        self.custom = {name: entity for name, entity in self.entities.items() if entity.type.custom}

    def __getitem__(self, name: str) -> Entity:
        return self.entities[name]

    @cached_property
    def whole(self) -> "Catalog":
        """The same as it would be with no type archived: for those who look after definitions."""
        if not any(s.archived and s.kind == TYPE for s in self.stored):
            return self
        shown = [replace(s, archived=False) if s.kind == TYPE else s for s in self.stored]
        return Catalog(self.workspace, self.version, shown)

    def find(self, kind: str, owner: str, key: str) -> Stored | None:
        """The stored definition, archived or not."""
        return next((s for s in self.stored if (s.kind, s.owner, s.key) == (kind, owner, key)), None)
