"""Cursors: whole results are walked though records come, change and go on the way, and no other query takes them."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightfield_server.records import cursors
from lightfield_server.store.sql import ordering
from tests.server.conftest import Api, World
from tests.server.query.workspace import Timed, sort


@pytest.fixture(scope="module")
def workspace(shared: World) -> Timed:
    made = Timed(shared, 300)
    made.fill(100)
    return made


@settings(settings.get_profile("filters"), max_examples=40)
@given(data=st.data())
@pytest.mark.parametrize("few", [0, 10_000])
def test_records_that_stay_as_they_are_come_exactly_once_whatever_happens_to_others(
    workspace: Timed, few: int, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "FEW", few)
    monkeypatch.setattr(ordering, "FEW_FOR_EACH", 0)
    type = data.draw(st.sampled_from(["account", "contact", "project"]))
    # By what records hold themselves: a relationship's order may change by a write to another record.
    of_itself = sort(workspace, type).filter(lambda by: by.sent.get("key") not in workspace.oracle.ends(type))
    by = data.draw(st.lists(of_itself, max_size=2), label="sort")
    limit = data.draw(st.integers(3, 30))
    body: dict[str, Any] = {"objectType": type, "limit": limit, "sort": [each.sent for each in by], "fields": []}
    before = {rec.id for rec in workspace.oracle.of(type)}
    touched: set[str] = set()
    found: list[str] = []
    page = workspace.query(body)
    while True:
        found += [each["id"] for each in page["data"]]
        if not page["hasMore"]:
            break
        if len(touched) < 6:
            touched |= _something_happens(workspace, type)
        page = workspace.query({**body, "cursor": page["nextCursor"]})

    assert {id for id in found if found.count(id) > 1} <= touched
    assert before - touched <= set(found)


def _something_happens(workspace: Timed, type: str) -> set[str]:
    """A record is made, changed or thrown away; those that this did something to."""
    recs = workspace.oracle.of(type)
    workspace.time.advance(1)
    what = workspace.rng.choice(["create", "delete", "update", "update"])
    if what == "create" or not recs:
        return {workspace.create(type).id}
    rec = workspace.rng.choice(recs)
    if what == "delete" and len(recs) > 20:
        workspace.api.delete(workspace.path(rec)).ok()
        rec.trashed = True
    else:
        name = workspace.rng.choice("abcxyz")
        fields = {"$name": {"firstName": name}} if type == "contact" else {"$name": name}
        workspace.api.post(workspace.path(rec), {"fields": fields}).ok()
    return {rec.id}


# What is no cursor of a query


@pytest.fixture
def filled(api: Api) -> Api:
    for n in range(5):
        api.create("accounts", {"$name": f"A{n}", "$revenue": n})
    return api


BODY = {"objectType": "account", "limit": 2, "sort": [{"key": "$revenue"}], "where": {"key": "$revenue", "set": True}}


def cursor_of(api: Api, **body: Any) -> str:
    return str(api.post("/v1/query", {**BODY, **body}).ok()["nextCursor"])


@pytest.mark.parametrize(
    "change",
    [
        {"sort": []},
        {"sort": [{"key": "$name"}]},
        {"sort": [{"key": "$revenue", "direction": "descending"}]},
        {"sort": [{"key": "$revenue", "nulls": "first"}]},
        {"sort": [{"key": "$revenue"}, {"key": "$name"}]},
        {"where": {"key": "$revenue", "set": False}},
        {"where": {"key": "$revenue", "value": 1}},
        {"status": "trashed"},
        {"objectType": "contact", "sort": [], "where": {"key": "$name", "set": True}},
    ],
)
def test_a_cursor_serves_the_query_that_it_came_from_and_no_other(filled: Api, change: Any) -> None:
    answer = filled.post("/v1/query", {**BODY, **change, "cursor": cursor_of(filled)})
    assert answer.error == (400, "bad_request", "invalid_cursor", "cursor")


@pytest.mark.parametrize(
    "change",
    [{"limit": 3}, {"fields": ["$name"]}, {"relationships": []}, {"count": "exact"}, {"include": ["$contact"]}],
)
def test_a_cursor_goes_on_with_pages_of_another_size_and_look(filled: Api, change: Any) -> None:
    page = filled.post("/v1/query", {**BODY, **change, "cursor": cursor_of(filled)}).ok()
    expected = [f"A{n}" for n in (2, 3, 4)][: change.get("limit", 2)]
    got = filled.post("/v1/query", {**BODY, **change, "fields": ["$name"], "cursor": cursor_of(filled)}).ok()
    assert [each["fields"]["$name"]["value"] for each in got["data"]] == expected
    assert len(page["data"]) == len(expected)


def test_a_cursor_of_another_workspace_is_none(filled: Api, world: World) -> None:
    other = world.api(world.add_key(workspace=world.add_workspace("other")))
    answer = other.post("/v1/query", {**BODY, "cursor": cursor_of(filled)})
    assert answer.error == (400, "bad_request", "invalid_cursor", "cursor")


def test_a_cursor_that_was_changed_on_its_way_is_none(filled: Api) -> None:
    cursor = cursor_of(filled)
    for place in range(len(cursor) - 1):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        answer = filled.post("/v1/query", {**BODY, "cursor": changed})
        assert answer.error == (400, "bad_request", "invalid_cursor", "cursor"), changed


#: Positions as nobody is given them, in a cursor that is otherwise good.
FORGED: list[Any] = [
    None, 1, "x", {}, [], [1], [1, 2, 3], [1, None], [1, "x"], [1, True], [1, 1.5], [1, 1 << 63], [1 << 64, 1],
    ["x", 1], [True, 1], [[1, 2], 1], [{}, 1], [1.5, 1], [-(1 << 63), 1],
]  # fmt: skip


@pytest.mark.parametrize("position", FORGED)
def test_a_forged_position_is_refused(filled: Api, world: World, position: Any) -> None:
    bound = cursors.binding(world.workspace, "account", BODY["where"], "active", BODY["sort"])
    good = cursors.written(bound, (100, 5))
    assert filled.post("/v1/query", {**BODY, "cursor": good}).status == 200
    cursor = cursors.written(bound, position)
    answer = filled.post("/v1/query", {**BODY, "cursor": cursor})
    assert answer.error == (400, "bad_request", "invalid_cursor", "cursor")


#: Sorts, each with what no record of its could be standing at.
STANDINGS: list[tuple[Any, list[Any]]] = [
    ({"key": "$name"}, [1, True, [], "a\x00", ["a", 1]]),
    ({"key": "$headcount"}, ["nothing", 1, []]),
    ({"key": "$owner"}, ["a", 1, ["a"], ["a", "b"], [1, 1], ["a", 1, 1], ["a", 1 << 63]]),
    ({"key": "$meeting"}, ["a", ["a", 1], [1]]),
    ({"attribute": "createdAt"}, ["a", [1]]),
    ({"attribute": "id"}, [None, "a", [1]]),
    ({"key": "$industry"}, [[1], {}, 1.5]),
]


@pytest.mark.parametrize(("by", "standings"), STANDINGS)
def test_a_forged_standing_is_refused(filled: Api, world: World, by: Any, standings: list[Any]) -> None:
    body = {"objectType": "account", "sort": [by]}
    bound = cursors.binding(world.workspace, "account", None, "active", [by])
    for standing in standings:
        answer = filled.post("/v1/query", {**body, "cursor": cursors.written(bound, (standing, 1))})
        assert answer.error == (400, "bad_request", "invalid_cursor", "cursor"), standing


@pytest.mark.parametrize("cursor", ["", "x", "é", "====", "AAAA", base64.b64encode(b"[1]").decode()])
def test_what_is_no_cursor_is_refused(filled: Api, cursor: str) -> None:
    answer = filled.post("/v1/query", {**BODY, "cursor": cursor})
    assert answer.error == (400, "bad_request", "invalid_cursor", "cursor")
