"""What the story is written with: acts, one source of chance, and the calendar."""

import random
import unicodedata
from dataclasses import dataclass
from typing import Any

from lightfield_server.demo.calendar import Calendar

Fields = dict[str, Any]
Links = dict[str, Any]

SEED = 19_470_226


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody makes a record, or changes one. `key` and the keys in `links` are the story's own, not ids."""

    day: float
    who: str
    type: str
    key: str
    fields: Fields
    links: Links
    new: bool


class Pen:
    def __init__(self, calendar: Calendar) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - the same story every time
        self.acts: list[Act] = []
        self._calendar = calendar

    def make(self, day: float, who: str, type: str, key: str, fields: Fields, links: Links | None = None) -> None:
        """A new record; fields and links without a value are left out."""
        said = {name: value for name, value in fields.items() if value is not None}
        linked = {name: keys for name, keys in (links or {}).items() if keys}
        self.acts.append(Act(day, who, type, key, said, linked, new=True))

    def change(self, day: float, who: str, type: str, key: str, fields: Fields, links: Links | None = None) -> None:
        self.acts.append(Act(day, who, type, key, fields, links or {}, new=False))

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def at(self, day: float) -> str:
        return self._calendar.written(day)

    def by(self, day: float) -> str:
        """Five o'clock on that day."""
        return self._calendar.written(day // 1 + 0.9)


def plain(text: str) -> str:
    """A name as addresses spell it."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in folded).lower().split())
