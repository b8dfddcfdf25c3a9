"""An import is taken back whole: what it made, what it changed, what it linked. What others built upon it stays."""

from typing import Any

import pytest

from lightfield_server.background import imports as carrying
from tests.audit import audited
from tests.server.transfer.conftest import Imports

ACCOUNTS = "Name,Revenue,Website\nAcme,2,acme.example\nNew,3,\nOther,4,\nAcme,5,\n"
CONTACTS = "Email,Title,Company\nada@a.example,Boss,Acme\nbob@a.example,Clerk,New\neve@a.example,Chief,Fresh\n"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a transaction."""
    for name in ("FEWEST", "FIRST", "MOST_ROWS"):
        monkeypatch.setattr(carrying, name, 2)


@pytest.fixture
def furnished(api: Any) -> dict[str, str]:
    """Records that are there before, linked to one another."""
    acme = api.create("accounts", {"$name": "Acme", "$revenue": 1, "$website": "old.example"})["id"]
    beta = api.create("accounts", {"$name": "Beta"})["id"]
    ada = api.create("contacts", {"$email": "ada@a.example"}, {"$account": [beta]})["id"]
    deal = api.create("opportunities", {"$name": "Deal"}, {"$account": acme})["id"]
    return {"acme": acme, "beta": beta, "ada": ada, "deal": deal}


def contacts(imports: Imports) -> Any:
    columns = [
        {"column": "Email", "field": "$email"},
        {"column": "Title", "field": "$title"},
        {"column": "Company", "relationship": "$account", "by": "$name", "missing": "create"},
    ]
    return imports.run(CONTACTS, "contact", columns=columns, match=["$email"])


def test_undoing_gives_back_every_byte_of_what_was_exported(
    imports: Imports, furnished: Any, world: Any, api: Any
) -> None:
    before = imports.whole()
    first, second = imports.run(ACCOUNTS), contacts(imports)
    assert (first["counts"]["created"], first["counts"]["updated"]) == (2, 2)
    assert (second["counts"]["created"], second["counts"]["updated"], second["counts"]["createdByName"]) == (2, 1, 1)
    assert imports.whole() != before

    undone = [imports.do(job["id"], "undo") for job in (second, first)]

    assert imports.whole() == before
    assert [(job["state"], job["counts"]["undone"], job["counts"]["keptByUndo"]) for job in undone] == [
        ("undone", 4, 0), ("undone", 4, 0),
    ]  # fmt: skip
    assert audited(world.database.place) == []
    values = [
        entry["value"] for entry in api.get(f"/v1/accounts/{furnished['acme']}/fields/$revenue/history").ok()["data"]
    ]
    assert values == [1, 2, 5, 2, 1]
    assert imports.run(ACCOUNTS)["counts"]["created"] == 2


def test_records_that_somebody_changed_since_stay_and_are_told(imports: Imports, furnished: Any, api: Any) -> None:
    done = imports.run(ACCOUNTS)
    new = next(each for each in api.get("/v1/accounts").ok()["data"] if each["fields"]["$name"]["value"] == "New")
    api.post(f"/v1/accounts/{new['id']}", {"fields": {"$revenue": 99}}).ok()
    api.post(f"/v1/accounts/{furnished['acme']}", {"fields": {"$headcount": "1-10"}}).ok()
    undone = imports.do(done["id"], "undo")
    assert (undone["counts"]["undone"], undone["counts"]["keptByUndo"]) == (1, 3)
    kept = {each["fields"]["$name"]["value"]: each["fields"]["$revenue"]["value"] for each in
            api.get("/v1/accounts").ok()["data"]}  # fmt: skip
    assert kept == {"Acme": 5, "Beta": None, "New": 99}


def test_records_that_somebody_linked_to_since_stay(imports: Imports, furnished: Any, api: Any) -> None:
    done = imports.run(ACCOUNTS)
    new = next(each for each in api.get("/v1/accounts").ok()["data"] if each["fields"]["$name"]["value"] == "New")
    deal = api.create("opportunities", {"$name": "Later"}, {"$account": new["id"]})
    undone = imports.do(done["id"], "undo")
    assert (undone["counts"]["undone"], undone["counts"]["keptByUndo"]) == (3, 1)
    found = api.get(f"/v1/opportunities/{deal['id']}").ok()
    assert found["relationships"]["$account"]["values"] == [new["id"]]


def test_links_exchanged_by_an_import_are_exchanged_back(imports: Imports, furnished: Any, api: Any) -> None:
    before = imports.whole()
    columns = [
        {"column": "Deal", "field": "$name"},
        {"column": "Company", "relationship": "$account", "by": "$name"},
        {"column": "Stage", "field": "$stage"},
    ]
    content = "Deal,Company,Stage\nDeal,Beta,Closed Won\n"
    done = imports.run(content, "opportunity", columns=columns, match=["$name"])
    assert done["counts"]["updated"] == 1
    deal = api.get(f"/v1/opportunities/{furnished['deal']}").ok()
    assert deal["relationships"]["$account"]["values"] == [furnished["beta"]]
    imports.do(done["id"], "undo")
    assert imports.whole() == before


def test_an_import_that_was_stopped_half_way_can_be_undone(
    imports: Imports, furnished: Any, api: Any, world: Any
) -> None:
    before = imports.whole()
    sent = imports.send(ACCOUNTS).ok()
    api.post(f"/v1/imports/{sent['id']}/start").ok()

    def cancel(job: Any) -> None:
        if job.done == 2:
            world.write(lambda tx: tx.move_job(job.number, "cancelled", world.time(), tx.job(job.number).body))

    assert imports.carry(sent["id"], told=cancel)["state"] == "cancelled"
    assert imports.whole() != before
    assert imports.do(sent["id"], "undo")["counts"]["undone"] == 2
    assert imports.whole() == before


def test_an_undo_that_breaks_off_goes_on(imports: Imports, furnished: Any, api: Any, world: Any) -> None:
    before = imports.whole()
    done = imports.run(ACCOUNTS)
    api.post(f"/v1/imports/{done['id']}/undo").ok()

    class Gone(Exception):
        pass

    def vanish(job: Any) -> None:
        if job.undone:
            # Another process takes it, as if this one had died.
            world.write(lambda tx: tx.take_job(job.number, "1-other", job.holder, world.time(), world.time() + 1))

    assert imports.carry(done["id"], told=vanish)["state"] == "undoing"
    world.time.advance(10)
    undone = imports.carry(done["id"])
    assert (undone["state"], undone["counts"]["undone"]) == ("undone", 4)
    assert imports.whole() == before
