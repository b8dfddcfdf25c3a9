"""Decisions about a call, taken without a network (spec: sdk-python 8)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lightfield._plan import (
    Call,
    delay_after_answer,
    delay_after_failure,
    delay_asked_for,
    is_worth_repeating,
    overlaid,
)

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def call(max_retries: float = 2) -> Call:
    return Call("GET", "http://server.test/", {}, (5, 30, 30, 30), max_retries)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 599])
def test_these_statuses_are_worth_another_try(status: int) -> None:
    assert is_worth_repeating(status, {})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 415, 422])
def test_these_statuses_are_final(status: int) -> None:
    assert not is_worth_repeating(status, {})


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_the_server_has_the_last_word_on_trying_again(status: int) -> None:
    assert is_worth_repeating(status, {"x-should-retry": "true"})
    assert not is_worth_repeating(status, {"x-should-retry": "false"})


def test_a_success_is_never_repeated() -> None:
    assert delay_after_answer(call(), 0, 200, {"x-should-retry": "true"}) is None


def test_there_are_as_many_further_tries_as_allowed() -> None:
    assert delay_after_answer(call(2), 1, 500, {}) is not None
    assert delay_after_answer(call(2), 2, 500, {}) is None
    assert delay_after_failure(call(0), 0) is None
    assert delay_after_failure(call(math.inf), 1_000_000) is not None


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (5000, 8.0)]
)
def test_our_own_delay_doubles_up_to_eight_seconds_less_at_most_a_quarter(attempt: int, longest: float) -> None:
    assert delay_after_failure(call(math.inf), attempt, chance=lambda: 0.0) == longest
    assert delay_after_failure(call(math.inf), attempt, chance=lambda: 1.0) == longest * 0.75


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=20), usegmt=True)}, 20.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "x", "retry-after": "4"}, 4.0),
        ({}, None),
    ],
)
def test_a_server_can_ask_for_a_delay(headers: dict[str, str], seconds: float | None) -> None:
    assert delay_asked_for(headers, NOW) == seconds


@pytest.mark.parametrize(("asked", "delay"), [("1", 1.0), ("60", 60.0), ("61", 0.5), ("0", 0.5), ("-3", 0.5)])
def test_a_delay_is_honoured_up_to_a_minute(asked: str, delay: float) -> None:
    assert delay_after_answer(call(), 0, 429, {"retry-after": asked}, now=NOW, chance=lambda: 0.0) == delay


def test_headers_lie_on_top_of_each_other_whatever_their_capitals() -> None:
    assert overlaid({"A": "1", "B": "2"}, {"a": "3"}, None) == {"a": "3", "B": "2"}
