"""Batches and upserts: what they send, and what they make of the answer."""

from __future__ import annotations

from typing import Any

import pytest

from lightfield import ConflictError, LightfieldError, NotFoundError, UnprocessableEntityError
from tests.sdk.support import Served, record, refusal, reply


def answer(*items: Any, left_out: int = 0) -> Any:
    failed = sum("error" in item for item in items)
    return reply({"data": list(items), "failed": failed, "leftOut": left_out})


def done(place: str, id: str, outcome: str = "created", **fields: Any) -> Any:
    shown = record(id, **fields)
    return {"id": place, "do": "x.y", "status": 200, "outcome": outcome, "recordId": id, "record": shown}


# ---- batches


def test_methods_of_a_batch_gather_what_is_sent_at_once() -> None:
    served = Served(answer(*[done(f"op{n}", f"acc_{n}") for n in range(7)]))
    with served.client() as client:
        batch = client.batch("each")
        acme = batch.account.create(fields={"$name": "Acme"}, skip_enrichment=True)
        ada = batch.contact.create(
            fields={"$name": {"first_name": "Ada"}}, relationships={"$account": [acme.id, "acc_1"]}
        )
        batch.contact.update(ada.id, fields={"$title": "Buyer"})
        batch.task.create(fields={"title": "Call", "status": "TODO"}, relationships={"$assignedTo": "mem_1"})
        batch.object.create("project", fields={"$name": "P"}, relationships={"client": {"add": acme.id}})
        batch.object.delete("obj_1", entity_slug="project")
        batch.upsert("contact", by="$email", fields={"$email": "ada@a.example"}, external_id="7")
        assert len(batch) == 7
        assert served.requests == []

        results = batch.send(records=False, idempotency_key="k")

    assert len(results) == 7
    assert (served.request.method, served.request.url.path) == ("POST", "/v1/batch")
    assert served.request.headers["idempotency-key"] == "k"
    assert served.body == {
        "mode": "each",
        "return": "ids",
        "operations": [
            {
                "id": "op0",
                "do": "account.create",
                "path": {},
                "body": {"fields": {"$name": "Acme"}, "skipEnrichment": True},
            },
            {
                "id": "op1",
                "do": "contact.create",
                "path": {},
                "body": {"fields": {"$name": {"firstName": "Ada"}}, "relationships": {"$account": ["@op0", "acc_1"]}},
            },
            {"id": "op2", "do": "contact.update", "path": {"id": "@op1"}, "body": {"fields": {"$title": "Buyer"}}},
            {
                "id": "op3",
                "do": "task.create",
                "path": {},
                "body": {
                    "fields": {"$title": "Call", "$status": "TODO"},
                    "relationships": {"$assignedTo": "mem_1"},
                },
            },
            {
                "id": "op4",
                "do": "object.create",
                "path": {"entitySlug": "project"},
                "body": {"fields": {"$name": "P"}, "relationships": {"client": {"add": "@op0"}}},
            },
            {"id": "op5", "do": "object.delete", "path": {"entitySlug": "project", "id": "obj_1"}, "body": {}},
            {
                "id": "op6",
                "do": "contact.upsert",
                "path": {},
                "body": {"by": "$email", "fields": {"$email": "ada@a.example"}, "externalId": "7"},
            },
        ],
    }


def test_a_result_has_the_record_or_the_error_of_its_own_request() -> None:
    error = {"type": "unprocessable_content", "message": "No.", "param": "operations[1].body.fields.$name"}
    refused = {"id": "op1", "do": "account.create", "status": 422, "error": error}
    bare = {
        "id": "op2",
        "do": "account.delete",
        "status": 200,
        "outcome": "deleted",
        "recordId": "acc_2",
        "record": None,
    }
    with Served(answer(done("op0", "acc_0", name="Acme"), refused, bare)).client() as client:
        batch = client.batch("each")
        acme, other = batch.account.create(fields={}), batch.account.create(fields={})
        gone = batch.account.delete("acc_2")
        results = batch.send()
    assert results.record(acme).get("$name") == "Acme"
    assert (results.of(acme).outcome, results.of(acme).record_id) == ("created", "acc_0")
    with pytest.raises(UnprocessableEntityError) as caught:
        results.record(other)
    assert (caught.value.status_code, caught.value.param) == (422, "operations[1].body.fields.$name")
    assert [result.status for result in results] == [200, 422, 200]
    assert results.failed == [results[1]]
    with pytest.raises(LightfieldError, match="acc_2; retrieve it"):
        results.record(gone)
    assert repr(results) == "<3 results, 1 failed>"


def test_a_refused_batch_is_raised() -> None:
    with Served(refusal(404)).client() as client, pytest.raises(NotFoundError):
        client.batch().send()


def test_a_batch_is_sent_under_one_key_however_often_it_is_tried() -> None:
    served = Served(refusal(503), answer())
    with served.client() as client:
        client.batch().send()
    keys = [request.headers["idempotency-key"] for request in served.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_what_a_batch_cannot_do_is_said_before_it_is_sent() -> None:
    with Served().client() as client:
        batch = client.batch()
        for method, arguments in (("retrieve", ["acc_1"]), ("list", []), ("definitions", [])):
            with pytest.raises(ValueError, match=f"A batch does not carry out `account.{method}`"):
                getattr(batch.account, method)(*arguments)
        with pytest.raises(ValueError, match="belong to the batch as a whole"):
            batch.account.create(fields={}, timeout=5)
        with pytest.raises(ValueError, match="belong to the batch as a whole"):
            batch.account.with_raw_response.create(fields={})
        assert len(batch) == 0


def test_results_are_asked_for_what_the_batch_gave() -> None:
    with Served(answer(done("op0", "acc_0"))).client() as client:
        batch = client.batch()
        batch.account.create(fields={})
        results = batch.send()
        for stranger in (results[0].record, None, "acc_0", client.account):
            with pytest.raises(ValueError, match="not given by a method of the batch"):
                results.of(stranger)


@pytest.mark.anyio
async def test_sending_can_be_awaited() -> None:
    served = Served(answer(done("op0", "acc_0", name="Acme")))
    async with served.async_client() as client:
        batch = client.batch()
        acme = batch.account.create(fields={"$name": "Acme"})
        results = await batch.send()
    assert results.record(acme).id == "acc_0"
    assert served.body["mode"] == "atomic"


# ---- upserts


def test_an_upsert_says_what_the_record_is_known_by() -> None:
    served = Served(reply({"outcome": "updated", "record": record("con_1", title="Buyer")}))
    with served.client() as client:
        done = client.upsert(
            "contact",
            by="$email",
            fields={"$email": "ada@a.example", "$name": {"first_name": "Ada"}},
            relationships={"$account": "acc_1"},
            external_id="7",
            extra_headers={"Idempotency-Key": "k"},
        )
    assert (done.outcome, done.record.id, done.record.get("$title")) == ("updated", "con_1", "Buyer")
    assert (served.request.url.path, served.request.headers["idempotency-key"]) == ("/v1/contacts/upsert", "k")
    assert served.body == {
        "by": "$email",
        "fields": {"$email": "ada@a.example", "$name": {"firstName": "Ada"}},
        "relationships": {"$account": "acc_1"},
        "externalId": "7",
    }


def test_a_custom_object_is_upserted_by_its_type() -> None:
    served = Served(reply({"outcome": "created", "record": record("obj_1")}))
    with served.client() as client:
        client.upsert("object", entity_slug="project", by="$name", fields={"$name": "P"})
    assert served.request.url.path == "/v1/objects/project/upsert"


@pytest.mark.parametrize("arguments", [{"resource": "object"}, {"resource": "account", "entity_slug": "project"}])
def test_the_type_goes_with_custom_objects_and_no_others(arguments: Any) -> None:
    with Served().client() as client, pytest.raises(ValueError, match="`entity_slug` names the type"):
        client.upsert(**arguments, by="$name", fields={})


def test_several_matches_are_a_conflict_that_is_not_tried_again() -> None:
    served = Served(refusal(409, x_should_retry="false"))
    with served.client() as client, pytest.raises(ConflictError):
        client.upsert("account", by="$website", fields={"$website": "a.example"})
    assert len(served.requests) == 1


@pytest.mark.anyio
async def test_an_upsert_can_be_awaited() -> None:
    served = Served(reply({"outcome": "unchanged", "record": record("acc_1")}))
    async with served.async_client() as client:
        done = await client.upsert("account", by="externalId", external_id="7", fields={})
    assert (done.outcome, done.record.id) == ("unchanged", "acc_1")
