"""What goes over the wire (spec: sdk-python 3 and 5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest

from lightfield import Lightfield, Timeout, omit
from lightfield._query import query_string
from tests.sdk.support import Served


def sent(act: Callable[[Lightfield], object], **options: Any) -> httpx2.Request:
    served = Served()
    with served.client(**options) as client:
        act(client)
    return served.request


def body(act: Callable[[Lightfield], object]) -> Any:
    return json.loads(sent(act).content)


def test_every_request_says_who_calls_and_which_contract_it_knows() -> None:
    headers = sent(lambda c: c.account.retrieve("acc_1")).headers
    assert headers["authorization"] == "Bearer sk_lf_test"
    assert headers["lightfield-version"] == "2026-03-01"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == "Lightfield/Python 0.1.0"
    assert headers["x-stainless-lang"] == "python"
    assert headers["x-stainless-async"] == "false"
    assert headers["x-stainless-retry-count"] == "0"
    assert headers["x-stainless-read-timeout"] == "30"
    assert {"x-stainless-package-version", "x-stainless-os", "x-stainless-arch", "x-stainless-runtime"} <= set(headers)
    assert "x-stainless-runtime-version" in headers
    assert "content-type" not in headers


@pytest.mark.anyio
async def test_the_asynchronous_client_says_what_runs_it() -> None:
    served = Served()
    async with served.async_client() as client:
        await client.account.retrieve("acc_1")
    assert served.request.headers["user-agent"] == "AsyncLightfield/Python 0.1.0"
    assert served.request.headers["x-stainless-async"] == "async:asyncio"


def test_the_contract_version_can_be_overridden() -> None:
    request = sent(lambda c: c.auth.validate(extra_headers={"lightfield-version": "2027-01-01"}))
    assert request.headers.get_list("lightfield-version") == ["2027-01-01"]


@pytest.mark.parametrize(
    ("act", "content", "length"),
    [
        (lambda c: c.account.delete("x"), b"", None),
        (lambda c: c.account.delete("x", body={}), b"{}", "2"),
        (lambda c: c.account.restore("x"), b"", "0"),
        (lambda c: c.file.cancel("x"), b"", "0"),
        (lambda c: c.sequence.activate("x"), b"", "0"),
        (lambda c: c.sequence.activate("x", body={}), b"{}", "2"),
        (lambda c: c.account.update("x"), b"{}", "2"),
        (lambda c: c.file.complete("x"), b"{}", "2"),
    ],
)
def test_empty_bodies_are_sent_as_the_vendors_client_sends_them(act: Any, content: bytes, length: str | None) -> None:
    request = sent(act)
    assert request.content == content
    assert request.headers.get("content-length") == length
    assert request.headers["content-type"] == "application/json"


def test_path_arguments_are_one_segment_each() -> None:
    assert sent(lambda c: c.account.retrieve("a/b c")).url.raw_path == b"/v1/accounts/a%2Fb%20c"
    assert (
        sent(lambda c: c.object.retrieve("..", entity_slug="ä?")).url.raw_path == b"/v1/objects/%C3%A4%3F/values/%2E%2E"
    )


@pytest.mark.parametrize("act", [lambda c: c.account.retrieve(""), lambda c: c.object.retrieve("x", entity_slug="")])
def test_an_empty_path_argument_is_refused_before_any_request(act: Any) -> None:
    served = Served()
    with served.client() as client, pytest.raises(ValueError, match="must not be empty"):
        act(client)
    assert served.requests == []


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"limit": 5, "$name[equal]": "A B"}, "limit=5&%24name%5Bequal%5D=A+B"),
        ({"$x": {"contains": "y"}}, "%24x%5Bcontains%5D=y"),
        ({"ids": ["a", "b"]}, "ids=a%2Cb"),
        ({"yes": True, "no": False}, "yes=true&no=false"),
        ({"gone": None, "out": omit}, ""),
        ({"since": date(2026, 1, 2)}, "since=2026-01-02"),
        ({"a": {"b": {"c": 1}}}, "a%5Bb%5D%5Bc%5D=1"),
    ],
)
def test_queries_are_encoded_as_the_vendors_client_encodes_them(params: dict[str, object], expected: str) -> None:
    assert query_string(params) == expected


def test_the_query_reaches_the_wire_unchanged() -> None:
    request = sent(lambda c: c.account.list(limit=5, status="trashed", extra_query={"$name[equal]": "A+B"}))
    assert request.url.query == b"limit=5&status=trashed&%24name%5Bequal%5D=A%2BB"


def test_snake_case_becomes_the_wires_spelling() -> None:
    assert body(lambda c: c.account.create(fields={"$name": "A"}, skip_enrichment=True)) == {
        "fields": {"$name": "A"},
        "skipEnrichment": True,
    }
    assert body(
        lambda c: c.email.send(
            from_="a@b.c", message_body={"content": "x", "content_type": "TEXT"}, subject="s", to=["d@e.f"]
        )
    ) == {"from": "a@b.c", "messageBody": {"content": "x", "contentType": "TEXT"}, "subject": "s", "to": ["d@e.f"]}
    assert body(
        lambda c: c.merge.merge_accounts(duplicate_id="b", primary_id="a", options={"multi_select_union": True})
    ) == {
        "duplicateId": "b",
        "primaryId": "a",
        "options": {"multiSelectUnion": True},
    }
    pace = {"daily_limit": 1, "min_gap_seconds": 60, "max_gap_seconds": None}
    assert body(lambda c: c.sender.update("x", pacing={"linkedin_invite": pace})) == {  # type: ignore[typeddict-item]
        "pacing": {"LINKEDIN_INVITE": {"dailyLimit": 1, "minGapSeconds": 60, "maxGapSeconds": None}}
    }


def test_wire_spellings_pass_beside_python_ones() -> None:
    fields: Any = {"title": "Call", "$status": "TODO", "due_at": None}
    assert body(lambda c: c.task.create(fields=fields, relationships={"$assignedTo": "mem_1"})) == {
        "fields": {"$title": "Call", "$status": "TODO", "$dueAt": None},
        "relationships": {"$assignedTo": "mem_1"},
    }


def test_keys_of_open_maps_stay_and_their_addresses_and_names_are_spelled_for_the_wire() -> None:
    fields: Any = {
        "due_at": "a custom key",
        "$primaryAddress": {"postal_code": "1", "street": None},
        "$name": {"first_name": "A", "lastName": "B"},
    }
    assert body(lambda c: c.contact.create(fields=fields))["fields"] == {
        "due_at": "a custom key",
        "$primaryAddress": {"postalCode": "1", "street": None},
        "$name": {"firstName": "A", "lastName": "B"},
    }
    resolutions: Any = {"name": {"value": {"first_name": "A"}}, "x": "primary"}
    merged = body(lambda c: c.merge.merge_contacts(duplicate_id="b", primary_id="a", field_resolutions=resolutions))
    assert merged["fieldResolutions"] == {"name": {"value": {"firstName": "A"}}, "x": "primary"}


def test_steps_of_sequences_are_spelled_for_the_wire_whatever_their_kind() -> None:
    definition: Any = {
        "description": "d",
        "send_window": {"start_hour": 9},
        "messaging": {"value_prop": "v"},
        "steps": [
            {"type": "EMAIL", "delivery_mode": "AUTO", "name": "n", "prompt": "p"},
            {"type": "LINKEDIN_INVITE", "include_note": True, "template": {"body": "b"}},
            {"type": "WAIT", "duration": 1, "unit": "DAY"},
        ],
    }
    assert body(lambda c: c.sequence.create(definition=definition, name="s"))["definition"] == {
        "description": "d",
        "sendWindow": {"startHour": 9},
        "messaging": {"valueProp": "v"},
        "steps": [
            {"type": "EMAIL", "deliveryMode": "AUTO", "name": "n", "prompt": "p"},
            {"type": "LINKEDIN_INVITE", "includeNote": True, "template": {"body": "b"}},
            {"type": "WAIT", "duration": 1, "unit": "DAY"},
        ],
    }


def test_dates_become_iso_8601() -> None:
    fields: Any = {"renewal": datetime(2026, 1, 1, tzinfo=UTC), "day": date(2026, 1, 2)}
    assert body(lambda c: c.account.update("x", fields=fields))["fields"] == {
        "renewal": "2026-01-01T00:00:00+00:00",
        "day": "2026-01-02",
    }


def test_none_is_null_and_omit_leaves_out() -> None:
    fields: Any = {"$twitter": None, "$website": omit}
    assert body(lambda c: c.account.update("x", fields=fields, relationships=omit)) == {"fields": {"$twitter": None}}


def test_a_value_read_from_one_record_can_be_written_to_another() -> None:
    from lightfield.types.shared import Address

    address: Any = Address.construct(city="Bern", postalCode="3000")
    written = body(lambda c: c.account.update("x", fields={"$primaryAddress": address}))
    assert written["fields"]["$primaryAddress"] == {"city": "Bern", "postalCode": "3000"}


def test_extra_arguments_win() -> None:
    request = sent(
        lambda c: c.account.update(
            "x",
            fields={"a": 1},
            extra_body={"fields": {"b": 2}, "more": True},
            extra_query={"q": "1"},
            extra_headers={"User-Agent": "mine", "X-New": "1"},
            timeout=Timeout(9, connect=1),
        ),
        default_query={"q": "0"},
    )
    assert json.loads(request.content) == {"fields": {"b": 2}, "more": True}
    assert request.url.query == b"q=1"
    assert request.headers["user-agent"] == "mine"
    assert request.headers["x-new"] == "1"
    assert request.extensions["timeout"] == {"connect": 1, "read": 9, "write": 9, "pool": 9}
    assert request.headers["x-stainless-read-timeout"] == "9"


def test_a_time_limit_can_be_lifted() -> None:
    request = sent(lambda c: c.account.retrieve("x", timeout=None))
    assert request.extensions["timeout"] == {"connect": None, "read": None, "write": None, "pool": None}
    assert "x-stainless-read-timeout" not in request.headers


def test_every_post_has_an_idempotency_key_of_its_own_and_nothing_else_has_one() -> None:
    served = Served()
    with served.client() as client:
        client.account.create(fields={})
        client.account.create(fields={})
        client.account.retrieve("x")
        client.account.delete("x")
    first, second, *others = (request.headers.get("idempotency-key") for request in served.requests)
    assert first
    assert second
    assert first != second
    assert others == [None, None]


def test_idempotency_keys_can_be_given_and_switched_off() -> None:
    def key(act: Callable[[Lightfield], object], **options: Any) -> str | None:
        return sent(act, **options).headers.get("idempotency-key")

    assert key(lambda c: c.account.create(fields={}, extra_headers={"idempotency-key": "mine"})) == "mine"
    assert key(lambda c: c.account.create(fields={}, extra_headers={"Idempotency-Key": omit})) is None
    assert key(lambda c: c.account.create(fields={}), idempotency_keys=False) is None
    assert key(lambda c: c.with_options(idempotency_keys=False).account.create(fields={})) is None
    assert key(lambda c: c.post("/v1/x", cast_to=object, options={"idempotency_key": "low"})) == "low"


def test_low_level_calls_reach_any_path() -> None:
    assert sent(lambda c: c.get("/v1/x", cast_to=object, options={"params": {"a": [1, 2]}})).url.query == b"a=1%2C2"
    assert sent(lambda c: c.put("v1/x", cast_to=object, body={"a": 1})).content == b'{"a":1}'
    assert sent(lambda c: c.patch("/v1/x", cast_to=object, content=b"raw")).content == b"raw"
    assert sent(lambda c: c.delete("/v1/x", cast_to=object)).method == "DELETE"
    options: Any = {"extra_json": {"b": 2}, "headers": {"X-A": "1"}, "timeout": 1}
    request = sent(lambda c: c.post("/v1/x", cast_to=object, body={"a": 1}, options=options))
    assert request.content == b'{"a":1,"b":2}'
    assert request.headers["x-a"] == "1"


def test_files_are_sent_as_a_form() -> None:
    files = {"file": ("a.txt", b"hello")}
    request = sent(lambda c: c.post("/v1/x", cast_to=object, files=files, body={"note": "with a field"}))
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"hello" in request.read()
    assert b'name="note"\r\n\r\nwith a field' in request.read()


def test_body_and_content_exclude_each_other() -> None:
    with Served().client() as client, pytest.raises(TypeError, match="give one of them"):
        client.post("/v1/x", cast_to=object, body={}, content=b"")


def test_the_key_is_not_sent_to_other_hosts() -> None:
    assert "authorization" not in sent(lambda c: c.get("https://elsewhere.test/file", cast_to=object)).headers
    assert "authorization" in sent(lambda c: c.get("http://server.test/v1/x", cast_to=object)).headers


def test_redirects_are_followed() -> None:
    moved = httpx2.Response(307, headers={"location": "http://server.test/v1/accounts/y"})
    served = Served(moved, httpx2.Response(200, json={"id": "y"}))
    with served.client() as client:
        assert client.account.retrieve("x").id == "y"
    assert served.requests[1].url.path == "/v1/accounts/y"
