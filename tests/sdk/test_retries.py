"""Trying again, as it looks from outside (spec: sdk-python 8)."""

from __future__ import annotations

import httpx2
import pytest

from lightfield import APIConnectionError, APITimeoutError, ConflictError, InternalServerError, NotFoundError
from tests.sdk.support import Served, record, refusal, reply


def test_a_request_is_repeated_until_it_succeeds_with_the_same_idempotency_key() -> None:
    served = Served(refusal(500), httpx2.ReadTimeout("slow"), reply(record("acc_9")))
    with served.client() as client:
        raw = client.account.with_raw_response.create(fields={"$name": "A"})
    assert raw.retries_taken == 2
    assert raw.parse().id == "acc_9"
    assert [request.headers["x-stainless-retry-count"] for request in served.requests] == ["0", "1", "2"]
    assert len({request.headers["idempotency-key"] for request in served.requests}) == 1
    assert [request.content for request in served.requests] == [b'{"fields":{"$name":"A"}}'] * 3
    assert 0.375 <= served.pauses[0] <= 0.5
    assert 0.75 <= served.pauses[1] <= 1.0


@pytest.mark.anyio
async def test_the_asynchronous_client_repeats_as_well() -> None:
    served = Served(refusal(429, retry_after="7"), httpx2.ConnectError("no"), reply(record()))
    async with served.async_client() as client:
        raw = await client.account.with_raw_response.create(fields={})
    assert raw.retries_taken == 2
    assert served.pauses[0] == 7.0
    assert len({request.headers["idempotency-key"] for request in served.requests}) == 1


def test_after_two_further_tries_the_error_is_raised() -> None:
    served = Served(refusal(500))
    with served.client() as client, pytest.raises(InternalServerError):
        client.account.retrieve("x")
    assert len(served.requests) == 3


@pytest.mark.parametrize("tries", [0, 4])
def test_the_number_of_tries_can_be_chosen(tries: int) -> None:
    served = Served(refusal(500))
    with served.client() as client, pytest.raises(InternalServerError):
        client.with_options(max_retries=tries).account.retrieve("x")
    assert len(served.requests) == tries + 1


def test_what_cannot_get_better_is_not_repeated() -> None:
    served = Served(refusal(404))
    with served.client() as client, pytest.raises(NotFoundError):
        client.account.retrieve("x")
    assert len(served.requests) == 1


def test_a_server_can_forbid_and_demand_repetition() -> None:
    forbidden, demanded = Served(refusal(409, x_should_retry="false")), Served(refusal(404, x_should_retry="true"))
    with forbidden.client() as client, pytest.raises(ConflictError):
        client.account.retrieve("x")
    with demanded.client() as client, pytest.raises(NotFoundError):
        client.account.retrieve("x")
    assert (len(forbidden.requests), len(demanded.requests)) == (1, 3)


def test_no_answer_is_a_connection_error_with_its_cause() -> None:
    served = Served(httpx2.ConnectError("refused"))
    with (
        served.client(max_retries=0) as client,
        pytest.raises(APIConnectionError, match=r"^Connection error\.$") as caught,
    ):
        client.account.retrieve("x")
    assert isinstance(caught.value.__cause__, httpx2.ConnectError)
    assert caught.value.request.url.path == "/v1/accounts/x"
    assert (caught.value.body, caught.value.code) == (None, None)


def test_a_late_answer_is_a_timeout_error() -> None:
    served = Served(httpx2.ReadTimeout("slow"))
    with served.client(max_retries=0) as client, pytest.raises(APITimeoutError, match=r"^Request timed out\.$"):
        client.account.retrieve("x")


def test_a_mistake_in_a_transport_is_not_taken_for_the_network() -> None:
    served = Served(ZeroDivisionError("bug"))
    with served.client() as client, pytest.raises(ZeroDivisionError):
        client.account.retrieve("x")
    assert len(served.requests) == 1
