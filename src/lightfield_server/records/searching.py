"""Full-text search: the records that answer a text, the best first.

Each reading of the text is looked for in three rounds: in what names records, in all fields, and with typing errors.
Of each round the newest candidates count, so that the work has a bound; when they are more, the answer says so. What
the texts of the candidates say then decides, and how well it does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lightfield_server.model import problems, texts
from lightfield_server.model.entity import Entity
from lightfield_server.model.predicates import Search
from lightfield_server.model.search import Clauses, Reading, Worth, clauses, errors, worth
from lightfield_server.model.value_types.base import carried
from lightfield_server.model.words import readings
from lightfield_server.records import access
from lightfield_server.records.context import Context
from lightfield_server.records.texts import keeps_more, places

#: What a text that is looked for may be.
LONGEST_TEXT, MOST_WORDS = 1_000, 20

#: Candidates of one round that are looked at, the newest.
MOST_CANDIDATES = 500

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
        numbers, all_seen = _candidates(context, asked.audience, reading)
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
    told: list[Clauses] = []
    others: set[int] = set()
    exact = asked.all_known
    for reading in asked.readings:
        needed = clauses(reading, texts.ANYWHERE, misspelled=True)
        looked_at = asked.pending
        if asked.decided_by_terms(reading):
            told.append((asked.audience, *needed))
        else:
            numbers = context.tx.newest((asked.audience, *needed), MOST_ANSWERS)
            exact = exact and len(numbers) < MOST_ANSWERS and _says_enough(reading)
            looked_at = {**context.tx.texts(numbers), **looked_at}
        others.update(hit.number for hit in asked.hits(reading, looked_at))
    return Search(tuple(told), tuple(sorted(others))), exact


class _Asked:
    """A text that is looked for, understood by the words that a workspace knows."""

    def __init__(self, context: Context, entities: Sequence[Entity], text: str) -> None:
        read = _read(text)
        self.entities: Mapping[str, Entity] = {entity.name: entity for entity in entities}
        audiences = [name for entity in entities for name in access.audiences_of(context.actor, entity)]
        self.audience = tuple(texts.audience(name) for name in audiences)
        self.pending: dict[int, str] = context.tx.texts(context.tx.pending())
        said: set[str] = set()
        if any(errors(word) for reading in read for word in reading):
            said = set().union(*(texts.vocabulary(each) for each in self.pending.values()))
        known = {word: context.tx.word(word, said) for reading in read for word in reading}
        self.readings: list[Reading] = [tuple(known[word][0] for word in reading) for reading in read]
        #: Whether all words are known that those that are looked for may stand for.
        self.all_known = all(all_of_them for _, all_of_them in known.values())

    def hits(self, reading: Reading, found: Mapping[int, str]) -> Iterable[Hit]:
        """Those of some texts that answer a reading."""
        for number, text in found.items():
            entity = self.entities.get(texts.type_of(text))
            if entity is not None and texts.is_for(text, self.audience):
                value = worth(reading, text, places(entity))
                if value is not None:
                    yield Hit(entity, number, value, reading, text)

    def decided_by_terms(self, reading: Reading) -> bool:
        """Whether a text that has the terms of a reading answers it for certain."""
        return all(word.decided for word in reading) and not any(map(keeps_more, self.entities.values()))


def _read(text: str) -> list[tuple[str, ...]]:
    if len(text) > LONGEST_TEXT:
        raise problems.invalid_type(f"At most {LONGEST_TEXT} characters are looked for.")
    read = readings(carried(text))
    if not read:
        raise problems.invalid_type("There is no letter and no digit in it to look for.")
    if len(read[0]) > MOST_WORDS:
        raise problems.invalid_type(f"At most {MOST_WORDS} different words are looked for.")
    return read


def _candidates(context: Context, audience: tuple[str, ...], reading: Reading) -> tuple[set[int], bool]:
    """The newest records that may answer a reading, and whether they are all."""
    rounds = [(texts.HEADING, False), (texts.ANYWHERE, False)]
    if any(word.alike for word in reading):
        rounds.append((texts.ANYWHERE, True))
    seen: set[int] = set()
    for mark, misspelled in rounds:
        found = context.tx.newest((audience, *clauses(reading, mark, misspelled=misspelled)), MOST_CANDIDATES)
        seen.update(found)
        if len(found) == MOST_CANDIDATES or (len(seen) >= MOST_CANDIDATES and (mark, misspelled) != rounds[-1]):
            return seen, False
    return seen, _says_enough(reading)


def _says_enough(reading: Reading) -> bool:
    """Whether the index was asked for all forms of one word at least."""
    return not all(word.more for word in reading)
