"""A workspace filled at random: every value type, every kind of relationship, some records in the trash."""

import random
from collections.abc import Callable
from typing import Any

from lightfield_server.kit.ids import Numbers
from lightfield_server.model.record import Stored
from lightfield_server.store.protocol import Transaction
from tests.server.conftest import Api, World
from tests.server.filters.oracle import PLURALS, RELATIONSHIPS, Oracle, Rec, Rel

OPTIONS = [
    {"id": f"opt_{n:016x}", "label": label}
    for n, label in enumerate(["Gold", "Silver  Lining", "Bronze", "gold rush", "Straße"], start=1)
]

#: Custom field → value type and configuration, on accounts and on the workspace's own type.
CUSTOM: dict[str, tuple[str, dict[str, Any]]] = {
    "motto": ("TEXT", {}),
    "score": ("NUMBER", {}),
    "budget": ("CURRENCY", {"currency": "EUR"}),
    "renewal": ("DATETIME", {}),
    "vip": ("CHECKBOX", {}),
    "tier": ("SINGLE_SELECT", {"options": OPTIONS}),
    "tags": ("MULTI_SELECT", {"options": OPTIONS}),
    "inbox": ("EMAIL", {}),
    "inboxes": ("EMAIL", {"multiple": True}),
    "hotline": ("TELEPHONE", {"multiple": True}),
    "page": ("URL", {}),
    "pages": ("URL", {"multiple": True}),
    "seat": ("ADDRESS", {}),
    "boss": ("FULL_NAME", {}),
    "profile": ("SOCIAL_HANDLE", {"service": "TWITTER"}),
    "story": ("MARKDOWN", {}),
}

WORDS = [
    "Acme",
    "acme",
    "ACME Corp",
    "Acm",
    "Ünïcode",
    "Straße",
    "STRASSE",
    "İstanbul",
    "a b",
    "%_*",
    "日本",
    "x" * 450,
]
MAILS = ["ann@acme.com", "bob@acme.com", "Ann@Acme.com", "carl+x@other.org", "dee@sub.acme.com"]
PHONES = ["+12025551234", "(202) 555-1234 x100", "+442079460958", "5551234"]
PAGES = ["https://acme.com", "http://acme.com/A?b=c", "other.org", "https://Sub.Acme.com/x_y%20z"]
MOMENTS = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-01T00:00:00.001Z",
    "2025-12-31T23:59:59.999-05:00",
    "1969-12-31T23:59:59.999Z",
]
NUMBERS = [0, -1, 1, 1.5, 1.25, -0.01, 100, 99.99, 9_007_199_254_740_991, -9_007_199_254_740_991, 12_345_678.91]


def value(rng: random.Random, value_type: str, multiple: bool = False) -> Any:
    """Something to write, now and then nothing."""
    if rng.random() < 0.2:
        return None
    several = [rng.choice(pool) for pool in [_POOLS.get(value_type, WORDS)] for _ in range(rng.randint(1, 3))]
    match value_type:
        case "FULL_NAME":
            return {"firstName": rng.choice([None, *WORDS]), "lastName": rng.choice([None, "", *WORDS])}
        case "ADDRESS":
            parts = {key: rng.choice([None, *WORDS[:6]]) for key in ("street", "street2", "city", "state")}
            return {**parts, "country": rng.choice([None, "us", "DE"]), "latitude": rng.choice([None, 1.5])}
        case "CHECKBOX":
            return rng.random() < 0.5
        case "MULTI_SELECT":
            return [option["id"] for option in rng.sample(OPTIONS, rng.randint(1, 3))]
        case "TELEPHONE":
            return several
        case "TEXT":
            return rng.choice(["", *WORDS])
    return several if multiple else several[0]


_POOLS: dict[str, list[Any]] = {
    "EMAIL": MAILS,
    "TELEPHONE": PHONES,
    "URL": PAGES,
    "DATETIME": MOMENTS,
    "NUMBER": NUMBERS,
    "CURRENCY": NUMBERS,
    "SOCIAL_HANDLE": ["acme", "@Acme", "https://x.com/ACME", "twitter.com/other", "acme_corp"],
    "SINGLE_SELECT": [option["id"] for option in OPTIONS],
}


class Workspace:
    """A workspace behind an API, and the oracle that saw it made."""

    def __init__(self, world: World, seed: int) -> None:
        self.rng = random.Random(seed)
        self.oracle = Oracle()
        number = world.add_workspace(f"w{seed}")
        self.api: Api = world.api(world.add_key(workspace=number))
        define(world, number)
        self.members = [world.add_member(f"m{n}@acme.com", workspace=number) for n in range(3)]
        self.definitions = {type: self.api.get(f"/v1/{plural}/definitions").ok() for type, plural in PLURALS.items()}

    def fill(self, count: int) -> None:
        types = ["account"] * 6 + ["contact"] * 4 + ["opportunity"] * 3 + ["project"] * 3 + ["task", "note", "meeting"]
        for type in ["account", "contact", *self.rng.choices(types, k=count)]:
            self.create(type)
        for _ in range(count // 4):
            self.relink()
        for rec in self.rng.sample(list(self.oracle.records.values()), count // 8):
            self.api.delete(self.path(rec)).ok()
            rec.trashed = True
        self.read_back()

    def create(self, type: str) -> Rec:
        plural = PLURALS[type]
        links = [
            (rel, target)
            for rel in RELATIONSHIPS
            if rel.owner == type
            for target in self._targets(rel, required=(type, rel.key) in REQUIRED)
        ]
        if (type, "$account") in REQUIRED and not self.oracle.of("account"):
            return self.create("account")
        sent: dict[str, list[str]] = {}
        for rel, target in links:
            sent.setdefault(rel.key, []).append(target)
        body = {"fields": self._fields(type), **({"relationships": sent} if sent else {})}
        path = f"/v1/{plural}/values" if type == "project" else f"/v1/{plural}"
        made = self.api.post(path, body).ok()
        rec = self.oracle.records[made["id"]] = Rec(made["id"], type, {})
        rec.values = {key: each["value"] for key, each in made["fields"].items()}
        for rel, target in links:
            self.oracle.link(rel, rec.id, target)
        return rec

    def relink(self) -> None:
        """Add or remove one link, from the owner's end or from the other."""
        rel = self.rng.choice([rel for rel in RELATIONSHIPS if (rel.owner, rel.key) not in REQUIRED])
        sources, targets = self.oracle.of(rel.owner), self._all(rel.target)
        if not sources or not targets:
            return
        source, target = self.rng.choice(sources).id, self.rng.choice(targets)
        linked = (rel, source, target) in self.oracle.links
        operation = "remove" if linked else "add"
        writable_inverse = rel.inverse is not None and (not rel.inverse.startswith("$") or rel.key == "$contact")
        if writable_inverse and rel.owner != "note" and self.rng.random() < 0.5:
            rec, key, other = self.oracle.records[target], rel.inverse, source
        else:
            rec, key, other = self.oracle.records[source], rel.key, target
        self.api.post(self.path(rec), {"relationships": {key: {operation: other}}}).ok()
        (self.oracle.unlink if linked else self.oracle.link)(rel, source, target)

    def read_back(self) -> None:
        for rec in self.oracle.records.values():
            if not rec.trashed:
                got = self.api.get(self.path(rec)).ok()
                rec.values = {key: each["value"] for key, each in got["fields"].items()}

    def path(self, rec: Rec) -> str:
        return f"/v1/objects/project/values/{rec.id}" if rec.type == "project" else f"/v1/{PLURALS[rec.type]}/{rec.id}"

    def listing(self, type: str, query: list[tuple[str, str]], limit: int = 25) -> tuple[list[str], set[int]]:
        """Every page of a list, joined; and what each said the total was."""
        ids: list[str] = []
        totals = set()
        while True:
            paging = [("limit", str(limit)), ("offset", str(len(ids)))]
            page = self.api.get(f"/v1/{PLURALS[type]}", [*query, *paging]).ok()
            assert page["object"] == "list"
            totals.add(page["totalCount"])
            ids += [each["id"] for each in page["data"]]
            if len(page["data"]) < limit:
                return ids, totals

    def _targets(self, rel: Rel, *, required: bool) -> list[str]:
        pool = self._all(rel.target)
        if not pool or (not required and self.rng.random() < 0.4):
            return []
        return self.rng.sample(pool, min(len(pool), self.rng.randint(1, 3) if rel.many else 1))

    def _all(self, type: str) -> list[str]:
        return self.members if type == "member" else [rec.id for rec in self.oracle.of(type)]

    def _fields(self, type: str) -> dict[str, Any]:
        rng = self.rng
        fields: dict[str, Any] = {}
        for key, field in self.definitions[type]["fieldDefinitions"].items():
            if not field["readOnly"] and rng.random() < 0.9:
                configuration = field["typeConfiguration"]
                fields[key] = value(rng, field["valueType"], configuration.get("multipleValues", False))
                if configuration.get("options") and not key.startswith(("tier", "tags")):
                    one = rng.choice(configuration["options"])["id"]
                    fields[key] = [one] if field["valueType"] == "MULTI_SELECT" else one
                if configuration.get("handleService", "TWITTER") != "TWITTER":
                    fields[key] = rng.choice([None, "acme", "Other"])
        return fields | {key: make(rng) for key, make in FIXED.get(type, {}).items()}


REQUIRED = {("opportunity", "$account"), ("task", "$assignedTo")}

Make = Callable[[random.Random], Any]


def _name(rng: random.Random) -> str:
    return rng.choice(WORDS)


FIXED: dict[str, dict[str, Make]] = {
    "account": {"$name": _name},
    "opportunity": {"$name": _name},
    "project": {"$name": _name},
    "task": {"$title": _name, "$status": lambda rng: rng.choice(["TODO", "IN_PROGRESS", "COMPLETE"])},
    "note": {"$title": _name},
    "meeting": {
        "$title": _name,
        "$startDate": lambda rng: "2026-01-01T09:00:00Z",
        "$endDate": lambda rng: rng.choice(["2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z"]),
        "$privacySetting": lambda rng: rng.choice([None, "FULL", "METADATA"]),
        "$attendeeEmails": lambda rng: rng.sample(MAILS, rng.randint(0, 3)),
        "$organizerEmail": lambda rng: rng.choice([None, *MAILS]),
    },
}


def define(world: World, workspace: int) -> None:
    world.write(lambda tx: put_definitions(tx, world.server.numbers), workspace)


def put_definitions(tx: Transaction, numbers: Numbers) -> None:
    """The workspace's own fields on accounts, its own type with the same fields, and its own relationships."""

    def put(kind: str, owner: str, key: str, body: dict[str, Any]) -> None:
        tx.define(Stored(numbers.next(), kind, owner, key, body, False))

    put("type", "", "project", {"label": "Project"})
    for owner in ("account", "project"):
        for key, (value_type, configuration) in CUSTOM.items():
            put("field", owner, key, {"label": key.title(), "valueType": value_type, **configuration})
    for rel in RELATIONSHIPS:
        if not rel.key.startswith("$"):
            put(
                "relationship",
                rel.owner,
                rel.key,
                {
                    "label": rel.key.title(),
                    "target": rel.target,
                    "many": rel.many,
                    "inverse": rel.inverse,
                    "inverseMany": rel.inverse_many,
                },
            )
