"""A record and its text are kept together or not at all; the index says what the texts say, whatever was written."""

import asyncio
import random
from pathlib import Path

import pytest

from lightfield_server.records import service, texts
from lightfield_server.store.sql import search_sqlite
from tests.audit import audited
from tests.server.search.conftest import tell


class Stopped(Exception):
    pass


def test_a_write_that_breaks_off_leaves_neither_record_nor_text(world, api, make, search):
    kept = make.account("Zebra")

    def work(tx):
        context = world.context(tx)
        service.create(context, context.catalog["account"], [{"fields": {"$name": "Quagga"}}])
        account = context.catalog["account"]
        record = tx.record("account", account.number(kept))
        service.update(context, account, [(record, {"fields": {"$name": "Gnu"}})])
        texts.read(tx, context.catalog, tx.pending())
        raise Stopped

    with pytest.raises(Stopped):
        world.write(work)
    assert search("quagga")["count"] == search("gnu")["count"] == 0
    assert search.ids("zebra") == [kept]
    assert audited(world.database.place) == []


def test_a_request_that_fails_in_a_batch_takes_only_its_own_text_along(world, search):
    async def both():
        def write(name, fails):
            def work(tx):
                context = world.context(tx)
                bodies = [{"fields": {"$name": f"{name} {n}"}} for n in range(search_sqlite.FOLD + 1)]
                service.create(context, context.catalog["account"], bodies)
                if fails:
                    raise Stopped

            return world.store.write(world.workspace, work)

        return await asyncio.gather(
            write("zebra", False), write("quagga", True), write("gnu", False), return_exceptions=True
        )

    outcomes = world.loop.run_until_complete(both())
    assert [type(outcome) for outcome in outcomes] == [type(None), Stopped, type(None)]
    assert search("quagga")["count"] == 0
    assert search("zebra")["count"] == search("gnu")["count"] == search_sqlite.FOLD + 1
    assert audited(world.database.place) == []


@pytest.mark.parametrize("seed", range(3))
def test_after_any_writes_the_index_has_the_terms_of_the_texts_and_no_others(world, api, seed, monkeypatch):
    monkeypatch.setattr(search_sqlite, "FOLD", 7)
    rng = random.Random(seed)
    pool = ["quagga", "zebra", "gnu", "日本語", "ann@acme.example", "O'Brien", "42", "x" * 80]
    ids: list[str] = []
    for _ in range(120):
        said = " ".join(rng.choices(pool, k=rng.randint(0, 4)))
        verb = rng.choice(["create", "update", "update", "delete", "restore"]) if ids else "create"
        if verb == "create":
            ids.append(api.create("notes", {"$title": said or "t", "$content": said})["id"])
        elif verb == "update":
            api.post(f"/v1/notes/{rng.choice(ids)}", {"fields": {"$content": said or None}})
        elif verb == "delete":
            api.delete(f"/v1/notes/{rng.choice(ids)}").ok()
        else:
            api.post(f"/v1/notes/{rng.choice(ids)}/restore").ok()
    assert audited(world.database.place) == []
    if isinstance(world.database.place, Path):
        world.write(lambda tx: tx.run("insert into search_index (search_index) values ('integrity-check')"))
    tell(world)
    assert audited(world.database.place) == []
