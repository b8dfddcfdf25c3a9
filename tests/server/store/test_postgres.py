"""What a store on PostgreSQL promises of its own: workspaces side by side, a server that goes away and comes back."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from lightfield_server.model.problems import Problem
from lightfield_server.store import postgres as engine
from lightfield_server.store import postgres_session
from lightfield_server.store.postgres import CannotOpen, PostgresStore
from lightfield_server.store.postgres_session import Session
from lightfield_server.store.protocol import Transaction
from tests import postgres
from tests.server.conftest import FEW, Api, Database, Time, World, world_over
from tests.server.store.support import names, together, workspace

pytestmark = pytest.mark.engine("postgres")

ACME = {"fields": {"$name": "Acme"}}


@pytest.fixture
def database(databases: postgres.Databases) -> Iterator[Database]:
    """Nothing is kept from one test to the next: some of these break it."""
    with databases.lent() as url:
        yield Database(url)


def end_all(world: World) -> None:
    """End every connection that we have to the database, as a server does that is stopped."""
    with psycopg.connect(str(world.database.place), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and application_name = 'lightfield'"
        )


# Side by side


def test_workspaces_are_written_in_parallel(world: World, database: Database) -> None:
    other = world.add_workspace("other")
    writing, goes_on = threading.Event(), threading.Event()

    def held(tx: Transaction) -> None:
        tx.catalog_version()
        writing.set()
        assert goes_on.wait(30)

    thread = threading.Thread(target=world.write, args=(held,))
    thread.start()
    assert writing.wait(30)
    try:
        assert world.api(world.add_key(workspace=other)).post("/v1/accounts", ACME).status == 200
    finally:
        goes_on.set()
        thread.join()


def test_a_write_waits_for_another_process_that_writes_the_same_workspace(world: World, api: Api) -> None:
    writing, goes_on = threading.Event(), threading.Event()

    def held(tx: Transaction) -> None:
        tx.catalog_version()
        writing.set()
        assert goes_on.wait(30)

    async def scene(other: World) -> int:
        thread = threading.Thread(target=other.write, args=(held,))
        thread.start()
        assert writing.wait(30)
        waiting = asyncio.create_task(api.request("POST", "/v1/accounts", ACME))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        goes_on.set()
        thread.join()
        return (await waiting).status

    with world.another_process() as other:
        assert world.loop.run_until_complete(scene(other)) == 200


def test_a_write_that_another_process_keeps_waiting_too_long_is_refused_for_now(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine.WRITING, "lock_timeout", "'50ms'")

    def held(tx: Transaction) -> Any:
        tx.catalog_version()
        with world_over(world.database, world.time) as impatient:
            impatient.workspace = world.workspace
            return impatient.api(api.token).post("/v1/accounts", ACME)

    assert world.write(held).error == (503, "service_unavailable", None, None)
    api.post("/v1/accounts", ACME).ok()


def test_what_is_refused_moves_nothing(world: World, api: Api) -> None:
    async def stamp() -> Any:
        return await world.store.read(world.workspace, lambda tx: tx.stamp)

    before = world.loop.run_until_complete(stamp())
    assert api.post("/v1/accounts", {"fields": {"nothing": 1}}).status == 400
    assert world.loop.run_until_complete(stamp()) == before


def test_counts_that_were_asked_for_amid_a_request_that_fails_are_as_before(world: World, api: Api) -> None:
    def create(tx: Transaction) -> int:
        tx.rekey([], [], {("account", False): 1})
        return tx.kind("account", trashed=False)[0]

    def fail(tx: Transaction) -> None:
        assert create(tx) > 0
        raise Problem(400, "bad_request", "no")

    async def scene() -> list[Any]:
        works: list[Callable[[Transaction], Any]] = [create, fail, create, fail]
        writes = [world.store.write(world.workspace, work) for work in works]
        return await asyncio.gather(*writes, return_exceptions=True)

    outcomes = world.loop.run_until_complete(scene())
    assert (outcomes[0], outcomes[2]) == (1, 2)
    assert world.write(lambda tx: tx.kind("account", trashed=False)[0]) == 2


def test_a_read_that_takes_too_long_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    monkeypatch.setitem(engine.READING, "statement_timeout", "'50ms'")
    with world_over(database, time) as world, pytest.raises(Problem) as refused:
        world.loop.run_until_complete(world.store.read(0, lambda tx: tx.run("select pg_sleep(10)").fetchone()))
    assert (refused.value.status, refused.value.message) == (503, "This query takes too long; narrow it.")


# A server that goes away


def test_connections_that_were_ended_meanwhile_are_made_anew(world: World, api: Api) -> None:
    made = api.create("accounts", {"$name": "Acme"})
    end_all(world)
    assert api.get(f"/v1/accounts/{made['id']}").status == 200
    end_all(world)
    assert api.post("/v1/accounts", ACME).status == 200
    end_all(world)
    assert world.add_key()
    assert api.get("/v1/accounts").ok()["totalCount"] == 2


def test_a_write_whose_connection_is_lost_on_the_way_is_carried_out_again(world: World) -> None:
    attempts = []

    def interrupted(tx: Transaction) -> int:
        attempts.append(1)
        number = workspace("other")(tx)
        if len(attempts) == 1:
            end_all(world)
            tx.workspaces()
        return number

    outcomes = world.loop.run_until_complete(together(world.store, workspace("a"), interrupted))
    assert outcomes[1] == 3
    assert names(world.store) == ["default", "a", "other"]


def test_nobody_is_told_of_success_when_the_connection_is_lost_in_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = Session.finish

    def lost(session: Session) -> None:
        if any(getattr(each, "said", "") == "commit" for each in session._pending):
            end_all(world)
        finish(session)

    send = Session._send

    def noted(session: Session, sent: Any, parameters: Any) -> Any:
        answer = send(session, sent, parameters)
        answer.said = sent.text.decode()
        return answer

    class Noted(postgres_session.Answer):
        said = ""

    monkeypatch.setattr(postgres_session, "Answer", Noted)
    monkeypatch.setattr(Session, "_send", noted)
    monkeypatch.setattr(Session, "finish", lost)

    outcomes = world.loop.run_until_complete(together(world.store, workspace("a"), workspace("b")))
    monkeypatch.undo()

    assert [(type(each), each.status) for each in outcomes] == [(Problem, 503)] * 2
    assert names(world.store) in (["default"], ["default", "a", "b"])


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A server that a test may stop."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip(postgres.NONE)
    made = postgres.Cluster(folder).start()
    yield made
    made.remove()


def test_while_the_server_is_away_requests_are_refused_and_afterwards_served(
    cluster: postgres.Cluster, time: Time
) -> None:
    with world_over(Database(cluster.url()), time) as world:
        world.workspace = world.add_workspace("default")
        api = world.api(world.add_key())
        made = api.create("accounts", {"$name": "Acme"})
        assert api.get("/health").status == 200

        cluster.stop()
        for answer in (
            api.get(f"/v1/accounts/{made['id']}"),
            api.post("/v1/accounts", ACME, idempotency_key="k"),
            world.api("sk_lf_1_" + "0" * 32).get("/v1/accounts"),
        ):
            assert answer.error == (503, "service_unavailable", None, None)
        assert api.get("/health").status == 503

        cluster.start()
        assert api.get("/health").status == 200
        assert api.get(f"/v1/accounts/{made['id']}").ok() == made
        assert api.post("/v1/accounts", ACME, idempotency_key="k").status == 200
        assert api.get("/v1/accounts").ok()["totalCount"] == 2


# A server that cannot be used


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://127.0.0.1:1/crm", "refused"),
        ("postgresql:///crm?host=/nowhere", "No such file"),
        ("postgresql://127.0.0.1/crm?nonsense=1", "nonsense"),
    ],
)
def test_a_server_that_does_not_answer_is_said_in_one_line(url: str, says: str) -> None:
    with pytest.raises(CannotOpen, match=says) as refused:
        PostgresStore(url, FEW)
    assert "\n" not in str(refused.value)


def test_an_old_server_is_refused_in_words(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OLDEST_POSTGRES", 99)
    with pytest.raises(CannotOpen, match="PostgreSQL 99 or newer is needed; this server is"):
        database.open()


def test_a_database_of_another_encoding_is_refused_in_words(databases: postgres.Databases) -> None:
    with (
        databases.bare(encoding="LATIN1") as url,
        pytest.raises(CannotOpen, match="encoding is LATIN1; make one with UTF8"),
    ):
        PostgresStore(url, FEW)


# A connection


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    made = Session(str(database.place), {})
    yield made
    made.close()


def test_statements_flow_and_answers_come_when_they_are_looked_at(session: Session) -> None:
    session.execute("begin")
    session.execute("create temporary table n (i bigint, t text, b bytea) on commit drop")
    rows = [(number, None if number % 3 else f"t{number}", bytes([number % 256])) for number in range(2_000)]
    session.executemany("insert into n values (?, ?, ?)", rows)
    early, late = session.execute("select * from n order by i limit ?", (2,)), session.execute("select count(*) from n")
    assert late.fetchone() == (2_000,)
    assert [early.fetchone(), early.fetchone(), early.fetchone()] == [rows[0], rows[1], None]
    assert session.execute("select * from n order by i").fetchall() == rows
    assert session.execute("delete from n where i < :most", {"most": 5}).rowcount == 5
    session.execute("rollback")
    session.finish()


def test_large_values_go_both_ways(session: Session) -> None:
    """More than the sockets hold, so that neither side may wait for the other to read."""
    value = b"x" * 3_000_000
    answers = [session.execute("select ?, ?", (value, number)) for number in range(8)]
    assert [answer.fetchone() for answer in answers] == [(value, number) for number in range(8)]
    session.end()


def test_a_connection_is_sound_after_a_statement_that_fails(session: Session) -> None:
    for _ in range(3):
        session.execute("select 1")
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.execute("select 1 / ?", (0,)).fetchone()
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.execute("select 1")
        session.end()
        with pytest.raises(psycopg.errors.UndefinedTable):
            session.execute("select * from nothing_there").fetchall()
        session.end()
        assert session.execute("select ?", ("fine",)).fetchone() == ("fine",)
        session.end()


def test_more_statements_than_are_kept_prepared_are_no_trouble(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_session, "MOST_PREPARED", 10)
    for number in [*range(25), *range(25)]:
        assert session.execute(f"select {number} + ?", (1,)).fetchone() == (number + 1,)
    session.finish()


def test_a_server_that_falls_silent_is_taken_for_lost(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_session, "LONGEST_SILENCE", 0.01)
    with pytest.raises(postgres_session.Lost, match="does not answer"):
        session.execute("select pg_sleep(20)").fetchone()
    assert session.lost


def test_what_cannot_be_a_parameter_is_told_by_its_type(session: Session) -> None:
    with pytest.raises(TypeError, match="a float cannot be a parameter"):
        session.execute("select ?", (1.5,))


@pytest.mark.parametrize("numbers", [[], [1], [5, -7, (1 << 63) - 1], list(range(5_000))])
def test_several_numbers_are_one_parameter(session: Session, numbers: list[int]) -> None:
    found = session.execute("select value from json_each(?) as several", (numbers,)).fetchall()
    assert [number for (number,) in found] == numbers
    with contextlib.suppress(psycopg.Error):
        session.end()


def test_several_texts_are_one_parameter(session: Session) -> None:
    texts = ["", "a", "ö", "\U0001f600"]
    assert session.execute("select unnest(?)", (texts,)).fetchall() == [(text,) for text in texts]
    session.end()


# How often anybody waits


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every wait for the server."""
    found: list[str] = []

    def noted(name: str) -> Any:
        wait = getattr(Session, name)

        def waiting(session: Session, *of: Any) -> None:
            found.append(name)
            wait(session, *of)

        return waiting

    for name in ("settle", "finish"):
        monkeypatch.setattr(Session, name, noted(name))
    return found


def test_a_record_is_read_in_three_waits_and_written_in_few(world: World, api: Api, waits: list[str]) -> None:
    account = api.create("accounts", {"$name": "Acme"})["id"]
    deal = api.create("opportunities", {"$name": "Deal"}, {"$account": account})["id"]
    api.get(f"/v1/opportunities/{deal}").ok()

    waits.clear()
    api.get(f"/v1/opportunities/{deal}").ok()
    # The version, the record, its links.
    assert waits == ["settle"] * 3

    waits.clear()
    body = {"fields": {"$name": "Renamed"}, "relationships": {"$account": {"replace": account}}}
    api.post(f"/v1/opportunities/{deal}", body, idempotency_key="k").ok()
    assert waits == ["settle"] * (len(waits) - 1) + ["finish"]
    assert len(waits) <= 9
