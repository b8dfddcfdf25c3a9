"""Answers: lenient and strict, raw and streamed, and back to JSON (spec: sdk-python 7)."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightfield import (
    APIResponse,
    APIResponseValidationError,
    AsyncAPIResponse,
    AsyncStream,
    NotFoundError,
    RateLimit,
    Stream,
)
from lightfield._models import shaped
from lightfield.types import (
    AccountCreateResponse,
    AccountRetrieveResponse,
    SequenceRetrieveMessageResponse,
    account_retrieve_response,
)
from lightfield.types.sequence_shapes import FullReply, OutboundMessage
from lightfield.types.shared import Address, FullName
from tests.sdk.support import Served, page, record, refusal, reply


def retrieved(body: Any, **options: Any) -> AccountRetrieveResponse:
    with Served(reply(body)).client(**options) as client:
        return client.account.retrieve("x")


def with_value(value: Any, kind: str = "TEXT") -> dict[str, Any]:
    return {**record(), "fields": {"$x": {"value": value, "valueType": kind}}}


def test_attributes_are_snake_case_and_map_keys_stay() -> None:
    account = retrieved(record())
    assert account.created_at == "2026-05-01T09:00:00.000Z"
    assert account.fields["$name"].value_type == "TEXT"
    assert account.relationships["$owner"].object_type == "member"
    assert type(account) is AccountRetrieveResponse
    assert isinstance(account.fields["$name"], account_retrieve_response.Fields)


def test_wrong_types_are_kept() -> None:
    account: Any = retrieved({**record(), "createdAt": 5, "fields": "none", "relationships": {"$x": [1]}})
    assert account.created_at == 5
    assert account.fields == "none"
    assert account.relationships == {"$x": [1]}


def test_missing_keys_are_none() -> None:
    account: Any = retrieved({"id": "acc_1"})
    assert account.created_at is None
    assert account.external_id is None
    assert account.model_fields_set == {"id"}


def test_unknown_keys_are_attributes_and_the_only_ones_in_model_extra() -> None:
    account: Any = retrieved({**record(), "score": 7, "someThing": 1})
    assert account.score == 7
    assert account.model_extra == {"score": 7, "someThing": 1}
    assert account.fields["$name"].model_extra == {}


def test_a_key_that_was_absent_is_told_from_one_that_was_null() -> None:
    body = record()
    del body["externalId"]
    account = retrieved(body)
    assert "updated_at" in account.model_fields_set
    assert "external_id" not in account.model_fields_set
    assert account.updated_at is account.external_id is None


def test_json_comes_back_as_it_was_with_no_key_twice() -> None:
    body = {**with_value({"street": "1 Main", "postalCode": "2"}, "ADDRESS"), "score": 7}
    text = retrieved(body).to_json()

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(pairs) == len(dict(pairs))
        return dict(pairs)

    assert json.loads(text, object_pairs_hook=once) == body
    assert text.startswith('{\n  "id"')
    assert "\n" not in retrieved(body).to_json(indent=None)


@pytest.mark.parametrize("strict", [False, True])
def test_dicts_use_one_spelling_at_a_time(strict: bool) -> None:
    account = retrieved(record(), _strict_response_validation=strict)
    assert account.to_dict() == record()
    assert set(account.to_dict(use_api_names=False)) == {
        *("id", "created_at", "updated_at", "http_link", "external_id", "fields", "relationships")
    }
    assert "updatedAt" not in account.to_dict(exclude_none=True)
    assert "externalId" in retrieved({"id": "x"}).to_dict(exclude_unset=False)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("text", str),
        (1.5, float),
        (True, bool),
        (["a"], list),
        ({"postalCode": "1"}, Address),
        ({"firstName": "A"}, FullName),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_value_has_the_form_it_was_sent_in(value: Any, kind: type, strict: bool) -> None:
    found = retrieved(with_value(value), _strict_response_validation=strict).fields["$x"].value
    assert type(found) is kind
    assert retrieved(with_value(value)).to_dict()["fields"] == with_value(value)["fields"]


@pytest.mark.parametrize("key", ["cls", "self", "_fields_set", "model_config", "values"])
def test_no_key_of_an_answer_is_mistaken_for_something_else(key: str) -> None:
    account = retrieved({**record(), key: "mine"})
    assert account.model_extra == {key: "mine"}
    assert account.to_dict()[key] == "mine"


def test_members_of_unions_are_told_apart() -> None:
    outbound = {"id": "m1", "direction": "OUTBOUND", "contactId": "con_1"}
    inbound = {"id": "m2", "direction": "INBOUND", "contactId": "con_1", "content": {"body": "hi", "subject": None}}
    with Served(reply(inbound)).client() as client:
        reply_: SequenceRetrieveMessageResponse = client.sequence.retrieve_message("m2", id="seq_1")
    assert isinstance(reply_, FullReply)
    assert reply_.content is not None
    assert reply_.content.body == "hi"
    with Served(reply(page([outbound, inbound]))).client() as client:
        first, second = client.sequence.list_messages("seq_1").data
    assert isinstance(first, OutboundMessage)
    assert type(second).__name__ == "Reply"


@pytest.mark.parametrize("body", [{"id": "x"}, {**record(), "createdAt": 5}, [], with_value("x", "NOVEL")])
def test_strict_clients_refuse_what_was_not_promised(body: Any) -> None:
    with pytest.raises(APIResponseValidationError) as caught:
        retrieved(body, _strict_response_validation=True)
    assert caught.value.status_code == 200
    assert caught.value.body == body


def test_strict_clients_accept_unknown_keys_and_everything_promised() -> None:
    account: Any = retrieved({**record(), "new": 1}, _strict_response_validation=True)
    assert account.new == 1


def test_a_text_is_given_as_text_unless_strict() -> None:
    answer = httpx2.Response(200, text="hello", headers={"content-type": "text/plain"})
    with Served(answer).client() as client:
        given: Any = client.account.retrieve("x")
        assert given == "hello"
    with (
        Served(answer).client(_strict_response_validation=True) as client,
        pytest.raises(APIResponseValidationError, match="text/plain"),
    ):
        client.account.retrieve("x")


def test_broken_json_is_an_error() -> None:
    answer = httpx2.Response(200, content=b'{"id": ', headers={"content-type": "application/json"})
    with (
        Served(answer).client() as client,
        pytest.raises(APIResponseValidationError, match="calls itself JSON and is not"),
    ):
        client.account.retrieve("x")


def test_models_can_be_made_without_validation() -> None:
    made = AccountCreateResponse.construct(id="x", createdAt="now", fields={"$a": {"value": 1}})
    assert made.created_at == "now"
    assert made.fields["$a"].value == 1
    assert AccountCreateResponse.model_construct({"id"}, id="x").model_fields_set == {"id"}


def test_raw_answers_show_everything_around_the_record() -> None:
    served = Served(reply(record(), x_ratelimit_limit="25", x_ratelimit_remaining="24", x_ratelimit_reset="1780000000"))
    with served.client() as client:
        raw = client.account.with_raw_response.retrieve("acc_1")
        also = client.with_raw_response.account.retrieve("acc_1")
    assert type(raw) is type(also) is APIResponse
    assert (raw.status_code, raw.method, str(raw.url)) == (200, "GET", "http://server.test/v1/accounts/acc_1")
    assert raw.headers["x-ratelimit-limit"] == "25"
    assert raw.rate_limit == RateLimit(limit=25, remaining=24, reset=1780000000)
    assert raw.http_request is raw.http_response.request
    assert (raw.http_version, raw.retries_taken) == ("HTTP/1.1", 0)
    assert raw.parse().id == "acc_1"
    assert raw.parse() is raw.parse()
    assert raw.parse(to=AccountCreateResponse).id == "acc_1"
    assert raw.parse(to=object) == raw.json() == json.loads(raw.text()) == json.loads(raw.read()) == record()
    assert raw.parse(to=httpx2.Response) is raw.http_response
    assert raw.parse(to=bytes) == raw.read()
    assert b"".join(raw.iter_bytes()) == "".join(raw.iter_text()).encode() == raw.read()


@pytest.mark.parametrize(
    "headers", [{}, {"x_ratelimit_limit": "25"}, {f"x_ratelimit_{n}": "x" for n in ("limit", "remaining", "reset")}]
)
def test_a_rate_limit_that_was_not_told_is_none(headers: Any) -> None:
    with Served(reply(record(), **headers)).client() as client:
        assert client.account.with_raw_response.retrieve("x").rate_limit is None


class Chunks(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that says whether it was read and closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks, self.read, self.closed = chunks, 0, False

    def __iter__(self) -> Any:
        for chunk in self.chunks:
            self.read += 1
            yield chunk

    async def __aiter__(self) -> Any:
        for chunk in self.chunks:
            self.read += 1
            yield chunk

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_streamed_answers_are_read_on_demand_and_closed_on_leaving() -> None:
    chunks = Chunks(b'{"id":\n', b'"acc_1"}')
    served = Served(httpx2.Response(200, stream=chunks, headers={"content-type": "application/json"}))
    with served.client() as client:
        call = client.account.with_streaming_response.retrieve("acc_1")
        assert served.requests == []
        with call as answer:
            assert (chunks.read, answer.is_closed) == (0, False)
            assert list(answer.iter_lines()) == ['{"id":', '"acc_1"}']
        assert chunks.closed


@pytest.mark.anyio
async def test_asynchronous_answers_are_awaited() -> None:
    chunks = Chunks(b'{"id":', b'"acc_1"}')
    served = Served(reply(record()), httpx2.Response(200, stream=chunks, headers={"content-type": "application/json"}))
    async with served.async_client() as client:
        raw = await client.account.with_raw_response.retrieve("x")
        assert type(raw) is AsyncAPIResponse
        assert (await raw.parse()).id == "acc_1"
        assert await raw.json() == json.loads(await raw.text()) == json.loads(await raw.read())
        async with client.with_streaming_response.account.retrieve("x") as answer:
            assert chunks.read == 0
            assert [chunk async for chunk in answer.iter_bytes()] == list(chunks.chunks)
        assert chunks.closed


def test_a_refused_stream_is_read_closed_and_raised() -> None:
    with Served(refusal(404)).client() as client:  # noqa: SIM117 - the error must come from entering
        with pytest.raises(NotFoundError) as caught, client.account.with_streaming_response.retrieve("x"):
            pass
    assert caught.value.code == "unknown_field"


EVENTS = b'data: {"id": "acc_1"}\n\ndata: {"id": "acc_2"}\n\n'


def test_events_are_parsed_one_by_one() -> None:
    served = Served(httpx2.Response(200, stream=Chunks(EVENTS), headers={"content-type": "text/event-stream"}))
    with served.client() as client:
        events: Any = client.get("/v1/events", cast_to=object, stream=True, stream_cls=Stream[AccountRetrieveResponse])
        with events:
            assert [event.id for event in events] == ["acc_1", "acc_2"]
        with pytest.raises(TypeError, match="needs `stream_cls`"):
            client.get("/v1/events", cast_to=object, stream=True)
    assert len(served.requests) == 1


@pytest.mark.anyio
async def test_events_are_parsed_one_by_one_asynchronously() -> None:
    served = Served(httpx2.Response(200, stream=Chunks(EVENTS), headers={"content-type": "text/event-stream"}))
    async with served.async_client() as client:
        events: Any = await client.get("/v1/events", cast_to=object, stream=True, stream_cls=AsyncStream[object])
        async with events:
            assert [event async for event in events] == [{"id": "acc_1"}, {"id": "acc_2"}]


@pytest.mark.parametrize(
    ("to", "expected"), [(object, {"a": 1}), (str, '{"a":1}'), (dict[str, int], {"a": 1}), (type(None), None)]
)
def test_low_level_answers_have_the_type_asked_for(to: Any, expected: Any) -> None:
    with Served(reply({"a": 1})).client() as client:
        assert client.get("/v1/x", cast_to=to) == expected


def test_records_are_read_by_key() -> None:
    body = {**record(title=None), "relationships": {**record()["relationships"], "$empty": {"values": []}}}
    account = retrieved(body)
    assert account.get("$name") == "Acme"
    assert account.get("$title") is None
    assert account.get("$title", "none") == "none"
    assert account.get("$nonsense", 0) == 0
    assert account.get("$owner") == ["mem_1"]
    assert account.get("$empty", "default") == []


def test_members_are_read_by_key_too() -> None:
    fields = {
        "$name": {"value": {"firstName": "A", "lastName": "B"}, "valueType": "FULL_NAME"},
        "$role": {"value": "admin"},
    }
    user = {"cardinality": "HAS_ONE", "objectType": "user", "values": ["usr_1"]}
    with Served(reply({"id": "mem_1", "fields": fields, "relationships": {"$user": user}})).client() as client:
        member = client.member.retrieve("mem_1")
    assert member.get("$role") == member.fields.role.value == "admin"
    assert member.get("$name").first_name == "A"
    assert member.get("$user") == ["usr_1"]
    assert member.get("$profileImage", "none") == "none"


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
WIRE_KEYS = st.sampled_from(
    ["id", "createdAt", "fields", "relationships", "value", "valueType", "directions", "asSource", "$x", "postalCode"]
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(WIRE_KEYS, inner), max_leaves=20)


@given(st.dictionaries(WIRE_KEYS, ANYTHING))
@settings(deadline=None)
def test_whatever_a_server_sends_can_be_read_and_comes_back_as_it_was(body: dict[str, Any]) -> None:
    built = shaped(body, AccountRetrieveResponse, strict=False)
    assert built.to_dict(warnings=False) == body
    assert json.loads(built.to_json(warnings=False)) == body
