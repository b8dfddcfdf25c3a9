"""Whatever is done to links, both ends of every relationship tell the same story (spec: fields 11.4)."""

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SIZE = 3

sides = st.sampled_from(["accounts", "projects"])
places = st.integers(0, SIZE - 1)
several = st.lists(places, max_size=SIZE)

acts = st.one_of(
    st.tuples(st.sampled_from(["add", "remove", "replace"]), sides, places, several),
    st.tuples(st.just("delete"), sides, places, st.just([])),
    st.tuples(st.just("restore"), sides, places, st.just([])),
    st.tuples(st.just("merge"), sides, places, several),
)


PATHS = {"accounts": "/v1/accounts", "projects": "/v1/objects/project/values"}
KEYS = {"accounts": "projects", "projects": "client"}
OTHERS = {"accounts": "projects", "projects": "accounts"}


class Scene:
    """Three accounts and three projects, related under one key at each end."""

    def __init__(self, api: Any, make: Any) -> None:
        self.api = api
        self.ids = {
            "accounts": [make.account() for _ in range(SIZE)],
            "projects": [make.record("project") for _ in range(SIZE)],
        }

    def act(self, verb: str, side: str, place: int, others: list[int]) -> None:
        path = f"{PATHS[side]}/{self.ids[side][place]}"
        if verb == "delete":
            answer = self.api.delete(path)
        elif verb == "restore":
            answer = self.api.post(f"{path}/restore")
        elif verb == "merge":
            duplicate = self.ids[side][others[0] if others else 0]
            body = {"primaryId": self.ids[side][place], "duplicateId": duplicate}
            answer = self.api.post(f"{PATHS[side].removesuffix('/values')}/merge", body)
        else:
            ids = [self.ids[OTHERS[side]][other] for other in others]
            answer = self.api.post(path, {"relationships": {KEYS[side]: {verb: ids}}})
        assert answer.status < 500, answer.body

    def shown(self, side: str) -> dict[str, list[str]]:
        """What each live record shows."""
        answers = {id: self.api.get(f"{PATHS[side]}/{id}") for id in self.ids[side]}
        key = KEYS[side]
        return {id: a.body["relationships"][key]["values"] for id, a in answers.items() if a.status == 200}

    def found(self, account: str) -> set[str]:
        """The projects that a filter finds by their account."""
        return {each["id"] for each in self.api.get(f"/v1/objects/project?client={account}").ok()["data"]}


@pytest.mark.parametrize(("many", "inverse_many"), list(product([False, True], repeat=2)))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, max_size=25))
def test_both_ends_and_filters_agree_after_any_story(
    many: bool, inverse_many: bool, story: list[Any], api: Any, make: Any
) -> None:
    if "project" not in {each["objectType"] for each in api.get("/v1/objects").ok()["data"]}:
        make.type("project")
        make.relationship("project", "client", "account", many=many, inverse_many=inverse_many, inverse="projects")
    scene = Scene(api, make)
    for act in story:
        scene.act(*act)
    accounts, projects = scene.shown("accounts"), scene.shown("projects")
    assert {(a, p) for a, linked in accounts.items() for p in linked} == {
        (a, p) for p, linked in projects.items() for a in linked
    }
    assert many or all(len(linked) <= 1 for linked in projects.values())
    assert inverse_many or all(len(linked) <= 1 for linked in accounts.values())
    for account, linked in accounts.items():
        assert scene.found(account) == set(linked)
