"""The demo is a believable workspace, made by the server's own rules and the same every time."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from lightfield_server import demo
from lightfield_server.kit.clock import DAY
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.value_types import VALUE_TYPES
from tests.conftest import ENGINES
from tests.server.conftest import Api, Time, World, database_for, world_over

TYPES = ("account", "contact", "opportunity", "task", "note", "meeting", "list", "member")
CUSTOM = ("team", "site")
PLURALS = {type: OBJECT_TYPES[type].plural for type in TYPES} | {type: f"objects/{type}" for type in CUSTOM}

ID = re.compile(r"\b([a-z]{2,4})_[0-9a-f]{16}\b")


#: Whether the story is told alike again has to do with the story; one telling shows that an engine can keep it.
told_once_more = pytest.mark.engine("sqlite")


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest) -> Iterator[Api]:
    """One filled workspace for every test that only looks."""
    with database_for(request.param, request) as database, world_over(database, Time()) as world:
        world.workspace = world.add_workspace("demo")
        demo.fill(world.store, world.server, world.workspace)
        yield world.api(world.add_key())


def fill(world: World) -> Api:
    """One more of them, at the time it is now."""
    workspace = world.add_workspace(f"demo-{world.time()}")
    demo.fill(world.store, world.server, workspace)
    return world.api(world.add_key(workspace=workspace))


def every(api: Api, type: str, **filters: str) -> list[Any]:
    found: list[Any] = []
    while True:
        page = api.get(f"/v1/{PLURALS[type]}", {**filters, "offset": len(found)}).ok()
        found += page["data"]
        if len(found) >= page["totalCount"]:
            return found


def export(api: Api) -> str:
    """All records as text, with ids numbered in the order in which they occur."""
    text = json.dumps({type: every(api, type) for type in (*TYPES, *CUSTOM)})
    numbers: dict[str, str] = {}
    return ID.sub(lambda match: numbers.setdefault(match[0], f"{match[1]}-{len(numbers)}"), text)


def option(api: Api, type: str, key: str, label: str) -> str:
    options = api.get(f"/v1/{PLURALS[type]}/definitions").ok()["fieldDefinitions"][key]["typeConfiguration"]["options"]
    return str(next(each["id"] for each in options if each["label"] == label))


def value(record: Any, key: str) -> Any:
    return record["fields"][key]["value"]


@told_once_more
def test_two_workspaces_filled_on_one_day_have_the_same_export(world: World, filled: Api) -> None:
    assert export(filled) == export(fill(world))


@told_once_more
def test_on_another_day_the_same_story_has_other_dates(world: World, filled: Api) -> None:
    world.time.advance(37 * DAY)
    later = fill(world)
    amounts = [[(value(deal, "$name"), value(deal, "$amount")) for deal in every(api, "opportunity")]
               for api in (filled, later)]  # fmt: skip
    assert amounts[0] == amounts[1]
    assert every(filled, "account")[0]["createdAt"] != every(later, "account")[0]["createdAt"]


def test_a_workspace_with_an_account_is_left_alone(world: World, api: Api) -> None:
    api.create("accounts", {"$name": "Ours"})
    demo.fill(world.store, world.server, world.workspace)
    assert [value(account, "$name") for account in every(api, "account")] == ["Ours"]
    assert api.get("/v1/objects").ok()["data"] == []


@told_once_more
def test_filling_twice_adds_nothing(world: World) -> None:
    api = fill(world)
    before = export(api)
    demo.fill(world.store, world.server, int(world.store.write_now(0, lambda tx: tx.workspaces()[-1].number)))
    assert export(api) == before


def test_there_is_a_pipeline_of_two_years(filled: Api) -> None:
    counts = {type: filled.get(f"/v1/{PLURALS[type]}").ok()["totalCount"] for type in (*TYPES, *CUSTOM)}
    assert (counts["account"], counts["contact"], counts["opportunity"], counts["member"]) == (300, 600, 900, 12)
    assert all(count > 100 for type, count in counts.items() if type in ("task", "note", "meeting", "site"))
    oldest = every(filled, "opportunity")[-1]["createdAt"]
    assert oldest[:4] == "2024"


def test_lists_are_newest_first(filled: Api) -> None:
    for type in (*TYPES, *CUSTOM):
        moments = [record["createdAt"] for record in every(filled, type)]
        assert moments == sorted(moments, reverse=True), type


@told_once_more
def test_what_is_made_afterwards_comes_first(world: World) -> None:
    api = fill(world)
    new = api.create("accounts", {"$name": "Just now"})
    assert api.get("/v1/accounts", {"limit": 1}).ok()["data"][0]["id"] == new["id"]


def test_nothing_happened_after_now(filled: Api) -> None:
    for type in (*TYPES, *CUSTOM):
        for record in every(filled, type):
            assert max(record["createdAt"], record.get("updatedAt") or "") < "2026-06-01", record


def test_every_value_type_a_workspace_may_choose_is_chosen_and_used(filled: Api) -> None:
    used: set[str] = set()
    for type in ("account", "contact", "opportunity", *CUSTOM):
        for record in every(filled, type):
            own = {key: each for key, each in record["fields"].items() if not key.startswith("$")}
            used |= {each["valueType"] for each in own.values() if each["value"] is not None}
    assert used == {declared.name for declared in VALUE_TYPES if declared.custom}


def test_every_stage_has_deals_and_most_are_closed(filled: Api) -> None:
    definitions = filled.get("/v1/opportunities/definitions").ok()["fieldDefinitions"]
    labels = {each["id"]: each["label"] for each in definitions["$stage"]["typeConfiguration"]["options"]}
    stages = Counter(labels[value(deal, "$stage")] for deal in every(filled, "opportunity"))
    assert set(stages) == set(labels.values())
    assert stages["Closed Won"] + stages["Closed Lost"] > 600


def test_filters_find_what_the_story_tells(filled: Api) -> None:
    won = every(filled, "opportunity", **{"$stage[equal]": "Closed Won", "kind[equal]": "New business"})
    assert won
    assert all(deal["relationships"]["sites"]["values"] for deal in won if value(deal, "$closeDate") < "2026-05-20")
    site = every(filled, "site", **{"status[equal]": "Live"})[0]
    (account,) = site["relationships"]["account"]["values"]
    customers = every(filled, "account", **{"lifecycle[equal]": "Customer", "sites[contains]": site["id"]})
    assert [customer["id"] for customer in customers] == [account]
    parents = [a for a in every(filled, "account") if a["relationships"]["subsidiaries"]["values"]]
    assert len(parents) > 10


def test_meetings_belong_to_the_contacts_who_attended(filled: Api) -> None:
    for meeting in every(filled, "meeting")[:25]:
        assert meeting["relationships"]["$contact"]["values"]
        assert meeting["relationships"]["$account"]["values"]


def test_tasks_are_open_overdue_and_done(filled: Api) -> None:
    tasks = every(filled, "task")
    open_ = [task for task in tasks if value(task, "$status") in ("TODO", "IN_PROGRESS")]
    overdue = [task for task in open_ if value(task, "$dueAt") < "2026-06-01"]
    assert 0 < len(overdue) < len(open_) < len(tasks) / 4


def test_lists_have_entries_in_their_order(filled: Api) -> None:
    for record in every(filled, "list"):
        type = value(record, "$objectType")
        entries = filled.get(f"/v1/lists/{record['id']}/{PLURALS[type]}").ok()
        assert entries["totalCount"] > 5, value(record, "$name")


def test_a_deal_has_the_history_of_its_stages(filled: Api) -> None:
    won = option(filled, "opportunity", "$stage", "Closed Won")
    deal = every(filled, "opportunity", **{"$stage[equal]": won})[0]
    entries = filled.get(f"/v1/opportunities/{deal['id']}/fields/$stage/history").ok()["data"]
    assert entries[0]["value"] == won
    assert len(entries) == 5


def test_nobody_real_can_be_reached(filled: Api) -> None:
    text = export(filled)
    hosts = set(re.findall(r"@([a-z0-9.-]+)", text)) | set(re.findall(r"https?://([a-z0-9.-]+)", text))
    real = {host for host in hosts if not re.fullmatch(r"(.+\.)?example(\.com)?", host)}
    assert real == {"linkedin.com", "x.com"}
    assert all(path.endswith(("-example", "-example-news"))
               for path in re.findall(r"https://(?:linkedin|x)\.com/(?:in/|company/)?([^\"]+)", text))  # fmt: skip


def test_deals_that_are_open_have_a_close_date_after_their_beginning(filled: Api) -> None:
    for deal in every(filled, "opportunity"):
        assert value(deal, "$closeDate") > deal["createdAt"]


def test_the_workspace_is_told_of_in_its_own_definitions(filled: Api) -> None:
    assert {each["objectType"] for each in filled.get("/v1/objects").ok()["data"]} == set(CUSTOM)
    shown = filled.get("/v1/accounts/definitions").ok()["relationshipDefinitions"]
    assert (shown["parent"]["objectType"], shown["parent"]["cardinality"]) == ("account", "HAS_ONE")
    assert (shown["subsidiaries"]["objectType"], shown["subsidiaries"]["cardinality"]) == ("account", "HAS_MANY")
