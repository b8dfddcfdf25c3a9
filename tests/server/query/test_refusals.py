"""Whatever cannot be asked is refused at its place, in words that help, and is bounded."""

from typing import Any

import pytest

from tests.server.conftest import Api, World

DEEP: Any = {"key": "$name", "value": "x"}
for _ in range(10):
    DEEP = {"not": DEEP}

NAME = {"key": "$name", "value": "x"}
MANY = {"or": [{"or": [NAME] * 60}, {"or": [NAME] * 60}]}

#: Body of a query, over that of accounts → (code, param).
QUERIES: list[tuple[Any, str, str]] = [
    ({"objectType": None}, "invalid_type", "objectType"),
    ({"objectType": "accounts"}, "invalid_configuration", "objectType"),
    ({"objectType": "file"}, "invalid_configuration", "objectType"),
    ({"wheer": {}}, "unknown_field", "wheer"),
    ({"where": []}, "invalid_type", "where"),
    ({"where": None}, "invalid_type", "where"),
    ({"where": {}}, "invalid_configuration", "where"),
    ({"where": {"and": []}}, "invalid_configuration", "where.and"),
    ({"where": {"or": {}}}, "invalid_type", "where.or"),
    ({"where": {"or": [1]}}, "invalid_type", "where.or.0"),
    ({"where": {"not": []}}, "invalid_type", "where.not"),
    ({"where": {"and": [NAME], "or": [NAME]}}, "invalid_configuration", "where"),
    ({"where": {"and": [NAME], "x": 1}}, "unknown_field", "where.x"),
    ({"where": {"and": [NAME, {**NAME, "operator": "like"}]}}, "invalid_configuration", "where.and.1.operator"),
    ({"where": {**NAME, "operator": 1}}, "invalid_type", "where.operator"),
    ({"where": {**NAME, "x": 1}}, "unknown_field", "where.x"),
    ({"where": {"key": "$name"}}, "parameter_missing", "where.value"),
    ({"where": {"key": 1, "value": 1}}, "invalid_type", "where.key"),
    ({"where": {"key": "$name", "value": None}}, "invalid_type", "where.value"),
    ({"where": {"key": "$name", "value": ["x"]}}, "invalid_type", "where.value"),
    ({"where": {"key": "$name", "value": "a\x00"}}, "invalid_type", "where.value"),
    ({"where": {"key": "bogus", "value": "x"}}, "unknown_field", "where.key"),
    ({"where": {"key": "bogus", "value": "acc_1"}}, "unknown_relationship", "where.key"),
    ({"where": {"key": "$listedInAccounts", "value": "lst_1"}}, "unknown_relationship", "where.key"),
    ({"where": {"key": "$revenue", "value": "much"}}, "invalid_type", "where.value"),
    ({"where": {"key": "$revenue", "operator": "contains", "value": 1}}, "invalid_configuration", "where.operator"),
    ({"where": {"key": "$industry", "value": "x"}}, "invalid_configuration", "where"),
    ({"where": {"key": "$industry", "set": True}}, "invalid_configuration", "where"),
    ({"where": {"key": "$name", "set": 1}}, "invalid_type", "where.set"),
    ({"where": {**NAME, "set": True}}, "invalid_configuration", "where.value"),
    ({"where": {"key": "$name", "set": True, "operator": "equal"}}, "invalid_configuration", "where.operator"),
    ({"where": {"attribute": "name", "value": "x"}}, "invalid_configuration", "where.attribute"),
    ({"where": {"attribute": [], "value": "x"}}, "invalid_configuration", "where.attribute"),
    ({"where": {"attribute": "createdAt", "value": "2026"}}, "invalid_type", "where.value"),
    ({"where": {"attribute": "createdAt", "operator": "startsWith", "value": "2026"}}, "invalid_configuration",
     "where.operator"),
    ({"where": {"not": DEEP}}, "invalid_configuration", "where" + ".not" * 10),
    ({"where": MANY}, "invalid_configuration", "where"),
    ({"where": {"or": [NAME] * 101}}, "invalid_configuration", "where.or"),
    ({"status": "gone"}, "invalid_type", "status"),
    ({"status": []}, "invalid_type", "status"),
    ({"objectType": "member", "status": "trashed"}, "invalid_configuration", "status"),
    ({"sort": {}}, "invalid_type", "sort"),
    ({"sort": [{"key": "$name"}] * 6}, "invalid_configuration", "sort"),
    ({"sort": ["$name"]}, "invalid_type", "sort.0"),
    ({"sort": [{}]}, "invalid_configuration", "sort.0"),
    ({"sort": [{"key": "$name", "attribute": "id"}]}, "invalid_configuration", "sort.0"),
    ({"sort": [{"key": "bogus"}]}, "unknown_field", "sort.0.key"),
    ({"sort": [{"attribute": "name"}]}, "invalid_type", "sort.0.attribute"),
    ({"sort": [{"key": "$name", "direction": "down"}]}, "invalid_type", "sort.0.direction"),
    ({"sort": [{"key": "$name", "nulls": None}]}, "invalid_type", "sort.0.nulls"),
    ({"limit": 0}, "invalid_type", "limit"),
    ({"limit": 1001}, "invalid_type", "limit"),
    ({"limit": True}, "invalid_type", "limit"),
    ({"limit": "25"}, "invalid_type", "limit"),
    ({"cursor": 1}, "invalid_type", "cursor"),
    ({"count": "some"}, "invalid_type", "count"),
    ({"countLimit": 100_001}, "invalid_type", "countLimit"),
    ({"fields": "$name"}, "invalid_type", "fields"),
    ({"fields": ["$name", "bogus"]}, "unknown_field", "fields.1"),
    ({"fields": [1]}, "invalid_type", "fields.0"),
    ({"relationships": ["$name"]}, "unknown_relationship", "relationships.0"),
    ({"relationships": ["$listedInAccounts"]}, "unknown_relationship", "relationships.0"),
    ({"include": {}}, "invalid_type", "include"),
    ({"include": ["bogus"]}, "unknown_relationship", "include.0.relationship"),
    ({"include": [1]}, "invalid_type", "include.0"),
    ({"include": [{}]}, "parameter_missing", "include.0.relationship"),
    ({"include": ["$owner", "$owner"]}, "invalid_configuration", "include"),
    ({"include": [{"relationship": "$owner", "limit": 0}]}, "invalid_type", "include.0.limit"),
    ({"include": [{"relationship": "$owner", "fields": ["bogus"]}]}, "unknown_field", "include.0.fields.0"),
    ({"include": [{"relationship": "$owner", "include": []}]}, "unknown_field", "include.0.include"),
    ({"objectType": "meeting", "include": ["$transcript"]}, "invalid_configuration", "include.0.relationship"),
]  # fmt: skip

SUM = {"function": "sum", "key": "$revenue"}

AGGREGATIONS: list[tuple[Any, str, str]] = [
    ({"objectType": "bogus"}, "invalid_configuration", "objectType"),
    ({"cursor": "x"}, "unknown_field", "cursor"),
    ({"where": {"key": "bogus", "value": 1}}, "unknown_field", "where.key"),
    ({"groupBy": {}}, "invalid_type", "groupBy"),
    ({"groupBy": [{"key": "$name"}] * 4}, "invalid_configuration", "groupBy"),
    ({"groupBy": [{}]}, "invalid_configuration", "groupBy.0"),
    ({"groupBy": [{"key": "bogus"}]}, "unknown_field", "groupBy.0.key"),
    ({"groupBy": [{"key": "$revenue"}]}, "invalid_configuration", "groupBy.0.key"),
    ({"groupBy": [{"key": "$website"}]}, "invalid_configuration", "groupBy.0.key"),
    ({"groupBy": [{"key": "$industry"}]}, "invalid_configuration", "groupBy.0.key"),
    ({"groupBy": [{"key": "$name", "interval": "day"}]}, "invalid_configuration", "groupBy.0.interval"),
    ({"groupBy": [{"key": "$owner", "timeZone": "UTC"}]}, "invalid_configuration", "groupBy.0.timeZone"),
    ({"groupBy": [{"key": "$lastInteractionAt"}]}, "parameter_missing", "groupBy.0.interval"),
    ({"groupBy": [{"key": "$lastInteractionAt", "interval": "hour"}]}, "invalid_type", "groupBy.0.interval"),
    ({"groupBy": [{"attribute": "id", "interval": "day"}]}, "invalid_type", "groupBy.0.attribute"),
    ({"objectType": "meeting", "groupBy": [{"key": "$transcript"}]}, "invalid_configuration", "groupBy.0.key"),
    ({"measures": []}, "invalid_configuration", "measures"),
    ({"measures": [SUM] * 11}, "invalid_configuration", "measures"),
    ({"measures": [SUM, SUM]}, "invalid_configuration", "measures.1"),
    ({"measures": [{}]}, "parameter_missing", "measures.0.function"),
    ({"measures": [{"function": "median", "key": "$revenue"}]}, "invalid_type", "measures.0.function"),
    ({"measures": [{"function": "sum"}]}, "invalid_configuration", "measures.0"),
    ({"measures": [{"function": "count", "key": "$revenue"}]}, "invalid_configuration", "measures.0.key"),
    ({"measures": [{"function": "sum", "key": "$name"}]}, "invalid_configuration", "measures.0.key"),
    ({"measures": [{"function": "sum", "key": "$owner"}]}, "invalid_configuration", "measures.0.key"),
    ({"measures": [{"function": "avg", "key": "$lastInteractionAt"}]}, "invalid_configuration", "measures.0.function"),
    ({"measures": [{"function": "sum", "attribute": "createdAt"}]}, "invalid_configuration", "measures.0.function"),
    ({"measures": [{"function": "min", "attribute": "id"}]}, "invalid_type", "measures.0.attribute"),
    ({"measures": [{**SUM, "as": ""}]}, "invalid_type", "measures.0.as"),
    ({"measures": [{**SUM, "as": "x" * 101}]}, "invalid_type", "measures.0.as"),
    ({"measures": [{**SUM, "as": 1}]}, "invalid_type", "measures.0.as"),
    ({"sort": [{"measure": "bogus"}]}, "invalid_configuration", "sort.0.measure"),
    ({"sort": [{}]}, "invalid_type", "sort.0.measure"),
    ({"sort": [{"measure": "count", "direction": 1}]}, "invalid_type", "sort.0.direction"),
    ({"limit": 10_001}, "invalid_type", "limit"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "param"), QUERIES)
def test_a_query_that_makes_no_sense_is_refused_at_its_place(api: Api, change: Any, code: str, param: str) -> None:
    assert api.post("/v1/query", {"objectType": "account", **change}).error == (400, "bad_request", code, param)


@pytest.mark.parametrize(("change", "code", "param"), AGGREGATIONS)
def test_an_aggregation_that_makes_no_sense_is_refused_at_its_place(
    api: Api, change: Any, code: str, param: str
) -> None:
    assert api.post("/v1/aggregate", {"objectType": "account", **change}).error == (400, "bad_request", code, param)


@pytest.mark.parametrize(
    "zone", ["", "Nowhere", "Europe", "../UTC", "/etc/localtime", "Europe/Berlin\x00", "a" * 500, "Europe\\Berlin"]
)
def test_what_is_no_time_zone_is_refused(api: Api, zone: str) -> None:
    group = {"attribute": "createdAt", "interval": "day", "timeZone": zone}
    answer = api.post("/v1/aggregate", {"objectType": "account", "groupBy": [group]})
    assert answer.error == (400, "bad_request", "invalid_configuration", "groupBy.0.timeZone")


@pytest.mark.parametrize("path", ["/v1/query", "/v1/aggregate"])
def test_an_object_type_is_needed(api: Api, path: str) -> None:
    assert api.post(path, {}).error == (400, "bad_request", "parameter_missing", "objectType")


#: Scopes of a key → body → the scope that is missing, None for nothing.
SCOPES: list[tuple[str, str, Any, str | None]] = [
    ("accounts:read", "query", {"objectType": "account"}, None),
    ("contacts:read", "query", {"objectType": "account"}, "accounts:read"),
    ("contacts:read", "query", {"objectType": "account", "where": {}}, "accounts:read"),
    ("accounts:read", "query", {"objectType": "project"}, "custom_objects:read"),
    ("custom_objects:read", "query", {"objectType": "project"}, None),
    ("accounts:read", "query", {"objectType": "account", "include": ["$contact"]}, "contacts:read"),
    ("accounts:read contacts:read", "query", {"objectType": "account", "include": ["$contact"]}, None),
    ("accounts:read", "query", {"objectType": "account", "relationships": ["$contact"]}, None),
    ("accounts:read", "query", {"objectType": "account", "status": "trashed"}, "accounts:restore"),
    ("accounts:read accounts:restore", "query", {"objectType": "account", "status": "trashed"}, None),
    ("contacts:read", "aggregate", {"objectType": "account"}, "accounts:read"),
    ("accounts:read", "aggregate", {"objectType": "account"}, None),
    ("accounts:read", "aggregate", {"objectType": "account", "groupBy": [{"key": "$owner"}]}, "members:read"),
    ("accounts:read members:read", "aggregate", {"objectType": "account", "groupBy": [{"key": "$owner"}]}, None),
]


@pytest.mark.parametrize(("scopes", "path", "body", "missing"), SCOPES)
def test_a_query_needs_the_scopes_of_what_it_shows(
    api: Api, world: World, scopes: str, path: str, body: Any, missing: str | None
) -> None:
    api.post("/v1/schema/objects", {"slug": "project", "label": "Project"}).ok()
    answer = world.api(world.add_key(*scopes.split())).post(f"/v1/{path}", body)
    if missing is None:
        answer.ok()
    else:
        assert answer.status == 403
        assert answer.body["error"]["message"] == f"Token does not have the '{missing}' scope."


def test_the_relationships_that_are_sorted_by_need_the_scope_of_their_titles(api: Api, world: World) -> None:
    reader = world.api(world.add_key("opportunities:read"))
    body = {"objectType": "opportunity", "sort": [{"key": "$account"}]}
    assert reader.post("/v1/query", body).body["error"]["message"] == "Token does not have the 'accounts:read' scope."
    world.api(world.add_key("opportunities:read", "accounts:read")).post("/v1/query", body).ok()
