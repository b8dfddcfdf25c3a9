"""The text by which full-text search finds a record: read off its fields, for whoever may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lightfield_server.model import texts
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import Entity
from lightfield_server.model.record import Fields, State
from lightfield_server.model.texts import Weight
from lightfield_server.model.value_types import ValueType
from lightfield_server.model.words import spelled, words
from lightfield_server.records import access
from lightfield_server.store.protocol import Transaction

#: A record of more bytes is read at once when it is written: while it is put off, every search would read it.
LONG_RECORD = 8 * 1024

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
            read = source.type.searched(value, source.configuration)[:characters]
            found = list(dict.fromkeys(words(read)))
            if len(found) > different:
                del found[different:]
            characters -= len(read)
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


# Reading


def read(tx: Transaction, catalog: Catalog, due: Iterable[tuple[str, int]]) -> None:
    """Tell the index what records say, by type and number."""
    told = list(said(tx, catalog, due).items())
    if told:
        tx.tell(told)


def said(tx: Transaction, catalog: Catalog, due: Iterable[tuple[str, int]]) -> dict[int, str]:
    """The texts of some records as they are now; empty for those in the trash."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for type, number in due:
        numbers[type].append(number)
    entities = catalog.whole.entities
    return {
        number: "" if record.state is State.TRASHED else of(entities[type], record.fields)
        for type, wanted in numbers.items()
        for number, record in tx.records(type, wanted).items()
    }


def pending(tx: Transaction, catalog: Catalog) -> tuple[dict[int, str], frozenset[str]]:
    """The texts of records that the index is behind on, and those words in them that may be meant by others."""
    state = None if tx.stamp is None else (tx.stamp, catalog.version)
    return tx.memo.recall((tx.workspace, "pending texts"), state, lambda: _pending(tx, catalog))


def _pending(tx: Transaction, catalog: Catalog) -> tuple[dict[int, str], frozenset[str]]:
    found = {number: text for number, text in said(tx, catalog, tx.pending()).items() if text}
    known = {word for text in found.values() for word in texts.vocabulary(text)}
    return found, frozenset(filter(spelled, known))


def read_on(tx: Transaction, catalog: Catalog) -> bool:
    """Read some records from before there was full-text search; False when there is none left.

    One that was written meanwhile is read already, or will be.
    """
    unread = tx.unread(catalog.whole.entities, MOST_AT_ONCE, LARGEST_AT_ONCE)
    numbers = [number for wanted in unread.values() for number in wanted]
    known = {*tx.texts(numbers), *(number for _, number in tx.pending())} if numbers else set()
    read(tx, catalog, [(type, n) for type, wanted in unread.items() for n in wanted if n not in known])
    tx.read_up_to(max(numbers, default=None))
    return bool(unread)


# Sources


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
