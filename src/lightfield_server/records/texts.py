"""The text by which full-text search finds a record: read off its fields, for whoever may see it."""

from dataclasses import dataclass

from lightfield_server.model import texts
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Fields
from lightfield_server.model.texts import Weight
from lightfield_server.model.value_types import ValueType
from lightfield_server.model.words import words
from lightfield_server.records import access
from lightfield_server.store.protocol import Transaction

#: What is read of a record, the weightiest fields first: so many characters, and different words among them.
LONGEST_READ, MOST_WORDS = 200_000, 3_000

#: Records from before that are read in one transaction, and the bytes of them: few enough that no request waits.
MOST_AT_ONCE, LARGEST_AT_ONCE = 64, 256 * 1024


@dataclass(frozen=True, slots=True)
class _Source:
    """A field whose words count."""

    key: str
    weight: Weight
    type: ValueType
    configuration: Configuration


def of(entity: Entity, fields: Fields) -> str:
    """The text of a record with these fields; an empty one without words, or of a type that nobody can retrieve."""
    lines = []
    characters, different = LONGEST_READ, MOST_WORDS
    for source in _sources(entity):
        value = fields.get(source.key)
        if value is not None:
            said = source.type.searched(value, source.configuration)[:characters]
            found = list(dict.fromkeys(words(said)))[:different]
            characters -= len(said)
            different -= len(found)
            if found:
                lines.append(texts.line(source.weight, source.key, found))
    if not lines:
        return ""
    return texts.written(entity.name, access.marks(entity, fields), lines)


def differs(entity: Entity, before: Fields, after: Fields) -> bool:
    """Whether a record's text may have changed with its fields."""
    if before is after:
        return False
    return any(before.get(source.key) != after.get(source.key) for source in _sources(entity)) or (
        access.marks(entity, before) != access.marks(entity, after)
    )


def shown(entity: Entity) -> frozenset[str] | None:
    """The fields whose words count; None when all do. An archived field's words are kept and do not count."""
    if "text fields" not in entity.memo:
        known = frozenset(keys(entity))
        entity.memo["text fields"] = None if len(known) == len(_sources(entity)) else known
    found: frozenset[str] | None = entity.memo["text fields"]
    return found


def keys(entity: Entity) -> list[str]:
    """The fields that are shown and have words, the weightiest first."""
    return [source.key for source in _sources(entity) if not entity.fields[source.key].hidden]


def read_on(tx: Transaction, catalog: Catalog) -> bool:
    """Read the texts of some records from before there was full-text search; False when there is none left.

    A record that was written meanwhile has its text already.
    """
    entities = catalog.whole.entities
    unread = tx.unread(entities, MOST_AT_ONCE, LARGEST_AT_ONCE)
    told: list[tuple[int, str]] = []
    for type, numbers in unread.items():
        known, records = tx.texts(numbers), tx.records(type, numbers)
        told += [(n, of(entities[type], records[n].fields)) for n in numbers if n in records and n not in known]
    if told:
        tx.tell(sorted(told))
    tx.read_up_to(max((numbers[-1] for numbers in unread.values()), default=None))
    return bool(unread)


def _sources(entity: Entity) -> tuple[_Source, ...]:
    known = entity.memo.get("text sources")
    if known is None:
        fields = entity.fields.values() if "retrieve" in entity.type.operations else ()
        found = [_source(entity, field, field.type.weight) for field in fields if field.type.weight is not None]
        order = list(Weight)
        known = entity.memo["text sources"] = tuple(sorted(found, key=lambda source: order.index(source.weight)))
    sources: tuple[_Source, ...] = known
    return sources


def _source(entity: Entity, field: Field, weight: Weight) -> _Source:
    own = Weight.HEADING if field.key == entity.type.title else weight
    return _Source(field.key, own, field.type, field.configuration)
