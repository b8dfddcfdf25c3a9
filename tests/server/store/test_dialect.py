"""What is spelled differently on PostgreSQL, and what every statement says on both."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lightfield_server.store import postgres_session
from lightfield_server.store.postgres_session import Session
from lightfield_server.store.sql.dialect import among, contains, each, exists, for_postgres, only, step
from tests.server.conftest import Api, World


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        ("select a from t where b = ? and c = ?", "select a from t where b = $1 and c = $2", None),
        ("select :a, :b, :a", "select $1, $2, $1", ("a", "b")),
        ("select '?', ':a', \"b?\", 'it''s :b', ?", "select '?', ':a', \"b?\", 'it''s :b', $1", None),
        ("select ?::bigint % 7", "select $1::bigint % 7", None),
        ("select 1", "select 1", None),
        ("where +workspace = ? and a + b > 1", "where workspace = $1 and a + b > 1", None),
        ("set n = n + ?", "set n = n + $1", None),
        (f"where n {among('?')}", "where n = any($1)", None),
        (f"where n {among(':which')}", "where n = any($1)", ("which",)),
        (
            f"select start.value from {each(':which', 'start')}",
            "select start.value from unnest($1) as start(value)",
            ("which",),
        ),
        (f"select s.value from {each(only(':p0'), 's')}", "select s.value from unnest(array[$1]) as s(value)", ("p0",)),
        (f"where {contains('k.value', ':part')}", "where strpos(k.value, $1) > 0", ("part",)),
        (
            f"from a {step('b', 'x', 'x.n = a.n and x.m in (1, 2)')} where 1",
            "from a join lateral (select * from b x where x.n = a.n and x.m in (1, 2) offset 0) as x on true where 1",
            None,
        ),
        (f"where not {exists('select 1 from b')}", "where not exists (select 1 from b offset 0)", None),
    ],
)
def test_a_statement_is_put_into_postgresqls_words(ours: str, theirs: str, names: Any) -> None:
    found = for_postgres(ours)
    assert (found.text.decode(), found.names) == (theirs, names)


def test_parameters_come_by_name_or_by_position() -> None:
    with pytest.raises(ValueError, match="by name and by position"):
        for_postgres("select ?, :a")


TABLES = "record|key_text|key_int|link|tally|event|definition|api_key|idempotency|merge|workspace"
NAMED = re.compile(rf"\b(?:from|join|into|update)\s+(?:lateral\s+)?({TABLES})\b")
WALLED = re.compile(r"\bworkspace\s*(?:=|,)")

#: Statements about all workspaces at once.
ABOUT_ALL = (
    re.compile(r"from workspace\s*(order by workspace)?$"),
    re.compile(r"delete from idempotency where \(workspace, number\) in"),
)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Every statement that is sent."""
    found: set[str] = set()
    send = Session._send

    def noted(session: Session, sent: Any, parameters: Any) -> Any:
        found.add(" ".join(sent.text.decode().split()))
        return send(session, sent, parameters)

    monkeypatch.setattr(postgres_session.Session, "_send", noted)
    return found


@pytest.mark.engine("postgres")
def test_every_statement_names_the_workspace_of_every_table(world: World, api: Api, said: set[str]) -> None:
    """So that each can be answered by the machine on which the workspace lies."""
    travel(world, api)
    assert len(said) > 50
    for sql in said:
        if any(known.search(sql) for known in ABOUT_ALL):
            continue
        assert len(WALLED.findall(sql)) >= len(NAMED.findall(sql)), sql


def travel(world: World, api: Api) -> None:
    """A little of everything."""
    field = {"key": "tier", "label": "Tier", "valueType": "SINGLE_SELECT", "options": [{"label": "Gold"}]}
    api.post("/v1/schema/objects/account/fields", field).ok()
    one, two = (
        api.create("accounts", {"$name": name, "tier": "Gold", "$website": [f"{name}.example"]})["id"] for name in "ab"
    )
    person = {"$name": {"firstName": "Ann", "lastName": "Bee"}, "$email": ["ann@a.example"]}
    contact = api.create("contacts", person, {"$account": one})["id"]
    deal = api.create("opportunities", {"$name": "Deal"}, {"$account": one})["id"]
    invited = {"$title": "T", "$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}
    api.create("meetings", {**invited, "$attendeeEmails": ["ann@a.example"]})
    api.create("lists", {"$name": "Best", "$objectType": "account"}, {"$accounts": [one, two]})
    api.post(f"/v1/opportunities/{deal}", {"relationships": {"$account": {"replace": two}}}, idempotency_key="k").ok()
    api.post(f"/v1/contacts/{contact}", {"relationships": {"$account": {"add": two}}}).ok()
    for path in ("accounts", "contacts", "opportunities", "meetings", "lists", "members", f"accounts/{one}"):
        api.get(f"/v1/{path}").ok()
    for filters in (
        {"tier": "Gold", "$name[startsWith]": "a"},
        {"$name[contains]": "b", "$contact": contact},
        {"$createdAt[greaterThan]": "2020-01-01T00:00:00Z"},
        {"tier[-equal]": "Gold", "status": "trashed"},
    ):
        api.get("/v1/accounts", filters)
    api.get("/v1/meetings", {"$account": one}).ok()
    api.post("/v1/accounts/merge", {"primaryId": one, "duplicateId": two}).ok()
    api.delete(f"/v1/contacts/{contact}").ok()
    api.get("/v1/schema/keys").ok()
    key = api.post("/v1/schema/keys", {"name": "more"}).ok()["id"]
    api.post(f"/v1/schema/keys/{key}/revoke").ok()
    world.write(lambda tx: tx.forget_answers(world.time(), 10), 0)
