"""However often the server, or its database, is killed while it writes: what was acknowledged is there, and nothing is
there by half."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.audit import audited
from tests.conftest import ENGINES, POSTGRES, SQLITE
from tests.postgres import Cluster
from tests.serving import Serving

#: How often the server is killed.
ROUNDS = {SQLITE: 50, POSTGRES: 10}

#: How often PostgreSQL is.
ROUNDS_OF_POSTGRES = 8

WRITERS = 8

#: Each round writes for a moment of its own, at most this long (seconds).
LONGEST = 0.25


class Unavailable(Exception):
    """The server says that its database cannot be reached."""


@dataclass
class Write:
    """One request, and what holds once it was carried out."""

    path: str
    body: Any
    key: str
    outcome: "Kept"
    method: str = "POST"


@dataclass(frozen=True)
class Kept:
    """What a writer knows of one of its accounts."""

    id: str
    name: str
    contacts: frozenset[str] = frozenset()
    gone: bool = False


@dataclass
class Writer:
    """Writes accounts of its own, one request after another; `pending` is the one not answered when the server died."""

    number: int
    rng: random.Random
    contacts: list[str]
    kept: dict[str, Kept] = field(default_factory=dict)
    pending: Write | None = None
    acknowledged: int = 0

    async def write(self, client: httpx2.AsyncClient) -> None:
        while True:
            self.pending = self.next()
            try:
                answer = await self.send(client, self.pending)
            except (httpx2.TransportError, Unavailable):
                return
            self.learn(self.pending, answer)

    async def send(self, client: httpx2.AsyncClient, write: Write) -> Any:
        headers = {"Idempotency-Key": write.key}
        if write.method == "DELETE":
            answer = await client.delete(write.path, headers=headers | {"Content-Type": "application/json"})
        else:
            answer = await client.post(write.path, json=write.body, headers=headers)
        if answer.status_code == 503:
            raise Unavailable
        assert answer.status_code == 200, answer.text
        return answer.json()

    def learn(self, write: Write, answer: Any) -> None:
        """An acknowledged write is kept."""
        outcome = write.outcome
        id = outcome.id or answer["id"]
        self.kept[id] = Kept(id, outcome.name, outcome.contacts, outcome.gone)
        if "merge" in answer:
            duplicate = write.body["duplicateId"]
            gone = self.kept[duplicate]
            self.kept[duplicate] = Kept(duplicate, gone.name, frozenset(), True)
        self.acknowledged += 1
        self.pending = None

    def next(self) -> Write:
        rng, key = self.rng, f"{self.number}-{self.rng.getrandbits(64):x}"
        live = [kept for kept in self.kept.values() if not kept.gone]
        act = rng.choice(["create", "create", "create", "update", "update", "delete", "merge"])
        if act == "create" or len(live) < 2:
            contacts = frozenset(rng.sample(self.contacts, rng.randint(0, 3)))
            body = {"fields": {"$name": key}, "relationships": {"$contact": sorted(contacts)}}
            return Write("/v1/accounts", body, key, Kept("", key, contacts))
        one, other = rng.sample(live, 2)
        path = f"/v1/accounts/{one.id}"
        if act == "delete":
            return Write(path, None, key, Kept(one.id, one.name, one.contacts, True), "DELETE")
        if act == "merge":
            body = {"primaryId": one.id, "duplicateId": other.id}
            return Write("/v1/accounts/merge", body, key, Kept(one.id, one.name, one.contacts | other.contacts))
        contacts = frozenset(rng.sample(self.contacts, rng.randint(0, 3)))
        body = {"fields": {"$name": key}, "relationships": {"$contact": {"replace": sorted(contacts)}}}
        return Write(path, body, key, Kept(one.id, key, contacts))


def writers_for(serving: Serving) -> list[Writer]:
    with serving.client() as client:
        contacts = [client.post("/v1/contacts", json={"fields": {}}).json()["id"] for _ in range(6)]
    return [Writer(number, random.Random(number), contacts) for number in range(WRITERS)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_acknowledged_writes_survive_the_servers_being_killed_at_any_moment(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("cluster").url() if engine == POSTGRES else None
    rng = random.Random(8)
    with Serving(tmp_path / "data", postgres=url) as serving:
        writers = writers_for(serving)
        for _ in range(ROUNDS[engine]):
            asyncio.run(write_until(serving.kill, serving, writers, rng.uniform(0.01, LONGEST)))
            serving.start()
            assert audited(serving.database) == []
            asyncio.run(settle(serving, writers))
        asyncio.run(settle(serving, writers, every=True))
        assert audited(serving.database) == []
        assert sum(writer.acknowledged for writer in writers) > ROUNDS[engine] * WRITERS


@pytest.mark.slow
def test_acknowledged_writes_survive_the_databases_being_killed_at_any_moment(cluster: Cluster, tmp_path: Path) -> None:
    """All of it at once, or one of its processes, upon which it ends the others. The server is never restarted."""
    rng = random.Random(9)
    with Serving(tmp_path / "data", postgres=cluster.url()) as serving:
        writers = writers_for(serving)
        for turn in range(ROUNDS_OF_POSTGRES):
            killed = cluster.lose_a_process if turn % 4 == 3 else cluster.die
            asyncio.run(write_until(killed, serving, writers, rng.uniform(0.05, LONGEST)))
            if killed == cluster.die:
                cluster.start()
            assert audited(serving.database) == []
            asyncio.run(settle(serving, writers))
        asyncio.run(settle(serving, writers, every=True))
        assert audited(serving.database) == []
        assert sum(writer.acknowledged for writer in writers) > ROUNDS_OF_POSTGRES * WRITERS


async def write_until(killed: Callable[[], None], serving: Serving, writers: list[Writer], after: float) -> None:
    async with serving.async_client() as client:
        writing = [asyncio.create_task(writer.write(client)) for writer in writers]
        await asyncio.sleep(after)
        await asyncio.to_thread(killed)
        await asyncio.gather(*writing)


#: How many writes are acknowledged between one process's end and the next one's, at least.
BETWEEN = 10


@pytest.mark.slow
def test_acknowledged_writes_survive_when_one_process_after_another_is_killed(tmp_path: Path) -> None:
    rng = random.Random(9)
    with Serving(tmp_path / "data", workers=3) as serving:
        with serving.client() as client:
            contacts = [client.post("/v1/contacts", json={"fields": {}}).json()["id"] for _ in range(6)]
        writers = [Writer(number, random.Random(number), contacts) for number in range(WRITERS)]
        killed = asyncio.run(write_while_killing(serving, writers, rng))
        assert len(killed) == ROUNDS[SQLITE]
        # Each was replaced, and the last ones answer.
        serving.wait_until_answering(3)
        assert not killed & set(serving.answering.values())
        asyncio.run(settle(serving, writers, every=True))
    assert audited(serving.database) == []


async def write_while_killing(serving: Serving, writers: list[Writer], rng: random.Random) -> set[int]:
    """The processes that were killed. What one was asked and did not answer is asked of another under the same key."""
    acknowledged = asyncio.Semaphore(0)
    killed: set[int] = set()

    async def write(writer: Writer, client: httpx2.AsyncClient) -> None:
        while len(killed) < ROUNDS[SQLITE] or writer.pending is not None:
            writer.pending = writer.pending or writer.next()
            try:
                writer.learn(writer.pending, await writer.send(client, writer.pending))
            except httpx2.TransportError:
                continue
            acknowledged.release()

    async with serving.async_client() as client, asyncio.TaskGroup() as writing:
        for writer in writers:
            writing.create_task(write(writer, client))
        while len(killed) < ROUNDS[SQLITE]:
            for _ in range(BETWEEN):
                await acknowledged.acquire()
            alive = sorted(set(serving.answering.values()) - killed)
            if alive:
                chosen = rng.choice(alive)
                os.kill(chosen, signal.SIGKILL)
                killed.add(chosen)
    return killed


async def settle(serving: Serving, writers: list[Writer], *, every: bool = False) -> None:
    """Every request that was cut off is repeated under its key; then all is as its writer has it."""
    async with serving.async_client() as client:
        for writer in writers:
            if writer.pending is not None:
                writer.learn(writer.pending, await writer.send(client, writer.pending))
        await asyncio.gather(
            *(compare(client, writer, LATELY if not every else len(writer.kept)) for writer in writers)
        )
        kept = [kept for writer in writers for kept in writer.kept.values()]
        # Nothing was made that nobody knows of.
        for status, gone in (("active", False), ("trashed", True)):
            page = (await client.get("/v1/accounts", params={"status": status, "limit": 1})).json()
            assert page["totalCount"] == sum(each.gone is gone for each in kept)


#: Accounts of each writer that are looked at after every round; the last one looks at all.
LATELY = 12


async def compare(client: httpx2.AsyncClient, writer: Writer, last: int) -> None:
    """The accounts a writer made last; those that were trashed are looked for among the living."""
    for kept in list(writer.kept.values())[-last:]:
        answer = await client.get(f"/v1/accounts/{kept.id}")
        if kept.gone:
            assert answer.status_code == 404
            continue
        record = answer.json()
        assert record["fields"]["$name"]["value"] == kept.name
        assert set(record["relationships"]["$contact"]["values"]) == kept.contacts
