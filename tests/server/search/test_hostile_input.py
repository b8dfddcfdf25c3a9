"""Whatever is sent: words are looked for, or a refusal says what is wrong; nothing is syntax and nothing is slow."""

import pytest

from lightfield_server.records import searching, service

INVALID = (400, "bad_request", "invalid_type", "text")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, (400, "bad_request", "parameter_missing", "text")),
        ({"text": ""}, INVALID),
        ({"text": " \t\n"}, INVALID),
        ({"text": "!?*()\"'-+:^~@#"}, INVALID),
        ({"text": "\U0001f600"}, INVALID),
        ({"text": "a\x00b"}, INVALID),
        ({"text": "\ud800"}, INVALID),
        ({"text": "x" * 1_001}, INVALID),
        ({"text": "x" * 1_000_000}, INVALID),
        ({"text": " ".join(f"w{n}" for n in range(10_000))}, INVALID),
        ({"text": " ".join(f"w{n}" for n in range(21))}, INVALID),
        ({"text": None}, INVALID),
        ({"text": 5}, INVALID),
        ({"text": ["x"]}, INVALID),
        ({"text": "x", "limit": 0}, (400, "bad_request", "invalid_type", "limit")),
        ({"text": "x", "limit": 101}, (400, "bad_request", "invalid_type", "limit")),
        ({"text": "x", "limit": True}, (400, "bad_request", "invalid_type", "limit")),
        ({"text": "x", "limit": "5"}, (400, "bad_request", "invalid_type", "limit")),
        ({"text": "x", "limit": 1e300}, (400, "bad_request", "invalid_type", "limit")),
        ({"text": "x", "objectTypes": []}, (400, "bad_request", "invalid_type", "objectTypes")),
        ({"text": "x", "objectTypes": "note"}, (400, "bad_request", "invalid_type", "objectTypes")),
        ({"text": "x", "objectTypes": [5]}, (400, "bad_request", "invalid_type", "objectTypes")),
        ({"text": "x", "objectTypes": ["nte"]}, (400, "bad_request", "invalid_configuration", "objectTypes")),
        ({"text": "x", "objectTypes": ["file"]}, (400, "bad_request", "invalid_configuration", "objectTypes")),
        ({"text": "x", "offset": 5}, (400, "bad_request", "unknown_field", "offset")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_makes_no_sense_is_refused_and_says_where(api, body, error):
    assert api.post("/v1/search", body).error == error


@pytest.mark.parametrize(
    "text",
    [
        "quagga OR zebra",
        "quagga AND zebra",
        "NOT quagga",
        "NEAR(quagga zebra)",
        "NEAR(quagga, 5)",
        "terms:quagga",
        "{terms} : quagga",
        '"quagga zebra',
        "quagga*zebra zebra",
        "quagga' | 'zebra",
        "quagga & zebra | !x",
        "^quagga zebra",
        "quagga + zebra ) (",
        "quagga\\ zebra \\'",
        "=account quagga",
        "1:quagga zebra",
        "<quagga zebra",
        "%quagga_zebra%",
        "quagga; drop table record; --",
    ],
)
def test_the_signs_of_query_languages_are_signs(search, make, text):
    """Both words are needed, whatever stands between; the words of operators are words like others."""
    made = make.note(title="quagga zebra")
    make.note(title="quagga")
    make.note(title="zebra")
    others = set(_words(text)) - {"quagga", "zebra"}
    assert search.ids(text) == ([] if others else [made])


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def test_the_largest_question_there_can_be_is_answered(search, make):
    run = "".join(chr(0x4E00 + n) for n in range(20 * 40))
    make.note(title="N", content=run)
    text = " ".join(run[at : at + 40] for at in range(0, 800, 40))
    assert search(text)["count"] == 1
    assert search(" ".join(f"{n}{'abcdefghij' * 4}" for n in range(20)))["count"] == 0


def test_a_text_that_is_larger_than_what_is_read_is_found_by_its_beginning(search, make):
    words = " ".join(f"word{n}x" for n in range(100_000))
    note = make.note(title="Long", content=words[:900_000])
    assert search.ids("word0x") == [note]
    assert search.ids("word2900x") == [note]
    assert search.ids("word90000x") == []
    assert search.ids("long") == [note]


def test_more_candidates_than_are_looked_at_are_said_to_be_more(search, world, make):
    def work(tx):
        context = world.context(tx)
        bodies = [{"fields": {"$title": "Quagga", "$content": "zebra"}} for _ in range(searching.MOST_CANDIDATES + 5)]
        service.create(context, context.catalog["note"], bodies)

    world.write(work)
    best = make.account("Zebra")
    answer = search("quagga", limit=100)
    assert (len(answer["data"]), answer["exactCount"]) == (100, False)
    assert answer["count"] >= searching.MOST_CANDIDATES
    assert search("zebra")["data"][0]["id"] == best
    assert search("zebra")["exactCount"] is False


def test_a_beginning_of_more_words_than_are_looked_up_is_told_apart_by_the_other_words(search, make):
    for at in range(0, 300, 100):
        make.note(title="Zebra", content=" ".join(f"quagga{n}" for n in range(at, at + 100)))
    make.note(title="Gnu", content="quagga7")
    together = search("quag zebra")
    assert (together["count"], together["exactCount"]) == (3, True)
    alone = search("quag")
    assert alone["count"] >= 1
    assert alone["count"] == 4 or alone["exactCount"] is False


def test_records_older_than_the_candidates_of_one_word_are_found_by_both(search, world, make):
    best = make.note(title="Old", content="zebra " + " ".join(f"quagga{n}" for n in range(100)))

    def work(tx):
        context = world.context(tx)
        bodies = [{"fields": {"$title": "Zebra"}} for _ in range(searching.MOST_CANDIDATES + 5)]
        service.create(context, context.catalog["note"], bodies)

    world.write(work)
    assert search.ids("zebra quag") == [best]
