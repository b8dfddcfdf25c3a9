"""A named set of declarations: said once at import, read everywhere, closed by `main`."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Declarations of one kind by name. Two of one name, or one after the freeze, is a programming error."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}
        self._frozen = False

    def add(self, name: str, item: T) -> T:
        if self._frozen:
            raise RuntimeError(f"{self.kind} {name!r} declared after the server was composed")
        if name in self._items:
            raise RuntimeError(f"{self.kind} {name!r} is declared twice")
        self._items[name] = item
        return item

    def freeze(self) -> None:
        self._frozen = True

    def get(self, name: str) -> T | None:
        return self._items.get(name)

    def remove(self, name: str) -> None:
        """Undo one declaration; for tests that declare one more of something."""
        del self._items[name]

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)
