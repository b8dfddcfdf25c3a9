"""What an answer to a query holds: records as the API shows them, or what was chosen of them, and what is related."""

from typing import Any

import jsonschema
import pytest

from lightfield_server.operations.operation import OPERATIONS
from lightfield_server.records import asking, service
from lightfield_server.store.sql import aggregates, ordering
from tests.server.api.conftest import Make
from tests.server.conftest import Api, Time, World


@pytest.fixture
def make(api: Api, world: World) -> Make:
    return Make(api, world)


def query(api: Api, type: str = "account", **body: Any) -> Any:
    return api.post("/v1/query", {"objectType": type, **body}).ok()


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer["data"]]


def test_records_look_as_lists_show_them_and_the_newest_come_first(api: Api, make: Make) -> None:
    for name in ("A", "B", "C"):
        make.opportunity(make.account(name), amount=5)
    for type, path in (("account", "accounts"), ("opportunity", "opportunities"), ("member", "members")):
        listed = api.get(f"/v1/{path}").ok()
        answer = query(api, type)
        assert answer["data"] == listed["data"]
        assert answer == {
            "object": "list",
            "data": listed["data"],
            "totalCount": None,
            "totalCountCapped": False,
            "hasMore": False,
            "nextCursor": None,
        }


def test_only_what_is_chosen_is_shown(api: Api, make: Make) -> None:
    account = make.account("Acme", revenue=5)
    deal = make.opportunity(account)
    (record,) = query(api, fields=["$revenue"], relationships=["$opportunity"])["data"]
    whole = api.get(f"/v1/accounts/{account}").ok()
    assert record["fields"] == {"$revenue": {"value": 5, "valueType": "CURRENCY"}}
    assert record["relationships"] == {"$opportunity": whole["relationships"]["$opportunity"]}
    assert record["relationships"]["$opportunity"]["values"] == [deal]
    assert {key: record[key] for key in record if key not in ("fields", "relationships")} == {
        key: whole[key] for key in whole if key not in ("fields", "relationships")
    }
    (record,) = query(api, fields=[])["data"]
    assert record["fields"] == {}
    assert record["relationships"] == whole["relationships"]
    (record,) = query(api, relationships=[])["data"]
    assert (record["fields"], record["relationships"]) == (whole["fields"], {})


def test_related_records_come_once_each_in_the_order_of_the_page(api: Api, make: Make) -> None:
    one, two = make.account("One"), make.account("Two")
    for account in (one, two, one):
        make.opportunity(account)
    answer = query(api, "opportunity", sort=[{"attribute": "id"}], include=["$account"])
    accounts = answer["included"]["$account"]
    assert (accounts["objectType"], accounts["capped"]) == ("account", False)
    assert accounts["data"] == [api.get(f"/v1/accounts/{id}").ok() for id in (one, two)]
    part = {"relationship": "$account", "limit": 1, "fields": ["$name"], "relationships": []}
    answer = query(api, "opportunity", sort=[{"attribute": "id"}], include=[part], relationships=[])
    accounts = answer["included"]["$account"]
    assert (ids(accounts), accounts["capped"]) == ([one], True)
    assert accounts["data"][0]["fields"] == {"$name": {"value": "One", "valueType": "TEXT"}}
    # What is included is always shown among the relationships: else nobody knew whose it is.
    assert list(answer["data"][0]["relationships"]) == ["$account"]


def test_related_records_in_the_trash_are_left_out(api: Api, make: Make) -> None:
    account = make.account()
    make.opportunity(account)
    api.delete(f"/v1/accounts/{account}").ok()
    assert query(api, "opportunity", include=["$account"])["included"]["$account"]["data"] == []


def test_what_is_worked_out_is_included_too(api: Api, make: Make) -> None:
    account = make.account()
    contact = make.contact("ann@acme.com", {"$account": account})
    meeting = make.meeting(attendeeEmails=["ann@acme.com"])
    answer = query(api, "meeting", include=["$account", "$contact"])
    assert ids(answer["included"]["$account"]) == [account]
    assert ids(answer["included"]["$contact"]) == [contact]
    assert ids(query(api, include=["$meeting"])["included"]["$meeting"]) == [meeting]


def test_counts_are_made_as_far_as_the_caller_wants(api: Api, make: Make) -> None:
    for _ in range(3):
        make.account()

    def counted(**body: Any) -> tuple[Any, Any]:
        answer = query(api, limit=1, **body)
        return answer["totalCount"], answer["totalCountCapped"]

    assert counted() == counted(count="none") == (None, False)
    assert counted(count="exact") == (3, False)
    assert counted(count="capped") == (3, False)
    assert counted(count="capped", countLimit=3) == (3, False)
    assert counted(count="capped", countLimit=2) == (2, True)
    named = {"key": "$name", "operator": "startsWith", "value": "A"}
    assert counted(count="capped", countLimit=2, where=named) == (2, True)
    assert counted(count="exact", where={"or": [named, named]}) == (3, False)


def test_counts_of_what_links_decide_follow_writes_to_others(api: Api, make: Make) -> None:
    account, contact = make.account(), make.contact()
    where = {"or": [{"key": "$contact", "set": True}, {"key": "$name", "value": "nobody"}]}
    assert query(api, where=where, count="exact")["totalCount"] == 0
    api.post(f"/v1/contacts/{contact}", {"relationships": {"$account": {"add": account}}}).ok()
    assert query(api, where=where, count="exact")["totalCount"] == 1
    api.delete(f"/v1/contacts/{contact}").ok()
    assert query(api, where=where, count="exact")["totalCount"] == 0


def test_a_page_holds_up_to_a_thousand(api: Api, world: World) -> None:
    world.write(lambda tx: _thousand(world, tx))
    first = query(api, limit=1_000, fields=["$name"], relationships=[], sort=[{"key": "$name"}])
    assert (len(first["data"]), first["hasMore"]) == (1_000, True)
    last = query(
        api, limit=1_000, fields=["$name"], relationships=[], sort=[{"key": "$name"}], cursor=first["nextCursor"]
    )
    assert (len(last["data"]), last["hasMore"]) == (1, False)
    names = [each["fields"]["$name"]["value"] for each in (*first["data"], *last["data"])]
    assert names == sorted(names)


def _thousand(world: World, tx: Any) -> None:
    context = world.context(tx)
    service.create(context, context.catalog["account"], [{"fields": {"$name": f"A{n % 7}"}} for n in range(1_001)])


def test_a_sort_that_no_index_serves_takes_so_many_records_and_no_more(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "MOST_COLLECTED", 2)
    one, two = make.note(content="b"), make.note(content="A")
    sort = [{"key": "$content"}]
    assert ids(query(api, "note", sort=sort)) == [two, one]
    make.note()
    answer = api.post("/v1/query", {"objectType": "note", "sort": sort})
    assert answer.error == (422, "unprocessable_content", None, "sort")
    where = {"or": [{"attribute": "id", "value": id} for id in (one, two)]}
    assert ids(query(api, "note", sort=sort, where=where)) == [two, one]


def test_options_sort_as_administrators_put_them_in_order(api: Api, make: Make) -> None:
    field = {"key": "tier", "label": "Tier", "valueType": "SINGLE_SELECT", "options": [{"label": "Z"}, {"label": "A"}]}
    options = api.post("/v1/schema/objects/account/fields", field).ok()["typeConfiguration"]["options"]
    z, a = (option["id"] for option in options)
    none = make.account("none")
    first, second = (api.create("accounts", {"$name": "x", "tier": tier})["id"] for tier in (z, a))
    assert ids(query(api, sort=[{"key": "tier"}])) == [first, second, none]
    api.post("/v1/schema/objects/account/fields/tier/options/order", {"ids": [a, z]}).ok()
    assert ids(query(api, sort=[{"key": "tier"}])) == [second, first, none]
    assert ids(query(api, sort=[{"key": "tier", "direction": "descending"}])) == [first, second, none]
    assert ids(query(api, sort=[{"key": "tier", "nulls": "first"}])) == [none, second, first]
    # A retired option keeps its place.
    api.post(f"/v1/schema/objects/account/fields/tier/options/{a}/retire").ok()
    assert ids(query(api, sort=[{"key": "tier"}])) == [second, first, none]


def test_moments_of_records_are_found_and_sorted_by(api: Api, make: Make, time: Time) -> None:
    old = make.account("old")
    time.advance(1_000)
    new = make.account("new")
    time.advance(1_000)
    api.post(f"/v1/accounts/{old}", {"fields": {"$revenue": 1}}).ok()
    created = api.get(f"/v1/accounts/{new}").ok()["createdAt"]
    where = {"attribute": "createdAt", "operator": "lessThan", "value": created}
    assert ids(query(api, where=where)) == [old]
    assert ids(query(api, where={"attribute": "updatedAt", "set": True})) == [old]
    assert ids(query(api, where={"not": {"attribute": "updatedAt", "set": True}})) == [new]
    assert ids(query(api, sort=[{"attribute": "updatedAt", "direction": "descending"}])) == [old, new]


def test_groups_are_called_by_value_and_label(api: Api, make: Make) -> None:
    account = make.account("Acme")
    make.opportunity(account, stage="Closed Won", amount=10, closeDate="2026-03-31T23:30:00Z")
    make.opportunity(account, stage="Closed Won", amount=0.5, closeDate="2026-04-01T00:00:00Z")
    make.opportunity(account, stage="Proposal")
    body = {
        "objectType": "opportunity",
        "groupBy": [{"key": "$stage"}, {"key": "$account"}],
        "measures": [
            {"function": "count"},
            {"function": "sum", "key": "$amount"},
            {"function": "avg", "key": "$amount"},
        ],
    }
    answer = api.post("/v1/aggregate", body).ok()
    stages = [(row["group"][0]["label"], row["group"][1], row["values"]) for row in answer["data"]]
    acme = {"value": account, "label": "Acme"}
    assert stages == [
        ("Proposal", acme, {"count": 1, "sum($amount)": 0, "avg($amount)": None}),
        ("Closed Won", acme, {"count": 2, "sum($amount)": 10.5, "avg($amount)": 5.25}),
    ]
    won = {"key": "$stage", "value": "Closed Won"}
    month = {"key": "$closeDate", "interval": "month", "timeZone": "Europe/Berlin"}
    answer = api.post("/v1/aggregate", {"objectType": "opportunity", "where": won, "groupBy": [month]}).ok()
    assert answer["data"] == [{"group": [{"value": "2026-04-01", "label": "2026-04"}], "values": {"count": 2}}]


def test_groups_are_sorted_by_a_measure_and_cut_where_the_caller_wants(api: Api, make: Make) -> None:
    for name, revenue in (("a", 1), ("b", 3), ("c", 2), ("d", None)):
        make.account(name, revenue=revenue)
    body = {
        "objectType": "account",
        "groupBy": [{"key": "$name"}],
        "measures": [{"function": "max", "key": "$revenue", "as": "most"}],
        "sort": [{"measure": "most", "direction": "descending"}],
    }
    answer = api.post("/v1/aggregate", body).ok()
    assert [row["group"][0]["label"] for row in answer["data"]] == ["b", "c", "a", "d"]
    answer = api.post("/v1/aggregate", {**body, "limit": 2}).ok()
    assert [row["group"][0]["label"] for row in answer["data"]] == ["b", "c"]
    assert (answer["groupCount"], answer["capped"]) == (4, True)


def test_sums_follow_what_is_written(api: Api, make: Make) -> None:
    body = {"objectType": "account", "measures": [{"function": "sum", "key": "$revenue"}]}

    def total() -> Any:
        return api.post("/v1/aggregate", body).ok()["data"][0]["values"]["sum($revenue)"]

    account = make.account("a", revenue=1)
    assert total() == total() == 1
    api.post(f"/v1/accounts/{account}", {"fields": {"$revenue": 2.25}}).ok()
    assert total() == 2.25
    api.delete(f"/v1/accounts/{account}").ok()
    assert total() == 0


def test_labels_of_groups_follow_what_is_written_to_others(api: Api, make: Make) -> None:
    account = make.account("Old")
    make.opportunity(account)
    body = {"objectType": "opportunity", "groupBy": [{"key": "$account"}]}
    assert api.post("/v1/aggregate", body).ok()["data"][0]["group"] == [{"value": account, "label": "Old"}]
    api.post(f"/v1/accounts/{account}", {"fields": {"$name": "New"}}).ok()
    assert api.post("/v1/aggregate", body).ok()["data"][0]["group"] == [{"value": account, "label": "New"}]


def test_more_groups_than_anybody_reads_are_refused(api: Api, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregates, "MOST_GROUPS", 2)
    for name in ("a", "b", "c"):
        make.account(name)
    answer = api.post("/v1/aggregate", {"objectType": "account", "groupBy": [{"key": "$name"}]})
    assert answer.error == (422, "unprocessable_content", None, "groupBy")


def test_everything_by_everything_is_refused_before_memory_is_spent(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregates, "MOST_SPREAD", 7)
    account = make.account()
    for n in range(2):
        make.contact(f"c{n}@acme.com", {"$account": account})
        make.opportunity(account)
        make.note({"$account": account})
    groups = [{"key": "$contact"}, {"key": "$opportunity"}, {"key": "$note"}]
    answer = api.post("/v1/aggregate", {"objectType": "account", "groupBy": groups})
    assert answer.error == (422, "unprocessable_content", None, "groupBy")
    assert api.post("/v1/aggregate", {"objectType": "account", "groupBy": groups[:2]}).ok()["groupCount"] == 4


def test_the_limits_that_the_manual_tells_of_are_these() -> None:
    assert (asking.LARGEST_LIMIT, asking.MOST_INCLUDED, asking.LARGEST_CAP) == (1_000, 1_000, 100_000)


def test_answers_and_bodies_are_as_the_document_says(api: Api, make: Make, world: World) -> None:
    make.opportunity(make.account("Acme"), amount=1)
    where = {
        "and": [{"key": "$name", "set": True}, {"not": {"attribute": "createdAt", "value": "2020-01-01T00:00:00Z"}}]
    }
    query = {
        "objectType": "opportunity",
        "where": where,
        "status": "active",
        "sort": [{"key": "$amount", "direction": "descending", "nulls": "first"}, {"attribute": "id"}],
        "limit": 10,
        "count": "capped",
        "countLimit": 5,
        "fields": ["$name"],
        "relationships": [],
        "include": ["$account", {"relationship": "$owner", "limit": 1, "fields": []}],
    }
    aggregate = {
        "objectType": "opportunity",
        "where": where,
        "groupBy": [{"key": "$stage"}, {"attribute": "createdAt", "interval": "month", "timeZone": "Asia/Tokyo"}],
        "measures": [{"function": "count"}, {"function": "avg", "key": "$amount", "as": "mean"}],
        "sort": [{"measure": "mean"}],
        "limit": 10,
    }
    for id, body in (("query.records", query), ("query.aggregate", aggregate)):
        operation = OPERATIONS[id]
        described = world.write(lambda tx, op=operation: op.describe(world.server.catalogs.current(tx)))
        jsonschema.validate(body, described["body"])
        answer = api.post(operation.path, body).ok()
        assert answer["data"]
        jsonschema.validate(answer, described["reply"])
