"""The operators of list queries (spec: conventions 8.2 and 8.3)."""

from dataclasses import dataclass, field

import pytest

from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.filters import OPERATORS, named, operator, serving
from lightfield_server.model.keys import LONGEST_TEXT
from lightfield_server.model.matching import Matching
from lightfield_server.model.predicates import Between, Linked, OneOf, Prefix, Within
from lightfield_server.model.problems import Problem
from lightfield_server.model.routes import LinkHop
from lightfield_server.model.value_types import VALUE_TYPES

COMPARISONS = ["greaterThan", "greaterThanOrEqual", "lessThan", "lessThanOrEqual"]
TABLE = {
    "NUMBER": ["equal", *COMPARISONS],
    "CURRENCY": ["equal", *COMPARISONS],
    "DATETIME": ["equal", *COMPARISONS],
    "TEXT": ["equal", "startsWith"],
    "FULL_NAME": ["equal", "startsWith"],
    "SOCIAL_HANDLE": ["equal", "startsWith"],
    "ADDRESS": ["equal", "startsWith"],
    "CHECKBOX": ["equal"],
    "SINGLE_SELECT": ["equal"],
    "EMAIL": ["contains"],
    "TELEPHONE": ["contains"],
    "URL": ["contains"],
    "MULTI_SELECT": [],
    "MARKDOWN": [],
    "HTML": [],
}
ROUTES = ((LinkHop("task-account", forward=True),),)


@dataclass
class FieldPlace:
    type: str
    configuration: Configuration = field(default_factory=Configuration)
    name: str = "account.$field"
    routes: tuple = ()

    @property
    def matching(self):
        return VALUE_TYPES[self.type].matching

    def keys(self, operand):
        return VALUE_TYPES[self.type].operands(operand, self.configuration)

    def bounds(self, operand):
        return VALUE_TYPES[self.type].bounds(operand, self.configuration)

    def fragment(self, operand):
        return VALUE_TYPES[self.type].fragment(operand)

    def link(self, operand):
        raise AssertionError


@dataclass
class LinkPlace:
    name: str = ""
    matching: Matching = Matching.LINK
    routes: tuple = ROUTES

    def link(self, operand):
        return 7 if operand == "acc_7" else None


def ask(name, place, operand):
    return OPERATORS[name].predicate(place, operand)


def test_the_table_covers_every_value_type():
    assert set(TABLE) == {declared.name for declared in VALUE_TYPES}


@pytest.mark.parametrize(("type", "operators"), TABLE.items())
def test_each_value_type_has_the_operators_of_the_table_with_its_default_first(type, operators):
    assert [declared.name for declared in serving(VALUE_TYPES[type].matching)] == operators


def test_relationships_have_equal_by_default_and_contains_which_means_the_same():
    assert [declared.name for declared in serving(Matching.LINK)] == ["equal", "contains"]
    for name in ("equal", "contains"):
        assert ask(name, LinkPlace(), "acc_7") == Linked(ROUTES, 7)
        assert ask(name, LinkPlace(), "con_1") == Linked(ROUTES, None)


def test_operators_are_known_by_exact_name_and_equals_is_an_alias():
    assert named("equal") is named("equals") is OPERATORS["equal"]
    assert named("Equal") is None
    assert named("like") is None


def test_every_operator_has_words_for_a_filter_bar():
    words = [declared.says for declared in OPERATORS]

    assert all(words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("name", "operand", "low", "high"),
    [
        ("greaterThan", "5", 501, None),
        ("greaterThanOrEqual", "5", 500, None),
        ("lessThan", "5", None, 499),
        ("lessThanOrEqual", "5", None, 500),
        ("greaterThan", "5.001", 501, None),
        ("greaterThanOrEqual", "5.001", 501, None),
        ("lessThan", "5.001", None, 500),
        ("lessThanOrEqual", "5.001", None, 500),
    ],
)
def test_comparisons_are_right_beside_keys_as_well(name, operand, low, high):
    assert ask(name, FieldPlace("NUMBER"), operand) == Between("account.$field", low, high)


@pytest.mark.parametrize(("operand", "above", "below"), [("1e400", False, True), ("-1e400", True, False)])
def test_operands_beyond_every_number_are_above_or_below_all_of_them(operand, above, below):
    last = VALUE_TYPES["NUMBER"].keys(9007199254740991, Configuration())[0]

    def holds(name, key):
        between = ask(name, FieldPlace("NUMBER"), operand)
        return (between.low is None or between.low <= key) and (between.high is None or key <= between.high)

    for key in (-last, 0, last):
        assert holds("greaterThan", key) is holds("greaterThanOrEqual", key) is above
        assert holds("lessThan", key) is holds("lessThanOrEqual", key) is below
    assert ask("equal", FieldPlace("NUMBER"), operand) == OneOf("account.$field", ())


def test_equal_asks_for_whole_keys():
    options = Configuration(options=(Option("opt_a", "10001+"),))

    assert ask("equal", FieldPlace("TEXT"), "ACME") == OneOf("account.$field", ("acme",))
    assert ask("equal", FieldPlace("TEXT"), "") == OneOf("account.$field", ())
    assert ask("equal", FieldPlace("CHECKBOX"), "false") == OneOf("account.$field", (0,))
    assert ask("equal", FieldPlace("SINGLE_SELECT", options), "10001+") == OneOf("account.$field", ("opt_a",))


def test_starts_with_and_contains_ask_for_fragments():
    assert ask("startsWith", FieldPlace("TEXT"), "Chief") == Prefix("account.$field", "chief")
    assert ask("startsWith", FieldPlace("SOCIAL_HANDLE"), "") == Prefix("account.$field", "")
    assert ask("contains", FieldPlace("TELEPHONE"), "(202) 555") == Within("account.$field", "202555")


@pytest.mark.parametrize(("name", "type"), [("startsWith", "TEXT"), ("contains", "EMAIL")])
def test_a_fragment_longer_than_keys_is_refused_with_the_limit(name, type):
    ask(name, FieldPlace(type), "x" * LONGEST_TEXT)

    with pytest.raises(Problem, match=str(LONGEST_TEXT)) as caught:
        ask(name, FieldPlace(type), "x" * (LONGEST_TEXT + 1))
    assert (caught.value.status, caught.value.code) == (400, "invalid_type")


@pytest.mark.parametrize("operand", ["nul\0", "lone \udc80 half"])
@pytest.mark.parametrize("name", ["equal", "startsWith"])
def test_an_operand_that_no_store_can_carry_is_refused(name, operand):
    with pytest.raises(Problem) as caught:
        ask(name, FieldPlace("TEXT"), operand)
    assert caught.value.code == "invalid_type"


def test_one_more_operator_is_one_declaration():
    @operator("isTwice", Matching.AMOUNT, says="is twice")
    def is_twice(place, operand):
        return OneOf(place.name, place.keys(str(2 * int(operand))))

    try:
        assert "isTwice" in [declared.name for declared in serving(Matching.AMOUNT)]
        assert ask("isTwice", FieldPlace("NUMBER"), "2") == OneOf("account.$field", (400,))
    finally:
        OPERATORS.remove("isTwice")
