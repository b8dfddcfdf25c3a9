"""Numbers and dates in the formats that people export, read as they were meant or not at all."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.kit import clock
from lightfield_server.transfer import dates, numbers
from lightfield_server.transfer.refusal import Refused

amounts = st.integers(-(10**14), 10**14).map(lambda cents: Decimal(cents) / 100)


def grouped(amount: Decimal, group: str, decimal: str) -> str:
    return f"{amount:,.2f}".replace(",", "_").replace(".", decimal).replace("_", group)


@given(
    amounts,
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", "."), ("'", "."), ("’", ".")]),
)
def test_an_amount_is_read_back_whatever_groups_it(amount, style):
    text = grouped(amount, *style)
    assert Decimal(repr(numbers.read(text, None))) == amount
    assert Decimal(repr(numbers.read(text, style[1]))) == amount


@given(amounts, st.sampled_from(["$ {}", "{} €", "EUR {}", "{} USD", "£{}", "R$ {}", "{} kr", "CHF {}"]))
def test_a_currency_beside_an_amount_is_passed_over(amount, written):
    assert Decimal(repr(numbers.read(written.format(f"{abs(amount):,.2f}"), "."))) == abs(amount)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1,234)", -1234),
        ("($1,200.50)", -1200.5),
        ("$-5.00", -5),
        ("-$5", -5),
        ("5-", -5),
        ("−3.5", -3.5),
        ("45 %", 45),
        ("1.000,- €", 1000),
        (".5", 0.5),
        ("0,5", 0.5),
        ("12,34,567.00", 1234567),
        ("1.234.567", 1234567),
        ("+7", 7),
    ],
)
def test_a_number_is_read_as_people_mean_it(text, value):
    assert numbers.read(text, None) == value


@pytest.mark.parametrize("text", ["abc", "", "1,2,3", "12,34", "1.2.3", "--5", "(5", "1 23", "0x10", "1e5", "NaN", "∞"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refused):
        numbers.read(text, ".")


def test_the_column_says_whether_a_mark_groups_or_divides():
    assert numbers.read("12.345", None) == 12345
    assert numbers.read("12.345", ".") == 12.345
    assert numbers.evidence("12.345") is None
    assert numbers.evidence("1.234,56") == numbers.evidence("12,5") == ","
    assert numbers.evidence("1,234.56") == numbers.evidence("12.5") == "."


@given(st.floats(allow_nan=False, allow_infinity=False) | st.text())
def test_any_text_is_a_number_or_refused(anything):
    with contextlib.suppress(Refused):
        assert isinstance(numbers.read(str(anything), None), int | float)


days = st.dates(date(1971, 1, 1), date(2069, 12, 31))
FORMS = {
    "dmy": ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d.%m.%y", "%d-%m-%y"],
    "mdy": ["%m/%d/%Y", "%m-%d-%y", "%m/%d/%y"],
    "ymd": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%d-%b-%y"],
}


@given(days, st.data())
def test_a_date_is_read_back_in_every_form(day, data):
    order = data.draw(st.sampled_from(list(FORMS)))
    text = day.strftime(data.draw(st.sampled_from(FORMS[order])))
    read = dates.read(text, order, UTC)
    assert clock.read(read) == round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


@given(days)
def test_a_date_that_tells_its_order_needs_no_setting(day):
    for order, form in (("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y")):
        text = day.strftime(form)
        told = dates.evidence(text)
        if told == frozenset({order}):
            assert dates.read(text, None, UTC)[:10] == day.isoformat()
        elif day.day != day.month:
            assert told == frozenset({"dmy", "mdy"})
            with pytest.raises(Refused, match="either order"):
                dates.read(text, None, UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-12-31 14:30", "2017-12-31T14:30:00.000Z"),
        ("12/31/2017 2:30 PM", "2017-12-31T14:30:00.000Z"),
        ("12/31/2017 12:05 am", "2017-12-31T00:05:00.000Z"),
        ("31.12.2017 14:30 Uhr", "2017-12-31T14:30:00.000Z"),
        ("2017-12-31T10:00:00+02:00", "2017-12-31T08:00:00.000Z"),
        ("2017/12/31 10:00:00.123 UTC+2", "2017-12-31T08:00:00.123Z"),
        ("2017-12-31 10:00 -0530", "2017-12-31T15:30:00.000Z"),
        ("Sunday, December 31, 2017", "2017-12-31T00:00:00.000Z"),
        ("31. Dezember 2017", "2017-12-31T00:00:00.000Z"),
        ("31 décembre 2017", "2017-12-31T00:00:00.000Z"),
        ("43100", "2017-12-31T00:00:00.000Z"),
        ("43100.5", "2017-12-31T12:00:00.000Z"),
    ],
)
def test_times_zones_and_day_numbers_are_read(text, moment):
    assert clock.read(dates.read(text, None, UTC)) == clock.read(moment)


def test_a_time_without_a_zone_is_that_of_the_mapping():
    berlin = dates.zone("Europe/Berlin")
    assert dates.read("2017-07-01 10:00", None, berlin) == "2017-07-01T10:00:00.000+02:00"
    assert dates.read("2017-01-01 10:00", None, berlin) == "2017-01-01T10:00:00.000+01:00"
    assert clock.read(dates.read("2017-01-01 10:00Z", None, berlin)) == clock.read("2017-01-01T10:00:00Z")


@pytest.mark.parametrize(
    "text",
    ["2017-02-30", "31/31/2017", "2017-13-01", "hello", "May 2017", "25:00", "2017-01-01 25:00", "1/2/3", "99999999"],
)
def test_what_is_no_date_is_refused_with_a_fix(text):
    with pytest.raises(Refused) as refused:
        dates.read(text, "dmy", UTC)
    assert "2026-03-16" in refused.value.fix


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_refused(text):
    with contextlib.suppress(Refused):
        assert clock.read(dates.read(text, "dmy", UTC)) is not None
