"""Making, copying and closing clients (spec: sdk-python 2)."""

from __future__ import annotations

import gc
import math
from typing import Any

import httpx2
import pytest

from lightfield import DEFAULT_TIMEOUT, AsyncLightfield, Lightfield, LightfieldError, Timeout, omit
from lightfield._http import OwnClient
from tests.sdk.support import Served, record, reply


def test_the_key_comes_from_the_environment_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTFIELD_API_KEY", "sk_lf_env")
    with Lightfield() as client:
        assert client.api_key == "sk_lf_env"
    with Lightfield(api_key="sk_lf_given") as client:
        assert client.api_key == "sk_lf_given"


@pytest.mark.parametrize("key", [None, ""])
def test_a_missing_key_is_an_error_that_says_what_to_do(key: str | None) -> None:
    with pytest.raises(LightfieldError, match=r"pass `api_key=…` or set LIGHTFIELD_API_KEY"):
        Lightfield(api_key=key)


def test_arguments_have_to_be_named() -> None:
    with pytest.raises(TypeError):
        Lightfield("sk_lf_x")  # type: ignore[call-arg]


def test_the_origin_is_the_argument_or_the_environment_or_the_hosted_product(monkeypatch: pytest.MonkeyPatch) -> None:
    with Lightfield(api_key="k") as client:
        assert str(client.base_url) == "https://api.lightfield.app/"
    monkeypatch.setenv("LIGHTFIELD_BASE_URL", "http://env.test")
    with Lightfield(api_key="k") as client:
        assert str(client.base_url) == "http://env.test/"
    with Lightfield(api_key="k", base_url=httpx2.URL("http://arg.test/crm")) as client:
        assert str(client.base_url) == "http://arg.test/crm/"


def test_a_path_in_the_origin_is_kept() -> None:
    served = Served()
    with served.client(base_url="http://server.test/crm/") as client:
        client.account.retrieve("acc_1")
    assert str(served.request.url) == "http://server.test/crm/v1/accounts/acc_1"


def test_defaults_are_thirty_seconds_five_to_connect_and_two_retries() -> None:
    with Lightfield(api_key="k") as client:
        assert client.timeout == DEFAULT_TIMEOUT == Timeout(30.0, connect=5.0)
        assert client.max_retries == 2


def test_no_number_of_retries_is_a_type_error_with_advice() -> None:
    with pytest.raises(TypeError, match=r"0 for none, `math.inf`"):
        Lightfield(api_key="k", max_retries=None)  # type: ignore[arg-type]
    with Lightfield(api_key="k", max_retries=math.inf) as client:
        assert client.max_retries == math.inf


def test_the_wrong_kind_of_http_client_is_a_type_error() -> None:
    with httpx2.Client() as http, pytest.raises(TypeError, match=r"must be an `httpx2.AsyncClient`, not httpx2.Client"):
        AsyncLightfield(api_key="k", http_client=http)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"must be an `httpx2.Client`, not httpx2.AsyncClient"):
        Lightfield(api_key="k", http_client=httpx2.AsyncClient())  # type: ignore[arg-type]


def test_the_timeout_of_a_given_http_client_is_kept_unless_one_is_given() -> None:
    with Lightfield(api_key="k", http_client=httpx2.Client(timeout=7)) as client:
        assert client.timeout == Timeout(7)
    with Lightfield(api_key="k", http_client=httpx2.Client()) as client:
        assert client.timeout == DEFAULT_TIMEOUT
    with Lightfield(api_key="k", http_client=httpx2.Client(timeout=7), timeout=None) as client:
        assert client.timeout is None


def test_headers_from_the_environment_stand_below_given_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTFIELD_CUSTOM_HEADERS", "X-Team: sales\nX-Env: yes\nnonsense")
    served = Served()
    with served.client(default_headers={"x-team": "support"}) as client:
        client.auth.validate()
    assert served.request.headers["x-team"] == "support"
    assert served.request.headers["x-env"] == "yes"


def test_a_copy_changes_only_what_is_given() -> None:
    served = Served()
    with served.client(default_headers={"X-A": "1"}, default_query={"a": "1"}) as client:
        copy = client.with_options(
            api_key="other", max_retries=5, timeout=3, default_headers={"X-B": "2"}, default_query={"b": 2}
        )
        copy.account.retrieve("acc_1")
        assert (copy.api_key, copy.max_retries, copy.timeout) == ("other", 5, 3)
        assert (client.api_key, client.max_retries) == ("sk_lf_test", 2)
    assert served.request.headers["x-a"] == "1"
    assert served.request.headers["x-b"] == "2"
    assert served.request.headers["authorization"] == "Bearer other"
    assert served.query() == "a=1&b=2"


def test_a_copy_can_replace_headers_and_query() -> None:
    served = Served()
    with served.client(default_headers={"X-A": "1"}, default_query={"a": "1"}) as client:
        client.copy(set_default_headers={"X-B": "2"}, set_default_query={"b": "2"}).account.retrieve("acc_1")
    assert "x-a" not in served.request.headers
    assert served.query() == "b=2"


@pytest.mark.parametrize("name", ["headers", "query"])
def test_adding_and_replacing_at_once_is_a_value_error(name: str) -> None:
    both: dict[str, Any] = {f"default_{name}": {}, f"set_default_{name}": {}}
    with (
        Served().client() as client,
        pytest.raises(ValueError, match=f"`default_{name}` adds and `set_default_{name}` replaces"),
    ):
        client.copy(**both)


def test_copies_share_connections_and_close_together() -> None:
    client = Served().client()
    copy = client.copy()
    assert not copy.is_closed()
    client.close()
    assert copy.is_closed()


def test_leaving_the_block_closes_the_client() -> None:
    with Lightfield(api_key="k") as client:
        assert not client.is_closed()
    assert client.is_closed()


@pytest.mark.anyio
async def test_leaving_the_asynchronous_block_closes_the_client() -> None:
    async with AsyncLightfield(api_key="k") as client:
        assert not client.is_closed()
    assert client.is_closed()


def test_a_forgotten_client_closes_itself_and_a_forgotten_copy_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Watched(OwnClient):
        def close(self) -> None:
            closed.append(True)
            super().close()

    monkeypatch.setattr("lightfield._client.OwnClient", Watched)
    client = Lightfield(api_key="k")
    client.copy()
    gc.collect()
    assert closed == []
    del client
    gc.collect()
    assert closed == [True]


def test_a_resource_is_made_once() -> None:
    with Served().client() as client:
        assert client.account is client.account


def test_a_default_header_can_be_taken_away_for_one_call() -> None:
    served = Served(reply(record()))
    with served.client(default_headers={"X-A": "1"}) as client:
        client.account.retrieve("acc_1", extra_headers={"X-A": omit})
    assert "x-a" not in served.request.headers
