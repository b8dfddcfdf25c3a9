"""What no repeat can ask for any more is forgotten."""

from lightfield_server.background import worker
from lightfield_server.kit.clock import DAY
from tests.server.conftest import Api, Time, World


def test_the_sweep_forgets_answers_after_a_day_and_keeps_younger_ones(world: World, api: Api, time: Time) -> None:
    body = {"fields": {"$name": "Acme"}}
    old = api.post("/v1/accounts", body, idempotency_key="old").ok()
    time.advance(DAY // 2)
    young = api.post("/v1/accounts", body, idempotency_key="young").ok()
    time.advance(DAY // 2)

    assert world.loop.run_until_complete(worker.sweep(world.server)) == 1

    assert api.post("/v1/accounts", body, idempotency_key="young").ok()["id"] == young["id"]
    assert api.post("/v1/accounts", body, idempotency_key="old").ok()["id"] != old["id"]
