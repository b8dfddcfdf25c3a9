"""Upserts: the record that is known by a value is changed, or made if there is none."""

from typing import Any

import pytest

from lightfield_server.model.value_types.address import domain
from lightfield_server.records import upserting
from lightfield_server.store import migrate
from lightfield_server.store.sql import slots
from tests.audit import audited

EARLIER = {"$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}


def upsert(api: Any, plural: str, by: Any, fields: Any = None, **more: Any) -> tuple[str, Any]:
    """What became of the record, and the record."""
    answer = api.post(f"/v1/{plural}/upsert", {"by": by, "fields": fields or {}, **more}).ok()
    assert sorted(answer) == ["outcome", "record"]
    return answer["outcome"], answer["record"]


def refused(api: Any, plural: str, body: Any) -> Any:
    return api.post(f"/v1/{plural}/upsert", body).error


def value(record: Any, key: str) -> Any:
    return record["fields"][key]["value"]


# Known by what


def test_a_contact_is_known_by_an_email_address(api: Any) -> None:
    outcome, made = upsert(api, "contacts", "$email", {"$email": "Ada@Acme.example", "$title": "Buyer"})
    assert outcome == "created"
    assert api.get(f"/v1/contacts/{made['id']}").ok() == made

    outcome, changed = upsert(api, "contacts", "$email", {"$email": ["ada@acme.example"], "$title": "Chief Buyer"})
    assert (outcome, changed["id"]) == ("updated", made["id"])
    assert value(changed, "$title") == "Chief Buyer"

    outcome, same = upsert(api, "contacts", "$email", {"$email": ["ada@acme.example"], "$title": "Chief Buyer"})
    assert (outcome, same) == ("unchanged", changed)
    assert api.get("/v1/contacts").ok()["totalCount"] == 1


def test_addresses_that_a_record_lacks_join_those_it_has(api: Any) -> None:
    _, made = upsert(api, "contacts", "$email", {"$email": ["a@acme.example", "b@acme.example"]})
    outcome, changed = upsert(api, "contacts", "$email", {"$email": ["b@acme.example", "c@acme.example"]})
    assert (outcome, changed["id"]) == ("updated", made["id"])
    assert value(changed, "$email") == ["a@acme.example", "b@acme.example", "c@acme.example"]


@pytest.mark.parametrize(
    "website",
    [
        "acme.example",
        "https://acme.example",
        "http://www.ACME.example/about?x=1#top",
        "https://someone@acme.example:8443/",
        "https://acme.example./",
        ["https://acme.example", "http://www.acme.example"],
    ],
    ids=str,
)
def test_an_account_is_known_by_the_domain_of_its_website(website: Any, api: Any) -> None:
    made = api.create("accounts", {"$name": "Acme", "$website": ["https://www.acme.example/en", "https://acme.org"]})
    api.create("accounts", {"$name": "Shop", "$website": "shop.acme.example"})
    outcome, known = upsert(api, "accounts", "$website", {"$website": website})
    assert (outcome, known) == ("unchanged", made)


@pytest.mark.parametrize(
    "website", ["shop.acme.example", "acme.example.org", "https://notacme.example", "http://[::1]/"]
)
def test_another_domain_is_another_account(website: str, api: Any) -> None:
    api.create("accounts", {"$name": "Acme", "$website": "acme.example"})
    assert upsert(api, "accounts", "$website", {"$website": website, "$name": "Other"})[0] == "created"


def test_a_record_is_known_by_its_external_id(api: Any) -> None:
    outcome, made = upsert(api, "opportunities", "externalId", {"$name": "Deal"}, externalId="CRM-17", **about(api))
    assert (outcome, made["externalId"]) == ("created", "CRM-17")
    outcome, same = upsert(api, "opportunities", "externalId", {"$name": "Deal"}, externalId="CRM-17")
    assert (outcome, same) == ("unchanged", made)
    outcome, changed = upsert(api, "opportunities", "externalId", {"$amount": 5}, externalId="CRM-17")
    assert (outcome, changed["id"], changed["externalId"]) == ("updated", made["id"], "CRM-17")
    assert upsert(api, "opportunities", "externalId", {"$name": "X"}, externalId="crm-17", **about(api))[0] == "created"
    # Another type's ids are its own.
    assert upsert(api, "accounts", "externalId", {"$name": "Acme"}, externalId="CRM-17")[0] == "created"


def about(api: Any) -> Any:
    return {"relationships": {"$account": api.create("accounts", {"$name": "Acme"})["id"]}}


def test_an_external_id_is_given_beside_another_value_and_kept(api: Any) -> None:
    made = api.create("contacts", {"$email": "ada@acme.example"})
    outcome, named = upsert(api, "contacts", "$email", {"$email": "ada@acme.example"}, externalId="7")
    assert (outcome, named["id"], named["externalId"]) == ("updated", made["id"], "7")
    changed = api.post(f"/v1/contacts/{made['id']}", {"fields": {"$title": "Buyer"}}).ok()
    assert changed["externalId"] == "7"
    api.delete(f"/v1/contacts/{made['id']}").ok()
    assert api.post(f"/v1/contacts/{made['id']}/restore").ok()["externalId"] == "7"
    assert upsert(api, "contacts", "externalId", {}, externalId="7")[0] == "unchanged"


def test_two_records_never_have_one_external_id(api: Any) -> None:
    upsert(api, "contacts", "externalId", {"$email": "ada@acme.example"}, externalId="7")
    api.create("contacts", {"$email": "bob@acme.example"})
    body = {"by": "$email", "fields": {"$email": "bob@acme.example"}, "externalId": "7"}
    assert refused(api, "contacts", body) == (409, "conflict", None, None)
    body = {"by": "$email", "fields": {"$email": "new@acme.example"}, "externalId": "7"}
    assert refused(api, "contacts", body) == (409, "conflict", None, None)
    assert api.get("/v1/contacts").ok()["totalCount"] == 2


def test_the_external_id_of_a_trashed_record_is_free(api: Any) -> None:
    _, first = upsert(api, "accounts", "externalId", {"$name": "First"}, externalId="7")
    api.delete(f"/v1/accounts/{first['id']}").ok()
    outcome, second = upsert(api, "accounts", "externalId", {"$name": "Second"}, externalId="7")
    assert (outcome, second["id"] == first["id"]) == ("created", False)
    assert api.post(f"/v1/accounts/{first['id']}/restore").error == (409, "conflict", None, None)


def test_a_merged_record_is_known_by_the_external_id_of_its_duplicate(api: Any) -> None:
    primary = api.create("accounts", {"$name": "Acme"})["id"]
    _, duplicate = upsert(api, "accounts", "externalId", {"$name": "ACME"}, externalId="7")
    merged = api.post("/v1/accounts/merge", {"primaryId": primary, "duplicateId": duplicate["id"]}).ok()
    assert merged["primary"]["externalId"] == "7"
    assert upsert(api, "accounts", "externalId", {}, externalId="7")[1]["id"] == primary


@pytest.mark.parametrize(
    ("type", "configuration", "first", "again"),
    [
        ("EMAIL", {"unique": True}, "a@b.example", "A@B.example"),
        ("URL", {"unique": True}, "https://a.example/x", "https://a.example/x"),
        ("TELEPHONE", {"unique": True, "multiple": True}, ["+12025551234"], ["(202) 555-1234"]),
        ("TEXT", {}, "Nr. 7", "nr. 7"),
        ("NUMBER", {}, 7.5, 7.50),
    ],
)
def test_a_record_is_known_by_a_field_of_the_workspace(
    type: str, configuration: Any, first: Any, again: Any, api: Any, make: Any
) -> None:
    make.type("project")
    make.field("project", "code", type, **configuration)
    _, made = upsert(api, "objects/project", "code", {"$name": "One", "code": first})
    outcome, known = upsert(api, "objects/project", "code", {"$name": "Two", "code": again})
    assert (outcome, known["id"], value(known, "$name")) == ("updated", made["id"], "Two")


def test_lists_and_tasks_are_known_too(api: Any, make: Any) -> None:
    body = {"$name": "Targets", "$objectType": "$account"}
    account = make.account()
    _, made = upsert(api, "lists", "$name", body)
    links = {"relationships": {"$accounts": account}}
    assert upsert(api, "lists", "$name", {"$name": "Targets"}, **links)[1] == made
    # What may be said at creation only may be said again.
    assert upsert(api, "lists", "$name", body, **links) == ("unchanged", made)
    assert api.get(f"/v1/lists/{made['id']}/accounts").ok()["totalCount"] == 1
    assigned = {"$assignedTo": make.member()}
    task = {"$title": "Call", "$status": "TODO"}
    outcome, first = upsert(api, "tasks", "externalId", task, externalId="t", relationships=assigned)
    assert outcome == "created"
    assert upsert(api, "tasks", "externalId", task, externalId="t", relationships=assigned) == ("unchanged", first)


def test_a_meeting_that_was_logged_is_logged_once(api: Any) -> None:
    fields = {"$title": "Demo", **EARLIER}
    _, made = upsert(api, "meetings", "externalId", fields, externalId="m", autoCreateRecords=False)
    assert upsert(api, "meetings", "externalId", fields, externalId="m", autoCreateRecords=False) == ("unchanged", made)
    body = {"by": "externalId", "externalId": "m", "fields": {"$title": "Other"}}
    assert refused(api, "meetings", body) == (400, "bad_request", "invalid_configuration", "fields.$title")


# Several


def test_several_matches_are_named_and_nothing_changes(api: Any, make: Any) -> None:
    ids = [make.contact("ada@acme.example") for _ in range(12)]
    before = make.dump()
    answer = api.post("/v1/contacts/upsert", {"by": "$email", "fields": {"$email": "ada@acme.example"}})
    assert answer.error == (409, "conflict", "several_match", "fields.$email")
    assert answer.headers["x-should-retry"] == "false"
    message = answer.body["error"]["message"]
    assert all(id in message for id in ids[:10])
    assert not any(id in message for id in ids[10:])
    assert message.endswith("and others.")
    assert make.dump() == before


def test_values_of_two_records_match_several(api: Any, make: Any) -> None:
    ada, bob = make.contact("ada@acme.example"), make.contact(["bob@acme.example", "robert@acme.example"])
    sent = {"by": "$email", "fields": {"$email": ["ada@acme.example", "bob@acme.example"]}}
    answer = api.post("/v1/contacts/upsert", sent)
    assert answer.error == (409, "conflict", "several_match", "fields.$email")
    assert answer.body["error"]["message"] == f"Several records match: {ada}, {bob}."
    both = {"$email": ["robert@acme.example", "bob@acme.example"]}
    assert upsert(api, "contacts", "$email", both)[1]["id"] == bob


# Relationships


def test_links_are_exchanged_where_one_is_held_and_added_where_several_are(api: Any, make: Any) -> None:
    ann, ben = make.member("ann@us.example"), make.member("ben@us.example")
    ada, bob = make.contact("ada@a.example"), make.contact("bob@a.example")
    fields = {"$name": "Acme", "$website": "acme.example"}

    def links(owner: Any, contacts: Any) -> tuple[str, Any, Any]:
        sent = {"$owner": owner, "$contact": contacts}
        outcome, record = upsert(api, "accounts", "$website", fields, relationships=sent)
        shown = record["relationships"]
        return outcome, shown["$owner"]["values"], sorted(shown["$contact"]["values"])

    assert links(ann, ada) == ("created", [ann], [ada])
    assert links([ben], [bob]) == ("updated", [ben], [ada, bob])
    assert links(ben, ada) == ("unchanged", [ben], [ada, bob])
    assert links([], []) == ("unchanged", [ben], [ada, bob])
    assert links({"replace": None}, {"remove": ada}) == ("updated", [], [bob])
    assert links({"add": ann}, {"replace": [ada]}) == ("updated", [ann], [ada])


def test_operations_say_what_a_new_record_begins_with(api: Any, make: Any) -> None:
    ada, bob = make.contact("ada@a.example"), make.contact("bob@a.example")
    links = {"$contact": {"add": ada, "remove": bob}, "$owner": {"replace": None}}
    _, made = upsert(api, "accounts", "$name", {"$name": "Acme"}, relationships=links)
    assert made["relationships"]["$contact"]["values"] == [ada]
    assert made["relationships"]["$owner"]["values"] == []


# Refusals


BY_NAME = {"by": "$name", "fields": {"$name": "A"}}

EXTERNAL = {"by": "externalId", "fields": {"$name": "A"}}


def unset(param: str) -> Any:
    return (422, "unprocessable_content", None, param)


def bad(code: str, param: str) -> Any:
    return (400, "bad_request", code, param)


@pytest.mark.parametrize(
    ("plural", "body", "error"),
    [
        ("accounts", {}, bad("parameter_missing", "by")),
        ("accounts", {"by": None}, bad("invalid_type", "by")),
        ("accounts", {"by": ["$name"]}, bad("invalid_type", "by")),
        ("accounts", {"by": "bogus", "fields": {}}, bad("unknown_field", "by")),
        ("accounts", {"by": "$headcount", "fields": {}}, bad("invalid_configuration", "by")),
        ("accounts", {"by": "$lastInteractionAt", "fields": {}}, bad("invalid_configuration", "by")),
        ("meetings", {"by": "$title", "fields": {}}, bad("invalid_configuration", "by")),
        ("lists", {"by": "externalId", "fields": {}}, bad("unknown_field", "by")),
        ("lists", BY_NAME | {"externalId": "1"}, bad("unknown_field", "externalId")),
        ("accounts", {"by": "$name"}, bad("parameter_missing", "fields")),
        ("accounts", BY_NAME | {"x": 1}, bad("unknown_field", "x")),
        ("accounts", BY_NAME | {"skipEnrichment": 1}, bad("invalid_type", "skipEnrichment")),
        ("accounts", BY_NAME | {"fields": []}, bad("invalid_type", "fields")),
        ("accounts", BY_NAME | {"fields": {}}, unset("fields.$name")),
        ("accounts", BY_NAME | {"fields": {"$name": None}}, unset("fields.$name")),
        ("accounts", BY_NAME | {"fields": {"$name": " "}}, unset("fields.$name")),
        ("accounts", BY_NAME | {"fields": {"$name": 5}}, bad("invalid_type", "fields.$name")),
        ("accounts", BY_NAME | {"fields": {"$name": 5, "bogus": 1}}, bad("unknown_field", "fields.bogus")),
        ("contacts", {"by": "$email", "fields": {"$email": "x"}}, unset("fields.$email")),
        ("contacts", {"by": "$email", "fields": {"$email": []}}, unset("fields.$email")),
        ("accounts", EXTERNAL, unset("externalId")),
        ("accounts", EXTERNAL | {"externalId": ""}, unset("externalId")),
        ("accounts", EXTERNAL | {"externalId": "x" * 256}, unset("externalId")),
        ("accounts", EXTERNAL | {"externalId": 5}, bad("invalid_type", "externalId")),
        ("accounts", EXTERNAL | {"externalId": None}, bad("invalid_type", "externalId")),
        ("accounts", EXTERNAL | {"externalId": "a\0"}, bad("invalid_type", "externalId")),
        (
            "accounts",
            BY_NAME | {"relationships": {"$owner": "mem_0000000000000001"}},
            bad("relationship_entity_missing", "relationships.$owner"),
        ),
        ("accounts", BY_NAME | {"relationships": {"$owner": 5}}, bad("invalid_type", "relationships.$owner")),
        (
            "accounts",
            BY_NAME | {"relationships": {"$owner": {"put": "x"}}},
            bad("invalid_type", "relationships.$owner"),
        ),
        (
            "accounts",
            BY_NAME | {"relationships": {"$owner": {}}},
            bad("parameter_missing", "relationships.$owner"),
        ),
        ("objects/nothing", BY_NAME, (404, "not_found", None, None)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    plural: str, body: Any, error: Any, known: bool, api: Any, make: Any
) -> None:
    if known:
        make.account("A")
    before = make.dump()
    assert refused(api, plural, body) == error
    assert make.dump() == before


def test_a_new_record_needs_what_creating_needs(api: Any, make: Any) -> None:
    assert refused(api, "opportunities", BY_NAME) == unset("relationships.$account")
    assert refused(api, "accounts", {"by": "$website", "fields": {"$website": "a.example"}}) == unset("fields.$name")
    make.opportunity(name="A")
    assert api.post("/v1/opportunities/upsert", BY_NAME).ok()["outcome"] == "unchanged"


def test_an_upsert_needs_both_scopes(world: Any) -> None:
    body = {"by": "$name", "fields": {"$name": "Acme"}}
    for scopes in (["accounts:create"], ["accounts:update"]):
        answer = world.api(world.add_key(*scopes)).post("/v1/accounts/upsert", body)
        assert answer.error == (403, "forbidden", None, None)
    answer = world.api(world.add_key("accounts:create", "accounts:update")).post("/v1/accounts/upsert", body)
    assert answer.ok()["outcome"] == "created"


def test_a_repeat_gets_the_first_answer(api: Any) -> None:
    body = {"by": "$name", "fields": {"$name": "Acme"}}
    first = api.post("/v1/accounts/upsert", body, idempotency_key="k").ok()
    again = api.post("/v1/accounts/upsert", body, idempotency_key="k")
    assert again.ok() == first
    assert again.headers["idempotent-replayed"] == "true"
    assert first["outcome"] == "created"


def test_whoever_sees_a_meeting_in_part_may_not_change_it_by_an_upsert(api: Any, make: Any, world: Any) -> None:
    fields = {"$title": "Secret", "$privacySetting": "METADATA", "$organizerEmail": "org@us.example", **EARLIER}
    body = {"by": "externalId", "externalId": "m", "fields": fields}
    first = api.post("/v1/meetings/upsert", body, idempotency_key="k").ok()
    eve = world.api(world.add_key(member=make.member("eve@us.example")))

    assert refused(eve, "meetings", body) == (403, "forbidden", None, None)

    again = eve.post("/v1/meetings/upsert", body, idempotency_key="k").ok()
    assert again["outcome"] == "created"
    assert again["record"] == eve.get(f"/v1/meetings/{first['record']['id']}").ok()
    assert again["record"]["fields"]["$title"]["value"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/accounts/{}"),
        ("DELETE", "/v1/accounts/{}"),
        ("POST", "/v1/accounts/{}/restore"),
        ("GET", "/v1/accounts/{}/fields/$name/history"),
        ("POST", "/v1/accounts/{}/bogus"),
        ("PUT", "/v1/accounts/{}"),
    ],
)
def test_where_upsert_stands_for_an_id_it_is_one_that_is_not_there(method: str, path: str, api: Any) -> None:
    typo, word = api.send(method, path.format("upserted")), api.send(method, path.format("upsert"))
    assert (word.status, str(word.body)) == (typo.status, str(typo.body).replace("upserted", "upsert"))


# Many in one go


def test_bodies_of_one_call_see_what_earlier_ones_did(world: Any, api: Any, make: Any) -> None:
    make.contact(["old@a.example", "older@a.example"])
    bodies = [
        {"fields": {"$email": "ada@a.example", "$title": "One"}},
        {"fields": {"$email": "bob@a.example"}},
        {"fields": {"$email": ["ada@a.example", "ada@b.example"], "$title": "Two"}},
        {"fields": {"$email": "x"}},
        {"fields": {"$email": "ada@b.example", "$title": "Three"}},
        {"fields": {"$email": "old@a.example", "$title": "Four"}},
        {"fields": {"$email": "older@a.example", "$title": "Four"}},
        {"fields": {"$email": ["bob@a.example", "ada@a.example"]}},
    ]

    def work(tx: Any) -> Any:
        context = world.context(tx)
        outcomes = upserting.upsert_each(context, context.catalog["contact"], "$email", bodies)
        return [getattr(each, "status", None) or upserting_outcome(each) for each in outcomes]

    assert world.write(work) == [
        "created",
        "created",
        "updated",
        422,
        "updated",
        "updated",
        "unchanged",
        409,
    ]
    shown = {
        each["fields"]["$title"]["value"]: each["fields"]["$email"]["value"]
        for each in api.get("/v1/contacts").ok()["data"]
    }
    assert shown == {
        "Three": ["ada@a.example", "ada@b.example"],
        None: ["bob@a.example"],
        "Four": ["old@a.example", "older@a.example"],
    }
    assert audited(world.database.place) == []


def upserting_outcome(change: Any) -> str:
    return "unchanged" if change.event is None else str(change.event.verb)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.acme.example/x", "acme.example"),
        ("HTTP://ACME.example?q", "acme.example"),
        ("https://acme.example:80#f", "acme.example"),
        ("https://me@acme.example./", "acme.example"),
        ("https://www.com", "www.com"),
        ("https://www.com/", "www.com"),
        ("https://[::1]:80/x", "[::1]:80"),
        ("https://a.example/x@b.example", "a.example"),
    ],
)
def test_databases_of_earlier_releases_know_accounts_by_domain_too(url: str, key: str, world: Any, api: Any) -> None:
    assert domain(url) == key
    id = api.create("accounts", {"$name": "Acme", "$website": url})["id"]
    trashed = api.create("accounts", {"$name": "Gone", "$website": url})["id"]
    api.delete(f"/v1/accounts/{trashed}").ok()

    def work(tx: Any) -> Any:
        entity = world.context(tx).catalog["account"]
        names = [slots.field(entity.by_domain["$website"].name, state) for state in (False, True)]
        written = tx.run("select * from key_text where slot in (?, ?) order by number", names).fetchall()
        tx.run("delete from key_text where slot in (?, ?)", names)
        (migration,) = [each for each in migrate.migrations(tx.dialect.name) if each.number == 6]
        for statement in migrate.statements(migration.sql):
            tx.run(statement)
        return written, tx.run("select * from key_text where slot in (?, ?) order by number", names).fetchall()

    written, migrated = world.write(work)
    assert [row[2] for row in written] == [key, key]
    assert migrated == written
    assert id != trashed
