"""Identifiers (spec: conventions 10)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.kit import clock, ids

NOW = clock.read("2026-05-01T09:00:00Z")
numbers = st.integers(0, 2**63 - 1)
prefixes = st.sampled_from(["acc", "opt", "a_b"])


@given(prefixes, numbers)
def test_an_id_names_its_number_and_no_other_kind(prefix, number):
    id = ids.written(prefix, number)

    assert ids.body(prefix, id) == number
    assert ids.body("con", id) is None
    assert re.fullmatch(r"[a-z_]+_[0-9a-z]{15,26}", id)


@given(numbers, numbers)
def test_ids_sort_as_their_numbers_do(one, other):
    assert (one < other) == (ids.written("acc", one) < ids.written("acc", other))


@given(st.one_of(st.text(), st.text(alphabet="acc_0123456789abcdefABCDEF", max_size=24)))
def test_any_text_is_an_id_as_it_would_be_written_or_none(text):
    number = ids.body("acc", text)

    assert number is None or ids.written("acc", number) == text


def test_what_only_looks_like_an_id_is_none():
    for text in (
        "acc_",
        "acc_ffffffffffffffff",
        "acc_000000000000000A",
        "acc_00000000000000001",
        "acc-0000000000000001",
    ):
        assert ids.body("acc", text) is None


def test_numbers_grow_even_when_the_clock_stands_still_or_goes_back():
    times = iter([NOW] * 1000 + [NOW - 5000] * 1000)
    source = ids.Numbers(lambda: next(times))
    drawn = [source.next() for _ in range(2000)]

    assert drawn == sorted(set(drawn))
    assert drawn[0] < 2**63


def test_numbers_sort_by_the_moment_they_were_drawn():
    earlier = ids.Numbers(lambda: NOW)
    later = ids.Numbers(lambda: NOW + 1)

    assert max(earlier.next() for _ in range(1000)) < later.next()
