"""Found is what plain Python finds: just written, indexed, and as a condition of queries."""

import random
from typing import Any

import pytest

from lightfield_server.identity.actor import Actor
from lightfield_server.model.predicates import Not, Prefix
from lightfield_server.records import searching
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query, Transaction
from tests.server.search.conftest import tell
from tests.server.search.oracle import HAN, Rec, found

SYLLABLES = ["ka", "lo", "mi", "s", "t", "en", "ra", "x", "ba", "o"]


def word(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return "".join(rng.choices(HAN, k=rng.randint(1, 5)))
    if rng.random() < 0.1:
        return rng.choice("abk") + str(rng.randint(0, 120))
    return "".join(rng.choices(SYLLABLES, k=rng.randint(1, 5)))


def spoiled(rng: random.Random, text: str) -> str:
    """The word as somebody might type it: in part, or with errors."""
    for _ in range(rng.randint(0, 2)):
        at = rng.randrange(len(text))
        letter = rng.choice("kalomistenrx")
        text = rng.choice(
            [
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at:],
                text[:at] + letter + text[at + 1 :],
                text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
                text[: at + 1],
                text[at:] if text[0] in HAN else text,
            ]
        )
        if not text:
            return "k"
    # Two scripts in one word are two words to the server.
    mixed = any(c in HAN for c in text) and not all(c in HAN for c in text)
    return "k" if mixed else text


class Notes:
    """Notes behind the API, some updated and some deleted, and what the oracle knows of them."""

    def __init__(self, api: Any, rng: random.Random, count: int) -> None:
        self.api, self.rng = api, rng
        self.pool = [word(rng) for _ in range(40)]
        self.records: dict[str, Rec] = {}
        for _ in range(count):
            heading, rest = self.words(1, 3), self.words(0, 8)
            body = {"fields": {"$title": " ".join(heading), "$content": " ".join(rest)}}
            self.records[api.post("/v1/notes", body).ok()["id"]] = Rec(heading, rest)

    def words(self, low: int, high: int) -> list[str]:
        return self.rng.choices(self.pool, k=self.rng.randint(low, high))

    def change(self) -> None:
        for id in self.rng.sample(list(self.records), 4):
            heading = self.words(1, 3)
            self.api.post(f"/v1/notes/{id}", {"fields": {"$title": " ".join(heading)}}).ok()
            self.records[id].heading = heading
        id = self.rng.choice(list(self.records))
        self.api.delete(f"/v1/notes/{id}").ok()
        del self.records[id]

    def text(self) -> str:
        return " ".join(spoiled(self.rng, self.rng.choice(self.pool)) for _ in range(self.rng.choice([1, 1, 2, 3])))


@pytest.mark.parametrize("seed", range(6))
def test_found_is_what_has_every_word_as_it_stands_as_a_beginning_or_misspelled(world, api, seed):
    notes = Notes(api, random.Random(seed), 30)
    hits = 0
    for _ in range(4):
        for _ in range(25):
            text = notes.text()
            answer = api.post("/v1/search", {"text": text, "limit": 100}).ok()
            expected = found(notes.records, text)
            assert {hit["id"] for hit in answer["data"]} == expected, text
            assert (answer["count"], answer["exactCount"]) == (len(expected), True)
            assert ids(world, text, Not(Prefix("note.$title", "o"))) == {
                id for id in expected if not " ".join(notes.records[id].heading).startswith("o")
            }, text
            hits += len(expected)
        notes.change()
        if notes.rng.random() < 0.5:
            tell(world)
    assert hits > 100


def ids(world: Any, text: str, *where: Any) -> set[str]:
    """The notes that answer a text, and other conditions, as a query finds them."""

    def work(tx: Transaction) -> set[str]:
        actor = Actor(tx.workspace, None, None, None, True, frozenset())
        context = Context(tx, world.server.catalogs.current(tx), actor, world.time(), world.server.numbers)
        entity = context.catalog["note"]
        predicate, exact = searching.predicate(context, entity, text)
        assert exact
        query = Query("note", where=(predicate, *where))
        page = tx.page(query, 100, 0)
        assert tx.count(query) == len(page)
        assert not tx.page(Query("note", True, (predicate,)), 100, 0)
        rest = tx.page(Query("note", where=(Not(predicate),)), 100, 0)
        assert tx.count(Query("note")) == len(rest) + tx.count(Query("note", where=(predicate,)))
        return {entity.id(record.number) for record in page}

    found_ids: set[str] = world.write(work)
    return found_ids
