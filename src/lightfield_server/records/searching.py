"""Full-text search: the records that answer a text, the best first.

Each reading of the text is looked for in rounds: as it stands; and if that finds few, with typing errors, else in what
names records. Of each round the newest candidates count, so that the work has a bound; when there are more, the answer
says so. What the texts of the candidates say then decides, and how well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lightfield_server.model import problems, texts
from lightfield_server.model.entity import Entity
from lightfield_server.model.predicates import Search
from lightfield_server.model.search import Judge, Reading, Terms, Worth, clauses
from lightfield_server.model.value_types.base import carried
from lightfield_server.model.words import readings
from lightfield_server.records import access
from lightfield_server.records import texts as texts_of
from lightfield_server.records.context import Context

#: What a text that is looked for may be.
LONGEST_TEXT, MOST_WORDS = 1_000, 20

#: Candidates of one round that are looked at, the newest.
MOST_CANDIDATES = 300

#: The same where records are not ranked and all are wanted: see `predicate`.
MOST_ANSWERS = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers, and its text."""

    entity: Entity
    number: int
    worth: Worth
    reading: Reading
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, and how many there are; at least, when `exact` is False."""

    hits: list[Hit]
    count: int
    exact: bool


def find(context: Context, entities: Sequence[Entity], text: str, limit: int) -> Found:
    """Records of some types that answer a text and that the actor may find by it."""
    asked = _Asked(context, entities, text)
    best: dict[int, Hit] = {}
    exact = asked.all_known
    for reading in asked.readings:
        numbers, all_seen = asked.candidates(reading)
        exact = exact and all_seen
        for hit in asked.hits(reading, {**context.tx.texts(numbers), **asked.pending}):
            if hit.number not in best or best[hit.number].worth < hit.worth:
                best[hit.number] = hit
    ranked = sorted(best.values(), key=lambda hit: (hit.worth, hit.number), reverse=True)
    return Found(ranked[:limit], len(ranked), exact)


def predicate(context: Context, entity: Entity, text: str) -> tuple[Search, bool]:
    """What `find` finds of one type, as a condition of queries; and whether that is all of it.

    What the index cannot tell by itself is looked up at once, in the newest `MOST_ANSWERS` candidates.
    """
    asked = _Asked(context, [entity], text)
    told: list[Terms] = []
    others: set[int] = set()
    exact = asked.all_known
    for reading in asked.readings:
        terms = asked.terms(reading, texts.ANYWHERE, misspelled=True)
        looked_at = asked.pending
        if texts_of.shown(entity) is None and all(word.decided for word in reading):
            told.append(terms)
        else:
            numbers = context.tx.newest(terms, MOST_ANSWERS)
            exact = exact and len(numbers) < MOST_ANSWERS and _says_enough(reading)
            looked_at = {**context.tx.texts(numbers), **looked_at}
        others.update(hit.number for hit in asked.hits(reading, looked_at))
    return Search(tuple(told), tuple(sorted(others))), exact


class _Asked:
    """A text that is looked for, understood by the words that a workspace knows."""

    def __init__(self, context: Context, entities: Sequence[Entity], text: str) -> None:
        read = _read(text)
        self.tx = context.tx
        self.entities = {entity.name: entity for entity in entities}
        self.barred = dict(filter(None, (access.barred(context.actor, entity) for entity in entities)))
        worded = [entity for entity in context.catalog.entities.values() if texts_of.keys(entity)]
        others = [entity.name for entity in worded if entity.name not in self.entities]
        self.types = tuple(map(texts.mark, self.entities)) if len(others) > len(self.entities) else ()
        self.other_types = () if self.types else tuple(map(texts.mark, others))
        self.pending, said = texts_of.pending(context.tx, context.catalog)
        known = {word: context.tx.word(word, said) for reading in read for word in reading}
        self.readings: list[Reading] = [tuple(known[word][0] for word in reading) for reading in read]
        #: Whether all words are known that those that are looked for may stand for.
        self.all_known = all(all_of_them for _, all_of_them in known.values())

    def terms(self, reading: Reading, mark: str, *, misspelled: bool = False, some: bool = False) -> Terms:
        """What the index is asked: few types are asked for, many are told by those that are left out."""
        wanted = clauses(reading, mark, misspelled=misspelled, some=some)
        barred = [(texts.mark(mark), texts.mark(unless)) for mark, unless in self.barred.items()]
        left_out = [(type, None) for type in self.other_types]
        return Terms((self.types, *wanted) if self.types else wanted, (*left_out, *barred))

    def candidates(self, reading: Reading) -> tuple[set[int], bool]:
        """The newest records that may answer a reading, and whether they are all."""
        found = self._newest(reading, texts.ANYWHERE)
        if len(found) == MOST_CANDIDATES:
            # What has the words in its name is among the best, however old.
            found += self._newest(reading, texts.HEADING)
            if any(word.more for word in reading):
                found += self._newest(reading, texts.ANYWHERE, some=True)
            return set(found), False
        if not any(word.alike for word in reading):
            return set(found), _says_enough(reading)
        misspelled = self._newest(reading, texts.ANYWHERE, misspelled=True)
        return {*found, *misspelled}, len(misspelled) < MOST_CANDIDATES and _says_enough(reading)

    def _newest(self, reading: Reading, mark: str, *, misspelled: bool = False, some: bool = False) -> list[int]:
        return self.tx.newest(self.terms(reading, mark, misspelled=misspelled, some=some), MOST_CANDIDATES)

    def hits(self, reading: Reading, found: Mapping[int, str]) -> Iterable[Hit]:
        """Those of some texts that answer a reading and that the actor may find."""
        judge = Judge(reading)
        for number, text in found.items():
            entity = self.entities.get(texts.type_of(text))
            if entity is None or any(
                texts.has_mark(text, mark) and not texts.has_mark(text, unless) for mark, unless in self.barred.items()
            ):
                continue
            shown = texts_of.shown(entity)
            told = text if shown is None else texts.only(text, shown)
            value = judge.worth(told) if "\n" in told else None
            if value is not None:
                yield Hit(entity, number, value, reading, told)


def _read(text: str) -> list[tuple[str, ...]]:
    if len(text) > LONGEST_TEXT:
        raise problems.invalid_type(f"At most {LONGEST_TEXT} characters are looked for.")
    read = readings(carried(text))
    if not read:
        raise problems.invalid_type("There is no letter and no digit in it to look for.")
    if len(read[0]) > MOST_WORDS:
        raise problems.invalid_type(f"At most {MOST_WORDS} different words are looked for.")
    return read


def _says_enough(reading: Reading) -> bool:
    """Whether the index was asked for all forms of one word at least."""
    return not all(word.more for word in reading)
