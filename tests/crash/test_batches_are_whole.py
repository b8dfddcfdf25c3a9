"""A batch that a crash cuts short leaves nothing of itself, and is carried out once when it is repeated."""

from typing import Any

import httpx2
import pytest

from tests.audit import audited
from tests.serving import Serving


def batch(mode: str) -> Any:
    """Several sets of several types, so that there is a moment between two of them."""
    contact = {"fields": {"$title": "Buyer"}, "relationships": {"$account": ["@acme"]}}
    return {
        "operations": [
            {"id": "acme", "do": "account.create", "body": {"fields": {"$name": "Acme"}}},
            *({"do": "contact.create", "body": contact} for _ in range(150)),
            {"do": "account.delete", "path": {"id": "@acme"}},
        ],
        "mode": mode,
        "return": "ids",
    }


@pytest.mark.parametrize(("moment", "mode"), [("mid-batch", "atomic"), ("mid-batch", "each"), ("after-commit", "each")])
def test_a_batch_that_is_cut_short_leaves_all_of_itself_or_nothing(serving: Serving, moment: str, mode: str) -> None:
    serving.stop()
    serving.start(LIGHTFIELD_CRASH_AT=moment)
    key = {"Idempotency-Key": "once"}
    with serving.client() as client, pytest.raises(httpx2.TransportError):
        client.post("/v1/batch", json=batch(mode), headers=key)
    assert serving.ended() != 0

    serving.start()
    made = 150 if moment == "after-commit" else 0
    with serving.client() as client:
        assert client.get("/v1/contacts").json()["totalCount"] == made
        assert client.get("/v1/accounts", params={"status": "trashed"}).json()["totalCount"] == bool(made)
        answer = client.post("/v1/batch", json=batch(mode), headers=key)
        assert answer.status_code == 200
        assert (answer.headers.get("idempotent-replayed") == "true") is bool(made)
        assert client.get("/v1/contacts").json()["totalCount"] == 150
    serving.stop()
    assert audited(serving.database) == []
