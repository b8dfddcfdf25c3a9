"""Definitions change while records come and go: nothing kept beside the records falls out of step with them."""

import random
from typing import Any

import pytest

from tests.audit import audited


class Story:
    """Random acts of administrators and users; each is allowed or refused in words, and none may fail."""

    def __init__(self, api: Any, chance: random.Random) -> None:
        self.api = api
        self.chance = chance
        self.accounts: list[str] = []
        self.contacts: list[str] = []
        self.refused: list[int] = []

    def tell(self, acts: int) -> None:
        for _ in range(acts):
            act = self.chance.choice(
                (
                    *(self.create, self.create, self.update, self.update, self.trash, self.bring_back, self.merge),
                    *(self.move_field, self.move_field, self.move_relationship, self.set_up, self.option),
                )
            )
            answer = act()
            if answer.status != 200:
                assert answer.status < 500, answer.body
                self.refused.append(answer.status)

    def fields(self) -> dict[str, Any]:
        n = self.chance.randrange(4)
        offered = {"mail": f"m{n}@b.example", "tier": f"Tier {n}", "score": n, "words": f"w{n}"}
        return {key: value for key, value in offered.items() if self.chance.random() < 0.5}

    def create(self) -> Any:
        links = {"coach": self.chance.choice(self.contacts)} if self.contacts and self.chance.random() < 0.5 else {}
        answer = self.api.post("/v1/accounts", {"fields": {"$name": "A", **self.fields()}, "relationships": links})
        if answer.status == 200:
            self.accounts.append(answer.body["id"])
        contact = self.api.create("contacts", {"$email": f"c{len(self.contacts)}@b.example"})
        self.contacts.append(contact["id"])
        return answer

    def path(self) -> str:
        return f"/v1/accounts/{self.chance.choice(self.accounts or ['acc_0'])}"

    def update(self) -> Any:
        links = {"coach": {"replace": self.chance.choice(self.contacts)}} if self.contacts else {}
        return self.api.post(self.path(), {"fields": self.fields(), "relationships": links})

    def trash(self) -> Any:
        return self.api.delete(self.path())

    def bring_back(self) -> Any:
        return self.api.post(f"{self.path()}/restore")

    def merge(self) -> Any:
        ids = [path.rpartition("/")[2] for path in (self.path(), self.path())]
        return self.api.post("/v1/accounts/merge", {"primaryId": ids[0], "duplicateId": ids[1]})

    def move_field(self) -> Any:
        key, verb = self.chance.choice(("mail", "tier", "score", "words")), self.chance.choice(("archive", "restore"))
        return self.api.post(f"/v1/schema/objects/account/fields/{key}/{verb}")

    def move_relationship(self) -> Any:
        verb = self.chance.choice(("archive", "restore"))
        return self.api.post(f"/v1/schema/objects/account/relationships/coach/{verb}")

    def set_up(self) -> Any:
        settings = self.chance.choice(({"unique": True}, {"unique": False}, {"multipleValues": True}))
        return self.api.post("/v1/schema/objects/account/fields/mail", {"typeConfiguration": settings})

    def option(self) -> Any:
        seen = self.api.get("/v1/schema/objects/account").ok()
        (tier,) = [field for field in seen["fields"] if field["key"] == "tier"]
        id = self.chance.choice(tier["typeConfiguration"]["options"])["id"]
        path = f"/v1/schema/objects/account/fields/tier/options/{id}"
        return self.api.post(f"{path}/{self.chance.choice(('retire', 'restore'))}")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_archived_and_restored_lists_and_counts_stay_right(api, world, admin, seed):
    admin.field("mail", "EMAIL")
    admin.select("Tier 0", "Tier 1", "Tier 2", "Tier 3", key="tier")
    admin.field("score", "NUMBER")
    admin.field("words")
    inverse = {"key": "coached", "label": "Coached", "cardinality": "HAS_ONE"}
    admin.relationship("coach", target="contact", inverse=inverse)
    story = Story(api, random.Random(seed))
    story.tell(150)
    for key in ("mail", "tier", "score", "words"):
        admin.post(f"objects/account/fields/{key}/restore")
    admin.post("objects/account/relationships/coach/restore")
    assert audited(world.database.place) == []
    shown = [account for account in story.accounts if api.get(f"/v1/accounts/{account}").status == 200]
    for account in shown:
        record = api.get(f"/v1/accounts/{account}").ok()
        assert len(record["relationships"]["coach"]["values"]) <= 1
        tier = record["fields"]["tier"]["value"]
        if tier is not None:
            assert (
                account in {each["id"] for each in api.get("/v1/accounts", {"tier": tier}).ok()["data"]}
                or len(shown) > 25
            )


def test_a_definition_that_was_rolled_back_is_never_taken_for_a_later_one(world):
    """Catalogs are remembered by version, so a version that did not come to be must not come again."""
    from lightfield_server.records.definitions import fields

    def define(key: str, *, fail: bool) -> set[str]:
        def work(tx: Any) -> set[str]:
            context = world.context(tx)
            body = {"key": key, "label": key, "valueType": "TEXT"}
            fields.create(context, context.catalog["account"], body)
            known = set(world.server.catalogs.current(tx)["account"].fields)
            if fail:
                raise ValueError
            return known

        return world.write(work)

    with pytest.raises(ValueError):  # noqa: PT011 - raised just above
        define("first", fail=True)
    assert "second" in define("second", fail=False)
    known = world.write(lambda tx: set(world.server.catalogs.current(tx)["account"].fields))
    assert "second" in known
    assert "first" not in known
