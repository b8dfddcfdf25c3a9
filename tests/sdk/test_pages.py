"""`list_all` gives every record once, also while others write (spec: sdk-python 9, 19)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightfield.lib.pages import every
from tests.sdk.support import Served, page, record, reply


class Shelf:
    """A list, newest first, that changes between reads. Ids count up, so the order is that of creation."""

    def __init__(self, size: int, changes: list[list[int]] | None = None) -> None:
        self.ids = list(range(size, 0, -1))
        self.newest = size
        self.changes = list(changes or [])
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, size: int) -> Any:
        self.reads.append((offset, size))
        found = self.ids[offset : offset + size]
        answer = SimpleNamespace(data=[SimpleNamespace(id=id) for id in found], total_count=len(self.ids))
        for change in self.changes.pop(0) if self.changes else []:
            self._change(change)
        return answer

    def _change(self, change: int) -> None:
        """A negative number creates a record, others delete the one at that place, counted round."""
        if change < 0:
            self.newest += 1
            self.ids.insert(0, self.newest)
        elif self.ids:
            del self.ids[change % len(self.ids)]


def ids_of(shelf: Shelf, limit: int | None = None) -> list[int]:
    return [item.id for item in every(shelf.read, limit)]


@pytest.mark.parametrize("size", [0, 1, 24, 25, 26, 49, 50, 51, 120])
def test_every_record_is_given_once_in_order(size: int) -> None:
    shelf = Shelf(size)
    assert ids_of(shelf) == list(range(size, 0, -1))


@pytest.mark.parametrize(("size", "reads"), [(0, 1), (25, 1), (26, 2), (49, 2), (50, 3), (120, 5)])
def test_a_list_is_read_in_pages_of_25_each_repeating_one_record(size: int, reads: int) -> None:
    shelf = Shelf(size)
    ids_of(shelf)
    assert shelf.reads == [(24 * number, 25) for number in range(reads)]


def test_records_created_meanwhile_repeat_nothing() -> None:
    shelf = Shelf(60, [[-1, -1, -1]])
    assert ids_of(shelf) == list(range(60, 0, -1))


def test_records_deleted_meanwhile_hide_nothing() -> None:
    shelf = Shelf(60, [[0, 0, 0, 0]])
    assert ids_of(shelf) == list(range(60, 0, -1))
    assert (0, 25) in shelf.reads[1:]


def test_a_list_that_empties_meanwhile_ends() -> None:
    shelf = Shelf(60, [[0] * 60])
    assert ids_of(shelf) == list(range(60, 35, -1))


@settings(deadline=None)
@given(st.integers(0, 130), st.lists(st.lists(st.integers(-3, 200), max_size=40), max_size=8))
def test_whatever_is_there_throughout_is_given_exactly_once(size: int, changes: list[list[int]]) -> None:
    shelf = Shelf(size, changes)
    given_ids = ids_of(shelf)
    throughout = set(range(1, size + 1)) & set(shelf.ids)
    assert len(given_ids) == len(set(given_ids))
    assert throughout <= set(given_ids)


@pytest.mark.parametrize(("limit", "reads"), [(0, []), (3, [(0, 3)]), (25, [(0, 25)]), (30, [(0, 25), (24, 25)])])
def test_a_limit_reads_no_more_than_it_needs(limit: int, reads: list[tuple[int, int]]) -> None:
    shelf = Shelf(60)
    assert ids_of(shelf, limit) == list(range(60, 60 - limit, -1))
    assert shelf.reads == reads


def test_items_without_ids_do_not_loop_for_ever() -> None:
    pages = [SimpleNamespace(data=[SimpleNamespace()] * 25), SimpleNamespace(data=[SimpleNamespace()])]
    assert len(list(every(lambda offset, size: pages.pop(0), None))) == 26


def in_pages(total: int) -> Callable[[Any], Any]:
    def answer(request: Any) -> Any:
        offset, size = int(request.url.params["offset"]), int(request.url.params["limit"])
        found = [record(f"acc_{number}") for number in range(total)][offset : offset + size]
        return reply(page(found, total))(request)

    return answer


def test_list_all_passes_its_arguments_to_every_page() -> None:
    served = Served(in_pages(30))
    with served.client() as client:
        found = client.account.list_all(filters={"$name": "x"}, status="trashed", extra_headers={"X-A": "1"}, timeout=9)
        assert served.requests == []
        assert [account.id for account in found] == [f"acc_{number}" for number in range(30)]
    assert served.query(0) == "limit=25&offset=0&status=trashed&%24name=x"
    assert served.query(1) == "limit=25&offset=24&status=trashed&%24name=x"
    assert all(r.headers["x-a"] == "1" and r.headers["x-stainless-read-timeout"] == "9" for r in served.requests)


@pytest.mark.anyio
async def test_list_all_can_be_awaited() -> None:
    served = Served(in_pages(30))
    async with served.async_client() as client:
        assert len([one async for one in client.object.list_all("project", limit=28)]) == 28
    assert served.requests[1].url.path == "/v1/objects/project"


def test_other_listings_have_their_own_list_all() -> None:
    served = Served(in_pages(26))
    with served.client() as client:
        assert len(list(client.list.list_all_accounts("lst_1"))) == 26
        assert len(list(client.sequence.list_all_enrollments("seq_1", filters={"status": "ACTIVE"}, limit=2))) == 2
    assert [request.url.path for request in served.requests] == [
        *("/v1/lists/lst_1/accounts", "/v1/lists/lst_1/accounts", "/v1/sequences/seq_1/enrollments")
    ]
