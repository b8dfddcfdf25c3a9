"""What is asked of a server: each scenario is an endless source of requests over one generated workspace."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from benchmarks.generate import STAGES, Dataset
from benchmarks.load import request

VERSION = "2026-03-01"

RETRIEVE, LIST, CREATE, UPDATE = SCENARIOS = ("retrieve", "list", "create", "update")

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Ids:
    """The records that requests are about."""

    opportunities: list[str]
    accounts: list[str]
    members: list[str]


def ids_of(dataset: Dataset) -> Ids:
    return Ids(dataset.ids("opportunity", "opp"), dataset.ids("account", "acc"), dataset.ids("member", "mem"))


def requests(dataset: Dataset, ids: Ids, seed: int = 1) -> dict[str, Make]:
    """A maker of requests for each scenario. Idempotency keys are never used twice, not even in another run."""
    rng = random.Random(seed)
    choice = rng.choice
    headers = {"authorization": f"Bearer {dataset.token}", "lightfield-version": VERSION}
    posting = headers | {"content-type": "application/json"}
    run, numbers = secrets.token_hex(8), count()

    def retrieve() -> bytes:
        return request("GET", f"/v1/opportunities/{choice(ids.opportunities)}", headers)

    def create() -> bytes:
        number = next(numbers)
        body = (
            f'{{"fields":{{"$name":"Benchmark {number}","$stage":"{choice(STAGES)}"}},'
            f'"relationships":{{"$account":"{choice(ids.accounts)}"}}}}'
        )
        return request("POST", "/v1/opportunities", posting | {"idempotency-key": f"{run}-{number}"}, body)

    def update() -> bytes:
        number = next(numbers)
        body = (
            f'{{"fields":{{"$amount":{rng.randrange(1_000_000)},"$nextStep":"Call again, number {number}"}},'
            f'"relationships":{{"$owner":{{"replace":"{choice(ids.members)}"}}}}}}'
        )
        target = f"/v1/opportunities/{choice(ids.opportunities)}"
        return request("POST", target, posting | {"idempotency-key": f"{run}-{number}"}, body)

    return {RETRIEVE: retrieve, LIST: lambda: page(dataset, choice(STAGES)), CREATE: create, UPDATE: update}


def page(dataset: Dataset, stage: str | None = None, offset: int = 0) -> bytes:
    """A list of 25 opportunities, newest first."""
    headers = {"authorization": f"Bearer {dataset.token}", "lightfield-version": VERSION}
    filtered = "" if stage is None else f"&$stage={stage.replace(' ', '%20')}"
    return request("GET", f"/v1/opportunities?limit=25&offset={offset}{filtered}", headers)
