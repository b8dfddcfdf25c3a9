"""A batch does what its operations do one by one: two servers are told the same, one in batches, one in requests.

Whatever is told at random, both end with the same records, links, trash and facts, and refuse the same for the same
reasons.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lightfield_server.operations.operation import OPERATIONS
from tests.audit import audited
from tests.conftest import ENGINES
from tests.server.api.conftest import Make
from tests.server.conftest import Answer, Api, Time, World, database_for, world_over

SEEDS = 5
BATCHES = 5
LONGEST = 24

ID = re.compile(r"(?:acc|con|opp|obj|mem|lst)_[0-9a-f]{16}")

PATHS = {"account": "accounts", "contact": "contacts", "opportunity": "opportunities", "list": "lists"}


@dataclass
class Side:
    """A server, and the words by which this test knows its records."""

    world: World
    api: Api
    ids: dict[str, str] = field(default_factory=dict)

    def know(self, word: str, id: str) -> None:
        self.ids[word] = id

    def said(self, value: Any) -> Any:
        """The same with words in place of ids."""
        words = {id: word for word, id in self.ids.items()}
        return json.loads(ID.sub(lambda match: words.get(match[0], match[0]), json.dumps(value)))

    def meant(self, value: Any) -> Any:
        """The same with ids in place of words: `#3` is the record that operation 3 made."""
        return json.loads(re.sub(r"#[\w.]+", lambda match: self.ids.get(match[0], match[0]), json.dumps(value)))

    def state(self) -> Any:
        found: dict[str, Any] = {}
        for plural in ("accounts", "contacts", "opportunities", "lists", "objects/project"):
            for status in ("active", "trashed") if plural != "lists" else ("active",):
                found[f"{plural} {status}"] = self._every(plural, status)
        for word, id in self.ids.items():
            facts = self.world.write(lambda tx, id=id: tx.events_of(int(id[4:], 16), limit=1_000))
            found[f"facts of {word}"] = [
                [fact.verb, fact.fields, {key: [sorted(a), sorted(b)] for key, (a, b) in fact.links.items()}]
                for fact in facts
            ]
        return self.said(found)

    def _every(self, plural: str, status: str) -> list[Any]:
        every: list[Any] = []
        while True:
            query = {"offset": len(every)} | ({} if plural == "lists" else {"status": status})
            page = self.api.get(f"/v1/{plural}", query).ok()
            every += page["data"]
            if len(every) == page["totalCount"]:
                return every


@pytest.fixture(params=ENGINES)
def sides(request: pytest.FixtureRequest) -> Iterator[tuple[Side, Side]]:
    with (
        database_for(request.param, request) as one,
        database_for(request.param, request) as other,
        world_over(one, Time()) as batches,
        world_over(other, Time()) as requests,
    ):
        yield _side(batches), _side(requests)


def _side(world: World) -> Side:
    world.workspace = world.add_workspace("default")
    side = Side(world, world.api(world.add_key()))
    make = Make(side.api, world)
    make.type("project")
    make.field("account", "mark", "EMAIL", unique=True)
    make.relationship("account", "flagship", "project", inverse="flagship_of")
    make.relationship("project", "client", "account", inverse="project", required=True)
    make.relationship("account", "parent", "account", inverse="child", inverse_many=True)
    make.relationship("account", "twin", "account")
    for word in "ab":
        side.know(f"#{word}", make.account(word.upper(), website=f"{word}.example"))
        side.know(f"#{word}.con", make.contact(f"{word}@a.example"))
        side.know(f"#{word}.mem", make.member(f"{word}@us.example"))
        side.know(f"#{word}.obj", make.record("project", {"client": side.ids[f"#{word}"]}))
        side.know(f"#{word}.opp", make.opportunity(side.ids[f"#{word}"]))
    return side


class Author:
    """Makes up batches. Records are called by words, operations of the same batch by their names."""

    def __init__(self, seed: int, clumsiness: float) -> None:
        self.random = random.Random(seed)
        self.clumsiness = clumsiness
        self.known: dict[str, list[str]] = {
            "account": ["#a", "#b"],
            "contact": ["#a.con", "#b.con"],
            "member": ["#a.mem", "#b.mem"],
            "object": ["#a.obj", "#b.obj"],
            "opportunity": ["#a.opp", "#b.opp"],
            "list": [],
        }
        self.count = 0

    def batch(self) -> list[Any]:
        self.fresh: dict[str, list[str]] = {kind: [] for kind in self.known}
        # Runs of one kind, so that there are sets to carry out.
        operations: list[Any] = []
        length = self.random.randint(1, LONGEST)
        while len(operations) < length:
            kind = self.random.choice(["account", "account", "contact", "object", "opportunity", "list"])
            verbs = ["create", "create", "update", "upsert", "delete"] + ["restore"] * (kind != "list")
            verb = self.random.choice(verbs)
            operations += [self.operation(kind, verb) for _ in range(self.random.randint(1, 4))]
        for kind, words in self.fresh.items():
            self.known[kind] += [f"#{word}" for word in words]
        return operations

    def operation(self, kind: str, verb: str) -> Any:
        self.count += 1
        name = f"op{self.count}"
        made: dict[str, Any] = {"id": name, "do": f"{kind}.{verb}", "path": {}}
        if kind == "object":
            made["path"]["entitySlug"] = "bogus" if self.slip(0.03) else "project"
        if verb in ("update", "delete", "restore"):
            made["path"]["id"] = self.some(kind)
        if verb in ("create", "update", "upsert"):
            made["body"] = self.body(kind, verb)
        if verb in ("create", "upsert"):
            self.fresh[kind].append(name)
        return made

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def slip(self, share: float) -> bool:
        return self.chance(share * self.clumsiness)

    def some(self, kind: str) -> str:
        """A record there has been for a while, one of this batch, or none at all."""
        if self.fresh[kind] and self.chance(0.4):
            return f"@{self.random.choice(self.fresh[kind])}"
        if self.known[kind] and not self.slip(0.05):
            return self.random.choice(self.known[kind])
        return "acc_00000000000000ff"

    def body(self, kind: str, verb: str) -> Any:
        fields, links = self.fields(kind), self.links(kind, verb)
        body: dict[str, Any] = {"fields": fields}
        if verb == "upsert":
            body["by"] = self.random.choice(KNOWN_BY[kind])
            if body["by"] == "externalId" or (kind != "list" and self.chance(0.1)):
                body["externalId"] = self.random.choice("123")
        if verb == "create" or (verb == "upsert" and not self.slip(0.1)):
            for key, value in LEAST.get(kind, {}).items():
                fields.setdefault(key, value)
            if kind in ("opportunity", "object") and not self.slip(0.05):
                links["$account" if kind == "opportunity" else "client"] = self.some("account")
        if self.slip(0.03):
            fields["bogus"] = 1
        if links:
            body["relationships"] = links
        return body

    def fields(self, kind: str) -> Any:
        pick = self.random.choice
        offered = {
            "account": {
                "$name": pick(["A", "B", "C"]),
                "$website": pick(["a.example", ["www.b.example", "c.example"], "http://c.example/x"]),
                "mark": pick(["x@m.example", "y@m.example", "z@m.example", None]),
                "$revenue": "a lot" if self.slip(0.3) else pick([1, 2.5]),
            },
            "contact": {
                "$email": pick(["a@a.example", ["b@a.example", "c@a.example"], "c@a.example"]),
                "$title": pick("XY"),
            },
            "opportunity": {
                "$name": pick(["Deal", "Other"]),
                "$amount": pick([1, 2]),
                "$stage": "?" if self.slip(0.5) else "Proposal",
            },
            "object": {"$name": pick(["One", "Two"])},
            "list": {"$name": pick(["L", "M"])},
        }[kind]
        return {key: value for key, value in offered.items() if self.chance(0.4)}

    def links(self, kind: str, verb: str) -> Any:
        offered = {
            "account": {"$contact": "contact", "$owner": "member", "flagship": "object", "parent": "account",
                        "child": "account", "twin": "account", "project": "object"},
            "contact": {"$account": "account"},
            "opportunity": {"$champion": "contact", "$owner": "member"},
            "object": {"flagship_of": "account", "client": "account"},
            "list": {"$accounts": "account"},
        }[kind]  # fmt: skip
        links: dict[str, Any] = {}
        for key, target in offered.items():
            if not self.chance(0.2):
                continue
            value: Any = self.some(target) if self.chance(0.7) else [self.some(target)]
            if verb == "update" or (verb == "upsert" and self.chance(0.3)):
                how = self.random.choice(["add", "remove", "replace"])
                value = {how: None if how == "replace" and self.chance(0.2) else value}
            links[key] = value
        return links


KNOWN_BY = {
    "account": ["$website", "$name", "mark", "externalId"],
    "contact": ["$email", "externalId"],
    "opportunity": ["externalId", "$name"],
    "object": ["$name", "externalId"],
    "list": ["$name"],
}
LEAST = {
    "account": {"$name": "A"},
    "opportunity": {"$name": "Deal"},
    "object": {"$name": "One"},
    "list": {"$name": "L", "$objectType": "account"},
}


def one_by_one(side: Side, operations: list[Any], *, atomic: bool) -> list[Any]:
    """What comes of each operation as a request of its own; of the operations up to the first refusal, if `atomic`."""
    outcomes: list[Any] = []
    ids: dict[str, str] = {}
    for operation in operations:
        outcome = _single(side, operation, ids)
        outcomes.append(outcome)
        if outcome[0] == 200:
            ids[f"@{operation['id']}"] = outcome[2]
        elif atomic:
            break
    return outcomes


def _single(side: Side, operation: Any, ids: dict[str, str]) -> Any:
    failed = [name for name in re.findall(r"@op\d+", json.dumps(operation)) if name not in ids]
    if failed and operation["path"].get("entitySlug") != "bogus":
        return 400, "failed_reference", None
    ids = dict.fromkeys(failed, "none") | ids
    path = {key: ids.get(value, value) for key, value in operation["path"].items()}
    body = operation.get("body")
    sent = json.loads(re.sub(r'"(@op\d+)"', lambda match: f'"{ids[match[1]]}"', json.dumps(body)))
    declared = OPERATIONS[operation["do"]]
    answer: Answer = side.api.send(declared.method, declared.path.format(**path), sent)
    if answer.status != 200:
        return answer.status, answer.body["error"].get("code"), answer.body["error"].get("param")
    verb = operation["do"].partition(".")[2]
    return 200, verb, answer.body["record"]["id"] if verb == "upsert" else answer.body["id"]


def agrees(single: Any, item: Any, place: str) -> bool:
    """Whether a batch says of an operation what its own request was answered."""
    status, code, param = single
    if status == 200 or status != item["status"]:
        return bool(status == item["status"])
    told = item["error"]
    placed = told["param"].startswith(f"{place}.") and told["param"].endswith(param or "")
    return bool(code == told.get("code") and (placed or code == "failed_reference"))


@pytest.mark.parametrize("mode", ["each", "atomic"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_batch_does_what_its_operations_do_one_by_one(seed: int, mode: str, sides: Any) -> None:
    batches, requests = sides
    # One mistake ends an atomic batch, so those are made with more care.
    author = Author(seed, clumsiness=1.0 if mode == "each" else 0.1)
    done = 0
    for _ in range(BATCHES):
        operations = author.batch()
        before = requests.state()
        answer = run(batches, operations, mode)
        singles = one_by_one(requests, requests.meant(operations), atomic=mode == "atomic")
        if mode == "atomic" and singles and singles[-1][0] != 200:
            *singles, refused = singles
            place = len(singles)
            item = {"status": answer.status, "error": answer.body["error"]}
            assert agrees(refused, item, f"operations[{place}]"), (operations[place], refused, item)
            assert batches.state() == before
            # What comes before the refused operation is a batch that can be carried out.
            answer = run(batches, operations[:place], mode)
        for place, (single, item) in enumerate(zip(singles, answer.ok()["data"], strict=True)):
            assert agrees(single, item, f"operations[{place}]"), (operations[place], single, item)
            if single[0] == 200:
                done += 1
                batches.know(f"#{item['id']}", item["recordId"])
                requests.know(f"#{item['id']}", single[2])
        assert batches.state() == requests.state()
    assert done
    assert audited(batches.world.database.place) == audited(requests.world.database.place) == []


def run(side: Side, operations: list[Any], mode: str) -> Answer:
    return side.api.post("/v1/batch", {"operations": side.meant(operations), "mode": mode, "return": "ids"})
