"""A workspace filled at random, and what queries about it should answer, worked out in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.server.conftest import World
from tests.server.filters.oracle import PLURALS, Rec, standing, text_of
from tests.server.filters.test_filters_agree_with_plain_python import field_condition, link_condition
from tests.server.filters.workspaces import Workspace

Test = Callable[[Rec], bool]
Json = Any

#: The field that names records of a type.
TITLES = {"task": "$title", "note": "$title", "contact": "$name", "member": "$name"}


class Timed(Workspace):
    """Records made and changed at several moments, some of them at one."""

    def __init__(self, world: World, seed: int) -> None:
        self.time = world.time
        super().__init__(world, seed)

    def create(self, type: str) -> Rec:
        self.time.advance(self.rng.choice([0, 0, 1, 86_400_000]))
        return super().create(type)

    def relink(self) -> None:
        self.time.advance(self.rng.choice([0, 1]))
        super().relink()

    def read_back(self) -> None:
        super().read_back()
        self.moments = {}
        for rec in self.oracle.records.values():
            got = self.records(rec.type, rec.trashed)[rec.id]
            self.moments[rec.id] = (got["createdAt"], got["updatedAt"])
        self.names = {
            member["id"]: text_of("FULL_NAME", member["fields"]["$name"]["value"])
            for member in self.api.get("/v1/members").ok()["data"]
        }

    def records(self, type: str, trashed: bool) -> dict[str, Json]:
        body = {"objectType": type, "limit": 1000, "status": "trashed" if trashed else "active"}
        return {each["id"]: each for each in self.query(body)["data"]}

    def query(self, body: Json) -> Json:
        return self.api.post("/v1/query", body).ok()

    def every(self, body: Json) -> list[Json]:
        """The records of every page."""
        found: list[Json] = []
        page = self.query(body)
        while True:
            found += page["data"]
            assert page["hasMore"] is (page["nextCursor"] is not None)
            if not page["hasMore"]:
                return found
            assert len(page["data"]) == body.get("limit", 25)
            page = self.query({**body, "cursor": page["nextCursor"]})

    def title(self, id: str) -> str | None:
        """What a record is called; meetings go by their ids."""
        if id in self.names:
            return self.names[id].casefold()
        rec = self.oracle.records[id]
        if rec.type == "meeting":
            return ""
        definitions = self.definitions[rec.type]["fieldDefinitions"]
        key = TITLES.get(rec.type, "$name")
        name: str | None = standing(definitions[key]["valueType"], [], rec.values.get(key))
        return name


@dataclass(frozen=True)
class Condition:
    sent: Json
    test: Test


def _told(condition: Any) -> Condition:
    """A list's filter as a condition of a query."""
    key, _, rest = condition.name.partition("[")
    operator = rest.rstrip("]")
    sent: Json = {"key": key, "value": condition.operand}
    if operator:
        sent["operator"] = operator.removeprefix("-")
    return Condition({"not": sent} if operator.startswith("-") else sent, condition.test)


@st.composite
def presence(draw: Any, workspace: Timed, type: str) -> Condition:
    wanted = draw(st.booleans())
    if draw(st.booleans()):
        ends = workspace.oracle.ends(type)
        key = draw(st.sampled_from(sorted(ends)))
        return Condition({"key": key, "set": wanted}, lambda rec: bool(ends[key](rec)) is wanted)
    definitions = workspace.definitions[type]["fieldDefinitions"]
    keys = sorted(k for k, d in definitions.items() if d["valueType"] not in ("MULTI_SELECT", "MARKDOWN"))
    key = draw(st.sampled_from(keys))
    value_type, options = definitions[key]["valueType"], definitions[key]["typeConfiguration"].get("options", [])
    return Condition(
        {"key": key, "set": wanted},
        lambda rec: (standing(value_type, options, rec.values.get(key)) is not None) is wanted,
    )


@st.composite
def of_itself(draw: Any, workspace: Timed, type: str) -> Condition:
    recs = [*workspace.oracle.of(type), *workspace.oracle.of(type, trashed=True)]
    if not recs or draw(st.integers(0, 3)) == 0:
        id = draw(st.sampled_from([*(rec.id for rec in recs), "nobody"]))
        return Condition({"attribute": "id", "value": id}, lambda rec: rec.id == id)
    name, place = draw(st.sampled_from([("createdAt", 0), ("updatedAt", 1)]))
    moments = workspace.moments
    if draw(st.integers(0, 4)) == 0:
        return Condition({"attribute": name, "set": True}, lambda rec: moments[rec.id][place] is not None)
    known = sorted({moments[rec.id][place] for rec in recs} - {None}) or ["2026-06-01T00:00:00.000Z"]
    operand = draw(st.sampled_from(known))
    operator, test = draw(
        st.sampled_from(
            [
                ("equal", lambda at: at == operand),
                ("greaterThan", lambda at: at > operand),
                ("greaterThanOrEqual", lambda at: at >= operand),
                ("lessThan", lambda at: at < operand),
                ("lessThanOrEqual", lambda at: at <= operand),
            ]
        )
    )
    sent = {"attribute": name, "operator": operator, "value": operand}
    return Condition(sent, lambda rec: moments[rec.id][place] is not None and test(moments[rec.id][place]))


def leaf(workspace: Timed, type: str) -> st.SearchStrategy[Condition]:
    return st.one_of(
        field_condition(workspace, type).map(_told),
        field_condition(workspace, type).map(_told),
        link_condition(workspace, type).map(_told),
        presence(workspace, type),
        of_itself(workspace, type),
    )


def tree(workspace: Timed, type: str) -> st.SearchStrategy[Condition]:
    return st.recursive(leaf(workspace, type), _joined, max_leaves=5)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda cs: Condition({"and": [c.sent for c in cs]}, lambda rec: all(c.test(rec) for c in cs))),
        several.map(lambda cs: Condition({"or": [c.sent for c in cs]}, lambda rec: any(c.test(rec) for c in cs))),
        inner.map(lambda c: Condition({"not": c.sent}, lambda rec: not c.test(rec))),
    )


@dataclass(frozen=True)
class By:
    sent: Json
    what: Callable[[Rec], Any]
    descending: bool
    nulls_first: bool


@st.composite
def sort(draw: Any, workspace: Timed, type: str) -> By:
    down, first = draw(st.booleans()), draw(st.integers(0, 2)) == 0
    sent: Json = {}
    if down or draw(st.booleans()):
        sent["direction"] = "descending" if down else "ascending"
    if first:
        sent["nulls"] = "first"
    ends = workspace.oracle.ends(type)
    definitions = workspace.definitions[type]["fieldDefinitions"]
    chosen = draw(st.sampled_from([*sorted(definitions), *sorted(ends), "createdAt", "updatedAt", "id"]))
    what: Callable[[Rec], Any]
    if chosen in definitions:
        value_type = definitions[chosen]["valueType"]
        options = definitions[chosen]["typeConfiguration"].get("options", [])
        what = lambda rec: standing(value_type, options, rec.values.get(chosen))  # noqa: E731
    elif chosen in ends:
        what = lambda rec: _leads_to(workspace, ends[chosen](rec))  # noqa: E731
    elif chosen == "id":
        what = lambda rec: rec.id  # noqa: E731
    else:
        place = ("createdAt", "updatedAt").index(chosen)
        what = lambda rec: workspace.moments[rec.id][place]  # noqa: E731
    kind = "attribute" if chosen in ("createdAt", "updatedAt", "id") else "key"
    return By({**sent, kind: chosen}, what, down, first)


def _leads_to(workspace: Timed, ids: set[str]) -> Any:
    first = min(ids, default=None)
    title = None if first is None else workspace.title(first)
    return None if title is None else (title, first)


def types() -> st.SearchStrategy[str]:
    return st.sampled_from([*PLURALS, "account", "account", "project"])
