"""Lists read what was just written, and counts stay exact after any sequence of writes."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.audit import audited
from tests.server.conftest import Api, World
from tests.server.filters.workspaces import OPTIONS, define


def test_a_list_shows_what_was_just_created_updated_deleted_and_restored(api: Api) -> None:
    def named(name: str, **query: str) -> list[str]:
        page = api.get("/v1/accounts", {"$name": name, **query}).ok()
        assert page["totalCount"] == len(page["data"])
        return [each["id"] for each in page["data"]]

    id = api.create("accounts", {"$name": "First"})["id"]
    assert named("First") == [id]
    api.post(f"/v1/accounts/{id}", {"fields": {"$name": "Second"}}).ok()
    assert (named("First"), named("Second")) == ([], [id])
    api.delete(f"/v1/accounts/{id}").ok()
    assert (named("Second"), named("Second", status="trashed")) == ([], [id])
    api.post(f"/v1/accounts/{id}/restore").ok()
    assert (named("Second"), named("Second", status="trashed")) == ([id], [])


@dataclass
class Kept:
    tier: str | None
    vip: bool | None
    contacts: set[str] = field(default_factory=set)
    trashed: bool = False


TIERS = st.none() | st.sampled_from([option["id"] for option in OPTIONS[:3]])
BOXES = st.none() | st.booleans()


def machine(world: World) -> type[RuleBasedStateMachine]:
    class Counts(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            Counts.runs += 1
            workspace = world.add_workspace(f"counts{Counts.runs}")
            self.api = world.api(world.add_key(workspace=workspace))
            define(world, workspace)
            self.accounts: dict[str, Kept] = {}
            self.people = [self.api.create("contacts", {})["id"] for _ in range(3)]
            self.tasks = 0

        def post(self, path: str, body: Any) -> Any:
            return self.api.post(path, body).ok()

        def pick(self, data: st.DataObject, *, trashed: bool | None = None) -> str | None:
            ids = [id for id, kept in self.accounts.items() if trashed is None or kept.trashed is trashed]
            return data.draw(st.sampled_from(ids)) if ids else None

        @rule(tier=TIERS, vip=BOXES, data=st.data())
        def create(self, tier: str | None, vip: bool | None, data: st.DataObject) -> None:
            people = data.draw(st.lists(st.sampled_from(self.people), unique=True))
            body = {"fields": {"$name": "A", "tier": tier, "vip": vip}, "relationships": {"$contact": people}}
            made = self.post("/v1/accounts", body)
            self.accounts[made["id"]] = Kept(tier, vip, set(people))

        @precondition(lambda self: self.accounts)
        @rule(tier=TIERS, data=st.data())
        def update(self, tier: str | None, data: st.DataObject) -> None:
            if id := self.pick(data, trashed=False):
                people = data.draw(st.lists(st.sampled_from(self.people), unique=True))
                replace = {"$contact": {"replace": people}}
                self.post(f"/v1/accounts/{id}", {"fields": {"tier": tier}, "relationships": replace})
                self.accounts[id].tier, self.accounts[id].contacts = tier, set(people)

        @precondition(lambda self: self.accounts)
        @rule(data=st.data())
        def delete(self, data: st.DataObject) -> None:
            if id := self.pick(data):
                self.api.delete(f"/v1/accounts/{id}").ok()
                self.accounts[id].trashed = True

        @precondition(lambda self: self.accounts)
        @rule(data=st.data())
        def restore(self, data: st.DataObject) -> None:
            if id := self.pick(data):
                self.post(f"/v1/accounts/{id}/restore", {})
                self.accounts[id].trashed = False

        @precondition(lambda self: sum(not kept.trashed for kept in self.accounts.values()) > 1)
        @rule(data=st.data())
        def merge(self, data: st.DataObject) -> None:
            live = [id for id, kept in self.accounts.items() if not kept.trashed]
            one, other = data.draw(st.permutations(live))[:2]
            self.post("/v1/accounts/merge", {"primaryId": one, "duplicateId": other})
            first, second = self.accounts[one], self.accounts[other]
            first.tier = second.tier if first.tier is None else first.tier
            first.vip = second.vip if first.vip is None else first.vip
            first.contacts |= second.contacts
            second.contacts, second.trashed = set(), True

        @rule(name=st.text(max_size=3))
        def refused(self, name: str) -> None:
            """A write that fails after it has begun leaves no trace."""
            body = {"fields": {"$name": "A", "tier": OPTIONS[0]["id"], "vip": True}, "relationships": {"$owner": name}}
            assert self.api.post("/v1/accounts", body).status == 400

        @invariant()
        def counts_are_exact(self) -> None:
            live = [kept for kept in self.accounts.values() if not kept.trashed]
            gone = [kept for kept in self.accounts.values() if kept.trashed]
            for status, kepts in (("active", live), ("trashed", gone)):
                assert self.total(status=status) == len(kepts)
                for option in OPTIONS[:3]:
                    with_it = sum(kept.tier == option["id"] for kept in kepts)
                    assert self.total(status=status, tier=option["label"]) == with_it
                    assert self.total(**{"status": status, "tier[-equal]": option["id"]}) == len(kepts) - with_it
                for box in (True, False):
                    assert self.total(status=status, vip=str(box).lower()) == sum(kept.vip is box for kept in kepts)
            for person in self.people:
                assert self.total(**{"$contact": person}) == sum(person in kept.contacts for kept in live)

        def total(self, **query: str) -> int:
            page = self.api.get("/v1/accounts", {**query, "limit": "25"}).ok()
            assert len(page["data"]) == min(25, page["totalCount"])
            return int(page["totalCount"])

    Counts.runs = 0  # type: ignore[attr-defined]
    return Counts


@pytest.mark.parametrize("steps", [30])
def test_counts_stay_exact_after_any_sequence_of_writes(shared: World, steps: int) -> None:
    often = settings(settings.get_profile("filters"), max_examples=40, stateful_step_count=steps)

    run_state_machine_as_test(machine(shared), settings=often)

    assert audited(shared.database.place) == []
