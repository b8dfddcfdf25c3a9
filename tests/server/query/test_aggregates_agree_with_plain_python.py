"""Every aggregation is what plain Python counts and adds up, in whole decimals."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightfield_server.store.sql import aggregates, columns, stretches
from tests.server.conftest import Api, World
from tests.server.filters.oracle import Rec, standing
from tests.server.query.workspace import Timed, tree, types

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati")

#: How records are read: (so many at once, so few looked up one by one).
WAYS = {"by stretches": (16_384, 0), "one by one": (16_384, 20_000), "one by one in parts": (7, 20_000)}

Groups = Callable[[Rec], list[Any]]


@pytest.fixture(scope="module")
def workspace(shared: World) -> Timed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "ONE_IN", 10)
        made = Timed(shared, 200)
        made.fill(150)
    return made


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, shared: World) -> None:
    at_once, few = WAYS[request.param]
    monkeypatch.setattr(columns, "AT_ONCE", at_once)
    monkeypatch.setattr(columns, "FEW_MATCHES", few)
    forget(shared)


def forget(world: World) -> None:
    world.store._memo._known.clear()
    for catalog in world.server.catalogs._known.values():
        for entity in catalog.entities.values():
            entity.memo.pop("aggregations", None)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def bucket(text: str, interval: str, zone: str) -> tuple[str, str]:
    """The first day of the interval that a moment lies in, and what people call it."""
    try:
        day = moment(text).astimezone(UTC if zone == "UTC" else ZoneInfo(zone)).date()
    except OverflowError:
        day = moment(text).date()
    if interval == "week":
        start = day - timedelta(days=day.weekday())
        year, week, _ = start.isocalendar()
        return start.isoformat(), f"{year:04d}-W{week:02d}"
    if interval == "month":
        start = date(day.year, day.month, 1)
        return start.isoformat(), start.isoformat()[:7]
    if interval == "quarter":
        quarter = (day.month - 1) // 3
        return date(day.year, 3 * quarter + 1, 1).isoformat(), f"{day.year:04d}-Q{quarter + 1}"
    if interval == "year":
        return date(day.year, 1, 1).isoformat(), f"{day.year:04d}"
    return day.isoformat(), day.isoformat()


@st.composite
def grouping(draw: Any, workspace: Timed, type: str) -> tuple[Any, Groups]:
    """What to send, and the groups of a record: what they have in common, comparable."""
    definitions, ends = workspace.definitions[type]["fieldDefinitions"], workspace.oracle.ends(type)
    fields = {
        key: defined
        for key, defined in definitions.items()
        if defined["valueType"] in ("SINGLE_SELECT", "CHECKBOX", "TEXT", "FULL_NAME", "ADDRESS", "DATETIME")
    }
    key = draw(st.sampled_from([*sorted(fields), *sorted(ends), "createdAt", "updatedAt"]))
    if key in ends:
        return {"key": key}, lambda rec: sorted(ends[key](rec)) or [None]
    if key in ("createdAt", "updatedAt") or fields[key]["valueType"] == "DATETIME":
        interval = draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))
        zone = draw(st.sampled_from(ZONES))
        sent = {"interval": interval, **({"timeZone": zone} if zone != "UTC" else {})}
        place = {"createdAt": 0, "updatedAt": 1}.get(key)

        def buckets(rec: Rec) -> list[Any]:
            value = rec.values.get(key) if place is None else workspace.moments[rec.id][place]
            return [None if value is None else bucket(value, interval, zone)[0]]

        return {"key" if place is None else "attribute": key, **sent}, buckets
    value_type = fields[key]["valueType"]
    if value_type == "SINGLE_SELECT":
        return {"key": key}, lambda rec: [rec.values.get(key)]
    return {"key": key}, lambda rec: [standing(value_type, [], rec.values.get(key))]


@st.composite
def measure(draw: Any, workspace: Timed, type: str) -> tuple[Any, Callable[[list[Rec]], Any]]:
    definitions = workspace.definitions[type]["fieldDefinitions"]
    amounts = sorted(k for k, d in definitions.items() if d["valueType"] in ("NUMBER", "CURRENCY"))
    dates = sorted(k for k, d in definitions.items() if d["valueType"] == "DATETIME")
    choices = [("count", None)]
    choices += [(function, key) for key in amounts for function in ("sum", "avg", "min", "max")]
    choices += [(function, key) for key in dates for function in ("min", "max")]
    function, key = draw(st.sampled_from(choices))
    if key is None:
        return {"function": "count"}, len
    date_like = key in dates

    def worked_out(recs: list[Rec]) -> Any:
        values = [rec.values[key] for rec in recs if rec.values.get(key) is not None]
        if date_like:
            return {"min": min, "max": max}[function](values) if values else None
        numbers = [Decimal(repr(value)) for value in values]
        if function == "sum":
            return sum(numbers, Decimal(0))
        if not numbers:
            return None
        if function == "avg":
            exact = sum(numbers, Decimal(0)) / len(numbers)
            return exact.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        return {"min": min, "max": max}[function](numbers)

    return {"function": function, "key": key}, worked_out


def comparable(group: Any, sent: Any, definitions: Any) -> Any:
    value = group["value"]
    defined = definitions.get(sent.get("key"))
    if defined is not None and defined["valueType"] in ("TEXT", "FULL_NAME", "ADDRESS") and value is not None:
        return value.casefold()
    return value


@settings(settings.get_profile("filters"), max_examples=150)
@given(data=st.data())
@pytest.mark.parametrize("way", WAYS, indirect=True)
def test_groups_and_what_they_come_to_are_what_plain_python_makes_of_them(
    workspace: Timed, way: None, data: st.DataObject
) -> None:
    type = data.draw(types(), label="type")
    condition = data.draw(st.none() | tree(workspace, type), label="where")
    grouped = data.draw(st.lists(grouping(workspace, type), max_size=3), label="groupBy")
    measured = data.draw(
        st.lists(measure(workspace, type), min_size=1, max_size=3, unique_by=lambda m: json.dumps(m[0])),
        label="measures",
    )
    trashed = type not in ("note",) and data.draw(st.integers(0, 5)) == 0
    body: dict[str, Any] = {
        "objectType": type,
        "groupBy": [sent for sent, _ in grouped],
        "measures": [{**sent, "as": str(n)} for n, (sent, _) in enumerate(measured)],
    }
    if condition is not None:
        body["where"] = condition.sent
    if trashed:
        body["status"] = "trashed"

    answer = exactly(workspace.api, body)

    groups: dict[tuple[Any, ...], list[Rec]] = defaultdict(list)
    for rec in workspace.oracle.of(type, trashed=trashed):
        if condition is None or condition.test(rec):
            for group in product(*(of(rec) for _, of in grouped)):
                groups[group].append(rec)
    expected = {group: [worked_out(recs) for _, worked_out in measured] for group, recs in groups.items()}
    if not grouped and not groups:
        # Nothing to add up is one group still, of which there is nothing.
        expected = {(): [worked_out([]) for _, worked_out in measured]}
    definitions = workspace.definitions[type]["fieldDefinitions"]
    found = {
        tuple(comparable(each, sent, definitions) for each, (sent, _) in zip(row["group"], grouped, strict=True)): [
            row["values"][str(n)] for n in range(len(measured))
        ]
        for row in answer["data"]
    }
    assert found == expected
    assert (answer["groupCount"], answer["capped"]) == (len(expected), False)


@pytest.mark.parametrize("interval", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("zone", ZONES)
def test_intervals_are_called_as_people_call_them(workspace: Timed, interval: str, zone: str) -> None:
    body = {"objectType": "account", "groupBy": [{"key": "renewal", "interval": interval, "timeZone": zone}]}
    groups = [row["group"][0] for row in workspace.api.post("/v1/aggregate", body).ok()["data"]]
    values = {rec.values["renewal"] for rec in workspace.oracle.of("account")} - {None}
    assert [(g["value"], g["label"]) for g in groups if g["value"]] == sorted(
        {bucket(v, interval, zone) for v in values}
    )


def test_sums_beyond_what_a_float_holds_are_exact(workspace: Timed, shared: World) -> None:
    number = shared.add_workspace("large")
    api = shared.api(shared.add_key(workspace=number))
    for amount in (9_007_199_254_740_991, 9_007_199_254_740_991, 0.01):
        api.create("accounts", {"$name": "A", "$revenue": amount})
    body = {"objectType": "account", "measures": [{"function": "sum", "key": "$revenue"}]}
    (row,) = exactly(api, body)["data"]
    assert row["values"] == {"sum($revenue)": Decimal("18014398509481982.01")}


def exactly(api: Api, body: Any) -> Any:
    """An answer, with numbers as they are written."""
    return json.loads(api.loop.run_until_complete(_raw(api, body)), parse_float=Decimal)


async def _raw(api: Api, body: Any) -> bytes:
    found = []

    async def send(message: Any) -> None:
        found.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    headers = {**api.headers, "authorization": f"Bearer {api.token}", "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/aggregate",
        "raw_path": b"/v1/aggregate",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    await api.app(scope, receive, send)
    assert found[0]["status"] == 200, found[1]["body"]
    answer: bytes = found[1]["body"]
    return answer


SUMS: list[Any] = [
    {"groupBy": [], "measures": [{"function": "count"}, {"function": "sum", "key": "$revenue"}]},
    {
        "groupBy": [{"key": "tier"}],
        "measures": [{"function": "min", "key": "score"}, {"function": "avg", "key": "score"}],
    },
    {"groupBy": [{"key": "vip"}, {"attribute": "createdAt", "interval": "day"}], "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "$name"}], "where": {"key": "score", "set": True}, "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "lead"}, {"key": "tier"}], "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "$contact"}], "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "rivals"}, {"key": "parent"}], "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "$meeting"}], "measures": [{"function": "count"}]},
    {"groupBy": [{"key": "$owner"}], "measures": [{"function": "max", "attribute": "updatedAt"}]},
    {"groupBy": [{"key": "tier"}], "where": {"key": "$contact", "set": True}, "measures": [{"function": "count"}]},
]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_remembered_of_stretches_is_what_they_come_to(
    shared: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "FEW_MATCHES", 0)
    monkeypatch.setattr(stretches, "ONE_IN", 6)
    monkeypatch.setattr(aggregates, "MOST_QUESTIONS", 100)
    workspace = Timed(shared, 400 + seed)
    workspace.fill(40)
    api, rng, oracle = workspace.api, workspace.rng, workspace.oracle
    for _ in range(60):
        recs = [rec for rec in oracle.records.values() if rec.type == "account"]
        rec = rng.choice(recs)
        match rng.choice(["create", "create", "update", "update", "move", "merge", "refused", *["relink"] * 8]):
            case "create":
                workspace.create(rng.choice(["account", "contact", "project", "meeting"]))
            case "update" if not rec.trashed:
                fields = {"score": rng.choice([None, 1, 2.5]), "vip": rng.choice([None, True])}
                api.post(workspace.path(rec), {"fields": fields}).ok()
            case "move":
                path = workspace.path(rec)
                (api.post(f"{path}/restore") if rec.trashed else api.delete(path)).ok()
                rec.trashed = not rec.trashed
            case "merge":
                one, other = rng.sample([rec for rec in recs if not rec.trashed], 2)
                api.post("/v1/accounts/merge", {"primaryId": one.id, "duplicateId": other.id}).ok()
                other.trashed = True
            case "relink":
                workspace.relink()
            case "refused":
                sent = {"fields": {"$name": "A", "score": 5}, "relationships": {"$owner": "nobody"}}
                assert api.post("/v1/accounts", sent).status == 400
        asked = [{"objectType": "account", "status": s, **body} for s in ("active", "trashed") for body in SUMS]
        remembered = [exactly(api, each) for each in asked]
        forget(shared)
        # What is found out anew is what is remembered for the next round.
        assert [exactly(api, each) for each in asked] == remembered
