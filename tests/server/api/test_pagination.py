"""Pages of lists (spec: conventions 7)."""

from typing import Any

import pytest

LISTS = ["accounts", "contacts", "opportunities", "tasks", "notes", "meetings", "members", "lists"]


@pytest.mark.parametrize("plural", LISTS)
def test_an_empty_list_is_a_page_too(plural: str, api: Any) -> None:
    assert api.get(f"/v1/{plural}").ok() == {"object": "list", "data": [], "totalCount": 0}


@pytest.fixture
def thirty(make: Any) -> list[str]:
    """Thirty accounts, newest first."""
    return [make.account(str(number)) for number in range(30)][::-1]


def page(api: Any, query: str) -> tuple[list[str], int]:
    found = api.get(f"/v1/accounts{query}").ok()
    return [each["id"] for each in found["data"]], found["totalCount"]


PAGES = {
    "": (0, 25),
    "?limit=25": (0, 25),
    "?limit=1": (0, 1),
    "?limit=10&offset=10": (10, 20),
    "?offset=25": (25, 30),
    "?offset=29&limit=25": (29, 30),
    "?offset=30": (30, 30),
    "?offset=9007199254740991": (30, 30),
    "?limit=7&limit=3": (0, 3),
    "?limit=007": (0, 7),
}


@pytest.mark.parametrize("query", PAGES)
def test_a_page_is_a_stretch_of_the_whole_with_its_count(query: str, api: Any, thirty: Any) -> None:
    start, end = PAGES[query]
    assert page(api, query) == (thirty[start:end], 30)


def test_pages_put_together_are_the_whole_even_at_one_moment(api: Any, thirty: Any) -> None:
    pages = [page(api, f"?limit=7&offset={offset}")[0] for offset in range(0, 30, 7)]
    assert [id for each in pages for id in each] == thirty
    assert [len(each) for each in pages] == [7, 7, 7, 7, 2]


def test_the_count_is_of_what_matches(api: Any, thirty: Any) -> None:
    assert page(api, "?$name[startsWith]=2&limit=2") == (thirty[:2], 11)
    assert page(api, "?$name[startsWith]=2&limit=2&offset=11") == ([], 11)
    assert page(api, "?$name[-startsWith]=2&limit=1")[1] == 19


def test_the_count_follows_the_trash(api: Any, thirty: Any) -> None:
    api.delete(f"/v1/accounts/{thirty[3]}").ok()
    ids, total = page(api, "?limit=5")
    assert (ids, total) == ([*thirty[:3], *thirty[4:6]], 29)
    assert page(api, "?status=trashed") == ([thirty[3]], 1)


REFUSED = ["0", "26", "-1", "1.0", "1e1", "٣", "ten", "", " 5", "+5", "99999999999999999999", "0x5", "null"]


@pytest.mark.parametrize("value", REFUSED)
@pytest.mark.parametrize("plural", ["accounts", "members", "lists"])
def test_a_limit_is_from_1_to_25(plural: str, value: str, api: Any) -> None:
    assert api.get(f"/v1/{plural}", {"limit": value}).error == (400, "bad_request", "invalid_type", "limit")


@pytest.mark.parametrize("value", [*REFUSED[2:], "9223372036854775808"])
def test_an_offset_is_from_0_on(value: str, api: Any) -> None:
    assert api.get("/v1/accounts", {"offset": value}).error == (400, "bad_request", "invalid_type", "offset")


@pytest.mark.parametrize("query", ["?status=gone", "?status=trashed&status=gone", "?status=gone&status=active"])
def test_every_status_that_is_sent_is_a_known_one(query: str, api: Any) -> None:
    assert api.get(f"/v1/accounts{query}").error == (400, "bad_request", "invalid_type", "status")


def test_large_records_are_shown_and_not_kept_in_memory(api: Any, world: Any) -> None:
    text = "x" * 500_000
    for number in range(3):
        api.create("notes", {"$title": f"{number}", "$content": text})
    shown = [api.get("/v1/notes").ok() for _ in range(2)]
    assert shown[0] == shown[1]
    assert [note["fields"]["$content"]["value"] for note in shown[0]["data"]] == [text] * 3
    memo = world.server.catalogs._known[world.workspace]["note"].memo
    assert not memo["pages"]._known
    assert not memo["wire FULL"].recent
