"""Moments and how they are written (spec: conventions 1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.kit import clock

FIRST = clock.read("0001-01-01T00:00:00Z")
LAST = clock.read("9999-12-31T23:59:59.999Z")
moments = st.integers(FIRST, LAST)


def test_a_moment_is_written_in_utc_with_milliseconds():
    assert clock.written(0) == "1970-01-01T00:00:00.000Z"
    assert clock.written(-1) == "1969-12-31T23:59:59.999Z"
    assert clock.written(FIRST) == "0001-01-01T00:00:00.000Z"
    assert clock.written(LAST) == "9999-12-31T23:59:59.999Z"


@given(moments)
def test_what_is_written_is_read_back(moment):
    assert clock.read(clock.written(moment)) == moment


@given(moments, moments)
def test_moments_sort_as_their_texts_do(one, other):
    assert (one < other) == (clock.written(one) < clock.written(other))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-23 * 60, 23 * 60))
def test_an_offset_is_taken_away(at, minutes):
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    text = f"{at.replace(microsecond=0).isoformat()}{sign}{hours:02d}:{rest:02d}"
    utc = at.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=minutes)

    assert clock.read(text) == (utc - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-16T12:00:00Z",
        "2026-03-16t12:00:00z",
        "2026-03-16 12:00:00Z",
        "2026-03-16T12:00Z",
        "2026-03-16T12:00:00.0009Z",
        "2026-03-16T12:00:00.000000000+00:00",
        "2026-03-16T13:00:00+0100",
        "2026-03-16T12:00:00-00:00",
    ],
)
def test_the_usual_forms_of_iso_8601_are_read(text):
    assert clock.written(clock.read(text)) == "2026-03-16T12:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-03-16", "2026-03-16T12:00:00", "2026-03-16T12Z", "2026-13-01T00:00:00Z"),
        *("2026-02-29T00:00:00Z", "2026-03-16T24:00:01Z", "2026-03-16T12:00:60Z", "0000-01-01T00:00:00Z"),
        *("2026-03-16T12:00:00+24:00", "2026-03-16T12:00:00+99:99", "0001-01-01T00:00:00+01:00"),
        *("9999-12-31T23:59:59-01:00", " 2026-03-16T12:00:00Z", "2026-03-16T12:00:00Z\n", "２026-03-16T12:00:00Z"),
        "2026-03-16T12:00:00.Z",
    ],
)
def test_anything_else_is_no_moment(text):
    assert clock.read(text) is None


near_misses = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})")


@given(st.one_of(st.text(), near_misses))
def test_reading_never_raises(text):
    moment = clock.read(text)

    assert moment is None or FIRST <= moment <= LAST


def test_now_is_now():
    assert abs(clock.now() - datetime.now(UTC).timestamp() * 1000) < 60_000
