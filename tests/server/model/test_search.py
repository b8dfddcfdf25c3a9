"""How well a text answers, and which typing errors are looked past."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.model.search import alike, errors, meant, sketch
from tests.server.search.oracle import distance

LETTERS = st.text(alphabet="abc", min_size=1, max_size=11)


@given(LETTERS, LETTERS, st.integers(0, 2))
def test_words_are_alike_as_the_book_says(one, other, most):
    assert alike(one, other, most) is (distance(one, other) <= most)


@given(LETTERS, LETTERS)
def test_whatever_a_word_may_mean_is_among_what_its_sketch_names(word, other):
    if other not in meant(word, [other]):
        return
    drawn = sketch(word)
    assert drawn is not None
    shortest, longest = drawn.lengths
    assert shortest <= len(other) <= longest
    assert other.startswith(drawn.opening) or other.endswith(drawn.closing) or other in drawn.others


@pytest.mark.parametrize(
    ("word", "most"),
    [
        ("cat", 0),
        ("grop", 1),
        ("helping", 1),
        ("smithson", 2),
        ("acme2000", 0),
        ("日本語日本語日本", 0),
        ("a@bcde.fg", 0),
    ],
)
def test_longer_words_may_have_more_errors(word, most):
    assert errors(word) == most


@pytest.mark.parametrize(
    ("word", "other", "is_meant"),
    [
        ("helth", "health", True),
        ("grop", "group", True),
        ("gruop", "group", True),
        ("grouq", "group", True),
        ("ggroup", "group", True),
        ("gorp", "group", False),
        ("acbd", "abcd", True),
        ("internatoinl", "international", True),
        ("jnternationak", "international", False),
        ("grou2", "group", False),
        ("group", "group", False),
    ],
)
def test_a_word_may_be_meant_by_another(word, other, is_meant):
    assert meant(word, [other]) == ([other] if is_meant else [])


def test_the_nearest_is_meant_first():
    assert meant("smithson", ["smitsen", "smithsen", "smithon"]) == ["smithon", "smithsen", "smitsen"]
