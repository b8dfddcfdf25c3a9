"""Which records the rows of a file name, found set by set: by id, by domain, or by any field that can be looked up."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lightfield_server.kit import ids
from lightfield_server.model.entity import Entity
from lightfield_server.model.keys import LONGEST_TEXT, Key
from lightfield_server.model.matching import Matching
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import State
from lightfield_server.records.context import Context
from lightfield_server.transfer.mapping import DOMAIN, ID, domain_field

Keys = tuple[Key, ...]

_DOMAIN = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?:www\.)?([^/@\s:?#]+\.[^/@\s:?#]+)(?:[:/?#].*)?", re.IGNORECASE
)

#: How a website whose domain is known is written; sites in a folder of a domain are others'.
_SITES = ("https://{}", "https://{}/", "https://www.{}", "https://www.{}/", "http://{}", "http://{}/", "http://www.{}",
          "http://www.{}/")  # fmt: skip


def domain_of(text: str) -> str | None:
    """The domain of a website or of an e-mail address."""
    match = _DOMAIN.fullmatch(text.strip())
    return None if match is None else match[1].casefold()


class Finder:
    """Say all that is wanted, fetch it at once, then ask. What is made meanwhile is told with `add`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wanted: dict[tuple[str, str], set[Key]] = defaultdict(set)
        self._found: dict[tuple[str, str], dict[Key, list[int]]] = {}

    def wants(self, type: str) -> list[str]:
        """What records of a type are looked up by."""
        return [by for wanted, by in self._wanted if wanted == type]

    def want_text(self, entity: Entity, by: str, text: str) -> Keys:
        """The keys of a text that names a record; none for a text that cannot name any."""
        keys = text_keys(entity, by, text)
        self._wanted[entity.name, by].update(keys)
        return keys

    def want_value(self, entity: Entity, by: str, value: Any) -> Keys:
        """The keys of a value as the API takes it."""
        keys = value_keys(entity, by, value)
        self._wanted[entity.name, by].update(keys)
        return keys

    def fetch(self) -> None:
        for (type, by), keys in self._wanted.items():
            entity = self._context.catalog[type]
            if by == ID:
                self._found[type, by] = self._by_id(entity, [str(key) for key in keys])
            else:
                place = entity.places[(domain_field(entity) or "") if by == DOMAIN else by]
                self._found[type, by] = self._context.tx.found_by(place.name, keys) if keys else {}

    def found(self, type: str, by: str, keys: Keys) -> list[int]:
        """The records that have one of these keys, each once."""
        known = self._found.get((type, by))
        if not known:
            return []
        if len(keys) == 1:
            return known.get(keys[0], [])
        return list(dict.fromkeys(number for key in keys for number in known.get(key, ())))

    def add(self, type: str, by: str, keys: Iterable[Key], number: int) -> None:
        known = self._found.setdefault((type, by), {})
        for key in keys:
            known.setdefault(key, []).append(number)

    def _by_id(self, entity: Entity, texts: list[str]) -> dict[Key, list[int]]:
        """Ids of this workspace first, then those of the systems that files came from; live records only."""
        numbers = {text: number for text in texts if (number := entity.number(text)) is not None}
        states = self._context.tx.states(entity.name, set(numbers.values())) if numbers else {}
        found: dict[Key, list[int]] = {
            text: [number] for text, number in numbers.items() if states.get(number) not in (None, State.TRASHED)
        }
        others = [text for text in texts if text not in found]
        aliases = self._context.tx.aliases(entity.name, others)
        if aliases:
            states = self._context.tx.states(entity.name, set(aliases.values()))
            found |= {
                text: [number] for text, number in aliases.items() if states.get(number) not in (None, State.TRASHED)
            }
        return found


def text_keys(entity: Entity, by: str, text: str) -> Keys:
    if by == ID:
        return (text,) if len(text) <= LONGEST_TEXT else ()
    if by == DOMAIN:
        return _sites(domain_of(text))
    place = entity.places[by]
    kind, settings = place.field.type, place.field.configuration
    try:
        if place.matching is Matching.TOKENS:
            kept = kind.parse([text], settings)
            return () if kept is None else kind.keys(kept, settings)
        return kind.operands(text, settings)
    except Problem:
        return ()


def value_keys(entity: Entity, by: str, value: Any) -> Keys:
    if by == DOMAIN:
        texts = value if isinstance(value, list) else [value]
        return tuple(key for text in texts for key in _sites(domain_of(str(text))))
    place = entity.places[by]
    kind, settings = place.field.type, place.field.configuration
    try:
        kept = kind.parse(value, settings)
    except Problem:
        return ()
    return () if kept is None else kind.keys(kept, settings)


def _sites(domain: str | None) -> Keys:
    return () if domain is None else tuple(site.format(domain) for site in _SITES)


def shown(entity: Entity, numbers: Iterable[int]) -> str:
    """Some ids, for a refusal."""
    return ", ".join(ids.written(entity.prefix, number) for number in list(numbers)[:3])
