"""Nothing that a meeting hides is learnt by asking for it, sorting by it, grouping by it or looking at it sideways."""

from typing import Any

import pytest

from tests.server.api.conftest import Make
from tests.server.conftest import Api, World

#: Who sees what: the organizer sees all, the stranger's answers must be those of a world without the secret.
SECRET = "Merger with Zeta"


@pytest.fixture
def make(api: Api, world: World) -> Make:
    return Make(api, world)


@pytest.fixture
def meetings(make: Make) -> dict[str, str]:
    private = {"privacySetting": "METADATA", "organizerEmail": "org@us.example", "attendeeEmails": ["c@acme.example"]}
    return {
        "open": make.meeting(title="Open", description="D", attendeeEmails=["c@acme.example"]),
        "hidden": make.meeting(
            {"$transcript": make.file()}, title=SECRET, description="S", meetingUrl="https://s.example", **private
        ),
        "other": make.meeting(title="Zulu"),
    }


def as_member(make: Make, world: World, email: str) -> Api:
    return world.api(world.add_key(member=make.member(email), admin=False))


@pytest.fixture
def stranger(make: Make, world: World) -> Api:
    return as_member(make, world, "nobody@us.example")


@pytest.fixture
def organizer(make: Make, world: World) -> Api:
    return as_member(make, world, "org@us.example")


def ids(api: Api, **body: Any) -> set[str]:
    return {each["id"] for each in api.post("/v1/query", {"objectType": "meeting", **body}).ok()["data"]}


TITLE = {"key": "$title", "operator": "startsWith", "value": "Merger"}

#: Conditions that touch what is hidden, in every position there is.
TOUCHING: list[Any] = [
    TITLE,
    {"not": TITLE},
    {"or": [TITLE, {"key": "$startDate", "set": True}]},
    {"and": [{"or": [{"not": {"not": TITLE}}]}]},
    {"or": [{"key": "$startDate", "set": True}, {"and": [{"key": "$description", "set": True}]}]},
    {"key": "$title", "set": True},
    {"not": {"key": "$meetingUrl", "set": True}},
    {"key": "$meetingUrl", "operator": "contains", "value": "s.example"},
    {"key": "$transcript", "set": True},
    {"not": {"key": "$transcript", "set": False}},
    {"key": "$meeting-transcript", "set": True},
    {"key": "$file-meeting", "set": True},
    {"not": {"key": "$transcript", "value": "fil_0000000000000001"}},
]


@pytest.mark.parametrize("where", TOUCHING)
def test_conditions_on_what_may_be_hidden_leave_out_what_hides_it(
    stranger: Api, organizer: Api, api: Api, meetings: dict[str, str], where: Any
) -> None:
    assert meetings["hidden"] not in ids(stranger, where=where)
    assert ids(organizer, where=where) == ids(api, where=where)
    counted = stranger.post("/v1/query", {"objectType": "meeting", "where": where, "count": "exact"}).ok()
    assert counted["totalCount"] == len(counted["data"])
    (row,) = stranger.post("/v1/aggregate", {"objectType": "meeting", "where": where}).ok()["data"]
    assert row["values"] == {"count": len(counted["data"])}


SORTS = ["$title", "$description", "$meetingUrl", "$transcript", "$meeting-transcript", "$file-meeting"]


@pytest.mark.parametrize("key", SORTS)
@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_the_order_of_what_is_hidden_is_not_shown(
    stranger: Api, organizer: Api, meetings: dict[str, str], key: str, direction: str
) -> None:
    sort = [{"attribute": "updatedAt"}, {"key": key, "direction": direction}]
    for by in (sort, sort[1:]):
        assert ids(stranger, sort=by) == {meetings["open"], meetings["other"]}
        assert ids(organizer, sort=by) == set(meetings.values())


@pytest.mark.parametrize("key", ["$title", "$description"])
def test_groups_of_what_is_hidden_are_not_shown(
    stranger: Api, organizer: Api, meetings: dict[str, str], key: str
) -> None:
    body = {"objectType": "meeting", "groupBy": [{"key": key}]}
    labels = {row["group"][0]["label"] for row in stranger.post("/v1/aggregate", body).ok()["data"]}
    assert SECRET not in labels
    assert "S" not in labels
    assert sum(row["values"]["count"] for row in stranger.post("/v1/aggregate", body).ok()["data"]) == 2
    assert organizer.post("/v1/aggregate", body).ok()["groupCount"] == 3 if key == "$title" else True


def test_what_nobody_hides_is_asked_of_every_meeting(stranger: Api, meetings: dict[str, str]) -> None:
    assert ids(stranger) == set(meetings.values())
    assert ids(stranger, where={"key": "$organizerEmail", "set": True}) == {meetings["hidden"]}
    assert ids(stranger, sort=[{"key": "$startDate"}]) == set(meetings.values())


def test_records_show_what_their_level_shows_whatever_is_chosen(stranger: Api, meetings: dict[str, str]) -> None:
    for choice in ({}, {"fields": ["$title"], "relationships": ["$transcript"]}, {"relationships": ["$transcript"]}):
        found = stranger.post("/v1/query", {"objectType": "meeting", **choice}).ok()["data"]
        hidden = next(each for each in found if each["id"] == meetings["hidden"])
        assert hidden["accessLevel"] == "METADATA"
        assert hidden["fields"]["$title"]["value"] is None
        assert "$transcript" not in hidden["relationships"]
        assert hidden == next(
            each
            for each in stranger.post("/v1/query", {"objectType": "meeting", **choice, "limit": 1_000}).ok()["data"]
            if each["id"] == meetings["hidden"]
        )


@pytest.fixture
def note_on_each(make: Make, meetings: dict[str, str]) -> dict[str, str]:
    return {name: make.note({"$meeting": id}) for name, id in meetings.items()}


def test_included_meetings_are_shown_as_their_level_says(
    stranger: Api, meetings: dict[str, str], note_on_each: dict[str, str]
) -> None:
    answer = stranger.post("/v1/query", {"objectType": "note", "include": ["$meeting"]}).ok()
    hidden = next(each for each in answer["included"]["$meeting"]["data"] if each["id"] == meetings["hidden"])
    assert hidden == stranger.get(f"/v1/meetings/{meetings['hidden']}").ok()
    assert SECRET not in str(answer)


def test_groups_by_meetings_are_labelled_as_their_level_says(
    stranger: Api, organizer: Api, meetings: dict[str, str], note_on_each: dict[str, str]
) -> None:
    body = {"objectType": "note", "groupBy": [{"key": "$meeting"}]}
    # Whoever asks first: what one may see is not remembered for the other.
    for asking, label in ((organizer, SECRET), (stranger, None), (organizer, SECRET), (stranger, None)):
        groups = [row["group"][0] for row in asking.post("/v1/aggregate", body).ok()["data"]]
        assert {"value": meetings["hidden"], "label": label} in groups
        assert {"value": meetings["open"], "label": "Open"} in groups


def test_records_sorted_by_a_meeting_go_by_its_id_and_not_by_its_title(
    stranger: Api, api: Api, make: Make, note_on_each: dict[str, str]
) -> None:
    for asking in (stranger, api):
        body = {"objectType": "note", "sort": [{"key": "$meeting"}]}
        found = [each["id"] for each in asking.post("/v1/query", body).ok()["data"]]
        assert found == [note_on_each[name] for name in ("open", "hidden", "other")]
