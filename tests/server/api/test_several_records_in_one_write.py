"""Records written together come out as if they had been written one after another."""

from typing import Any

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
