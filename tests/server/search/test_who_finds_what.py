"""Nobody finds by its words what they may not read, and no workspace knows another's."""

import pytest

from lightfield_server.identity.actor import Actor
from lightfield_server.records import access, searching
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Query


def test_no_workspace_finds_or_counts_what_another_has(search, make, world):
    make.note(title="Quagga zebra")
    other = world.add_workspace("other")
    theirs = world.api(world.add_key(workspace=other))
    own = theirs.create("notes", {"$title": "Quagga"})["id"]
    search.settle()
    for text, expected in (("quagga", [own]), ("quag", [own]), ("quagag", [own]), ("zebra", []), ("quagga zebra", [])):
        answer = theirs.post("/v1/search", {"text": text}).ok()
        assert [hit["id"] for hit in answer["data"]] == expected
        assert (answer["count"], answer["exactCount"]) == (len(expected), True)


def test_the_words_of_another_workspace_are_no_words_here(search, make, world):
    """Else a thousand words of theirs would take the place of ours."""
    other = world.add_workspace("other")
    theirs = world.api(world.add_key(workspace=other))
    theirs.create("notes", {"$title": "N", "$content": " ".join(f"quagga{n:04}" for n in range(3_000))})
    mine = make.note(title="quaggazoo")
    assert search.ids("quagga") == [mine]
    assert search("quagga")["exactCount"] is True


def test_a_key_finds_the_types_that_it_may_read(search, make, world):
    account, note = make.account("Quagga"), make.note(title="Quagga")
    make.type("project", "Project")
    project = make.record("project", **{"$name": "Quagga"})
    search.settle()
    for scopes, expected in (
        (("accounts:read",), {account}),
        (("accounts:read", "notes:read"), {account, note}),
        (("custom_objects:read", "notes:create"), {project}),
        (("notes:read", "tasks:read", "meetings:read", "members:read", "lists:read", "contacts:read"), {note}),
    ):
        asking = world.api(world.add_key(*scopes))
        answer = asking.post("/v1/search", {"text": "quagga"}).ok()
        assert {hit["id"] for hit in answer["data"]} == expected
        assert answer["count"] == len(expected)


def test_a_type_that_a_key_may_not_read_is_refused_by_name(world):
    asking = world.api(world.add_key("accounts:read"))
    refused = asking.post("/v1/search", {"text": "x", "objectTypes": ["account", "note"]})
    assert refused.error == (403, "forbidden", None, None)
    assert "notes:read" in refused.body["error"]["message"]
    assert world.api(world.add_key("accounts:create")).post("/v1/search", {"text": "x"}).status == 403


@pytest.fixture
def people(world):
    """Somebody with the address ann@us.example, somebody else, and an administrator: keys of theirs."""
    members = {name: world.add_member(f"{name}@us.example") for name in ("ann", "bob")}
    members["eve"] = world.add_member("eve@us.example", role="admin")
    return {
        "ann": world.api(world.add_key(member=members["ann"], admin=False)),
        "bob": world.api(world.add_key(member=members["bob"], admin=False)),
        "eve": world.api(world.add_key(member=members["eve"], admin=True)),
        "workspace": world.api(world.add_key(admin=False)),
    }


def who_finds(search, people, text):
    search.settle()
    answers = {name: api.post("/v1/search", {"text": text}).ok() for name, api in people.items()}
    return {name for name, answer in answers.items() if answer["data"]}, {
        name for name, answer in answers.items() if answer["count"]
    }


@pytest.mark.parametrize("text", ["secret", "plan", "hush", "sercet", "ann@us.example", "se"])
def test_a_hidden_meeting_is_found_by_participants_and_administrators_only(search, people, make, text):
    make.meeting(title="Secret plan", description="hush", privacySetting="METADATA", attendeeEmails=["ann@us.example"])
    found, counted = who_finds(search, people, text)
    own = {"ann", "eve", "workspace"}
    # Everybody finds the member by her address.
    assert found == counted == (own | {"bob"} if "@" in text else own)


def test_a_hidden_meeting_is_not_among_the_hits_of_others_whatever_is_asked(search, people, make):
    meeting = make.meeting(title="Secret", privacySetting="METADATA", organizerEmail="ann@us.example")
    search.settle()
    for more in ({}, {"objectTypes": ["meeting"]}, {"objectTypes": ["meeting", "note"]}):
        for text in ("secret", "ann@us.example"):
            data = people["bob"].post("/v1/search", {"text": text, **more}).ok()["data"]
            assert meeting not in [hit["id"] for hit in data]


def test_whoever_may_see_a_meeting_from_now_on_finds_it(search, people, make, api):
    meeting = make.meeting(title="Secret", attendeeEmails=["ann@us.example"])
    everybody = {"ann", "bob", "eve", "workspace"}
    assert who_finds(search, people, "secret")[0] == everybody
    api.post(f"/v1/meetings/{meeting}", {"fields": {"$privacySetting": "METADATA"}}).ok()
    assert who_finds(search, people, "secret")[0] == everybody - {"bob"}
    api.post(f"/v1/meetings/{meeting}", {"fields": {"$privacySetting": "FULL"}}).ok()
    assert who_finds(search, people, "secret")[0] == everybody


# As a condition of queries


def found_by_query(world, text, type, *, member=None, admin=False, email=None):
    """The numbers of the records that a query with nothing but the text finds, and whether these are all."""

    def work(tx):
        actor = Actor(tx.workspace, None, member, email, admin, frozenset())
        context = Context(tx, world.server.catalogs.current(tx), actor, world.time(), world.server.numbers)
        entity = context.catalog[type]
        predicate, exact = searching.predicate(context, entity, text)
        query = access.guarded(actor, entity, Query(type, where=(predicate,)))
        return [entity.id(record.number) for record in tx.page(query, 100, 0)], exact

    return world.write(work)


def test_a_condition_finds_no_meeting_that_is_hidden_from_whoever_asks(search, make, world):
    hidden = make.meeting(title="Secret", privacySetting="METADATA", organizerEmail="ann@us.example")
    shown = make.meeting(title="Secret")
    search.settle()
    for asking, expected in (
        ({"member": 1, "email": "bob@us.example"}, [shown]),
        ({"member": 2, "email": "ann@us.example"}, [shown, hidden]),
        ({"member": 3, "admin": True}, [shown, hidden]),
        ({}, [shown, hidden]),
    ):
        assert found_by_query(world, "secret", "meeting", **asking) == (expected, True)


def test_a_condition_finds_nothing_by_the_words_of_an_archived_field(search, make, world, api):
    for key in ("motto", "slogan"):
        api.post("/v1/schema/objects/account/fields", {"key": key, "label": key, "valueType": "TEXT"}).ok()
    by_motto, by_slogan = make.account("One"), make.account("Two")
    api.post(f"/v1/accounts/{by_motto}", {"fields": {"motto": "quagga"}}).ok()
    api.post(f"/v1/accounts/{by_slogan}", {"fields": {"slogan": "quagga"}}).ok()
    api.post("/v1/schema/objects/account/fields/motto/archive").ok()
    search.settle()
    assert found_by_query(world, "quagga", "account") == ([by_slogan], True)


def test_a_condition_finds_records_of_its_own_type_and_workspace(search, make, world):
    note = make.note(title="Quagga")
    make.account("Quagga")
    other = world.add_workspace("other")
    world.api(world.add_key(workspace=other)).create("notes", {"$title": "Quagga"})
    search.settle()
    assert found_by_query(world, "quagga", "note") == ([note], True)
