"""What each value type accepts, keeps and refuses (spec: fields 2 to 7)."""

import json
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import VALUE_TYPES

PLAIN = Configuration()
SEVERAL = Configuration(multiple=True)
OPTIONS = Configuration(
    options=(
        Option("opt_new", "New"),
        Option("opt_won", "Closed  won"),
        Option("opt_twin1", "Twin"),
        Option("opt_twin2", "twin"),
        Option("opt_old", "Old", retired=True),
        Option("opt_again1", "Again", retired=True),
        Option("opt_again2", "Again"),
    )
)


def service(name, company=False):
    return Configuration(service=name, company=company)


EMPTY_ADDRESS = dict.fromkeys(
    ("street", "street2", "city", "state", "postalCode", "country", "latitude", "longitude"),
)

KEPT = [
    ("TEXT", PLAIN, "Acme", "Acme"),
    ("TEXT", PLAIN, "", ""),
    ("TEXT", PLAIN, "  spaced  ", "  spaced  "),
    ("TEXT", PLAIN, "x" * 10_000, "x" * 10_000),
    ("TEXT", Configuration(allowed=frozenset({"FULL", "METADATA"})), "FULL", "FULL"),
    ("MARKDOWN", PLAIN, "# <b>Not parsed</b>", "# <b>Not parsed</b>"),
    ("HTML", PLAIN, "<p>Hi</p>", "<p>Hi</p>"),
    ("NUMBER", PLAIN, 0, 0),
    ("NUMBER", PLAIN, 1.15, 1.15),
    ("NUMBER", PLAIN, -0.01, -0.01),
    ("NUMBER", PLAIN, 5.0, 5),
    ("NUMBER", PLAIN, -0.0, 0),
    ("NUMBER", PLAIN, 9007199254740991, 9007199254740991),
    ("NUMBER", PLAIN, -9007199254740991, -9007199254740991),
    ("CURRENCY", Configuration(currency="EUR"), 1999.99, 1999.99),
    ("CHECKBOX", PLAIN, True, True),
    ("CHECKBOX", PLAIN, False, False),
    ("DATETIME", PLAIN, "2026-03-16T12:00:00+00:00", "2026-03-16T12:00:00.000Z"),
    ("DATETIME", PLAIN, "2026-03-16T12:00:00Z", "2026-03-16T12:00:00.000Z"),
    ("DATETIME", PLAIN, "2026-03-16T12:00:00.123456-05:30", "2026-03-16T17:30:00.123Z"),
    ("EMAIL", PLAIN, " Alex@Customer.COM ", "alex@customer.com"),
    ("EMAIL", PLAIN, ["a@b.co"], "a@b.co"),
    ("EMAIL", PLAIN, ["a@b.co", "A@B.co"], "a@b.co"),
    ("EMAIL", PLAIN, [], None),
    ("EMAIL", SEVERAL, "a@b.co", ["a@b.co"]),
    ("EMAIL", SEVERAL, ["z@b.co", "a@b.co", "Z@B.co"], ["z@b.co", "a@b.co"]),
    ("EMAIL", SEVERAL, [], None),
    ("EMAIL", PLAIN, '"odd one"@b.co', '"odd one"@b.co'),
    ("EMAIL", PLAIN, "a@[192.168.0.1]", "a@[192.168.0.1]"),
    ("URL", PLAIN, "acme.com", "https://acme.com"),
    ("URL", PLAIN, " acme.com/about?x=1#y ", "https://acme.com/about?x=1#y"),
    ("URL", PLAIN, "acme.com:8080/?next=http://x", "https://acme.com:8080/?next=http://x"),
    ("URL", PLAIN, "http://localhost:3000", "http://localhost:3000"),
    ("URL", PLAIN, "https://[::1]:8080/", "https://[::1]:8080/"),
    ("URL", PLAIN, "HTTPS://Acme.com/A", "HTTPS://Acme.com/A"),
    ("URL", PLAIN, "bücher.example", "https://bücher.example"),
    ("URL", SEVERAL, ["acme.com", "https://acme.com"], ["https://acme.com"]),
    ("TELEPHONE", PLAIN, "+12025551234", ["+12025551234"]),
    ("TELEPHONE", PLAIN, ["+1 (202) 555-1234"], ["+12025551234"]),
    ("TELEPHONE", PLAIN, "202.555.1234", ["+12025551234"]),
    ("TELEPHONE", PLAIN, "12025551234", ["+12025551234"]),
    ("TELEPHONE", PLAIN, "416-555-1234", ["+14165551234"]),
    ("TELEPHONE", PLAIN, "+44 (0)20 7946 0958", ["+442079460958"]),
    ("TELEPHONE", PLAIN, "+39 06 1234 5678", ["+390612345678"]),
    ("TELEPHONE", PLAIN, "555-1234", ["5551234"]),
    ("TELEPHONE", PLAIN, "(030) 1234567", ["0301234567"]),
    ("TELEPHONE", PLAIN, "123456789012345", ["123456789012345"]),
    *(
        ("TELEPHONE", PLAIN, f"+12025551234{extension}", ["+12025551234;ext=100"])
        for extension in ("x100", " x 100", "ext:100", "#100", " ext. 100", " extension 100", ";ext=100", " Ext 100")
    ),
    ("TELEPHONE", PLAIN, "555-1234 x7", ["5551234;ext=7"]),
    ("TELEPHONE", PLAIN, [], None),
    ("TELEPHONE", SEVERAL, ["555-1234", "5551234", "202 555 1234"], ["5551234", "+12025551234"]),
    ("FULL_NAME", PLAIN, {"firstName": "Alice", "lastName": "Bob"}, {"firstName": "Alice", "lastName": "Bob"}),
    ("FULL_NAME", PLAIN, {"lastName": "Bob"}, {"firstName": None, "lastName": "Bob"}),
    ("FULL_NAME", PLAIN, {}, None),
    ("FULL_NAME", PLAIN, {"firstName": "", "lastName": None}, None),
    ("ADDRESS", PLAIN, {"city": "Paris", "country": "fr"}, EMPTY_ADDRESS | {"city": "Paris", "country": "FR"}),
    ("ADDRESS", PLAIN, {"latitude": 90, "longitude": -180}, EMPTY_ADDRESS | {"latitude": 90, "longitude": -180}),
    ("ADDRESS", PLAIN, {"latitude": 0, "longitude": 0}, EMPTY_ADDRESS | {"latitude": 0, "longitude": 0}),
    ("ADDRESS", PLAIN, {"city": None}, None),
    ("SOCIAL_HANDLE", service("TWITTER"), "https://x.com/jack?s=20", "https://x.com/jack"),
    ("SOCIAL_HANDLE", service("TWITTER"), "http://www.Twitter.com/jack/", "https://www.twitter.com/jack"),
    ("SOCIAL_HANDLE", service("TWITTER"), "@jack", "https://x.com/jack"),
    (
        "SOCIAL_HANDLE",
        service("LINKEDIN"),
        "https://uk.linkedin.com/in/jane-doe#x",
        "https://uk.linkedin.com/in/jane-doe",
    ),
    ("SOCIAL_HANDLE", service("LINKEDIN"), "linkedin.com/company/acme", "https://linkedin.com/company/acme"),
    ("SOCIAL_HANDLE", service("LINKEDIN"), "jane", "https://linkedin.com/in/jane"),
    ("SOCIAL_HANDLE", service("LINKEDIN", company=True), "acmecorp", "https://linkedin.com/company/acmecorp"),
    ("SOCIAL_HANDLE", service("FACEBOOK", company=True), "acmecorp", "https://facebook.com/acmecorp"),
    ("SOCIAL_HANDLE", service("INSTAGRAM"), "acme.corp_1", "https://www.instagram.com/acme.corp_1"),
    ("SINGLE_SELECT", OPTIONS, "opt_won", "opt_won"),
    ("SINGLE_SELECT", OPTIONS, "  closed WON ", "opt_won"),
    ("SINGLE_SELECT", OPTIONS, "Again", "opt_again2"),
    ("MULTI_SELECT", OPTIONS, ["New", "opt_won", "opt_new"], ["opt_new", "opt_won"]),
    ("MULTI_SELECT", OPTIONS, [], None),
]

WRONG_TYPE = [
    *(
        (name, PLAIN, sent)
        for name in ("TEXT", "MARKDOWN", "HTML", "DATETIME", "EMAIL", "URL", "TELEPHONE", "SINGLE_SELECT")
        for sent in (5, True, {}, {"value": "a", "valueType": name}, "nul\0", "lone \ud800 half")
    ),
    *(("TEXT", PLAIN, sent) for sent in ([], ["a"])),
    *(("NUMBER", PLAIN, sent) for sent in ("5", True, [5], {}, float("nan"), float("inf"), -float("inf"))),
    *(("CHECKBOX", PLAIN, sent) for sent in ("true", 1, 0, [True])),
    *(("EMAIL", SEVERAL, sent) for sent in ([5], [None], [["a@b.co"]], ["a@b.co\0"])),
    *(
        ("FULL_NAME", PLAIN, sent)
        for sent in ("Alice Bob", [], {"firstName": 5}, {"middleName": "x"}, {"firstName": "\0"})
    ),
    *(
        ("ADDRESS", PLAIN, sent)
        for sent in ("Main St", {"zip": "1"}, {"latitude": "5"}, {"latitude": True}, {"city": 5})
    ),
    ("ADDRESS", PLAIN, {"country": 49}),
    ("SOCIAL_HANDLE", service("TWITTER"), ["jack"]),
    ("SINGLE_SELECT", OPTIONS, ["opt_new"]),
    ("MULTI_SELECT", OPTIONS, "opt_new"),
    ("MULTI_SELECT", OPTIONS, [5]),
]

BAD_CONTENT = [
    ("TEXT", PLAIN, "x" * 10_001),
    ("TEXT", Configuration(allowed=frozenset({"FULL"})), "full"),
    ("MARKDOWN", PLAIN, "x" * 1_000_001),
    *(
        ("NUMBER", PLAIN, sent)
        for sent in (0.1 + 0.2, 1.155, 1e-300, 9007199254740992, -9007199254740992, 1e308, 10**400)
    ),
    *(
        ("DATETIME", PLAIN, sent)
        for sent in ("", "soon", "2026-03-16", "2026-03-16T12:00:00", "2026-02-30T00:00:00Z", "2026-03-16T25:00:00Z")
    ),
    *(
        ("EMAIL", PLAIN, sent)
        for sent in ("", "alex", "a@b", "Alex <a@b.co>", "a@b.co, c@d.co", "a..b@c.co", "x" * 2_000 + "@b.co", [""])
    ),
    ("EMAIL", PLAIN, ["a@b.co", "c@d.co"]),
    ("EMAIL", SEVERAL, ["a@b.co"] * 101),
    *(
        ("URL", PLAIN, sent)
        for sent in (
            *("", "acme", "acme inc.com", "https://", "https:///path", "//acme.com", "ftp://acme.com", "mailto:a@b.co"),
            *("javascript:alert(1)", "https://a b.co", "http://a..b", "http://<b>.co", "httpſ://acme.com"),
            "a.co/" + "x" * 2_000,
        )
    ),
    ("URL", PLAIN, "a.co/" + "x" * 1_990),
    *(
        ("TELEPHONE", PLAIN, sent)
        for sent in ("", "abc", "123456", "1234567890123456", "+1202555", "+999123456789", "1-800-FLOWERS", "+", "x100")
    ),
    ("TELEPHONE", PLAIN, "+4300607263"),
    ("TELEPHONE", PLAIN, ["202 555 1234", "555 1234"]),
    ("FULL_NAME", PLAIN, {"firstName": "x" * 2_001}),
    *(("ADDRESS", PLAIN, {"country": sent}) for sent in ("", "USA", "U", "ZZ", "ıT", "ß")),
    *(("ADDRESS", PLAIN, sent) for sent in ({"latitude": 90.1}, {"longitude": -180.5}, {"latitude": 10**400})),
    *(
        ("SOCIAL_HANDLE", service(name), sent)
        for name, sent in (
            *(("TWITTER", sent) for sent in ("", "..", "@", "two words", "https://x.com/", "https://notx.com/jack")),
            *(
                ("TWITTER", sent)
                for sent in ("https://x.com/jack/status/1", "https://linkedin.com/in/jack", "ftp://x.com/a")
            ),
            *(
                ("LINKEDIN", sent)
                for sent in ("https://linkedin.com/jane", "https://linkedin.com/school/x", "https://x.com/a")
            ),
            ("FACEBOOK", "https://facebook.com/profile.php?id=1"),
            ("INSTAGRAM", "https://inſtagram.com/a"),
        )
    ),
    *(("SINGLE_SELECT", OPTIONS, sent) for sent in ("", "Lost", "OPT_NEW", "Twin", "opt_old", "Old")),
    ("MULTI_SELECT", OPTIONS, ["New", "Lost"]),
    ("MULTI_SELECT", OPTIONS, ["New"] * 101),
]


def parse(name, configuration, sent):
    return VALUE_TYPES[name].parse(sent, configuration)


def refusal(name, configuration, sent):
    with pytest.raises(Problem) as caught:
        parse(name, configuration, sent)
    return caught.value


def test_every_value_type_of_the_wire_is_declared():
    assert {declared.name for declared in VALUE_TYPES} == {
        *("ADDRESS", "CHECKBOX", "CURRENCY", "DATETIME", "EMAIL", "FULL_NAME", "MARKDOWN", "MULTI_SELECT", "NUMBER"),
        *("SINGLE_SELECT", "SOCIAL_HANDLE", "TELEPHONE", "TEXT", "URL", "HTML"),
    }
    assert [declared.name for declared in VALUE_TYPES if not declared.custom] == ["HTML"]


@pytest.mark.parametrize(("name", "configuration", "sent", "kept"), KEPT)
def test_what_is_accepted_is_kept_in_one_form(name, configuration, sent, kept):
    parsed = parse(name, configuration, sent)

    assert parsed == kept
    assert type(parsed) is type(kept)


@pytest.mark.parametrize(("name", "configuration", "sent", "kept"), [row for row in KEPT if row[3] is not None])
def test_parsing_what_was_kept_changes_nothing(name, configuration, sent, kept):
    assert parse(name, configuration, kept) == kept


@pytest.mark.parametrize(("name", "configuration", "sent", "kept"), [row for row in KEPT if row[3] is not None])
def test_kept_values_survive_json_and_have_words_and_keys_of_their_kind(name, configuration, sent, kept):
    declared = VALUE_TYPES[name]
    keys = declared.keys(kept, configuration)

    assert json.loads(json.dumps(kept)) == kept
    assert isinstance(declared.text(kept, configuration), str)
    assert all(isinstance(key, str if declared.kind.name == "TEXT" else int) for key in keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("name", "configuration", "sent"), WRONG_TYPE)
def test_a_wrong_json_type_is_an_invalid_type(name, configuration, sent):
    problem = refusal(name, configuration, sent)

    assert (problem.status, problem.code, problem.param) == (400, "invalid_type", None)


@pytest.mark.parametrize(("name", "configuration", "sent"), BAD_CONTENT)
def test_bad_content_of_the_right_type_is_unprocessable(name, configuration, sent):
    problem = refusal(name, configuration, sent)

    assert (problem.status, problem.code, problem.param) == (422, None, None)


def test_a_number_too_long_to_print_is_unprocessable():
    assert refusal("NUMBER", PLAIN, 10**5000).status == 422


def test_a_refused_member_is_named():
    assert "'country'" in refusal("ADDRESS", PLAIN, {"country": "USA"}).message
    assert "'zip'" in refusal("ADDRESS", PLAIN, {"zip": "10115"}).message


def test_a_retired_option_stays_readable():
    assert VALUE_TYPES["SINGLE_SELECT"].text("opt_old", OPTIONS) == "Old"
    assert "opt_old" in VALUE_TYPES["SINGLE_SELECT"].read_schema(OPTIONS)["enum"]


#: Any JSON at all, and texts that come near to being accepted somewhere.
texts = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"\+?[0-9 ().-]{5,18}( ?(x|ext|#)[0-9]{1,4})?", fullmatch=True),
    st.from_regex(r"(https?://)?[a-zA-Z0-9.-]{1,12}\.[a-z]{2,3}(/[!-~]{0,10})?", fullmatch=True),
    st.from_regex(r"@?[A-Za-z0-9_.-]{1,20}", fullmatch=True),
    st.emails(),
    st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
    st.sampled_from([o.label for o in OPTIONS.options] + [o.id for o in OPTIONS.options]),
)
members = st.sampled_from([*EMPTY_ADDRESS, "firstName", "lastName", "other"])
numbers = st.one_of(st.integers(), st.floats(), st.decimals(-9999, 9999, places=2).map(float))
anything = st.recursive(
    st.one_of(st.booleans(), numbers, texts),
    lambda inner: st.one_of(
        st.lists(st.none() | inner, max_size=4),
        st.dictionaries(members, st.none() | inner, max_size=4),
    ),
    max_leaves=6,
)
configurations = st.builds(
    Configuration,
    options=st.just(OPTIONS.options),
    multiple=st.booleans(),
    service=st.sampled_from(["TWITTER", "LINKEDIN", "FACEBOOK", "INSTAGRAM"]),
    company=st.booleans(),
)


@given(st.sampled_from(list(VALUE_TYPES)), configurations, anything)
def test_anything_sent_is_either_kept_for_good_or_refused(declared, configuration, sent):
    try:
        kept = declared.parse(sent, configuration)
    except Problem as refused:
        answer = (refused.status, refused.code)
        assert answer in {(400, "invalid_type"), (422, None)}
        return
    if kept is None:
        return
    assert declared.parse(kept, configuration) == kept
    assert json.loads(json.dumps(kept)) == kept
    sorted(declared.keys(kept, configuration))
    declared.text(kept, configuration).encode()


@given(st.sampled_from(["EMAIL", "URL", "TELEPHONE", "SOCIAL_HANDLE", "DATETIME"]), configurations, texts)
def test_near_misses_are_either_kept_for_good_or_refused(name, configuration, sent):
    declared = VALUE_TYPES[name]
    try:
        kept = declared.parse(sent, configuration)
    except Problem:
        return
    assert declared.parse(kept, configuration) == kept


@given(st.from_regex(r"\+?[0-9]{5,17}", fullmatch=True))
def test_a_telephone_number_is_settled_by_one_reading(sent):
    try:
        kept = parse("TELEPHONE", PLAIN, sent)
    except Problem:
        return
    assert parse("TELEPHONE", PLAIN, kept) == kept


def test_hostile_lengths_are_refused_at_once():
    for name, sent in chain(
        ((name, "9" * 1_000_000) for name in ("EMAIL", "URL", "TELEPHONE", "DATETIME")),
        ((name, "a." * 500_000) for name in ("EMAIL", "URL", "TELEPHONE", "DATETIME")),
        (("EMAIL", ["x"] * 1_000_000),),
    ):
        assert refusal(name, PLAIN, sent).status == 422
