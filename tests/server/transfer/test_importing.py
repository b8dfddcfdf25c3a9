"""What becomes of the rows of a file: created, updated, unchanged or rejected, each counted, none lost or doubled."""

import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lightfield_server.background import imports as carrying
from lightfield_server.kit import ids
from lightfield_server.store.protocol import Transaction
from lightfield_server.transfer import jobs
from tests.audit import audited
from tests.server.transfer.conftest import Imports

PEOPLE = """First Name;Nachname;E-Mail;Firma;Telephone;Job Title
Ada;Byron;Ada@Acme.example;Acme;+1 415 555 2671;Countess
Bob;"O""Neil";bob@beta.example;Beta;;Boss
"""


def counts(job: Any) -> tuple[int, ...]:
    return tuple(job["counts"][name] for name in ("created", "updated", "unchanged", "rejected"))


def field(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "valueType": kind, **more}


@pytest.fixture
def fields(api: Any) -> None:
    for each in (
        field("DATETIME", "since"),
        field("NUMBER", "size"),
        field("CHECKBOX", "active"),
        field("SINGLE_SELECT", "tier", options=[{"label": "Gold"}, {"label": "Silver"}]),
        field("MULTI_SELECT", "tags", options=[{"label": "Big"}, {"label": "Old"}]),
        field("TEXT", "number"),
        field("EMAIL", "office", typeConfiguration={"unique": True}),
    ):
        api.post("/v1/schema/objects/account/fields", each).ok()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows a transaction."""
    for name in ("FEWEST", "FIRST", "MOST_ROWS"):
        monkeypatch.setattr(carrying, name, 10)


def shown(api: Any, plural: str) -> list[dict[str, Any]]:
    """Field values of all records, oldest first."""
    found = api.get(f"/v1/{plural}").ok()["data"]
    return [{key: each["value"] for key, each in record["fields"].items()} for record in reversed(found)]


# From file to records


def test_a_file_is_mapped_by_its_headers_and_links_by_name(imports: Imports, api: Any) -> None:
    acme = api.create("accounts", {"$name": "ACME"})["id"]
    sent = imports.send(PEOPLE, "contact").ok()
    assert (sent["state"], sent["file"]["delimiter"], sent["file"]["rows"]) == ("ready", ";", 2)
    assert sent["mapping"]["match"] == ["$email"]
    mapping = sent["mapping"]
    company = next(each for each in mapping["columns"] if each["column"] == "Firma")
    assert company == {"column": "Firma", "relationship": "$account", "by": "$name", "missing": "reject"}

    done = imports.do(sent["id"], "start")

    assert counts(done) == (1, 0, 0, 1)
    (rejected,) = imports.rejected(sent["id"])
    assert (rejected["row"], rejected["column"], rejected["value"]) == (3, "Firma", "Beta")
    assert "no record of 'account'" in rejected["reason"]
    assert "Import that record first" in rejected["fix"]
    (ada,) = api.get("/v1/contacts").ok()["data"]
    assert ada["fields"]["$name"]["value"] == {"firstName": "Ada", "lastName": "Byron"}
    assert ada["fields"]["$email"]["value"] == ["ada@acme.example"]
    assert ada["relationships"]["$account"]["values"] == [acme]

    company["missing"] = "create"
    api.post(f"/v1/imports/{imports.send(PEOPLE, 'contact').ok()['id']}/mapping", {"mapping": mapping}).ok()
    again = imports.run(PEOPLE, "contact", columns=mapping["columns"])
    assert counts(again) == (1, 0, 1, 0)
    assert again["counts"]["createdByName"] == 1


def test_the_same_file_again_changes_nothing(imports: Imports, api: Any) -> None:
    api.create("accounts", {"$name": "Acme"})
    api.create("accounts", {"$name": "Beta"})
    assert counts(imports.run(PEOPLE, "contact")) == (2, 0, 0, 0)
    before = imports.whole()
    assert counts(imports.run(PEOPLE, "contact")) == (0, 0, 2, 0)
    assert imports.whole() == before


def test_values_are_read_in_the_formats_that_people_export(imports: Imports, api: Any, fields: None) -> None:
    content = (
        "Name,Since,Size,Active,Tier,Tags,Website,Revenue,City,Country\n"
        'Acme,31/12/2017 14:30,"1.234,56",ja,GOLD,"big; Old",acme.example,"$1.200,00",Berlin,Germany\n'
        'Beta,01/02/2018,"(7)",x,silver,Big,"https://b.example https://c.example",,,us\n'
    )
    done = imports.run(content)
    assert counts(done) == (2, 0, 0, 0), imports.rejected(done["id"])
    options = {
        option["id"]: option["label"]
        for each in api.get("/v1/schema/objects/account").ok()["fields"]
        for option in each["typeConfiguration"].get("options", [])
    }
    acme, beta = shown(api, "accounts")
    assert (acme["since"], beta["since"]) == ("2017-12-31T14:30:00.000Z", "2018-02-01T00:00:00.000Z")
    assert (acme["size"], beta["size"], acme["$revenue"]) == (1234.56, -7, 1200)
    assert (acme["active"], beta["active"]) == (True, True)
    assert (options[acme["tier"]], options[beta["tier"]]) == ("Gold", "Silver")
    assert [options[tag] for tag in acme["tags"]] == ["Big", "Old"]
    assert beta["$website"] == ["https://b.example", "https://c.example"]
    assert (acme["$primaryAddress"]["city"], acme["$primaryAddress"]["country"]) == ("Berlin", "DE")
    assert beta["$primaryAddress"]["country"] == "US"


def test_dates_that_can_be_read_two_ways_are_asked_about_and_nothing_is_written(
    imports: Imports, api: Any, fields: None
) -> None:
    content = "Name,Since\nAcme,03/04/2017\nBeta,05/06/2017\n"
    for verb in ("dryRun", "start"):
        sent = imports.send(content).ok()
        done = imports.do(sent["id"], verb)
        assert done["state"] == "failed"
        assert done["problem"]["param"] == "mapping.columns[1].dates"
        assert "'03/04/2017' in row 2 can be read in two ways" in done["problem"]["message"]
    assert api.get("/v1/accounts").ok()["totalCount"] == 0
    api.post(f"/v1/imports/{sent['id']}/mapping", {"mapping": {**sent["mapping"], "dates": "dmy"}}).ok()
    assert counts(imports.do(sent["id"], "start")) == (2, 0, 0, 0)
    assert shown(api, "accounts")[0]["since"] == "2017-04-03T00:00:00.000Z"
    mixed = imports.run("Name,Since\nA,31/12/2017\nB,12/31/2017\n")
    assert "'31/12/2017' in row 2 and '12/31/2017' in row 3" in mixed["problem"]["message"]


def test_every_rejected_row_has_its_column_reason_and_fix(imports: Imports, fields: None) -> None:
    content = (
        "Name,Since,Size,Active,Tier,Office\nA,soon,1,yes,Gold,a@a.example\nB,,many,yes,Gold,\nC,,1,perhaps,Gold,\n"
        "D,,1,yes,Bronze,\nE,,1.234567,,,\n,,1,,,\nG,,,,,no-address\nH,,,,,ok@a.example\nI,,,,,ok@a.example\nJ,1,2,3,4,5,6\n"
    )
    done = imports.run(content, match=[])
    assert counts(done) == (1, 0, 0, 9)
    rejected = imports.rejected(done["id"])
    assert [(each["row"], each["column"]) for each in rejected] == [
        (2, "Since"), (3, "Size"), (4, "Active"), (5, "Tier"), (6, "Size"), (7, "Name"), (8, "Office"), (10, None),
        (11, None),
    ]  # fmt: skip
    assert all(each["reason"] and each["fix"] for each in rejected)
    assert "Gold, Silver" in rejected[3]["fix"]
    assert done["rejected"] == rejected


def test_missing_options_are_created_only_on_request(imports: Imports, api: Any, fields: None) -> None:
    content = "Name,Tier,Tags\nA,Bronze,Big;New\nB,bronze,New\nC,Gold,\n"
    assert counts(imports.run(content)) == (1, 0, 0, 2)
    sent = imports.send(content).ok()
    api.post(f"/v1/imports/{sent['id']}/mapping", {"mapping": {**sent["mapping"], "options": "create"}}).ok()
    checked = imports.do(sent["id"], "dryRun")
    assert checked["check"]["newOptions"] == [{"field": "tier", "label": "Bronze"}, {"field": "tags", "label": "New"}]
    assert len(api.get("/v1/schema/objects/account").ok()["fields"][-4]["typeConfiguration"]["options"]) == 2
    done = imports.do(sent["id"], "start")
    assert counts(done) == (2, 0, 1, 0)
    assert done["newOptions"] == checked["check"]["newOptions"]


def test_blanks_keep_values_unless_they_are_to_clear_them(imports: Imports, api: Any) -> None:
    api.create("accounts", {"$name": "Acme", "$revenue": 5, "$website": "acme.example"})
    assert counts(imports.run("Name,Revenue,Website\nAcme,,\n")) == (0, 0, 1, 0)
    assert counts(imports.run("Name,Revenue,Website\nAcme,,\n", blanks="clear")) == (0, 1, 0, 0)
    (acme,) = shown(api, "accounts")
    assert (acme["$revenue"], acme["$website"]) == (None, None)


def test_records_that_are_there_may_be_left_as_they_are(imports: Imports, api: Any) -> None:
    api.create("accounts", {"$name": "Acme", "$revenue": 5})
    assert counts(imports.run("Name,Revenue\nAcme,6\nBeta,7\n", existing="skip")) == (1, 0, 1, 0)
    assert [each["$revenue"] for each in shown(api, "accounts")] == [5, 7]


def test_the_second_of_two_rows_with_one_key_changes_what_the_first_made(imports: Imports, api: Any) -> None:
    done = imports.run("Name,Revenue\nAcme,1\nBeta,1\nacme,2\nacme,2\n")
    assert counts(done) == (2, 1, 1, 0)
    assert [(each["$name"], each["$revenue"]) for each in shown(api, "accounts")] == [("acme", 2), ("Beta", 1)]


def test_a_row_may_name_one_that_comes_before_it(imports: Imports, api: Any) -> None:
    end = {"key": "parent", "label": "Parent", "target": "account", "cardinality": "HAS_ONE"}
    inverse = {"key": "children", "label": "Children", "cardinality": "HAS_MANY"}
    api.post("/v1/schema/objects/account/relationships", {**end, "inverse": inverse}).ok()
    done = imports.run("Name,Parent\nAcme,\nSub,Acme\nSubsub,Sub\nOrphan,Nobody\n")
    assert counts(done) == (3, 0, 0, 1)
    made = {each["fields"]["$name"]["value"]: each for each in api.get("/v1/accounts").ok()["data"]}
    assert made["Subsub"]["relationships"]["parent"]["values"] == [made["Sub"]["id"]]


def test_ids_of_the_system_a_file_comes_from_link_its_files(imports: Imports, api: Any) -> None:
    accounts = "Record ID,Company name\n9001,Acme\n9002,Acme\n"
    contacts = "Record ID,First name,Email,Company (id)\n1,Ada,ada@a.example,9002\n2,Bob,bob@a.example,9003\n"
    assert counts(imports.run(accounts)) == (2, 0, 0, 0)
    assert counts(imports.run(contacts, "contact")) == (1, 0, 0, 1)
    assert counts(imports.run(accounts)) == (0, 0, 2, 0)
    assert counts(imports.run(contacts, "contact")) == (0, 0, 1, 1)
    second = api.get("/v1/accounts").ok()["data"][0]["id"]
    assert api.get("/v1/contacts").ok()["data"][0]["relationships"]["$account"]["values"] == [second]


def test_companies_are_found_by_domain_and_made_of_it(imports: Imports, api: Any) -> None:
    acme = api.create("accounts", {"$name": "Acme", "$website": "http://www.acme.example/"})["id"]
    content = "Email,Site\nada@acme.example,acme.example\nbob@beta.example,bob@beta.example\n"
    columns = [
        {"column": "Email", "field": "$email"},
        {"column": "Site", "relationship": "$account", "by": "domain", "missing": "create"},
    ]
    done = imports.run(content, "contact", columns=columns, match=["$email"])
    assert (counts(done), done["counts"]["createdByName"]) == ((2, 0, 0, 0), 1)
    bob, ada = api.get("/v1/contacts").ok()["data"]
    assert ada["relationships"]["$account"]["values"] == [acme]
    assert api.get(f"/v1/accounts/{bob['relationships']['$account']['values'][0]}").ok()["fields"]["$website"][
        "value"
    ] == ["https://beta.example"]


def test_a_name_that_several_records_have_links_none(imports: Imports, api: Any) -> None:
    for _ in "ab":
        api.create("accounts", {"$name": "Acme"})
    done = imports.run("Email,Company\na@a.example,Acme\n", "contact")
    assert "2 records of 'account' answer to 'Acme'" in done["rejected"][0]["reason"]
    done = imports.run("Name\nAcme\n")
    assert "Several records answer to this row" in done["rejected"][0]["reason"]


def test_a_column_may_be_replaced_scaled_and_put_together(imports: Imports, api: Any) -> None:
    columns = [
        {"text": "{product} for {who|nobody yet}", "field": "$name", "values": {"GTXPro": "GTX Pro"}},
        {"column": "sum", "field": "$revenue", "scale": 1_000_000},
    ]
    done = imports.run("product,who,sum\nGTXPro,Acme,1.15\nGTX,,2\n", columns=columns, match=[])
    assert counts(done) == (2, 0, 0, 0)
    assert [(each["$name"], each["$revenue"]) for each in shown(api, "accounts")] == [
        ("GTX Pro for Acme", 1_150_000), ("GTX for nobody yet", 2_000_000),
    ]  # fmt: skip


def test_members_come_from_a_file_and_are_never_changed_by_one(imports: Imports, api: Any) -> None:
    content = "Name,E-mail,Role\nAda Byron,ada@us.example,member\nBob,bob@us.example,boss\n"
    done = imports.run(content, "member")
    assert counts(done) == (1, 0, 0, 1)
    assert counts(imports.run("Name,E-mail,Role\nEve,ada@us.example,admin\n", "member")) == (0, 0, 1, 0)
    (ada,) = api.get("/v1/schema/members").ok()["data"]
    assert (ada["name"], ada["role"]) == ({"firstName": "Ada", "lastName": "Byron"}, "member")


def test_workbooks_and_json_lines_come_in_like_csv(imports: Imports, api: Any, fields: None) -> None:
    book = Workbook()
    book.active.append(["Name", "Since", "Size", "Active", "Tags"])
    book.active.append(["Acme", 43100.5, 1234.56, True, "Big, Old"])
    stream = io.BytesIO()
    book.save(stream)
    assert counts(imports.run(stream.getvalue(), media="xlsx")) == (1, 0, 0, 0)
    line = {"Name": "Acme", "Since": "2017-12-31T12:00:00Z", "Size": 1234.56, "Active": True, "Tags": ["Big", "Old"]}
    assert counts(imports.run(json.dumps(line), media="jsonl")) == (0, 0, 1, 0)


# Dry runs


def test_a_dry_run_says_what_an_import_comes_to_and_writes_nothing(imports: Imports, api: Any, fields: None) -> None:
    api.create("accounts", {"$name": "Old", "$revenue": 1})
    api.create("accounts", {"$name": "Same", "$revenue": 1})
    content = "Name,Revenue,Office\nNew,1,\nOld,2,\nSame,1,\nNew,1,\nNew,3,\nBad,x,\nA,,a@a.example\nB,,a@a.example\n"
    before = imports.whole()
    sent = imports.send(content).ok()
    checked = imports.do(sent["id"], "dryRun")
    assert checked["state"] == "checked"
    assert imports.whole() == before
    done = imports.do(sent["id"], "start")
    assert counts(done) == (2, 3, 2, 1)
    assert checked["check"]["counts"] == done["counts"]
    assert checked["check"]["rejected"] == done["rejected"]


rows = st.lists(
    st.tuples(
        st.sampled_from(["", "Acme", "Beta", "acme", "Gamma", "Delta"]),
        st.sampled_from(["", "1", "2", "x", "1,5", "1.5"]),
        st.sampled_from(["", "Acme", "Beta", "Nobody", "Gamma"]),
    ),
    max_size=25,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows, size=st.sampled_from([1, 3, 1_000]))
def test_rows_come_to_what_plain_python_says(
    rows: Any, size: int, imports: Imports, api: Any, monkeypatch: Any
) -> None:
    """Whatever repeats, links and fails, and however the rows are cut into chunks."""
    for name in ("FEWEST", "FIRST", "MOST_ROWS"):
        monkeypatch.setattr(carrying, name, size)
    defined = {each["key"] for each in api.get("/v1/schema/objects/account").ok()["relationships"]}
    if "parent" not in defined:
        end = {"key": "parent", "label": "Parent", "target": "account", "cardinality": "HAS_ONE"}
        inverse = {"key": "children", "label": "Children", "cardinality": "HAS_MANY"}
        api.post("/v1/schema/objects/account/relationships", {**end, "inverse": inverse}).ok()
    for each in api.get("/v1/accounts").ok()["data"]:
        api.delete(f"/v1/accounts/{each['id']}")

    known: dict[str, tuple[str, Any, Any]] = {}
    expected = [0, 0, 0, 0]
    for name, size_text, parent in rows:
        if not (name or size_text or parent):
            continue
        bad = not name or size_text == "x" or (parent and parent.casefold() not in known)
        if bad:
            expected[3] += 1
            continue
        revenue = {"": None, "1": 1, "2": 2, "1,5": 1.5, "1.5": 1.5}[size_text]
        before = known.get(name.casefold())
        after = (
            name,
            revenue if revenue is not None or before is None else before[1],
            parent.casefold() if parent or before is None else before[2],
        )
        expected[0 if before is None else 2 if before == after else 1] += 1
        known[name.casefold()] = after
    if not any(any(row) for row in rows):
        return
    content = "Name,Revenue,Parent\n" + "".join(f'{name},"{size}",{parent}\n' for name, size, parent in rows)
    columns = [
        {"column": "Name", "field": "$name"},
        {"column": "Revenue", "field": "$revenue"},
        {"column": "Parent", "relationship": "parent", "by": "$name"},
    ]
    done = imports.run(content, columns=columns, match=["$name"])
    if done["state"] == "failed":
        # Both 1,5 and 1.5 in one column: which is meant is asked, and nothing is written.
        assert {"1,5", "1.5"} <= {size for _, size, _ in rows}
        assert api.get("/v1/accounts").ok()["totalCount"] == 0
        return
    assert list(counts(done)) == expected
    found = api.get("/v1/accounts").ok()["data"]
    names = {each["id"]: each["fields"]["$name"]["value"].casefold() for each in found}
    made = {
        (
            each["fields"]["$name"]["value"],
            each["fields"]["$revenue"]["value"],
            "".join(names[id] for id in each["relationships"]["parent"]["values"]),
        )
        for each in found
    }
    assert made == set(known.values())


# States and rights


def test_an_import_stops_goes_on_and_is_cancelled(imports: Imports, api: Any, world: Any, small: None) -> None:
    sent = imports.send("Name\n" + "".join(f"Account {n}\n" for n in range(100))).ok()
    path = f"/v1/imports/{sent['id']}"
    api.post(f"{path}/start").ok()

    def pause(job: Any) -> None:
        if job.done == 30:
            row = ids.body(jobs.PREFIX, sent["id"])
            world.write(lambda tx: tx.move_job(row, jobs.PAUSED, world.time(), tx.job(row).body))

    done = imports.carry(sent["id"], told=pause)
    assert (done["state"], done["progress"]["rows"]) == ("paused", 30)
    assert api.get("/v1/accounts").ok()["totalCount"] == 30
    assert counts(imports.do(sent["id"], "start")) == (100, 0, 0, 0)
    assert api.get("/v1/accounts").ok()["totalCount"] == 100
    refused = api.post(f"{path}/start").error
    assert refused[0] == 409
    assert api.post(f"{path}/cancel").status == 409


def test_one_process_carries_an_import_and_another_takes_over_when_its_lease_is_over(
    imports: Imports, api: Any, world: Any, time: Any
) -> None:
    sent = imports.send("Name\nAcme\n").ok()
    number = ids.body(jobs.PREFIX, sent["id"])
    api.post(f"/v1/imports/{sent['id']}/start").ok()
    other = f"1-{'0' * 12}"  # the first process of any machine: it is there

    def take(tx: Transaction) -> bool:
        return tx.take_job(number, other, other, world.time(), world.time() + carrying.LEASE)

    assert world.write(take)
    assert imports.carry(sent["id"])["state"] == "running"
    time.advance(carrying.LEASE + 1)
    assert imports.carry(sent["id"])["state"] == "done"


def test_a_holder_that_lost_its_lease_writes_nothing_more(imports: Imports, api: Any, world: Any, small: None) -> None:
    sent = imports.send("Name\n" + "".join(f"Account {n}\n" for n in range(50))).ok()
    number = ids.body(jobs.PREFIX, sent["id"])
    api.post(f"/v1/imports/{sent['id']}/start").ok()

    def steal(job: Any) -> None:
        if job.done == 20:
            world.write(lambda tx: tx.take_job(number, "1-thief", job.holder, world.time(), world.time() + 1))

    imports.carry(sent["id"], told=steal)
    assert api.get("/v1/accounts").ok()["totalCount"] == 20
    world.time.advance(10_000)
    assert counts(imports.carry(sent["id"])) == (50, 0, 0, 0)
    assert api.get("/v1/accounts").ok()["totalCount"] == 50


def test_a_field_added_or_archived_during_an_import_counts_from_then_on(
    imports: Imports, api: Any, world: Any, small: None, fields: None
) -> None:
    sent = imports.send("Name,Size\n" + "".join(f"Account {n},1\n" for n in range(30))).ok()
    api.post(f"/v1/imports/{sent['id']}/start").ok()

    def archive(job: Any) -> None:
        if job.done == 10:
            world.write(lambda tx: carrying_archive(world, tx))

    done = imports.carry(sent["id"], told=archive)
    assert done["state"] == "failed"
    assert done["problem"]["param"] == "mapping.columns[1].field"
    assert done["counts"]["created"] == 10


def carrying_archive(world: Any, tx: Transaction) -> None:
    from lightfield_server.records.definitions import fields

    context = world.context(tx)
    entity = context.catalog["account"]
    fields.archive(context, entity, entity.fields["size"])


def test_importing_takes_the_rights_to_create_and_update(imports: Imports, world: Any, api: Any) -> None:
    for scopes in (["accounts:create"], ["accounts:update"], ["contacts:create", "contacts:update"]):
        weak = Imports(world.api(world.add_key(*scopes)), world)
        assert weak.send("Name\nAcme\n").error[:2] == (403, "forbidden")
    able = Imports(world.api(world.add_key("contacts:create", "contacts:update")), world)
    sent = able.send(PEOPLE, "contact").ok()
    columns = [*sent["mapping"]["columns"][:3], {"column": "Firma", "relationship": "$account", "missing": "create"}]
    mapping = {"mapping": {**sent["mapping"], "columns": columns}}
    assert able.api.post(f"/v1/imports/{sent['id']}/mapping", mapping).error[0] == 403
    mapping = {"mapping": {**sent["mapping"], "options": "create"}}
    assert able.api.post(f"/v1/imports/{sent['id']}/mapping", mapping).error[0] == 403
    blind = world.api(world.add_key("accounts:read"))
    assert blind.get(f"/v1/imports/{sent['id']}").status == 403
    assert blind.get("/v1/imports").ok() == {"object": "list", "data": [], "totalCount": 0}
    assert world.api(world.add_key("accounts:read")).post("/v1/exports", {"objectType": "contact"}).status == 403


def test_requests_go_on_while_an_import_is_carried(imports: Imports, api: Any, world: Any, concurrently: Any) -> None:
    sent = imports.send("Name\n" + "".join(f"Account {n}\n" for n in range(2_000))).ok()
    api.post(f"/v1/imports/{sent['id']}/start").ok()
    carrier = carrying.Carrier(world.server, world.workspace, ids.body(jobs.PREFIX, sent["id"]) or 0, "1-me")
    seen: list[int] = []

    async def ask() -> None:
        for n in range(20):
            answer = await api.request("POST", "/v1/contacts", {"fields": {"$email": f"c{n}@a.example"}})
            assert answer.status == 200
            seen.append((await api.request("GET", "/v1/accounts")).body["totalCount"])

    concurrently(carrier.carry(), ask())
    assert api.get("/v1/accounts").ok()["totalCount"] == 2_000
    assert seen[0] < 2_000
    assert audited(world.database.place) == []


# Bad requests


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"objectType": "nothing"}, "mapping.objectType"),
        (
            {"objectType": "contact", "columns": [{"column": "Name", "field": "$title"}], "match": []},
            "mapping.objectType",
        ),
        ({"columns": []}, "mapping.columns"),
        ({"columns": [{"column": "Name"}]}, "mapping.columns[0]"),
        ({"columns": [{"column": "Nom", "field": "$name"}]}, "mapping.columns[0]"),
        ({"columns": [{"column": "Name", "field": "nope"}]}, "mapping.columns[0].field"),
        ({"columns": [{"column": "Name", "field": "$accountStatus"}]}, "mapping.columns[0].field"),
        ({"columns": [{"column": "Name", "field": "$name", "part": "x"}]}, "mapping.columns[0].part"),
        ({"columns": [{"column": "Name", "field": "$name"}, {"text": "a", "field": "$name"}]}, "mapping.columns[1]"),
        ({"columns": [{"column": "Name", "relationship": "nope"}]}, "mapping.columns[0].relationship"),
        ({"columns": [{"column": "Name", "relationship": "$owner", "by": "nope"}]}, "mapping.columns[0].by"),
        (
            {"columns": [{"column": "Name", "relationship": "$owner", "missing": "create"}]},
            "mapping.columns[0].missing",
        ),
        ({"columns": [{"column": "Name", "field": "$name", "scale": "x"}]}, "mapping.columns[0].scale"),
        ({"columns": [{"column": "Name", "field": "$name", "values": []}]}, "mapping.columns[0].values"),
        ({"columns": [{"column": "Name", "field": "$name", "timeZone": "Mars"}]}, "mapping.columns[0].timeZone"),
        ({"columns": [{"column": "Name", "field": "$name", "colour": 1}]}, "mapping.columns[0].colour"),
        ({"match": ["$headcount"]}, "mapping.match"),
        ({"match": ["nope"]}, "mapping.match"),
        ({"existing": "x"}, "mapping.existing"),
        ({"dates": "dym"}, "mapping.dates"),
        ({"timeZone": "Europe/Nowhere"}, "mapping.timeZone"),
        ({"more": 1}, "mapping.more"),
    ],
)
def test_a_mapping_is_refused_with_its_place(change: Any, param: str, imports: Imports, api: Any) -> None:
    sent = imports.send("Name,Revenue\nAcme,1\n").ok()
    answer = api.post(f"/v1/imports/{sent['id']}/mapping", {"mapping": {**sent["mapping"], **change}})
    assert (answer.error[0], answer.error[3]) == (400, param)
    assert imports.get(sent["id"])["mapping"] == sent["mapping"]


def test_files_that_cannot_be_read_leave_nothing_behind(imports: Imports, world: Any, api: Any) -> None:
    assert imports.send('a,b\n1,"x\n').error == (422, "unprocessable_content", "unreadable_file", None)
    assert imports.send("", "account").error[0] == 422
    assert imports.send("Name\nA\n", "nothing").error[3] == "objectType"
    assert imports.send("Name\nA\n", "account", colour="red").error[3] == "colour"
    assert imports.send("Name\nA\n", "account", encoding="klingon").error[3] == "encoding"
    answer = api.send("POST", "/v1/imports?objectType=account", b"{}", {"content-type": "application/json"})
    assert answer.error[:2] == (415, "unsupported_media_type")
    world.server.files.limit = 10
    assert imports.send("Name\nA long name\n").error[:2] == (413, "content_too_large")
    assert api.get("/v1/imports").ok()["totalCount"] == 0
    assert [entry for entry in world.server.files.root.iterdir() if entry.is_dir()] == []


def test_mappings_are_saved_and_used_again(imports: Imports, api: Any) -> None:
    sent = imports.send("Firm,Umsatz\nAcme,1\n").ok()
    columns = [{"column": "Firm", "field": "$name"}, {"column": "Umsatz", "field": "$revenue", "scale": 1000}]
    mapping = {"objectType": "account", "columns": columns, "match": ["$name"]}
    body = {"mapping": mapping, "saveAs": "Monthly"}
    api.post(f"/v1/imports/{sent['id']}/mapping", body).ok()
    (saved,) = api.get("/v1/imports/mappings").ok()["data"]
    assert (saved["name"], saved["mapping"]["columns"]) == ("Monthly", columns)
    sent = imports.send("Firm,Umsatz\nBeta,2\n").ok()
    api.post(f"/v1/imports/{sent['id']}/mapping", {"saved": "Monthly"}).ok()
    imports.do(sent["id"], "start")
    assert shown(api, "accounts")[0]["$revenue"] == 2000
    api.post("/v1/imports/mappings", {"name": "Monthly", "mapping": {**mapping, "existing": "skip"}}).ok()
    assert api.get(f"/v1/imports/mappings/{saved['id']}").ok()["mapping"]["existing"] == "skip"
    api.delete(f"/v1/imports/mappings/{saved['id']}").ok()
    assert api.get("/v1/imports/mappings").ok()["totalCount"] == 0
    assert api.get(f"/v1/imports/mappings/{saved['id']}").status == 404


def test_old_files_are_removed_and_said_to_be_gone(imports: Imports, world: Any, api: Any) -> None:
    sent = imports.send("Name\nAcme\n").ok()
    files = world.server.files
    assert carrying.sweep(files, 1_000) == 0
    assert carrying.sweep(files, 2 * files.retention + 10**14) == 1
    assert "gone; send it again" in imports.do(sent["id"], "start")["problem"]["message"]
