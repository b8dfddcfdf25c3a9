"""Members (spec: objects 9)."""

from typing import Any

import pytest


def test_a_member_has_the_documented_keys_and_no_others(api: Any, make: Any) -> None:
    member = make.member("ada@us.example", "admin")
    assert api.get(f"/v1/members/{member}").ok() == {
        "id": member,
        "createdAt": "2026-06-01T00:00:00.000Z",
        "updatedAt": None,
        "httpLink": None,
        "fields": {
            "$email": {"value": "ada@us.example", "valueType": "EMAIL"},
            "$name": {"value": {"firstName": "Ada", "lastName": "Test"}, "valueType": "FULL_NAME"},
            "$profileImage": {"value": None, "valueType": "URL"},
            "$role": {"value": "admin", "valueType": "TEXT"},
        },
        "relationships": {"$user": {"cardinality": "HAS_ONE", "objectType": "user", "values": []}},
    }


def test_members_are_listed_newest_first(api: Any, make: Any) -> None:
    members = [make.member() for _ in range(3)]
    found = api.get("/v1/members?limit=2").ok()
    assert [each["id"] for each in found["data"]] == members[:0:-1]
    assert found["totalCount"] == 3


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_members_are_read_only(method: str, api: Any, make: Any) -> None:
    assert api.send(method, f"/v1/members/{make.member()}", {}).error == (404, "not_found", None, None)
    assert api.send(method, "/v1/members", {}).error == (404, "not_found", None, None)


def test_an_unknown_member_is_not_found(api: Any) -> None:
    assert api.get("/v1/members/mem_0000000000000001").error == (404, "not_found", None, None)
