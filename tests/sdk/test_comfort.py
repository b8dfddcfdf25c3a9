"""Find or create, labels, waiting and many calls at once (spec: sdk-python 9, 21 to 23)."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx2
import pytest

from lightfield import LightfieldError, MultipleMatchesError, NotFoundError
from lightfield.lib.pace import Pace
from tests.sdk.support import Served, page, record, refusal, reply


def keys(served: Served) -> list[str | None]:
    return [request.headers.get("idempotency-key") for request in served.requests if request.method == "POST"]


# ---- find_or_create


def test_what_can_be_found_is_not_created() -> None:
    served = Served(reply(page([record("acc_7")])))
    with served.client() as client:
        found = client.account.find_or_create(filters={"$name": "Acme"}, fields={"$name": "Acme"})
    assert (found.record.id, found.created) == ("acc_7", False)
    assert served.request.url.path == "/v1/accounts"
    assert served.query() == "limit=2&%24name=Acme"


def test_what_cannot_be_found_is_created() -> None:
    served = Served(reply(page([])), reply(record("acc_8")))
    with served.client() as client:
        found = client.account.find_or_create(
            filters={"$name": "Acme"}, fields={"$name": "Acme"}, relationships={"$owner": "mem_1"}, skip_enrichment=True
        )
    assert (found.record.id, found.created) == ("acc_8", True)
    assert served.requests[1].content == (
        b'{"fields":{"$name":"Acme"},"relationships":{"$owner":"mem_1"},"skipEnrichment":true}'
    )


def created_with(filters: Any, slug: str = "project") -> str | None:
    served = Served(reply(page([])), reply(record("obj_1")))
    with served.client() as client:
        client.object.find_or_create(slug, filters=filters, fields={})
    return keys(served)[0]


def test_the_same_search_creates_with_the_same_key_and_another_with_another() -> None:
    key = created_with({"$name": "A", "tier": {"equal": "1"}})
    assert key is not None
    assert len(key) <= 255
    assert created_with({"tier": {"equal": "1"}, "$name": "A"}) == key
    assert created_with({"$name": "B", "tier": {"equal": "1"}}) != key
    assert created_with({"$name": "A", "tier": {"equal": "1"}}, slug="asset") != key


class Store:
    """A server that keeps idempotency keys and whose search never finds anything, like an index that lags behind."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, str] = {}
        self.deleted: set[str] = set()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            id = self.replies.setdefault(request.headers["idempotency-key"], f"acc_{len(self.replies) + 1}")
            return reply(self.records.setdefault(id, record(id)))(request)
        id = request.url.path.rpartition("/")[2]
        if id in ("accounts", "opportunities"):
            return reply(page([]))(request)
        return refusal(404)(request) if id in self.deleted else reply(self.records[id])(request)


def test_racing_callers_create_one_record_between_them() -> None:
    store = Store()
    with Served(store).client() as one, Served(store).client() as other:
        first = one.account.find_or_create(filters={"$name": "A"}, fields={"$name": "A"})
        second = other.account.find_or_create(filters={"$name": "A"}, fields={"$name": "A"})
    assert first.record.id == second.record.id
    assert len(store.records) == 1


def test_a_record_deleted_since_is_created_anew_once() -> None:
    store = Store()
    with Served(store).client() as client:
        first = client.account.find_or_create(filters={"$name": "A"}, fields={})
        store.deleted.add(first.record.id)
        second = client.account.find_or_create(filters={"$name": "A"}, fields={})
        third = client.account.find_or_create(filters={"$name": "A"}, fields={})
    assert second.record.id != first.record.id
    assert third.record.id == second.record.id
    assert len(store.records) == 2


def test_creating_what_is_always_deleted_ends() -> None:
    store = Store()
    store.deleted = {f"acc_{number}" for number in range(1, 20)}
    with Served(store).client() as client, pytest.raises(LightfieldError, match="keeps being deleted"):
        client.account.find_or_create(filters={"$name": "A"}, fields={})


def test_several_matches_are_an_error_that_names_them() -> None:
    served = Served(reply(page([record("acc_1"), record("acc_2")])))
    with served.client() as client, pytest.raises(MultipleMatchesError, match="acc_1 and acc_2") as caught:
        client.account.find_or_create(filters={"$name": "A"}, fields={})
    assert caught.value.ids == ["acc_1", "acc_2"]


def test_filters_are_needed_to_find() -> None:
    with Served().client() as client, pytest.raises(ValueError, match="needs filters"):
        client.contact.find_or_create(filters={}, fields={})


def test_other_errors_of_a_search_are_raised() -> None:
    with Served(refusal(404)).client() as client, pytest.raises(NotFoundError):
        client.object.find_or_create("nonsense", filters={"$name": "A"}, fields={})


@pytest.mark.anyio
async def test_finding_or_creating_can_be_awaited() -> None:
    store = Store()
    served = Served(store)
    async with served.async_client() as client:
        found = await client.opportunity.find_or_create(
            filters={"$name": "A"},
            fields={"$name": "A"},
            relationships={"$account": "acc_1"},
            extra_headers={"Idempotency-Key": "mine"},
        )
    assert found.created
    assert keys(served) == ["mine"]


# ---- labels

DEFINITIONS = {
    "objectType": "opportunity",
    "relationshipDefinitions": {},
    "fieldDefinitions": {
        "$name": {"label": "Name", "description": None, "valueType": "TEXT", "typeConfiguration": {}},
        "$stage": {
            "label": "Stage",
            "description": None,
            "valueType": "SINGLE_SELECT",
            "typeConfiguration": {
                "options": [{"id": "opt_1", "label": "Closed  Won"}, {"id": "opt_2", "label": "Lost"}]
            },
        },
    },
}


def test_labels_are_asked_for_once_per_client_and_type() -> None:
    served = Served(reply(DEFINITIONS))
    with served.client() as client:
        labels = client.opportunity.labels()
        assert client.opportunity.labels() is labels
        client.account.labels()
        client.object.labels("project")
        client.object.labels("asset")
        assert len(served.requests) == 4
        assert client.opportunity.labels(refresh=True) is not labels
        assert client.copy(api_key="other").opportunity.labels() is not labels
    assert len(served.requests) == 6


def test_labels_turn_ids_into_words_and_back() -> None:
    with Served(reply(DEFINITIONS)).client() as client:
        labels = client.opportunity.labels()
    assert labels.label("$stage", "opt_1") == "Closed  Won"
    assert labels.label("$stage", "opt_9") == "opt_9"
    assert labels.option("$stage", " closed won ") == "opt_1"
    assert labels.option("$stage", "Open") is None
    assert labels.options("$name") == {}
    assert dict(labels.options("$stage")) == {"opt_1": "Closed  Won", "opt_2": "Lost"}


def test_labels_say_what_a_record_holds() -> None:
    served = Served(reply(DEFINITIONS), reply(record(stage="opt_2", many=["opt_1"], none=None)))
    with served.client() as client:
        labels, deal = client.opportunity.labels(), client.opportunity.retrieve("opp_1")
    assert labels.of(deal, "$stage") == "Lost"
    assert labels.of(deal, "$many") == ["opt_1"]
    assert labels.of(deal, "$none") is None


@pytest.mark.anyio
async def test_labels_can_be_awaited() -> None:
    async with Served(reply(DEFINITIONS)).async_client() as client:
        assert (await client.meeting.labels()).label("$stage", "opt_2") == "Lost"


# ---- waiting


def merge(status: str) -> Any:
    return reply({"id": "mrg_1", "status": status, "entityType": "account"})


def test_waiting_looks_again_in_growing_pauses_until_the_merge_is_over() -> None:
    served = Served(*[merge("cleanup_pending")] * 3, merge("done"))
    with served.client() as client:
        assert client.merge.wait("mrg_1").status == "done"
    assert served.pauses == [0.25, 0.5, 1.0]


def test_waiting_ends_with_its_time() -> None:
    served = Served(merge("cleanup_pending"))
    with served.client() as client, pytest.raises(TimeoutError, match="mrg_1 is still cleanup_pending after 1 seconds"):
        client.merge.wait("mrg_1", timeout=1)
    assert sum(served.pauses) == 1.0


@pytest.mark.anyio
async def test_waiting_can_be_awaited() -> None:
    served = Served(merge("cleanup_pending"), merge("failed"))
    async with served.async_client() as client:
        assert (await client.merge.wait("mrg_1")).status == "failed"
    assert served.pauses == [0.25]


def test_runs_are_waited_for_by_their_own_names() -> None:
    served = Served(reply({"status": "queued"}), reply({"status": "running"}), reply({"status": "timed_out"}))
    with served.client() as client:
        assert client.enrichment_run.wait("run_1").status == "timed_out"
    assert {request.url.path for request in served.requests} == {"/v1/enrichmentRun/run_1"}
    served = Served(reply({"status": "running"}), reply({"status": "completed"}))
    with served.client() as client:
        assert client.workflow_run.wait("run_2", timeout=5).status == "completed"
    assert {request.url.path for request in served.requests} == {"/v1/workflowRun/run_2/status"}


@pytest.mark.anyio
async def test_runs_can_be_awaited() -> None:
    served = Served(reply({"status": "running"}), reply({"status": "failed"}))
    async with served.async_client() as client:
        assert (await client.workflow_run.wait("run_1")).status == "failed"


# ---- many calls


def test_outcomes_come_in_the_order_of_the_items_and_keep_their_errors() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        id = request.url.path.rpartition("/")[2]
        time.sleep(0.02 if id == "a" else 0)
        return (refusal(404) if id == "b" else reply(record(id)))(request)

    with Served(answer).client() as client:
        outcomes = client.map(client.account.retrieve, iter("abc"), concurrency=3)
    assert [outcome.item for outcome in outcomes] == ["a", "b", "c"]
    assert [outcome.value and outcome.value.id for outcome in outcomes] == ["a", None, "c"]
    assert outcomes[0].unwrap().id == "a"
    with pytest.raises(NotFoundError):
        outcomes[1].unwrap()


def test_no_more_calls_are_under_way_than_allowed() -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.005)
        with lock:
            under_way -= 1
        return number * 2

    with Served().client() as client:
        outcomes = client.map(work, range(20), concurrency=3)
    assert [outcome.value for outcome in outcomes] == [number * 2 for number in range(20)]
    assert most == 3


def test_at_least_one_call_must_be_allowed() -> None:
    with Served().client() as client, pytest.raises(ValueError, match="at least 1"):
        client.map(str, [], concurrency=0)


@pytest.mark.anyio
async def test_many_calls_can_be_awaited() -> None:
    served = Served(lambda request: (refusal(404) if request.url.path.endswith("b") else reply(record()))(request))
    async with served.async_client() as client:
        outcomes = await client.map(client.account.retrieve, ["a", "b"], concurrency=2)
    assert outcomes[0].unwrap().id == "acc_1"
    assert isinstance(outcomes[1].error, NotFoundError)


def test_many_calls_slow_down_before_the_limit_is_reached() -> None:
    served = Served(reply(record(), x_ratelimit_limit="25", x_ratelimit_remaining="1", x_ratelimit_reset="9"))
    with served.client() as client:
        client.map(client.account.retrieve, ["a", "b", "c"], concurrency=1)
        assert served.pauses == []
        client.map(client.account.retrieve, ["d"], concurrency=6)
    assert served.pauses == [pytest.approx(0.2)]


def test_what_a_server_said_about_its_limit_is_soon_forgotten() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.delay(8) == 0
    pace.observe("write", {"x-ratelimit-limit": "25", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"})
    pace.observe("read", {"x-ratelimit-limit": "25", "x-ratelimit-remaining": "25", "x-ratelimit-reset": "1"})
    pace.observe("search", {})
    assert pace.delay(5) == pytest.approx(0.2)
    now[0] = 1.5
    assert pace.delay(5) == 0
