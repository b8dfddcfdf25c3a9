"""What an administrator may say of a field, and what definitions and schemas say back (spec: fields 2 and 8)."""

import pytest
from jsonschema import Draft202012Validator
from phonenumbers import SUPPORTED_REGIONS

from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.model.value_types.codes import COUNTRIES, CURRENCIES

OPTIONS = Configuration(options=(Option("opt_a", "A"), Option("opt_b", "B", retired=True)))


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("TEXT", {}, Configuration()),
        ("CURRENCY", {}, Configuration(currency="USD")),
        ("CURRENCY", {"currency": "EUR"}, Configuration(currency="EUR")),
        ("EMAIL", {}, Configuration()),
        ("EMAIL", {"unique": True}, Configuration(unique=True)),
        ("URL", {"multipleValues": True, "unique": False}, Configuration(multiple=True)),
        ("TELEPHONE", {"multipleValues": True}, Configuration(multiple=True)),
        ("SOCIAL_HANDLE", {"handleService": "LINKEDIN"}, Configuration(service="LINKEDIN")),
        ("SINGLE_SELECT", {}, Configuration()),
    ],
)
def test_settings_that_make_sense_configure_a_field(name, sent, expected):
    assert VALUE_TYPES[name].configure(sent) == expected


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("TEXT", {"unique": True}),
        ("TEXT", {"bogus": 1}),
        ("NUMBER", {"currency": "EUR"}),
        *(("CURRENCY", {"currency": currency}) for currency in ("eur", "EURO", "ZZZ", "", 5, None, ["EUR"])),
        *(("EMAIL", {"unique": unique}) for unique in ("yes", 1, None)),
        ("TELEPHONE", {"multipleValues": "true"}),
        *(("SOCIAL_HANDLE", sent) for sent in ({}, {"handleService": "MYSPACE"}, {"handleService": ["TWITTER"]})),
        ("SINGLE_SELECT", {"options": []}),
        ("MULTI_SELECT", {"multipleValues": True}),
    ],
)
def test_settings_that_make_none_are_refused(name, sent):
    with pytest.raises(Problem) as caught:
        VALUE_TYPES[name].configure(sent)

    assert (caught.value.status, caught.value.code) == (400, "invalid_configuration")


def test_definitions_show_what_is_configured_and_nothing_else():
    shown = {
        "TEXT": {},
        "CURRENCY": {"currency": "USD"},
        "EMAIL": {"unique": False, "multipleValues": False},
        "SOCIAL_HANDLE": {"handleService": "TWITTER"},
        "SINGLE_SELECT": {"options": [{"id": "opt_a", "label": "A", "description": None}]},
    }
    configuration = Configuration(options=OPTIONS.options, currency="USD", service="TWITTER")

    assert {name: VALUE_TYPES[name].configuration(configuration) for name in shown} == shown


@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize("declared", VALUE_TYPES, ids=lambda declared: declared.name)
def test_schemas_are_json_schema(declared, multiple):
    configuration = Configuration(options=OPTIONS.options, multiple=multiple)

    Draft202012Validator.check_schema(declared.write_schema(configuration))
    Draft202012Validator.check_schema(declared.read_schema(configuration))


@pytest.mark.parametrize(
    ("name", "configuration", "sent"),
    [
        ("TEXT", Configuration(allowed=frozenset({"FULL"})), "FULL"),
        ("NUMBER", Configuration(), 1.15),
        ("CHECKBOX", Configuration(), True),
        ("DATETIME", Configuration(), "2026-03-16T12:00:00+01:00"),
        ("EMAIL", Configuration(), "A@B.co"),
        ("EMAIL", Configuration(multiple=True), ["A@B.co", "c@d.co"]),
        ("TELEPHONE", Configuration(), "202 555 1234"),
        ("URL", Configuration(), ["acme.com"]),
        ("ADDRESS", Configuration(), {"city": "Paris", "country": "fr"}),
        ("FULL_NAME", Configuration(), {"lastName": "Bob"}),
        ("SOCIAL_HANDLE", Configuration(service="TWITTER"), "@jack"),
        ("SINGLE_SELECT", OPTIONS, "A"),
        ("MULTI_SELECT", OPTIONS, ["A"]),
        ("MARKDOWN", Configuration(), "# A"),
    ],
)
def test_what_is_sent_and_what_is_kept_satisfy_their_schemas(name, configuration, sent):
    declared = VALUE_TYPES[name]

    Draft202012Validator(declared.write_schema(configuration)).validate(sent)
    Draft202012Validator(declared.read_schema(configuration)).validate(declared.parse(sent, configuration))


def test_codes_have_the_shape_of_their_standards():
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    # Ascension and Tristan da Cunha have telephones and no country code of their own.
    assert set(SUPPORTED_REGIONS) - COUNTRIES == {"AC", "TA"}


@pytest.mark.parametrize(
    ("name", "configuration", "kept", "words"),
    [
        ("TEXT", Configuration(), "Acme", "Acme"),
        ("NUMBER", Configuration(), 1234567.5, "1,234,567.5"),
        ("CURRENCY", Configuration(currency="EUR"), 1234.5, "1,234.50 EUR"),
        ("CURRENCY", Configuration(currency="JPY"), 1000, "1,000 JPY"),
        ("CHECKBOX", Configuration(), True, "Yes"),
        ("DATETIME", Configuration(), "2026-03-16T12:00:00.000Z", "2026-03-16 12:00 UTC"),
        ("EMAIL", Configuration(multiple=True), ["a@b.co", "c@d.co"], "a@b.co, c@d.co"),
        ("FULL_NAME", Configuration(), {"firstName": None, "lastName": "Bob"}, "Bob"),
        ("ADDRESS", Configuration(), {"city": "Paris", "state": None, "country": "FR"}, "Paris, FR"),
        ("SINGLE_SELECT", OPTIONS, "opt_a", "A"),
        ("SINGLE_SELECT", OPTIONS, "opt_gone", "opt_gone"),
        ("MULTI_SELECT", OPTIONS, ["opt_a", "opt_b"], "A, B"),
        ("HTML", Configuration(), "<p>Fish &amp;\n <b>chips</b></p>", "Fish & chips"),
    ],
)
def test_a_value_reads_as_a_person_would_write_it(name, configuration, kept, words):
    assert VALUE_TYPES[name].text(kept, configuration) == words


def test_markup_of_nothing_but_openings_is_read_once():
    assert VALUE_TYPES["HTML"].text("<" * 1_000_000, Configuration())
