"""A workspace of any size, made through the product's own write path and kept for the next run.

    python -m benchmarks.generate 10000

The same size makes the same records every time; only the API key is new. Memory does not grow with the size: records
are made and written a batch at a time.
"""

import argparse
import hashlib
import json
import random
import shutil
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import lightfield_server
import lightfield_server.operations
from lightfield_server.identity import keys
from lightfield_server.identity.actor import Actor
from lightfield_server.kit import clock, ids
from lightfield_server.model import completing
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.record import Stored
from lightfield_server.records import service
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction
from lightfield_server.store.sqlite import SqliteStore

DATA = Path(__file__).parent / ".data"

MEMBERS = 20

#: Records handed to the write path at once, and such batches in one transaction.
BATCH, BATCHES = 1_000, 10

#: 2025-01-01T00:00:00Z: when the first record was made. A batch is one moment, a second after the last.
FIRST = 1_735_689_600_000

STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
SEGMENTS = ("Startup", "Small", "Middle", "Large", "Global")
SOURCES = ("Inbound", "Outbound", "Partner", "Event", "Referral", "Advertisement", "Community", "Other")
PRODUCTS = ("Core", "Analytics", "Support", "Training", "Storage", "Gateway")
_WORDS = (
    "amber anchor birch bridge cedar cobalt copper coral delta ember falcon fjord garnet granite harbor hazel indigo "
    "iris jasper juniper kestrel lagoon lantern larch linden maple marble meadow mesa mirror nectar north oak ocean "
    "olive onyx opal orchid pearl pine plover quartz quill raven reef river robin sable sage sierra slate sparrow "
    "spruce stone summit teal thistle timber topaz valley velvet willow winter zephyr"
)
WORDS = _WORDS.split()

#: The workspace's own fields of an opportunity that every record has; with five of the shipped ones, fifteen values.
EVERYWHERE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("segment", "SINGLE_SELECT", SEGMENTS),
    ("leadSource", "SINGLE_SELECT", SOURCES),
    ("products", "MULTI_SELECT", PRODUCTS),
    ("seats", "NUMBER", ()),
    ("probability", "NUMBER", ()),
    ("renewal", "CHECKBOX", ()),
    ("renewsAt", "DATETIME", ()),
    ("contractUrl", "URL", ()),
    ("billingEmail", "EMAIL", ()),
    ("competitor", "TEXT", ()),
)
LEVELS = ("Low", "Medium", "High")

#: Thirty more, as grown workspaces have them: one record in twenty has a value of each.
SELDOM: tuple[tuple[str, str, tuple[str, ...]], ...] = tuple(
    (f"{value_type.lower().replace('_', '')}{number}", value_type, LEVELS if "SELECT" in value_type else ())
    for value_type, count in (
        ("TEXT", 8),
        ("NUMBER", 5),
        ("CURRENCY", 4),
        ("DATETIME", 4),
        ("CHECKBOX", 3),
        ("SINGLE_SELECT", 4),
        ("MULTI_SELECT", 2),
    )
    for number in range(count)
)
CUSTOM = EVERYWHERE + SELDOM

Body = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """A generated workspace: its database, its key, and the numbers of its records by type."""

    folder: Path
    size: int
    token: str

    @property
    def database(self) -> Path:
        return self.folder / "lightfield.db"

    def ids(self, name: str, prefix: str) -> list[str]:
        return [ids.written(prefix, number) for number in self.numbers(name)]

    def numbers(self, name: str) -> "array[int]":
        found = array("q")
        found.frombytes((self.folder / f"{name}.numbers").read_bytes())
        return found


def dataset(size: int, *, say: Callable[[str], None] = print) -> Dataset:
    """The workspace of this size, made unless an earlier run left it."""
    folder = DATA / f"{size}-{digest()}"
    if not (folder / "dataset.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        making = folder.with_name(f"{folder.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        _make(making, size, say)
        making.rename(folder)
    token = json.loads((folder / "dataset.json").read_text())["token"]
    return Dataset(folder, size, token)


def digest() -> str:
    """Moves when this file, the schema, or what a shipped object type has does: older data is of no use then."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted((Path(lightfield_server.__file__).parent / "store" / "schema" / "sqlite").glob("*.sql")):
        found.update(file.read_bytes())
    for declared in OBJECT_TYPES:
        fields = [(field.key, field.value_type) for field in declared.fields]
        found.update(repr((declared.name, fields, [(r.key, r.slug) for r in declared.relationships])).encode())
    return found.hexdigest()[:12]


# Making


class _Maker:
    """Writes bodies in batches, and remembers the numbers that came of them."""

    def __init__(self, store: SqliteStore, workspace: int, folder: Path) -> None:
        self.store, self.workspace, self.folder = store, workspace, folder
        self.at = FIRST
        self.numbers = ids.Numbers(lambda: self.at)
        self.made: dict[str, array[int]] = {}
        self._catalog: Catalog | None = None

    def context(self, tx: Transaction) -> Context:
        if self._catalog is None:
            self._catalog = Catalog(tx.workspace, tx.catalog_version(), tx.definitions())
        actor = Actor(tx.workspace, None, None, None, True, frozenset())
        return Context(tx, self._catalog, actor, self.at, self.numbers, "benchmark")

    def create(self, name: str, bodies: Iterator[Body]) -> Sequence[int]:
        made = self.made[name] = array("q")

        def work(tx: Transaction) -> bool:
            for _ in range(BATCHES):
                batch = list(islice(bodies, BATCH))
                if not batch:
                    return False
                self.at += 1_000
                context = self.context(tx)
                made.extend(c.after.number for c in service.create(context, context.catalog[name], batch))
            return True

        while self.store.write_now(self.workspace, work):
            pass
        (self.folder / f"{name}.numbers").write_bytes(made.tobytes())
        return made


def _make(folder: Path, size: int, say: Callable[[str], None]) -> None:
    folder.mkdir(parents=True)
    # Numbers draw from the global generator.
    random.seed(size)
    rng = random.Random(size)
    store = SqliteStore(folder / "lightfield.db")
    workspace = int(store.write_now(0, lambda tx: tx.add_workspace("benchmark", "Benchmark", FIRST)))
    maker = _Maker(store, workspace, folder)
    token = store.write_now(workspace, lambda tx: _prepare(tx, maker.numbers))
    for name, bodies in _bodies(rng, size, maker.made):
        began = time.perf_counter()
        made = maker.create(name, bodies)
        took = time.perf_counter() - began
        say(f"  {len(made):>9,} of {name:<12} {took:7.1f} s  {took / max(len(made), 1) * 1e6:6.0f} µs each")
    store.close_now()
    (folder / "dataset.json").write_text(json.dumps({"token": token}))


def _prepare(tx: Transaction, numbers: ids.Numbers) -> str:
    for key, value_type, labels in CUSTOM:
        options = [{"id": ids.written(completing.OPTION_ID, numbers.next()), "label": label} for label in labels]
        body: Body = {"label": key.title(), "valueType": value_type} | ({"options": options} if options else {})
        tx.define(Stored(numbers.next(), completing.FIELD, "opportunity", key, body, False))
    return keys.issue(tx, numbers.next(), "benchmark", scopes=(), member=None, admin=True, at=FIRST)[1]


# Bodies, as a client would send them


def _bodies(rng: random.Random, size: int, made: dict[str, "array[int]"]) -> Iterator[tuple[str, Iterator[Body]]]:
    """Object types in the order in which they need each other, and a body for every record."""

    def pick(name: str, prefix: str) -> str:
        return ids.written(prefix, rng.choice(made[name]))

    def member() -> Body:
        name = f"{rng.choice(WORDS)}{len(members)}"
        members.append(name)
        return {
            "fields": {
                "$email": f"{name}@example.com",
                "$name": {"firstName": name.title(), "lastName": rng.choice(WORDS).title()},
                "$role": "member",
            }
        }

    def account(n: int) -> Body:
        name = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n}"
        return {
            "fields": {
                "$name": name.title(),
                "$website": [f"https://{name.replace(' ', '-')}.example.com"],
                "$headcount": "51-200",
                "$revenue": rng.randrange(10_000_000),
            },
            "relationships": {"$owner": pick("member", "mem")},
        }

    def contact(n: int) -> Body:
        first, last = rng.choice(WORDS), rng.choice(WORDS)
        return {
            "fields": {
                "$email": [_email(n)],
                "$name": {"firstName": first.title(), "lastName": last.title()},
                "$title": f"Head of {rng.choice(WORDS)}",
            },
            "relationships": {"$account": ids.written("acc", made["account"][n % len(made["account"])])},
        }

    def meeting(n: int) -> Body:
        start = FIRST + n * 3_600_000 % (300 * clock.DAY) - 301 * clock.DAY
        return {
            "fields": {
                "$title": f"{rng.choice(WORDS).title()} review",
                "$startDate": clock.written(start),
                "$endDate": clock.written(start + 1_800_000),
                "$organizerEmail": f"{rng.choice(members)}@example.com",
                "$attendeeEmails": [_email(rng.randrange(contacts)) for _ in range(2)],
            }
        }

    def opportunity(n: int) -> Body:
        return {
            "fields": _opportunity(rng, n),
            "relationships": {
                "$account": pick("account", "acc"),
                "$owner": pick("member", "mem"),
                "$champion": pick("contact", "con"),
                "$evaluator": pick("contact", "con"),
                "$createdBy": pick("member", "mem"),
            },
        }

    def task(n: int) -> Body:
        return {
            "fields": {"$title": f"Call about {rng.choice(WORDS)}", "$status": rng.choice(("TODO", "COMPLETE"))},
            "relationships": {
                "$assignedTo": pick("member", "mem"),
                "$opportunity": pick("opportunity", "opp"),
            },
        }

    def note(n: int) -> Body:
        text = " ".join(rng.choice(WORDS) for _ in range(40))
        return {
            "fields": {"$title": f"On {rng.choice(WORDS)}", "$content": text},
            "relationships": {"$opportunity": [pick("opportunity", "opp")]},
        }

    members: list[str] = []
    contacts = max(size // 10, 1)
    few = max(size // 50, 1)
    yield "member", (member() for _ in range(MEMBERS))
    yield "account", map(account, range(max(size // 20, 1)))
    yield "contact", map(contact, range(contacts))
    yield "meeting", map(meeting, range(few))
    yield "opportunity", map(opportunity, range(size))
    yield "task", map(task, range(few))
    yield "note", map(note, range(few))


def _opportunity(rng: random.Random, n: int) -> Body:
    moment = FIRST + rng.randrange(730) * clock.DAY
    return {
        "$name": f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n}".title(),
        "$stage": rng.choice(STAGES),
        "$amount": rng.randrange(1_000, 1_000_000),
        "$closeDate": clock.written(moment),
        "$nextStep": " ".join(rng.choice(WORDS) for _ in range(6)),
        "segment": rng.choice(SEGMENTS),
        "leadSource": rng.choice(SOURCES),
        "products": rng.sample(PRODUCTS, rng.randrange(1, 4)),
        "seats": rng.randrange(1, 5_000),
        "probability": rng.randrange(101),
        "renewal": rng.random() < 0.3,
        "renewsAt": clock.written(moment + 365 * clock.DAY),
        "contractUrl": f"https://files.example.com/contracts/{n}",
        "billingEmail": f"billing{n % 50_000}@example.com",
        "competitor": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
        **{key: _seldom(rng, value_type) for key, value_type, _ in SELDOM if rng.random() < 0.05},
    }


def _seldom(rng: random.Random, value_type: str) -> Any:
    match value_type:
        case "TEXT":
            return f"{rng.choice(WORDS)} {rng.choice(WORDS)}"
        case "DATETIME":
            return clock.written(FIRST + rng.randrange(730) * clock.DAY)
        case "CHECKBOX":
            return rng.random() < 0.5
        case "SINGLE_SELECT":
            return rng.choice(LEVELS)
        case "MULTI_SELECT":
            return rng.sample(LEVELS, 2)
    return rng.randrange(1_000_000)


def _email(contact: int) -> str:
    return f"contact{contact}@example.com"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__.splitlines()[0])
    parser.add_argument("size", type=int, nargs="?", default=10_000, help="opportunities")
    made = dataset(parser.parse_args(arguments).size)
    print(f"{made.database.stat().st_size / 1e6:,.0f} MB for {made.size:,} opportunities")


if __name__ == "__main__":
    main(sys.argv[1:])
