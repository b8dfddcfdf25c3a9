"""How values are found: keys, operands, bounds and fragments (spec: conventions 8.3)."""

import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.kit import clock
from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.keys import LONGEST_TEXT
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.model.value_types.base import text_key

PLAIN = Configuration()
OPTIONS = Configuration(
    options=(Option("opt_a", "Big Deal"), Option("opt_b", "big  deal", retired=True), Option("opt_c", "10001+"))
)
LAST = 900719925474099100


def keys(name, kept, configuration=PLAIN):
    return VALUE_TYPES[name].keys(kept, configuration)


def operands(name, text, configuration=PLAIN):
    return VALUE_TYPES[name].operands(text, configuration)


def bounds(name, text):
    return VALUE_TYPES[name].bounds(text, PLAIN)


@pytest.mark.parametrize(
    ("name", "kept", "expected"),
    [
        ("TEXT", "Straße", ("strasse",)),
        ("TEXT", "", ()),
        ("FULL_NAME", {"firstName": "Alice", "lastName": "Bob"}, ("alice bob",)),
        ("FULL_NAME", {"firstName": None, "lastName": "Bob"}, ("bob",)),
        ("FULL_NAME", {"firstName": "Alice", "lastName": ""}, ("alice",)),
        (
            "ADDRESS",
            {"country": "US", "postalCode": "1", "state": "CA", "city": "LA", "street2": "B", "street": "A"},
            ("a, b, la, ca, 1, us",),
        ),
        ("ADDRESS", {"street": None, "city": "LA", "latitude": 1}, ("la",)),
        ("ADDRESS", {"street": None, "latitude": 1}, ()),
        ("SOCIAL_HANDLE", "https://x.com/Jack", ("https://x.com/jack",)),
        ("EMAIL", "a@b.co", ("a@b.co",)),
        ("EMAIL", ["a@b.co", "c@d.co"], ("a@b.co", "c@d.co")),
        ("URL", ["https://Acme.com/A", "https://acme.com/a"], ("https://acme.com/a",)),
        ("TELEPHONE", ["+12025551234;ext=100"], ("+12025551234;ext=100",)),
        ("CHECKBOX", True, (1,)),
        ("CHECKBOX", False, (0,)),
        ("SINGLE_SELECT", "opt_a", ("opt_a",)),
        ("MULTI_SELECT", ["opt_a"], ()),
        ("NUMBER", 1.15, (115,)),
        ("NUMBER", -0.29, (-29,)),
        ("CURRENCY", 9007199254740991, (LAST,)),
        ("DATETIME", "1970-01-01T00:00:01.005Z", (1005,)),
        ("MARKDOWN", "text", ()),
        ("HTML", "text", ()),
    ],
)
def test_a_value_is_found_by_its_keys(name, kept, expected):
    assert keys(name, kept) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("TEXT", "ACME", ("acme",)),
        ("TEXT", "", ()),
        ("FULL_NAME", "Alice BOB", ("alice bob",)),
        ("SINGLE_SELECT", "opt_a", ("opt_a",)),
        ("SINGLE_SELECT", "opt_b", ("opt_b",)),
        ("SINGLE_SELECT", " BIG deal", ("opt_a", "opt_b")),
        ("SINGLE_SELECT", "10001+", ("opt_c",)),
        ("SINGLE_SELECT", "none such", ()),
        ("CHECKBOX", "true", (1,)),
        ("CHECKBOX", "false", (0,)),
        ("NUMBER", "1.5e2", (15000,)),
        ("NUMBER", "1.005", ()),
        ("DATETIME", "1970-01-01T01:00:00+01:00", (0,)),
        ("DATETIME", "1970-01-01T00:00:00.0001Z", ()),
    ],
)
def test_an_operand_names_the_keys_equal_to_it(name, text, expected):
    assert operands(name, text, OPTIONS) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("CHECKBOX", text) for text in ("True", "1", "", "yes")),
        *(("NUMBER", text) for text in ("", "-", ".", "e5", "NaN", "inf", "1_000", "1,5", "٣", "0x10", "1 2", "--1")),
        ("NUMBER", "9" * 1_000_000),
        *(("DATETIME", text) for text in ("", "2026-03-01", "2026-03-01T00:00:00", "now")),
    ],
)
def test_an_operand_that_cannot_be_read_is_an_invalid_type(name, text):
    with pytest.raises(Problem) as caught:
        operands(name, text)

    assert (caught.value.status, caught.value.code) == (400, "invalid_type")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", (10000, 10000)),
        (" 5. ", (500, 500)),
        ("+.5", (50, 50)),
        ("1.001", (100, 101)),
        ("-1.001", (-101, -100)),
        ("1e-999999999", (0, 1)),
        ("-1e-999999999", (-1, 0)),
        ("0e999999999999999999999", (0, 0)),
        ("1e999999999", (LAST, LAST + 1)),
        ("-1e999999999", (-LAST - 1, -LAST)),
        ("9007199254740991", (LAST, LAST)),
        ("9007199254740991.001", (LAST, LAST + 1)),
        ("9007199254740992", (LAST, LAST + 1)),
    ],
)
def test_numbers_beside_or_beyond_every_key_have_bounds(text, expected):
    assert bounds("NUMBER", text) == expected


def test_moments_finer_than_a_millisecond_lie_between_two_keys():
    assert bounds("DATETIME", "1970-01-01T00:00:00.0010Z") == (1, 1)
    assert bounds("DATETIME", "1970-01-01T00:00:00.001000001Z") == (1, 2)
    assert bounds("DATETIME", "1969-12-31T23:59:59.9995Z") == (-1, 0)


def test_a_plus_lost_in_a_query_string_is_found_again():
    assert bounds("DATETIME", "1970-01-01T02:00:00 02:00") == (0, 0)
    assert bounds("DATETIME", "1970-01-01 02:00:00 02:00") == (0, 0)


exponents = st.one_of(st.integers(-30, 30), st.integers(-(10**12), 10**12))


@given(st.integers(-(10**25), 10**25), st.integers(0, 12), exponents)
def test_bounds_of_numbers_agree_with_decimal_arithmetic(digits, places, exponent):
    # Beyond a thousand powers of ten nothing changes any more, and the oracle need not carry the zeros.
    text = f"{Decimal(digits).scaleb(-places, Context(prec=60)):f}e{exponent}"
    exact = (
        Context(prec=3000, Emax=10**6, Emin=-(10**6))
        .create_decimal(digits)
        .scaleb(max(-1000, min(exponent, 1000)) - places + 2, Context(prec=3000))
    )

    def clamped(rounding, lowest, highest):
        if exact > highest:
            return highest
        return lowest if exact < lowest else int(exact.to_integral_value(rounding))

    assert bounds("NUMBER", text) == (clamped(ROUND_FLOOR, -LAST - 1, LAST), clamped(ROUND_CEILING, -LAST, LAST + 1))


amounts = st.integers(-LAST, LAST).map(lambda h: h // 100 if h % 100 == 0 else h / 100)


@given(amounts, amounts)
def test_keys_of_numbers_are_ordered_as_the_numbers_are(one, other):
    try:
        kept = [VALUE_TYPES["NUMBER"].parse(sent, PLAIN) for sent in (one, other)]
    except Problem:
        return
    first, second = (keys("NUMBER", value)[0] for value in kept)

    assert (kept[0] < kept[1]) == (first < second)
    assert Decimal(repr(kept[0])) * 100 == first
    assert bounds("NUMBER", json.dumps(kept[0])) == (first, first)


moments = st.integers(clock.read("0001-01-01T00:00:00Z"), clock.read("9999-12-31T23:59:59.999Z"))


@given(moments, moments)
def test_keys_of_moments_are_ordered_as_the_moments_are(one, other):
    written = [clock.written(moment) for moment in (one, other)]
    first, second = (keys("DATETIME", text)[0] for text in written)

    assert (written[0] < written[1]) == (first < second)
    assert bounds("DATETIME", written[0]) == (first, first)


@given(st.text(max_size=LONGEST_TEXT + 50), st.integers(0, LONGEST_TEXT))
def test_the_beginning_of_a_text_is_the_beginning_of_its_key(text, length):
    fragment = VALUE_TYPES["TEXT"].fragment(text[:length])[:LONGEST_TEXT]

    assert text_key(text).startswith(fragment)


@given(st.text(max_size=5), st.text(max_size=5))
def test_long_texts_are_told_apart_by_what_follows(one, other):
    common = "x" * LONGEST_TEXT

    assert (text_key(common + one) == text_key(common + other)) == (one.casefold() == other.casefold())
    assert len(text_key(common + one)) <= LONGEST_TEXT + 33


def test_the_digest_of_a_long_text_is_never_what_someone_looks_for():
    tail = text_key("x" * (LONGEST_TEXT + 1))[LONGEST_TEXT:]

    assert all(ord(character) < ord(" ") and character != "\0" for character in tail)


@pytest.mark.parametrize(
    ("name", "text", "fragment"),
    [
        ("TEXT", "AcMe", "acme"),
        ("EMAIL", "@Customer.com", "@customer.com"),
        ("URL", "ACME", "acme"),
        ("TELEPHONE", "+1 (202) 555", "+1202555"),
        ("TELEPHONE", "555‑12.34", "5551234"),
        ("TELEPHONE", "1234 x100", "1234;ext=100"),
        ("TELEPHONE", "1234 Ext. 100", "1234;ext=100"),
    ],
)
def test_a_fragment_is_compared_as_keys_are_written(name, text, fragment):
    assert VALUE_TYPES[name].fragment(text) == fragment


@given(st.integers(0, 30), st.integers(0, 30))
def test_any_part_of_a_telephone_number_finds_it(start, length):
    (key,) = keys("TELEPHONE", ["+12025551234;ext=100"])

    assert VALUE_TYPES["TELEPHONE"].fragment(key[start : start + length]) in key
