"""An answer to walk through: a tree whose branches open and close."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..console import visible
from ..documents import to_json
from .widths import cut

HELP = "↑↓ move  → open  ← close  Enter toggle  q leave"

Path = tuple[Any, ...]


@dataclass
class Tree:
    """What is open, where the reader is, and which line is at the top. The keys a reader presses change it."""

    value: Any
    open: set[Path] = field(default_factory=lambda: {()})
    at: int = 0
    top: int = 0

    def lines(self) -> list[tuple[Path, str]]:
        """Every visible line with the path it is about."""
        found: list[tuple[Path, str]] = []
        self._add(found, (), self.value, "", 0)
        return found

    def press(self, key: str, height: int) -> bool:
        """What a key does; False when the reader leaves.

        Args:
            key: `up`, `down`, `left`, `right`, `enter`, `pageup`, `pagedown`, `home`, `end` or `q`.
            height: Lines that are shown at once.
        """
        if key == "q":
            return False
        lines = self.lines()
        path = lines[self.at][0]
        moves = {"up": -1, "down": 1, "pageup": -height, "pagedown": height, "home": -len(lines), "end": len(lines)}
        if key in moves:
            self.at += moves[key]
        elif key == "right" or (key == "enter" and path not in self.open):
            self.open |= {path} if _members(self._value_at(path)) else set()
        elif key in ("left", "enter"):
            if path in self.open:
                self.open -= {path}
            elif path:
                self.at = next(place for place, (other, _) in enumerate(lines) if other == path[:-1])
        self.at = max(0, min(self.at, len(self.lines()) - 1))
        self.top = max(min(self.top, self.at), self.at - height + 1, 0)
        return True

    def _add(self, found: list[tuple[Path, str]], path: Path, value: Any, name: str, depth: int) -> None:
        members = _members(value)
        sign = "  " if not members else "▾ " if path in self.open else "▸ "
        label = f"{name}: " if name else ""
        found.append((path, visible(f"{'  ' * depth}{sign}{label}{_summary(value)}".replace("\n", " "))))
        if members and path in self.open:
            for key, each in members:
                self._add(found, (*path, key), each, str(key), depth + 1)

    def _value_at(self, path: Path) -> Any:
        value = self.value
        for key in path:
            value = value[key]
        return value


def show(value: Any) -> None:
    """Shows the tree until the reader leaves. Needs a terminal, and `curses`, which Windows does not have."""
    import curses

    curses.wrapper(_walk, Tree(value))


def _walk(screen: Any, tree: Tree) -> None:
    import curses

    keys = {
        curses.KEY_UP: "up", curses.KEY_DOWN: "down", curses.KEY_LEFT: "left", curses.KEY_RIGHT: "right",
        curses.KEY_PPAGE: "pageup", curses.KEY_NPAGE: "pagedown", curses.KEY_HOME: "home", curses.KEY_END: "end",
        curses.KEY_ENTER: "enter", 10: "enter", 13: "enter", 32: "enter", 27: "q",
        ord("q"): "q", ord("k"): "up", ord("j"): "down", ord("h"): "left", ord("l"): "right",
    }  # fmt: skip
    curses.set_escdelay(25)
    while True:
        height, columns = screen.getmaxyx()
        lines = tree.lines()
        screen.erase()
        for row, (_, text) in enumerate(lines[tree.top : tree.top + height - 1]):
            look = curses.A_REVERSE if tree.top + row == tree.at else curses.A_NORMAL
            screen.addstr(row, 0, cut(text, columns - 1), look)
        screen.addstr(height - 1, 0, cut(HELP, columns - 1), curses.A_DIM)
        screen.refresh()
        if not tree.press(keys.get(screen.getch(), ""), height - 1):
            return


def _members(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _summary(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{…} " + f"{len(value)}"
    return f"[…] {len(value)}" if isinstance(value, list) and value else to_json(value)
