"""Batches: many writes in one request, all or nothing or each on its own, later ones naming what earlier ones made."""

import json
from typing import Any

import pytest

from lightfield_server.operations import batch as batches
from lightfield_server.records import several, together
from tests.audit import audited

EARLIER = {"$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}

#: An id of the right form that nobody has.
NO_ACCOUNT = "acc_0000000000000001"


def do(verb: str, body: Any = None, *, name: str | None = None, **path: str) -> Any:
    """One operation, called `name` by later ones."""
    made = {"do": verb, "path": path, "id": name}
    return made if body is None else {**made, "body": body}


def account(title: str = "Acme", *, name: str | None = None, links: Any = None, **fields: Any) -> Any:
    body = {"fields": {"$name": title, **fields}}
    return do("account.create", body if links is None else {**body, "relationships": links}, name=name)


def run(api: Any, *operations: Any, **more: Any) -> Any:
    return api.post("/v1/batch", {"operations": list(operations), **more})


def outcomes(answer: Any) -> list[Any]:
    """What became of each operation: a word, or (status, code, param)."""
    return [
        each["outcome"]
        if each["status"] == 200
        else (each["status"], each["error"].get("code"), each["error"].get("param"))
        for each in answer.ok()["data"]
    ]


def ids(answer: Any) -> list[str]:
    return [each["recordId"] for each in answer.ok()["data"]]


# What a batch does


def test_later_operations_name_what_earlier_ones_made(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "client", "account", inverse="project")
    answer = run(
        api,
        account("Acme", name="acme"),
        do("contact.create", {"fields": {"$email": "ada@acme.example"}}, name="ada"),
        do("account.update", {"relationships": {"$contact": {"add": ["@ada"]}}}, id="@acme"),
        do(
            "opportunity.create",
            {"fields": {"$name": "Deal"}, "relationships": {"$account": "@acme", "$champion": ["@ada"]}},
            name="deal",
        ),
        do(
            "object.create",
            {"fields": {"$name": "Roll-out"}, "relationships": {"client": "@acme"}},
            entitySlug="project",
        ),
        do("list.create", {"fields": {"$name": "Targets", "$objectType": "account"}}, name="list"),
        do("list.update", {"relationships": {"$accounts": {"add": "@acme"}}}, id="@list"),
        do("opportunity.delete", id="@deal"),
        do("opportunity.restore", {}, id="@deal"),
        do("account.upsert", {"by": "$name", "fields": {"$name": "acme"}}),
    )
    words = ["created", "created", "updated", "created", "created", "created", "updated", "deleted", "restored"]
    assert outcomes(answer) == [*words, "updated"]
    acme, ada, _, deal, project, lst, *_ = ids(answer)
    assert ids(answer)[-1] == acme
    assert make.values("accounts", acme, "$contact") == [ada]
    assert make.values("accounts", acme, "$opportunity") == [deal]
    assert make.values("accounts", acme, "project") == [project]
    assert make.values("opportunities", deal, "$champion") == [ada]
    assert api.get(f"/v1/lists/{lst}/accounts").ok()["totalCount"] == 1


def test_the_answer_shows_each_record_as_the_whole_batch_left_it(api: Any) -> None:
    answer = run(
        api,
        account("Acme", name="acme"),
        do("contact.create", {"fields": {"$title": "Buyer"}, "relationships": {"$account": "@acme"}}),
        do("account.update", {"fields": {"$name": "ACME"}}, id="@acme"),
        account("Gone", name="gone"),
        do("account.delete", id="@gone"),
    ).ok()
    assert sorted(answer) == ["data", "failed", "leftOut"]
    assert (answer["failed"], answer["leftOut"]) == (0, 0)
    first, contact, updated, gone, deleted = answer["data"]
    assert (first["id"], first["do"], first["status"], contact["id"]) == ("acme", "account.create", 200, None)
    assert first["record"] == updated["record"] == api.get(f"/v1/accounts/{first['recordId']}").ok()
    assert contact["record"] == api.get(f"/v1/contacts/{contact['recordId']}").ok()
    trashed = api.get("/v1/accounts", {"status": "trashed"}).ok()["data"]
    assert [gone["record"], deleted["record"]] == trashed * 2


def test_ids_alone_are_answered_where_they_are_enough(api: Any) -> None:
    (item,) = run(api, account(), **{"return": "ids"}).ok()["data"]
    assert sorted(item) == ["do", "id", "outcome", "recordId", "status"]


def test_nothing_to_do_is_done(api: Any) -> None:
    assert run(api).ok() == {"data": [], "failed": 0, "leftOut": 0}


def test_what_is_there_already_is_unchanged(api: Any, make: Any) -> None:
    one, gone = make.account(), make.account()
    api.delete(f"/v1/accounts/{gone}").ok()
    answer = run(
        api,
        do("account.update", {"fields": {"$name": "Acme"}}, id=one),
        do("account.restore", id=one),
        do("account.delete", id=gone),
    )
    assert outcomes(answer) == ["unchanged"] * 3


# All or nothing, or each on its own


def test_all_or_nothing_refuses_the_whole_and_names_the_operation(api: Any, make: Any) -> None:
    before = make.dump()
    for mode in ({}, {"mode": "atomic"}):
        answer = run(api, account("A", name="a"), account("B", **{"$headcount": "a few"}), account(), **mode)
        assert answer.error == (422, "unprocessable_content", None, "operations[1].body.fields.$headcount")
        assert make.dump() == before


def test_each_on_its_own_refuses_what_is_wrong_and_what_refers_to_it(api: Any, make: Any) -> None:
    gone = make.account()
    api.delete(f"/v1/accounts/{gone}").ok()
    answer = run(
        api,
        account("A", name="a"),
        account("B", name="b", **{"$headcount": "a few"}),
        account("C", links={"$contact": "con_0000000000000001"}),
        do("contact.create", {"fields": {}, "relationships": {"$account": ["@a", "@b"]}}, name="c"),
        do("contact.update", {"fields": {"$title": "Buyer"}}, id="@c"),
        do("account.update", {"fields": {"$name": "AA"}}, id="@a"),
        do("account.delete", id="@b"),
        do("account.update", {"fields": {}}, id=gone),
        do("account.delete", {"fields": {}}, id="@a"),
        do("object.create", {"fields": {}}, entitySlug="bogus"),
        do("account.upsert", {"fields": {}}),
        do("account.upsert", {"by": "bogus", "fields": {}}),
        mode="each",
    )
    assert outcomes(answer) == [
        "created",
        (422, None, "operations[1].body.fields.$headcount"),
        (400, "relationship_entity_missing", "operations[2].body.relationships.$contact"),
        (400, "failed_reference", "operations[3].body.relationships.$account"),
        (400, "failed_reference", "operations[4].path.id"),
        "updated",
        (400, "failed_reference", "operations[6].path.id"),
        (404, None, "operations[7].path.id"),
        (400, "unknown_field", "operations[8].body.fields"),
        (404, None, "operations[9].path.entitySlug"),
        (400, "parameter_missing", "operations[10].body.by"),
        (400, "unknown_field", "operations[11].body.by"),
    ]
    assert answer.body["failed"] == 10
    assert [each["fields"]["$name"]["value"] for each in api.get("/v1/accounts").ok()["data"]] == ["AA"]
    assert api.get("/v1/contacts").ok()["totalCount"] == 0


def test_a_refused_operation_changes_nothing_beside_those_of_its_set(api: Any, make: Any, world: Any) -> None:
    make.field("account", "mark", "EMAIL", unique=True)
    marks = ["a@m.example", "b@m.example", "a@m.example", "c@m.example", "B@m.example"]
    operations = [account(mark, mark=mark) for mark in marks]
    answer = run(api, *operations, mode="each")
    taken = [(409, None, "operations[2].body"), (409, None, "operations[4].body")]
    assert outcomes(answer) == ["created", "created", taken[0], "created", taken[1]]
    assert run(api, account("X"), *operations[3:]).error == (409, "conflict", None, "operations[1].body")
    assert audited(world.database.place) == []


def test_restoring_what_is_unique_to_another_by_now_is_refused_by_itself(api: Any, make: Any) -> None:
    make.field("account", "mark", "EMAIL", unique=True)
    old, other = make.account("Old"), make.account("Other")
    api.post(f"/v1/accounts/{old}", {"fields": {"mark": "a@m.example"}}).ok()
    for id in (old, other):
        api.delete(f"/v1/accounts/{id}").ok()
    api.create("accounts", {"$name": "New", "mark": "a@m.example"})
    answer = run(api, do("account.restore", id=old), do("account.restore", id=other), mode="each")
    assert outcomes(answer) == [(409, None, "operations[0].path.id"), "restored"]


# What a set must not hide: each pair is one by one in `test_batches_equal_single_requests` as well


def test_of_two_that_claim_one_record_the_later_has_it(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("account", "flagship", "project", inverse="client")
    project = make.record("project")
    first, second = ids(run(api, *[account(links={"flagship": project})] * 2))
    assert make.values("accounts", first, "flagship") == []
    assert make.values("accounts", second, "flagship") == [project]
    assert api.get(f"/v1/accounts/{first}").ok()["updatedAt"] is None


def test_what_one_requires_is_not_taken_by_its_neighbour(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "client", "account", inverse="project", required=True)
    client = make.account()
    project = do("object.create", {"fields": {"$name": "P"}, "relationships": {"client": client}}, entitySlug="project")
    answer = run(api, project, project, mode="each")
    assert outcomes(answer) == ["created", (422, None, "operations[1].body.relationships.client")]


def test_one_record_may_be_changed_twice(api: Any, make: Any) -> None:
    one = make.account()
    operations = [do("account.update", {"fields": {"$name": name}}, id=one) for name in ("B", "B", "C")]
    assert outcomes(run(api, *operations)) == ["updated", "unchanged", "updated"]
    values = [entry["value"] for entry in api.get(f"/v1/accounts/{one}/fields/$name/history").ok()["data"]]
    assert values == ["C", "B", "Acme"]
    assert outcomes(run(api, do("account.delete", id=one), do("account.delete", id=one))) == ["deleted", "unchanged"]


def test_a_unique_value_moves_on_in_the_order_of_the_operations(api: Any, make: Any) -> None:
    make.field("account", "mark", "EMAIL", unique=True)
    one, two = make.account(), make.account()
    api.post(f"/v1/accounts/{one}", {"fields": {"mark": "a@m.example"}}).ok()
    take = do("account.update", {"fields": {"mark": "a@m.example"}}, id=two)
    give = do("account.update", {"fields": {"mark": None}}, id=one)
    assert run(api, take, give).error == (409, "conflict", None, "operations[0].body")
    assert outcomes(run(api, give, take)) == ["updated", "updated"]


def test_neighbours_are_carried_out_as_a_set(api: Any, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is what makes a batch fast."""
    sizes: list[int] = []

    def noted(verb: Any) -> Any:
        return lambda context, entity, asked: sizes.append(len(asked)) or verb(context, entity, asked)

    for name, verb in list(several.VERBS.items()):
        monkeypatch.setitem(several.VERBS, name, noted(verb))
    acme = make.account()
    contact = do("contact.create", {"fields": {}, "relationships": {"$account": [acme]}})

    made = ids(run(api, *[contact] * 250, account("A", name="a"), account("B", name="b"), account("C")))
    run(api, *[do("contact.update", {"fields": {"$title": "X"}}, id=id) for id in made[:50]]).ok()
    run(api, *[do("contact.delete", id=id) for id in made[:50]]).ok()

    assert sizes == [together.MOST, together.MOST, 50, 3, 50, 50]


# References


@pytest.mark.parametrize(
    ("operations", "code", "param"),
    [
        ([account(links={"$owner": "@nobody"})], "unknown_reference", "operations[0].body.relationships.$owner"),
        ([account(links={"$owner": "@"})], "unknown_reference", "operations[0].body.relationships.$owner"),
        ([do("account.update", {}, id="@x")], "unknown_reference", "operations[0].path.id"),
        (
            [do("contact.create", {"fields": {}, "relationships": {"$account": "@a"}}), account(name="a")],
            "forward_reference",
            "operations[0].body.relationships.$account",
        ),
        (
            [account(), do("account.update", {}, id="@b"), account(name="b")],
            "forward_reference",
            "operations[1].path.id",
        ),
        (
            [
                account(name="a", links={"$contact": ["@b"]}),
                do("contact.create", {"fields": {}, "relationships": {"$account": "@a"}}, name="b"),
            ],
            "cyclic_reference",
            "operations[0].body.relationships.$contact",
        ),
        (
            [account(name="a", links={"$owner": {"add": "@a"}})],
            "cyclic_reference",
            "operations[0].body.relationships.$owner",
        ),
        (
            [
                account(name="a", links={"$contact": "@b"}),
                do("contact.create", {"fields": {}, "relationships": {"$account": "@c"}}, name="b"),
                do("account.update", {"relationships": {"$owner": "@a"}}, id="@b", name="c"),
            ],
            "cyclic_reference",
            "operations[0].body.relationships.$contact",
        ),
        (
            [account(name="a"), account(name="a")],
            "invalid_configuration",
            "operations[1].id",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["atomic", "each"])
def test_a_name_that_leads_nowhere_refuses_the_whole_batch(
    operations: Any, code: str, param: str, mode: str, api: Any, make: Any
) -> None:
    before = make.dump()
    assert run(api, *operations, mode=mode).error == (400, "bad_request", code, param)
    assert make.dump() == before


def test_a_name_stands_for_the_id_and_nothing_more(api: Any, make: Any) -> None:
    """What it names must fit the place; elsewhere it is text like any other."""
    answer = run(
        api,
        account("@acme", name="acme"),
        do("contact.create", {"fields": {"$title": "@acme"}, "relationships": {"$account": "@acme"}}),
        do("opportunity.create", {"fields": {"$name": "D"}, "relationships": {"$account": "@acme", "$owner": "@acme"}}),
        do("contact.update", {"fields": {}}, id="@acme"),
        do("account.update", {"relationships": {"$owner": {"replace": "acc"}, "bogus": {"add": "@acme"}}}, id="@acme"),
        mode="each",
    )
    assert outcomes(answer) == [
        "created",
        "created",
        (400, "relationship_entity_missing", "operations[2].body.relationships.$owner"),
        (404, None, "operations[3].path.id"),
        (400, "unknown_relationship", "operations[4].body.relationships.bogus"),
    ]
    shown = [each["record"]["fields"] for each in answer.body["data"][:2]]
    assert (shown[0]["$name"]["value"], shown[1]["$title"]["value"]) == ("@acme", "@acme")


# Forms


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({}, "parameter_missing", "operations"),
        ({"operations": {}}, "invalid_type", "operations"),
        ({"operations": [], "x": 1}, "unknown_field", "x"),
        ({"operations": [], "mode": "some"}, "invalid_type", "mode"),
        ({"operations": [], "mode": None}, "invalid_type", "mode"),
        ({"operations": [], "return": []}, "invalid_type", "return"),
        ({"operations": [1]}, "invalid_type", "operations[0]"),
        ({"operations": [{}]}, "parameter_missing", "operations[0].do"),
        ({"operations": [{"do": 5}]}, "unknown_operation", "operations[0].do"),
        ({"operations": [{"do": "account.burn"}]}, "unknown_operation", "operations[0].do"),
        ({"operations": [{"do": "account.list"}]}, "unknown_operation", "operations[0].do"),
        ({"operations": [{"do": "batch.run"}]}, "unknown_operation", "operations[0].do"),
        ({"operations": [{"do": "account.create"}]}, "parameter_missing", "operations[0].body"),
        ({"operations": [account() | {"body": []}]}, "invalid_type", "operations[0].body"),
        ({"operations": [account(), account() | {"bogus": 1}]}, "unknown_field", "operations[1].bogus"),
        ({"operations": [account() | {"id": 5}]}, "invalid_type", "operations[0].id"),
        ({"operations": [account() | {"id": "a b"}]}, "invalid_type", "operations[0].id"),
        ({"operations": [account() | {"id": ""}]}, "invalid_type", "operations[0].id"),
        ({"operations": [account() | {"id": "x" * 65}]}, "invalid_type", "operations[0].id"),
        ({"operations": [account() | {"path": []}]}, "invalid_type", "operations[0].path"),
        ({"operations": [account() | {"path": {"id": "x"}}]}, "unknown_field", "operations[0].path.id"),
        ({"operations": [do("account.delete")]}, "parameter_missing", "operations[0].path.id"),
        ({"operations": [do("account.delete") | {"path": {"id": 5}}]}, "invalid_type", "operations[0].path.id"),
        ({"operations": [do("object.create", {})]}, "parameter_missing", "operations[0].path.entitySlug"),
    ],
    ids=repr,
)
def test_what_has_the_wrong_form_is_refused_before_anything_runs(
    body: Any, code: str, param: str, api: Any, make: Any
) -> None:
    before = make.dump()
    assert api.post("/v1/batch", {"mode": "each", **body}).error == (400, "bad_request", code, param)
    assert make.dump() == before


@pytest.mark.parametrize("value", [{"$ref": "a"}, [["@a"]], {"add": {"x": "@a"}}, 5, [5], {"put": ["@a"]}], ids=repr)
def test_links_of_the_wrong_form_are_refused_as_ever(value: Any, api: Any) -> None:
    linked = do("contact.create", {"fields": {}, "relationships": {"$account": value}})
    answer = run(api, account(name="a"), linked)
    assert answer.error == (400, "bad_request", "invalid_type", "operations[1].body.relationships.$account")


def test_a_batch_has_a_thousand_operations_and_no_more(api: Any, make: Any) -> None:
    before = make.dump()
    refusal = (422, "unprocessable_content", "operations_limit_exceeded", "operations")
    assert run(api, *[account()] * 1001).error == refusal
    assert make.dump() == before
    assert len(ids(run(api, *[account()] * 1000, **{"return": "ids"}))) == 1000


def test_a_body_of_four_megabytes_is_read_and_a_larger_one_is_not(api: Any) -> None:
    def sized(bytes: int) -> bytes:
        empty = json.dumps({"operations": []}).encode()
        return empty + b" " * (bytes - len(empty))

    assert api.post("/v1/batch", sized(batches.LARGEST_BODY)).status == 200
    assert api.post("/v1/batch", sized(batches.LARGEST_BODY + 1)).error == (413, "content_too_large", None, None)
    # Other requests keep their own limit.
    assert api.post("/v1/accounts", sized((1 << 20) + 1)).error[0] == 413


def test_records_that_an_answer_cannot_hold_are_left_out_and_counted(
    api: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = make.note(content="x" * 900_000)
    monkeypatch.setattr(batches, "LARGEST_ANSWER", 2_000_000)
    answer = run(api, *[do("note.update", {"fields": {"$title": f"N{n}"}}, id=note) for n in range(5)], account()).ok()
    assert [each["record"] is None for each in answer["data"]] == [False, False, True, True, True, True]
    assert answer["leftOut"] == 4
    assert [each["recordId"] for each in answer["data"][:5]] == [note] * 5


# Who may


def test_every_operation_needs_its_own_scopes_before_any_is_carried_out(world: Any, make: Any) -> None:
    before = make.dump()
    some = world.api(world.add_key("accounts:create", "contacts:read"))
    made = do("contact.create", {"fields": {}})
    for mode in ("atomic", "each"):
        answer = run(some, account(), made, mode=mode)
        assert answer.error == (403, "forbidden", None, "operations[1].do")
        assert "'contacts:create'" in answer.body["error"]["message"]
    upsert = do("account.upsert", {"by": "$name", "fields": {"$name": "A"}})
    assert run(some, upsert).error == (403, "forbidden", None, "operations[0].do")
    assert len(make.dump()["record"]) == len(before["record"])
    assert outcomes(run(some, account())) == ["created"]


def test_meetings_keep_their_privacy(api: Any, make: Any, world: Any) -> None:
    private = {"$privacySetting": "METADATA", "$organizerEmail": "org@us.example"}
    secret, other = make.meeting(privacySetting="METADATA"), make.meeting()
    eve = world.api(world.add_key(member=make.member("eve@us.example")))
    answer = run(
        eve,
        do("meeting.update", {"fields": {"$privacySetting": "FULL"}}, id=secret),
        do("meeting.update", {"fields": {"$privacySetting": "METADATA"}}, id=other),
        do("meeting.delete", id=other),
        do("meeting.create", {"fields": {"$title": "Secret", **EARLIER, **private}}),
        mode="each",
    )
    refused = (403, None, "operations[0].path.id"), (403, None, "operations[2].path.id")
    assert outcomes(answer) == [refused[0], "updated", refused[1], "created"]
    shown = answer.body["data"][3]["record"]
    assert (shown["accessLevel"], shown["fields"]["$title"]["value"]) == ("METADATA", None)


# Once


def test_a_repeat_of_a_batch_gets_the_first_answer(api: Any) -> None:
    first = api.post("/v1/batch", {"operations": [account()]}, idempotency_key="k").ok()
    again = api.post("/v1/batch", {"operations": []}, idempotency_key="k")
    assert again.ok() == first
    assert again.headers["idempotent-replayed"] == "true"
    assert api.get("/v1/accounts").ok()["totalCount"] == 1


def test_a_refused_batch_frees_its_key(api: Any) -> None:
    assert api.post("/v1/batch", {"operations": [account(), {}]}, idempotency_key="k").status == 400
    assert len(ids(api.post("/v1/batch", {"operations": [account()]}, idempotency_key="k"))) == 1


def test_a_batch_with_refused_operations_was_carried_out(api: Any) -> None:
    body = {"operations": [account(), do("account.delete", id=NO_ACCOUNT)], "mode": "each"}
    first = api.post("/v1/batch", body, idempotency_key="k").ok()
    assert api.post("/v1/batch", body, idempotency_key="k").ok() == first
    assert api.get("/v1/accounts").ok()["totalCount"] == 1


def test_a_repeat_shows_what_its_caller_may_see(api: Any, make: Any, world: Any) -> None:
    fields = {"$title": "Secret", "$privacySetting": "METADATA", **EARLIER}
    meeting = {"fields": fields}
    body = {
        "operations": [
            do("meeting.create", meeting),
            do("meeting.upsert", {"by": "externalId", "externalId": "m", **meeting}),
            do("meeting.delete", id="mtg_0000000000000001"),
            account(),
        ],
        "mode": "each",
    }
    first = api.post("/v1/batch", body, idempotency_key="k").ok()
    eve = world.api(world.add_key(member=make.member("eve@us.example")))
    again = eve.post("/v1/batch", body, idempotency_key="k").ok()
    assert [each.get("outcome") for each in again["data"]] == ["created", "created", None, "created"]
    for item, kept in zip(again["data"][:2], first["data"], strict=False):
        assert item["record"] == eve.get(f"/v1/meetings/{item['recordId']}").ok()
        assert item["record"]["fields"]["$title"]["value"] is None
        assert kept["record"]["fields"]["$title"]["value"] == "Secret"
    assert again["data"][2:] == first["data"][2:]
    bare = {"operations": body["operations"], "return": "ids", "mode": "each"}
    kept = api.post("/v1/batch", bare, idempotency_key="ids").ok()
    assert eve.post("/v1/batch", bare, idempotency_key="ids").ok() == kept
    some = world.api(world.add_key("accounts:create"))
    assert some.post("/v1/batch", {"operations": []}, idempotency_key="k").error == (403, "forbidden", None, None)
