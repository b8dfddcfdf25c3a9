"""Filters as data (spec: sdk-python 9, 18; conventions 8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from lightfield._operations import OPERATIONS
from lightfield.lib.filters import Filters, pairs
from tests.sdk.support import Served, page, reply


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (None, []),
        ({}, []),
        ({"$name": "x"}, [("$name", "x")]),
        ({"$owner": "mem_1"}, [("$owner", "mem_1")]),
        ({"$amount": {"greaterThan": 5}}, [("$amount[greaterThan]", "5")]),
        ({"$stage": {"-equal": "Won"}}, [("$stage[-equal]", "Won")]),
        ({"$a": {"greaterThan": 1, "lessThan": 2.5}}, [("$a[greaterThan]", "1"), ("$a[lessThan]", "2.5")]),
        ({"$a": {"-equal": ["x", "y"]}}, [("$a[-equal]", "x"), ("$a[-equal]", "y")]),
        ({"$doNotContact": False, "tier": True}, [("$doNotContact", "false"), ("tier", "true")]),
        ({"$set": {"startsWith": ""}}, [("$set[startsWith]", "")]),
        ({"$at": {"lessThan": datetime(2026, 1, 1, tzinfo=UTC)}}, [("$at[lessThan]", "2026-01-01T00:00:00+00:00")]),
    ],
)
def test_conditions_are_query_parameters(filters: Filters | None, expected: list[tuple[str, str]]) -> None:
    assert pairs(filters) == expected


@pytest.mark.parametrize("wanted", [None, {"equal": None}, ["a"], {"equal": {"a": 1}}])
def test_a_condition_that_says_nothing_is_refused(wanted: Any) -> None:
    with pytest.raises(ValueError, match=r"The condition on '\$name' must be"):
        pairs({"$name": wanted})


def test_filters_stand_beside_the_other_arguments_and_may_repeat_a_key() -> None:
    served = Served(reply(page([])))
    filters: Filters = {"$name": {"-equal": ["A B", "C&D"]}}
    with served.client(default_query={"z": "1"}) as client:
        client.account.list(limit=5, filters=filters, extra_query={"$name[-equal]": "E"})
    assert parse_qsl(served.query()) == [
        *(("z", "1"), ("limit", "5"), ("$name[-equal]", "E")),
        *(("$name[-equal]", "A B"), ("$name[-equal]", "C&D")),
    ]


def test_lists_that_can_be_filtered_take_filters_and_the_others_do_not() -> None:
    filterable = {id for id, operation in OPERATIONS.items() if operation.filters}
    records = {f"{name}.list" for name in ("account", "contact", "opportunity", "task", "note", "meeting", "object")}
    outreach = {"sender.list", "sequence.list", "sequence.list_enrollments", "sequence.list_messages"}
    assert filterable == records | outreach
    with Served().client() as client, pytest.raises(TypeError, match="filters"):
        client.member.list(filters={})  # type: ignore[call-arg]
