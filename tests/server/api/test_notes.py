"""Notes (spec: objects 7)."""

from typing import Any

import pytest


def test_content_is_kept_as_it_is_and_cleared_by_null(api: Any, make: Any) -> None:
    note = make.note(content="# Title\n\n<b>bold</b> \u2028 & so on")
    assert make.value("notes", note, "$content") == "# Title\n\n<b>bold</b> \u2028 & so on"
    api.post(f"/v1/notes/{note}", {"fields": {"$content": None}}).ok()
    assert make.value("notes", note, "$content") is None


@pytest.mark.parametrize("key", ["$body", "topic"])
def test_fields_are_closed(key: str, api: Any) -> None:
    answer = api.post("/v1/notes", {"fields": {"$title": "T", key: "x"}})
    assert answer.error == (400, "bad_request", "unknown_field", f"fields.{key}")


def test_a_note_is_about_several_things(api: Any, make: Any) -> None:
    links = {
        "$account": [make.account(), make.account()],
        "$opportunity": make.opportunity(),
        "$contact": make.contact(),
        "$meeting": make.meeting(),
    }
    note = make.note(links)
    for key, ids in links.items():
        plural = {
            "$account": "accounts",
            "$opportunity": "opportunities",
            "$contact": "contacts",
            "$meeting": "meetings",
        }
        for id in [ids] if isinstance(ids, str) else ids:
            assert make.values(plural[key], id, "$note") == [note]
    found = api.get("/v1/notes", {"$account": links["$account"][0]}).ok()
    assert [each["id"] for each in found["data"]] == [note]


def test_the_author_is_the_member_behind_the_key(make: Any, world: Any) -> None:
    member = make.member()
    own = world.api(world.add_key(member=member))
    made = own.create("notes", {"$title": "T"})
    assert made["relationships"]["$createdBy"]["values"] == [member]
    assert make.values("notes", make.note(), "$createdBy") == []


def test_the_author_is_never_written(api: Any, make: Any) -> None:
    member = make.member()
    created = api.post("/v1/notes", {"fields": {"$title": "T"}, "relationships": {"$createdBy": member}})
    updated = api.post(f"/v1/notes/{make.note()}", {"relationships": {"$createdBy": {"add": member}}})
    for answer in (created, updated):
        assert answer.error == (400, "bad_request", "invalid_configuration", "relationships.$createdBy")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_title_is_never_emptied(value: Any, api: Any, make: Any) -> None:
    answer = api.post(f"/v1/notes/{make.note()}", {"fields": {"$title": value}})
    assert answer.error == (422, "unprocessable_content", None, "fields.$title")
