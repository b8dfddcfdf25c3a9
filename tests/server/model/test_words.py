"""Text as words, in records and in what is looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightfield_server.model.words import LONGEST_WORD, OVERLAP, readings, unspaced, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Health Group", ["health", "group"]),
        ("  -- AT&T, e-mail_x 3.5%", ["at", "t", "e", "mail", "x", "3", "5"]),
        (
            "Müller-Lüdenscheidt Åse Øre straße İstanbul Łódź",
            ["muller", "ludenscheidt", "ase", "ore", "strasse", "istanbul", "lodz"],
        ),
        ("ﬁne Ⅷ ½ Ｗｉｄｅ", ["fine", "viii", "1", "2", "wide"]),
        ("Ελλάδα Ёлка", ["ελλαδα", "елка"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם مَرْحَبًا", ["שלום", "مرحبا"]),
        ("iPhone手机 삼성전자", ["iphone", "手机", "삼성전자"]),
        ("O'Brien don’t", ["obrien", "o", "brien", "dont", "don", "t"]),
        ("jon.smith+x@Acme.co.uk", ["jon", "smith", "x", "acme", "co", "uk", "jon.smith.x@acme.co.uk"]),
        ("<ann@b.org>, x@ @y @", ["ann", "b", "org", "x", "y", "ann@b.org"]),
        ("zero\u200bwidth soft\u00adhyphen \x00 \U0001f600", ["zerowidth", "softhyphen"]),
        ("", []),
    ],
)
def test_a_text_has_these_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jon  SMITH jon", [("jon", "smith")]),
        ("O'Brien", [("obrien",)]),
        ("Jon.Smith@Acme.com now", [("jon.smith@acme.com", "now")]),
        ("+1 (202) 555-1234", [("1", "202", "555", "1234"), ("12025551234",)]),
        ("020 7946 0958 smith", [("020", "7946", "0958", "smith"), ("2079460958", "smith")]),
        ("00442079460958", [("00442079460958",), ("442079460958",)]),
        ("2024 25", [("2024", "25")]),
        ("https://www.acme.de/shop", [("acme", "de", "shop")]),
        ("!?* \"'", []),
    ],
)
def test_what_is_looked_for_is_read_like_this(text, expected):
    assert readings(text) == expected


def test_long_words_end_and_long_runs_overlap():
    assert words("x" * 100) == ["x" * LONGEST_WORD]
    run = "".join(chr(0x4E00 + n) for n in range(150))
    pieces = words(run)
    assert all(len(piece) <= LONGEST_WORD for piece in pieces)
    for at in range(len(run) - OVERLAP + 1):
        assert any(run[at : at + OVERLAP] in piece for piece in pieces)


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_found_by_itself(text):
    """Whatever the text: a word of it, looked for, is read as that word."""
    for word in words(text):
        if "@" not in word and not (unspaced(word) and len(word) > OVERLAP):
            assert (word,) in readings(word)


@given(st.text(max_size=300))
def test_words_are_folded_once_and_for_all(text):
    for word in words(text):
        assert word in words(word)
        assert not word.isspace()
        assert " " not in word
        assert '"' not in word
        assert "'" not in word
        assert "\\" not in word
