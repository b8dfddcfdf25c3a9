"""Records written together come out as if they had been written one after another."""

from typing import Any

from lightfield_server.model.problems import Problem
from lightfield_server.records import service


def linked(world: Any, bodies: list[tuple[str, Any]]) -> list[Any]:
    """Update accounts in one write; what it says of each one's links."""

    def work(tx: Any) -> list[Any]:
        context = world.context(tx)
        accounts = context.catalog["account"]
        edits = [(tx.record("account", accounts.number(id)), {"relationships": body}) for id, body in bodies]
        return [change.event and change.event.links for change in service.update(context, accounts, edits)]

    return list(world.write(work))


def test_of_two_records_that_claim_one_in_the_same_write_the_later_has_it(api: Any, make: Any, world: Any) -> None:
    make.type("project")
    make.relationship("account", "flagship", "project", inverse="client")
    project, first, second = make.record("project"), make.account(), make.account()

    facts = linked(world, [(first, {"flagship": {"add": project}}), (second, {"flagship": {"add": project}})])

    assert facts == [None, {"flagship": ([project], [])}]
    assert make.values("accounts", first, "flagship") == []
    assert make.values("accounts", second, "flagship") == [project]
    assert make.values("objects/project/values", project, "client") == [second]


def test_both_ends_of_one_relationship_may_be_claimed_in_the_same_write(api: Any, make: Any, world: Any) -> None:
    make.relationship("account", "heir", "account", inverse="heir_of")
    first, second, third = make.account(), make.account(), make.account()

    facts = linked(world, [(first, {"heir": {"add": second}}), (second, {"heir_of": {"add": third}})])

    assert facts == [None, {"heir_of": ([third], [])}]
    assert make.values("accounts", first, "heir") == []
    assert make.values("accounts", second, "heir_of") == [third]
    assert make.values("accounts", third, "heir") == [second]


def test_one_link_may_be_told_from_both_ends_in_the_same_write(api: Any, make: Any, world: Any) -> None:
    make.relationship("account", "heir", "account", inverse="heir_of")
    first, second = make.account(), make.account()

    facts = linked(world, [(first, {"heir": {"add": second}}), (second, {"heir_of": {"add": first}})])

    assert facts == [{"heir": ([second], [])}, {"heir_of": ([first], [])}]
    assert make.values("accounts", first, "heir") == [second]
    assert make.values("accounts", second, "heir_of") == [first]


# Each on its own


def each(world: Any, type: str, bodies: list[Any]) -> list[str]:
    """Create records in one write, each refused on its own: the id or the refusal's code, in order."""

    def work(tx: Any) -> list[str]:
        context = world.context(tx)
        entity = context.catalog[type]
        outcomes = service.create_each(context, entity, bodies)
        return [o.code or o.type if isinstance(o, Problem) else entity.id(o.after.number) for o in outcomes]

    return list(world.write(work))


def test_a_refused_record_keeps_none_of_its_neighbours_out(api: Any, make: Any, world: Any) -> None:
    gone = make.account()
    api.delete(f"/v1/accounts/{gone}").ok()
    first, unknown, missing, trashed, last = each(
        world,
        "account",
        [
            {"fields": {"$name": "First"}},
            {"fields": {"$name": "Second", "nonsense": 1}},
            {"fields": {"$name": "Third"}, "relationships": {"$owner": "mem_0000000000000001"}},
            {"fields": {"$name": "Fourth"}, "relationships": {"$contact": ["con_0000000000000001"]}},
            {"fields": {"$name": "Last"}},
        ],
    )
    assert unknown == "unknown_field"
    assert missing == trashed == "relationship_entity_missing"
    listed = api.get("/v1/accounts").ok()
    assert [(r["id"], r["fields"]["$name"]["value"]) for r in listed["data"]] == [(last, "Last"), (first, "First")]
    assert listed["totalCount"] == 2


def test_of_two_records_that_want_one_unique_value_the_first_has_it(api: Any, make: Any, world: Any) -> None:
    make.field("account", "code", unique=True)
    taken = api.create("accounts", {"$name": "Old", "code": "A"})["id"]
    outcomes = each(world, "account", [{"fields": {"$name": c, "code": c}} for c in ("A", "B", "b", "C", "B")])
    assert [outcome.startswith("acc_") for outcome in outcomes] == [False, True, False, True, False]
    assert api.get("/v1/accounts", {"code": "a"}).ok()["data"][0]["id"] == taken
    assert api.get("/v1/accounts").ok()["totalCount"] == 3


def test_a_unique_value_that_a_refused_update_would_have_freed_stays_taken(api: Any, make: Any, world: Any) -> None:
    make.field("account", "code", unique=True)
    first, second, third = (api.create("accounts", {"$name": c, "code": c})["id"] for c in "ABC")

    def work(tx: Any) -> list[bool]:
        context = world.context(tx)
        accounts = context.catalog["account"]

        def to(id: str, code: str) -> Any:
            return tx.record("account", accounts.number(id)), {"fields": {"code": code}}

        # The first would take what the second gives up; but the second wants what the third keeps.
        outcomes = service.update_each(context, accounts, [to(first, "B"), to(second, "C")])
        return [isinstance(outcome, Problem) for outcome in outcomes]

    assert world.write(work) == [True, True]
    codes = [make.value("accounts", id, "code") for id in (first, second, third)]
    assert codes == ["A", "B", "C"]


def test_records_of_one_write_may_exchange_their_unique_values(api: Any, make: Any, world: Any) -> None:
    make.field("account", "code", unique=True)
    first, second = (api.create("accounts", {"$name": c, "code": c})["id"] for c in "AB")

    def work(tx: Any) -> None:
        context = world.context(tx)
        accounts = context.catalog["account"]
        numbers = [accounts.number(id) for id in (first, second)]
        edits = [(tx.record("account", n), {"fields": {"code": c}}) for n, c in zip(numbers, "BA", strict=True)]
        service.update(context, accounts, edits)

    world.write(work)
    assert [make.value("accounts", id, "code") for id in (first, second)] == ["B", "A"]
