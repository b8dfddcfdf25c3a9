"""What uploads leave behind is taken away, and what is lost is noticed."""

import logging
from pathlib import Path
from typing import Any

import pytest

from lightfield_server.background import files as uploads
from lightfield_server.files import blobs, receiving
from lightfield_server.files.blobs import Missing
from lightfield_server.kit.clock import DAY
from lightfield_server.model.problems import Problem
from tests.server.files.conftest import Files

HOUR = DAY // 24


@pytest.fixture
def time(time: Any) -> Any:
    """Storage goes by the machine's clock; what is swept there has to be older than that."""
    time.advance(20 * 365 * DAY)
    return time


def test_uploads_whose_time_is_over_are_ended_and_cleared(files: Files, world: Any, time: Any, make: Any) -> None:
    late, cancelled, done, young = files.announce(), files.announce(), files.announce(), None
    for upload in (late, cancelled, done):
        files.put(upload).ok()
    files.complete(done).ok()
    files.api.post(f"/v1/files/{cancelled['id']}/cancel").ok()
    time.advance(HOUR)
    young = files.announce()
    files.put(young).ok()
    files.run(uploads.sweep_uploads(world.server))
    assert [files.status(each["id"]) for each in (late, cancelled, done, young)] == [
        "EXPIRED",
        "CANCELLED",
        "COMPLETED",
        "PENDING",
    ]
    assert len(files.lying()) == 2
    assert files.download(done["id"]).body == b"Hello."
    assert len(make.dump()["upload"]) == 2
    # Their time being over is a fact like any other.
    verbs = world.write(lambda tx: tx.run("select verb, origin from event where verb = 'expired'").fetchall())
    assert [tuple(row) for row in verbs] == [("expired", uploads.ORIGIN)]
    before = make.dump()
    files.run(uploads.sweep_uploads(world.server))
    assert make.dump() == before


def test_many_uploads_are_ended_in_one_round(files: Files, world: Any, time: Any) -> None:
    for _ in range(205):
        files.announce()
    time.advance(HOUR)
    files.run(uploads.sweep_uploads(world.server))
    assert {each["status"] for each in files.api.get("/v1/files").ok()["data"]} == {"EXPIRED"}
    assert world.write(lambda tx: tx.run("select count(*) from upload").fetchone()[0]) == 0


def test_bytes_that_belong_to_no_upload_are_taken_away(files: Files, world: Any, time: Any) -> None:
    kept, ended = files.upload(), files.announce()
    files.put(ended).ok()
    names = {lying.name for lying in files.lying()}

    async def lose(name: str) -> None:
        async def some() -> Any:
            yield b"lost"

        await world.server.blobs.put(name, some())

    first = min(names)
    place = first.partition("/")[0]
    others = {"README", first.replace("1-", "9-", 1), f"1-abc/00/fil_00000000000000ff/{'0' * 16}", f"{place}/x/y/z"}
    for name in (f"{first}0", f"{place}/00/fil_00000000000000ff/{'0' * 16}", *others):
        files.run(lose(name))
    files.run(uploads.sweep_storage(world.server))
    # What does not look like ours is somebody else's.
    assert {lying.name for lying in files.lying()} == names | others
    assert files.download(kept).body == b"Hello."
    files.complete(ended).ok()


def test_young_bytes_are_left_alone(files: Files, world: Any, time: Any) -> None:
    async def some() -> Any:
        yield b"about to be noted"

    place = world.write(receiving.place_of)
    files.run(world.server.blobs.put(f"{place}/00/fil_00000000000000ff/{'0' * 16}", some()))
    (lying,) = files.lying()
    time.at = lying.since + uploads.GRACE
    files.run(uploads.sweep_storage(world.server))
    assert len(files.lying()) == 1
    time.advance(1)
    files.run(uploads.sweep_storage(world.server))
    assert files.lying() == []


def test_files_whose_bytes_are_lost_are_told_and_uploads_may_come_again(
    files: Files, world: Any, time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    done, open_ = files.upload(), files.announce()
    files.put(open_).ok()
    files.run(world.server.blobs.remove([lying.name for lying in files.lying()]))
    with caplog.at_level(logging.ERROR):
        files.run(uploads.sweep_storage(world.server))
    assert [done in message for message in caplog.messages] == [True]
    assert files.complete(open_).status == 409
    files.put(open_).ok()
    files.complete(open_).ok()
    assert files.status(done) == "COMPLETED"


# A storage by itself


def test_a_blob_is_all_there_or_not_at_all(files: Files, storage: Any) -> None:
    async def broken() -> Any:
        yield b"x" * 6_000_000
        raise KeyError("on its way")

    with pytest.raises(KeyError):
        files.run(storage.put("1/00/fil_0000000000000001/aa", broken()))
    assert files.lying() == []
    with pytest.raises(Missing):
        files.run(storage.get("1/00/fil_0000000000000001/aa", 0, 1))
    files.run(storage.remove(["1/00/fil_0000000000000001/aa"]))


def test_what_a_dead_writer_left_half_written_is_taken_away(tmp_path: Path, world: Any) -> None:
    place = blobs.folder(tmp_path / "place")
    half = tmp_path / "place" / "1" / "00" / "blob#1"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    whole = half.with_name("blob")
    whole.write_bytes(b"whole")
    since = int(half.stat().st_mtime * 1000)
    world.loop.run_until_complete(place.tidy(since))
    assert half.exists()
    world.loop.run_until_complete(place.tidy(since + 1_000))
    assert not half.exists()
    assert whole.exists()


def test_a_storage_that_does_not_answer_is_said_to_be_unavailable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: Files, world: Any
) -> None:
    upload, done = files.announce(), files.url(files.upload())
    (tmp_path / "gone").mkdir()
    world.server.blobs = broken = blobs.folder(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    (tmp_path / "gone").write_text("a file where a folder was")
    answer = files.put(upload)
    assert answer.error == (503, "service_unavailable", None, None)
    assert int(answer.headers["retry-after"]) > 0
    assert files.api.fetch(done).status in (404, 503)
    with pytest.raises((Problem, Missing)):
        world.loop.run_until_complete(broken.get("x", 0, 1))
