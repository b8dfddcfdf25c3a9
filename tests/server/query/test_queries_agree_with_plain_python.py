"""Every query's answer is what plain Python finds, sorts and cuts into pages."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightfield_server.store.sql import ordering
from tests.server.conftest import World
from tests.server.filters.oracle import in_order
from tests.server.query.workspace import Timed, sort, tree, types

SEEDS = range(2)

#: How many records are collected and sorted rather than looked for along an index: none, as it comes, all.
WAYS = {"walked": (0, 0), "as it comes": (3, 0), "collected": (10_000, 0)}


@pytest.fixture(scope="module")
def workspaces(shared: World) -> list[Timed]:
    made = [Timed(shared, 100 + seed) for seed in SEEDS]
    for workspace in made:
        workspace.fill(120)
    return made


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    few, for_each = WAYS[request.param]
    monkeypatch.setattr(ordering, "FEW", few)
    monkeypatch.setattr(ordering, "FEW_FOR_EACH", for_each)


@settings(settings.get_profile("filters"), max_examples=250)
@given(data=st.data())
@pytest.mark.parametrize("way", WAYS, indirect=True)
def test_pages_joined_are_what_plain_python_finds_in_its_order(
    workspaces: list[Timed], way: None, data: st.DataObject
) -> None:
    workspace = data.draw(st.sampled_from(workspaces))
    type = data.draw(types(), label="type")
    condition = data.draw(st.none() | tree(workspace, type), label="where")
    by = data.draw(st.lists(sort(workspace, type), max_size=3), label="sort")
    trashed = data.draw(st.integers(0, 5)) == 0
    limit = data.draw(st.sampled_from([1, 2, 3, 7, 25, 1000]), label="limit")
    body: dict[str, Any] = {"objectType": type, "limit": limit, "count": "exact", "fields": []}
    if condition is not None:
        body["where"] = condition.sent
    if by:
        body["sort"] = [each.sent for each in by]
    if trashed and type != "note":
        body["status"] = "trashed"

    recs = workspace.oracle.of(type, trashed="status" in body)
    matching = [rec for rec in recs if condition is None or condition.test(rec)]
    expected = in_order(matching, [(each.what, each.descending, each.nulls_first) for each in by])
    assert [each["id"] for each in workspace.every(body)] == [rec.id for rec in expected]
    counted = workspace.query(body)
    assert (counted["totalCount"], counted["totalCountCapped"]) == (len(expected), False)
    capped = workspace.query({**body, "count": "capped", "countLimit": 2})
    assert (capped["totalCount"], capped["totalCountCapped"]) == (min(2, len(expected)), len(expected) > 2)
