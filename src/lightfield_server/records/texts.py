"""The text by which full-text search finds a record: read off its fields, for whoever may see it."""

from dataclasses import dataclass

from lightfield_server.model import texts
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Fields
from lightfield_server.model.search import Place
from lightfield_server.model.value_types import ValueType
from lightfield_server.model.words import words
from lightfield_server.records import access
from lightfield_server.store.protocol import Transaction

#: What is read of one field: its first characters, and so many different words among them.
LONGEST_READ, MOST_WORDS = 200_000, 3_000

#: Records from before that are read in one transaction, and the bytes of them: few enough that no request waits.
MOST_AT_ONCE, LARGEST_AT_ONCE = 64, 256 * 1024


@dataclass(frozen=True, slots=True)
class _Source:
    """A field whose words count."""

    key: str
    mark: str
    weight: Place
    type: ValueType
    configuration: Configuration


def of(entity: Entity, fields: Fields) -> str:
    """The text of a record with these fields; an empty one without words, or of a type that nobody can retrieve."""
    lines = []
    for source in _sources(entity):
        value = fields.get(source.key)
        if value is not None:
            found = dict.fromkeys(words(source.type.searched(value, source.configuration)[:LONGEST_READ]))
            if found:
                lines.append(texts.line(source.mark, source.key, list(found)[:MOST_WORDS]))
    if not lines:
        return ""
    return texts.written(entity.name, access.audiences(entity, fields), lines)


def differs(entity: Entity, before: Fields, after: Fields) -> bool:
    """Whether a record's text may have changed with its fields."""
    if before is after:
        return False
    return any(before.get(source.key) != after.get(source.key) for source in _sources(entity)) or (
        access.audiences(entity, before) != access.audiences(entity, after)
    )


def places(entity: Entity) -> dict[str, Place]:
    """The fields whose words count at present, by key, with their weight. An archived field's are kept and do not."""
    known = entity.memo.get("text places")
    if known is None:
        known = entity.memo["text places"] = {
            source.key: source.weight for source in _sources(entity) if not entity.fields[source.key].hidden
        }
    found: dict[str, Place] = known
    return found


def read_on(tx: Transaction, catalog: Catalog) -> bool:
    """Read the texts of some records from before there was full-text search; False when there is none left.

    A record that was written meanwhile has its text already.
    """
    entities = catalog.whole.entities
    unread = tx.unread(entities, MOST_AT_ONCE, LARGEST_AT_ONCE)
    if unread is None:
        return False
    type, numbers = unread
    known, records = tx.texts(numbers), tx.records(type, numbers)
    told = [(n, of(entities[type], records[n].fields)) for n in numbers if n in records and n not in known]
    if told:
        tx.tell(told)
    tx.read_down_to(type, numbers[-1] if numbers else None)
    return True


def keeps_more(entity: Entity) -> bool:
    """Whether texts of a type have words of archived fields, which do not count."""
    return len(places(entity)) < len(_sources(entity))


def _sources(entity: Entity) -> tuple[_Source, ...]:
    known = entity.memo.get("text sources")
    if known is None:
        fields = entity.fields.values() if "retrieve" in entity.type.operations else ()
        known = entity.memo["text sources"] = tuple(
            _source(entity, field, field.type.weight) for field in fields if field.type.weight is not None
        )
    sources: tuple[_Source, ...] = known
    return sources


def _source(entity: Entity, field: Field, weight: Place) -> _Source:
    if field.key == entity.type.title:
        return _Source(field.key, texts.HEADING, Place.HEADING, field.type, field.configuration)
    return _Source(field.key, texts.PLAIN, weight, field.type, field.configuration)
