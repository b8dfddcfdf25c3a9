"""Transcripts of meetings: attached once they are complete, exchanged, and read by those who see the meeting in full
(spec: files-and-emails 2)."""

from typing import Any

import pytest

from tests.server.files.conftest import Files

MEETING = {
    "$title": "Review",
    "$startDate": "2026-05-01T09:00:00Z",
    "$endDate": "2026-05-01T10:00:00Z",
    "$organizerEmail": "org@us.example",
    "$attendeeEmails": ["ada@us.example"],
}

PARAM = "relationships.$transcript"


def meeting(api: Any, transcript: str | None = None, **fields: Any) -> Any:
    links = None if transcript is None else {"$transcript": transcript}
    return api.create("meetings", MEETING | {f"${key}": value for key, value in fields.items()}, links)


def as_member(make: Any, world: Any, email: str, *, admin: bool = False) -> Any:
    member = make.member(email, "admin" if admin else "member")
    return world.api(world.add_key(member=member, admin=admin))


def test_a_transcript_is_attached_when_the_meeting_is_logged_or_later(files: Files, api: Any) -> None:
    first, second = (files.upload(purpose="meeting_transcript") for _ in range(2))
    held = meeting(api, first)
    shown = {"cardinality": "has_one", "objectType": "file", "values": [first]}
    assert held["relationships"]["$transcript"] == shown
    changed = api.post(f"/v1/meetings/{held['id']}", {"relationships": {"$transcript": {"replace": second}}}).ok()
    assert changed["relationships"]["$transcript"]["values"] == [second]
    # What was exchanged stays a file.
    assert files.download(first).body == b"Hello."
    other = meeting(api)
    api.post(f"/v1/meetings/{other['id']}", {"relationships": {"$transcript": {"replace": first}}}).ok()


def test_a_file_without_the_purpose_will_do(files: Files, api: Any) -> None:
    assert meeting(api, files.upload())["relationships"]["$transcript"]["values"]


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("pending", (422, "unprocessable_content", None, PARAM)),
        ("uploaded", (422, "unprocessable_content", None, PARAM)),
        ("cancelled", (400, "bad_request", "relationship_entity_inactive", PARAM)),
        ("expired", (400, "bad_request", "relationship_entity_inactive", PARAM)),
        ("unknown", (400, "bad_request", "relationship_entity_missing", PARAM)),
        ("another's", (400, "bad_request", "relationship_entity_missing", PARAM)),
        ("an account", (400, "bad_request", "relationship_entity_missing", PARAM)),
    ],
)
def test_only_a_complete_file_is_a_transcript(
    how: str, error: Any, files: Files, api: Any, make: Any, world: Any, time: Any
) -> None:
    id = made(how, files, make, world, time)
    before = make.dump()
    body = {"fields": MEETING, "relationships": {"$transcript": id}}
    assert api.post("/v1/meetings", body).error == error
    assert make.dump() == before


def made(how: str, files: Files, make: Any, world: Any, time: Any) -> str:
    if how == "unknown":
        return "fil_0000000000000001"
    if how == "an account":
        return str(make.account())
    if how == "another's":
        other = world.add_workspace("other")
        return Files(world.api(world.add_key(workspace=other)), world).upload()
    upload = files.announce()
    if how == "uploaded":
        files.put(upload).ok()
    if how == "cancelled":
        files.api.post(f"/v1/files/{upload['id']}/cancel").ok()
    if how == "expired":
        from lightfield_server.background import files as uploads

        time.advance(3_600_000)
        files.run(uploads.sweep_uploads(world.server))
    return str(upload["id"])


@pytest.mark.parametrize("update", [{"replace": None}, {"remove": "x"}, {"replace": []}])
def test_a_transcript_is_exchanged_and_never_taken_away(update: Any, files: Files, api: Any) -> None:
    held = meeting(api, files.upload())
    answer = api.post(f"/v1/meetings/{held['id']}", {"relationships": {"$transcript": update}})
    assert answer.status in (400, 422)
    assert answer.body["error"]["param"] == PARAM


@pytest.mark.parametrize("privacy", ["METADATA", "FULL", None])
@pytest.mark.parametrize("who", ["workspace", "administrator", "organizer", "attendee", "stranger"])
def test_a_transcript_is_for_those_who_see_the_meeting_in_full(
    who: str, privacy: str | None, files: Files, api: Any, make: Any, world: Any
) -> None:
    transcript, plain = files.upload(), files.upload()
    meeting(api, transcript, privacySetting=privacy)
    client = {
        "workspace": lambda: api,
        "administrator": lambda: as_member(make, world, "boss@us.example", admin=True),
        "organizer": lambda: as_member(make, world, "org@us.example"),
        "attendee": lambda: as_member(make, world, "ADA@us.example"),
        "stranger": lambda: as_member(make, world, "eve@us.example"),
    }[who]()
    seen = who != "stranger" or privacy != "METADATA"
    for path in ("", "/url"):
        assert client.get(f"/v1/files/{transcript}{path}").status == (200 if seen else 404)
    assert client.post(f"/v1/files/{transcript}/complete", {}).status == (200 if seen else 404)
    page = client.get("/v1/files").ok()
    expected = [plain, transcript] if seen else [plain]
    assert ([each["id"] for each in page["data"]], page["totalCount"]) == (expected, len(expected))
    for path in ("", "/url"):
        client.get(f"/v1/files/{plain}{path}").ok()


def test_privacy_is_looked_at_anew_each_time(files: Files, api: Any, make: Any, world: Any) -> None:
    transcript = files.upload()
    held = meeting(api, transcript)["id"]
    eve = as_member(make, world, "eve@us.example")

    def seen() -> tuple[bool, bool]:
        return (
            eve.get(f"/v1/files/{transcript}").status == 200,
            transcript in [each["id"] for each in eve.get("/v1/files").ok()["data"]],
        )

    assert seen() == (True, True)
    api.post(f"/v1/meetings/{held}", {"fields": {"$privacySetting": "METADATA"}}).ok()
    assert seen() == (False, False)
    # Attaching it to a meeting of one's own, or the meeting's being deleted, shows it to nobody.
    meeting(eve, transcript)
    assert seen() == (False, False)
    api.delete(f"/v1/meetings/{held}").ok()
    assert seen() == (False, False)
    api.post(f"/v1/meetings/{held}/restore").ok()
    api.post(f"/v1/meetings/{held}", {"fields": {"$privacySetting": None}}).ok()
    assert seen() == (True, True)


def test_a_kept_reply_is_for_those_who_may_know_of_the_file(files: Files, api: Any, make: Any, world: Any) -> None:
    upload = files.announce()
    files.put(upload).ok()
    path = f"/v1/files/{upload['id']}/complete"
    api.post(path, {}, idempotency_key="k").ok()
    meeting(api, upload["id"], privacySetting="METADATA")
    eve = as_member(make, world, "eve@us.example")
    assert eve.post(path, {}, idempotency_key="k").status == 404
