"""Refusals as exceptions (spec: sdk-python 8)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

import lightfield
from lightfield import APIError, APIStatusError, LightfieldError
from tests.sdk.support import Served, refusal, reply

STATUSES = [
    (400, "BadRequestError"),
    (401, "AuthenticationError"),
    (403, "PermissionDeniedError"),
    (404, "NotFoundError"),
    (408, "APIStatusError"),
    (409, "ConflictError"),
    (415, "APIStatusError"),
    (422, "UnprocessableEntityError"),
    (429, "RateLimitError"),
    (500, "InternalServerError"),
    (503, "InternalServerError"),
]


def refused(answer: Any) -> APIStatusError:
    with Served(answer).client(max_retries=0) as client, pytest.raises(APIStatusError) as caught:
        client.account.retrieve("x")
    return caught.value


@pytest.mark.parametrize(("status", "name"), STATUSES)
def test_each_status_has_its_class(status: int, name: str) -> None:
    error = refused(refusal(status))
    assert type(error) is getattr(lightfield, name)
    assert isinstance(error, APIError | LightfieldError)
    assert error.status_code == status
    assert error.response.status_code == status


def test_an_error_says_what_the_server_said() -> None:
    error = refused(refusal(400))
    said = {"type": "bad_request", "message": "No.", "code": "unknown_field", "param": "fields.x"}
    assert str(error) == error.message == f"Error code: 400 - {{'error': {said}}}"
    body: Any = error.body
    assert body["error"]["code"] == "unknown_field"
    assert (error.type, error.code, error.param) == ("bad_request", "unknown_field", "fields.x")


def test_an_error_without_its_wrapper_is_understood_too() -> None:
    error = refused(reply({"type": "too_many_requests", "message": "Slow down."}, 429))
    assert (error.type, error.code, error.param) == ("too_many_requests", None, None)


@pytest.mark.parametrize("body", [["a"], "text", 7, {"error": "text"}])
def test_an_error_of_unknown_form_has_no_type(body: Any) -> None:
    error = refused(reply(body, 400))
    assert (error.type, error.code, error.param) == (None, None, None)
    assert error.body == body


def test_an_error_that_is_not_json_says_its_text() -> None:
    assert str(refused(httpx2.Response(502, text="<h1>Bad gateway</h1>"))) == "<h1>Bad gateway</h1>"
    assert str(refused(httpx2.Response(502))) == "Error code: 502"


def test_errors_can_be_made_by_hand_as_in_the_vendors_package() -> None:
    request = httpx2.Request("GET", "http://server.test/")
    response = httpx2.Response(404, request=request)
    assert lightfield.NotFoundError("gone", response=response, body=None).request is request
    assert lightfield.APIConnectionError(request=request).message == "Connection error."
    assert lightfield.APITimeoutError(request).message == "Request timed out."
    assert lightfield.APIResponseValidationError(response, None, message="odd").message == "odd"
