"""The best answers come first."""

from typing import Any

import pytest


def scores(search: Any, text: str) -> list[float]:
    return [hit["score"] for hit in search(text)["data"]]


def test_words_as_they_stand_come_before_beginnings_and_beginnings_before_typing_errors(search, make):
    misspelled, beginning, exact = (make.note(title=title) for title in ("Gropu", "Groups", "Group"))
    assert search.ids("group") == [exact, beginning, misspelled]
    assert scores(search, "group") == [1.0, 0.9, 0.4]


def test_names_come_before_other_fields_and_those_before_pages_of_text(search, make):
    running = make.note(title="One", content="group")
    field = make.opportunity(nextStep="group")
    heading = make.note(title="Group")
    assert search.ids("group") == [heading, field, running]


@pytest.mark.parametrize("place", ["content", "title"])
def test_in_any_one_place_the_kind_of_match_decides(search, make, place):
    made = [make.note(**{"title": "None", place: text}) for text in ("a gropu b", "a groups b", "a group b")]
    assert search.ids("group") == made[::-1]


def test_a_typing_error_in_a_name_comes_after_any_word_that_is_right(search, make):
    name = make.account("Gropu")
    text = make.note(title="One", content="groups")
    assert search.ids("group") == [text, name]


def test_a_name_that_is_all_that_was_asked_for_comes_first(search, make):
    whole = make.account("Health Group")
    part = make.account("Health Group International Holdings")
    assert search.ids("health group") == [whole, part]


def test_the_newest_of_equals_comes_first(search, make):
    made = [make.account("Acme") for _ in range(5)]
    assert search.ids("acme") == made[::-1]


def test_every_word_counts(search, make):
    both, one = make.account("Jon Smith"), make.account("Jon Smithson")
    make.account("Jon Miller")
    assert search.ids("jon smith") == [both, one]
    assert scores(search, "jon smith") == [1.0, 0.95]


def test_a_place_that_is_better_for_a_word_counts(search, make):
    made = make.note(title="Groups", content="group")
    assert scores(search, "group") == [0.9]
    assert search.ids("group") == [made]
