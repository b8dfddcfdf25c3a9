"""Every list answer equals what conventions 8.3 says, worked out by an oracle that knows nothing of keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit import audited
from tests.server.conftest import World
from tests.server.filters.oracle import (
    EVERY_OPERATOR,
    PLURALS,
    RELATIONSHIP,
    TABLE,
    Rec,
    matches,
    text_of,
)
from tests.server.filters.workspaces import MAILS, MOMENTS, NUMBERS, OPTIONS, WORDS, Workspace

SEEDS = range(4)
EXAMPLES = 700

Test = Callable[[Rec], bool]


@dataclass(frozen=True)
class Condition:
    name: str
    operand: str
    test: Test


@pytest.fixture(scope="module")
def workspaces(shared: World) -> list[Workspace]:
    made = [Workspace(shared, seed) for seed in SEEDS]
    for workspace in made:
        workspace.fill(150)
    return made


# Conditions at random


def brackets(draw: Any, operators: tuple[str, ...], *, default: str) -> tuple[str, str, bool]:
    """What stands behind a key, the operator it means, and whether it is negated."""
    operator = draw(st.sampled_from(operators))
    if operator == default and draw(st.integers(0, 3)) == 0:
        return "", operator, False
    negated = draw(st.booleans())
    word = "equals" if operator == "equal" and draw(st.integers(0, 4)) == 0 else operator
    return f"[{'-' if negated else ''}{word}]", operator, negated


@st.composite
def field_condition(draw: Any, workspace: Workspace, type: str) -> Condition:
    definitions = workspace.definitions[type]["fieldDefinitions"]
    keys = sorted(key for key, field in definitions.items() if TABLE[field["valueType"]])
    key = draw(st.sampled_from(keys))
    value_type, options = definitions[key]["valueType"], definitions[key]["typeConfiguration"].get("options", [])
    suffix, operator, negated = brackets(draw, TABLE[value_type], default=TABLE[value_type][0])
    present = [rec.values[key] for rec in workspace.oracle.of(type) if rec.values.get(key) is not None]
    operand = draw(operands(value_type, options, present))

    def test(rec: Rec) -> bool:
        return matches(value_type, options, operator, rec.values.get(key), operand) is not negated

    return Condition(key + suffix, operand, test)


@st.composite
def operands(draw: Any, value_type: str, options: list[dict[str, Any]], present: list[Any]) -> str:
    value = draw(st.sampled_from(present)) if present and draw(st.integers(0, 4)) else None
    match value_type:
        case "NUMBER" | "CURRENCY":
            number = str(draw(st.sampled_from(NUMBERS)) if value is None else value)
            return draw(st.sampled_from([number, number, "0.005", "-0.005", "1e300", "-1E20", f"{number}e0", "7"]))
        case "DATETIME":
            return draw(st.sampled_from([*MOMENTS, "2026-01-01T00:00:00.0005Z"]) if value is None else moments(value))
        case "CHECKBOX":
            return draw(st.sampled_from(["true", "false"]))
        case "SINGLE_SELECT":
            option = draw(st.sampled_from(options))
            label = option["label"]
            spellings = [option["id"], label, label.upper(), f" {label.replace(' ', '  ')} ", "opt_none", "Nothing", ""]
            return draw(st.sampled_from(spellings))
        case "EMAIL" | "TELEPHONE" | "URL":
            elements = value if isinstance(value, list) else [value or draw(st.sampled_from([*MAILS, "zzz", ""]))]
            return draw(parts(draw(st.sampled_from(elements)), anywhere=True))
    whole = draw(st.sampled_from(WORDS)) if value is None else text_of(value_type, value)
    return draw(parts(whole, anywhere=False))


@st.composite
def parts(draw: Any, text: str, *, anywhere: bool) -> str:
    """All of a text, or a part of it, in one case or another."""
    start = draw(st.integers(0, len(text))) if anywhere and draw(st.booleans()) else 0
    end = draw(st.integers(start, len(text))) if draw(st.booleans()) else len(text)
    part = text[start:end]
    part = draw(st.sampled_from([part, part.upper(), part.lower(), part.swapcase(), part + "x"]))
    return part if len(part.casefold()) <= 400 else part[:300]


@st.composite
def moments(draw: Any, value: str) -> str:
    """The same moment in another zone, or one next to it."""
    at = datetime.fromisoformat(value) + timedelta(milliseconds=draw(st.integers(-1, 1)))
    zone = timezone(timedelta(minutes=draw(st.sampled_from([-300, 0, 60, 345]))))
    written = at.astimezone(zone).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z") if draw(st.booleans()) else written


#: Names of ends besides their record keys (conventions 8.4): definition slugs, and both orders of two types' names.
OTHER_NAMES = {
    ("account", "$owner"): ["$account-owner", "$account-member", "$member-account"],
    ("account", "$contact"): ["$account-contact", "$contact-account"],
    ("account", "$opportunity"): ["$opportunity-account", "$account-opportunity"],
    ("account", "$task"): ["$task-account", "$account-task"],
    ("account", "$note"): ["$note-account", "$account-note"],
    ("account", "$meeting"): ["$account-meeting", "$meeting-account"],
    ("account", "parent"): ["account-parent"],
    ("account", "rivals"): ["account-rivals"],
    ("account", "reportsTo"): ["account-reportsTo"],
    ("account", "projects"): ["project-client"],
    ("account", "lead"): ["account-lead"],
    ("contact", "$account"): ["$account-contact", "$contact-account"],
    ("contact", "$opportunity"): ["$opportunity-contact", "$contact-opportunity"],
    ("contact", "$note"): ["$note-contact", "$contact-note"],
    ("contact", "$meeting"): ["$contact-meeting", "$meeting-contact"],
    ("contact", "buddy"): ["contact-buddy"],
    ("contact", "projects"): ["project-people"],
    ("opportunity", "$account"): ["$opportunity-account", "$account-opportunity"],
    ("opportunity", "$owner"): ["$opportunity-owner"],
    ("opportunity", "$champion"): ["$opportunity-champion"],
    ("opportunity", "$evaluator"): ["$opportunity-evaluator"],
    ("opportunity", "$task"): ["$task-opportunity", "$opportunity-task"],
    ("opportunity", "$note"): ["$note-opportunity", "$opportunity-note"],
    ("opportunity", "$meeting"): ["$opportunity-meeting", "$meeting-opportunity"],
    ("task", "$assignedTo"): ["$task-assignedTo"],
    ("task", "$account"): ["$task-account", "$account-task"],
    ("task", "$opportunity"): ["$task-opportunity", "$opportunity-task"],
    ("note", "$account"): ["$note-account", "$account-note"],
    ("note", "$opportunity"): ["$note-opportunity", "$opportunity-note"],
    ("note", "$contact"): ["$note-contact", "$contact-note"],
    ("note", "$meeting"): ["$note-meeting", "$meeting-note"],
    ("meeting", "$contact"): ["$meeting-contact", "$contact-meeting"],
    ("meeting", "$account"): ["$meeting-account", "$account-meeting"],
    ("meeting", "$opportunity"): ["$meeting-opportunity", "$opportunity-meeting"],
    ("meeting", "$note"): ["$note-meeting", "$meeting-note"],
    ("project", "client"): ["project-client"],
    ("project", "people"): ["project-people"],
    ("project", "leadOf"): ["account-lead"],
}
DIRECTED = {"account": ["parent", "rivals"], "contact": ["buddy"]}


@st.composite
def link_condition(draw: Any, workspace: Workspace, type: str) -> Condition:
    ends = workspace.oracle.ends(type)
    key = draw(st.sampled_from(sorted(ends)))
    linked = ends[key]
    name = draw(st.sampled_from([key, *OTHER_NAMES.get((type, key), [])]))
    if key in DIRECTED.get(type, []) and draw(st.booleans()):
        direction = draw(st.sampled_from(["asSource", "asDestination"]))
        name, linked = f"{name}:{direction}", workspace.oracle.direction(key, direction)
    suffix, _, negated = brackets(draw, RELATIONSHIP, default="equal")
    shown = [*workspace.oracle.of(type), *workspace.oracle.of(type, trashed=True)]
    known = sorted({id for rec in shown for id in linked(rec)})
    anything = [*workspace.oracle.records, *workspace.members, "acc_0000000000000001", "nobody", ""]
    operand = draw(st.sampled_from(known if known and draw(st.integers(0, 4)) else anything))
    return Condition(name + suffix, operand, lambda rec: (operand in linked(rec)) is not negated)


@settings(settings.get_profile("filters"), max_examples=EXAMPLES)
@given(data=st.data())
@pytest.mark.parametrize(
    "seed", [*SEEDS[:2], *(pytest.param(seed, marks=pytest.mark.engine("sqlite")) for seed in SEEDS[2:])]
)
def test_a_filtered_list_is_what_plain_python_finds(
    workspaces: list[Workspace], seed: int, data: st.DataObject
) -> None:
    workspace = workspaces[seed]
    type = data.draw(st.sampled_from([*PLURALS, "account", "account", "project"]), label="type")
    condition = st.one_of(field_condition(workspace, type), link_condition(workspace, type))
    conditions = data.draw(st.lists(condition, min_size=1, max_size=3), label="conditions")
    if data.draw(st.integers(0, 9)) == 0:
        conditions.append(conditions[0])
    limit = data.draw(st.integers(1, 25), label="limit")

    ids, totals = workspace.listing(type, [(c.name, c.operand) for c in conditions], limit)

    expected = [rec.id for rec in workspace.oracle.of(type) if all(c.test(rec) for c in conditions)]
    assert ids == expected
    assert totals == {len(expected)}


@settings(settings.get_profile("filters"), max_examples=300)
@given(data=st.data())
def test_a_filtered_trash_is_what_plain_python_finds(workspaces: list[Workspace], data: st.DataObject) -> None:
    workspace = data.draw(st.sampled_from(workspaces))
    type = data.draw(st.sampled_from(["account", "contact", "opportunity", "task"]), label="type")
    condition = st.one_of(field_condition(workspace, type), link_condition(workspace, type))
    conditions = data.draw(st.lists(condition, max_size=2), label="conditions")

    query = [("status", "trashed"), *((c.name, c.operand) for c in conditions)]
    ids, totals = workspace.listing(type, query)

    trashed = workspace.oracle.of(type, trashed=True)
    assert ids == [rec.id for rec in trashed if all(c.test(rec) for c in conditions)]
    assert totals == {len(ids)}


@pytest.mark.parametrize("seed", SEEDS)
def test_records_show_the_links_that_filters_find(workspaces: list[Workspace], seed: int) -> None:
    workspace = workspaces[seed]
    for rec in workspace.oracle.records.values():
        if rec.trashed:
            continue
        shown = workspace.api.get(workspace.path(rec)).ok()["relationships"]
        for key, linked in workspace.oracle.ends(rec.type).items():
            assert sorted(shown[key]["values"]) == sorted(linked(rec)), (rec.type, key)
        for key in DIRECTED.get(rec.type, []):
            for direction in ("asSource", "asDestination"):
                values = shown[key]["directions"][direction]["values"]
                assert sorted(values) == sorted(workspace.oracle.direction(key, direction)(rec)), (key, direction)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_name_of_every_end_is_known(workspaces: list[Workspace], seed: int) -> None:
    workspace = workspaces[seed]
    for type in PLURALS:
        for key, definition in workspace.definitions[type]["relationshipDefinitions"].items():
            mark = "$" if definition["system"] else ""
            for name in [key, mark + definition["slug"], *OTHER_NAMES.get((type, key), [])]:
                assert workspace.api.get(f"/v1/{PLURALS[type]}", [(name, "x_1")]).status == 200, (type, name)


def test_what_is_kept_beside_records_agrees_with_them(shared: World, workspaces: list[Workspace]) -> None:
    assert audited(shared.database.place) == []


# Values at random, one type at a time


def hard(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=6)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("aAbBßſİıÅµΣςσ ﬁ%_\\\"'\x01\x7f\U0010ffff\ue000\ud7ff"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=8,
)
AMOUNTS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.decimals(-10_000, 10_000, places=2).map(float),
    st.sampled_from(NUMBERS),
)
TIMES = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)).map(
    lambda at: at.isoformat(timespec="milliseconds")
)
NAMES = st.fixed_dictionaries({}, optional={"firstName": st.none() | TEXTS, "lastName": st.none() | TEXTS})
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "motto": TEXTS,
    "score": AMOUNTS,
    "budget": AMOUNTS,
    "renewal": TIMES,
    "boss": NAMES,
    "vip": st.booleans(),
    "tier": st.sampled_from([option["id"] for option in OPTIONS]),
}


@pytest.fixture(scope="module")
def empty(shared: World) -> Workspace:
    return Workspace(shared, 1_000)


@settings(settings.get_profile("filters"), max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("key", VALUES)
def test_values_at_random_are_found_as_plain_python_finds_them(empty: Workspace, key: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES[key] | st.none(), min_size=1, max_size=5), label="values")
    field = empty.definitions["project"]["fieldDefinitions"][key]
    value_type, options = field["valueType"], field["typeConfiguration"].get("options", [])
    made = [
        empty.api.post("/v1/objects/project/values", {"fields": {"$name": "x", key: value}}).ok() for value in values
    ]
    kept = {each["id"]: each["fields"][key]["value"] for each in made}
    try:
        for _ in range(4):
            suffix, operator, negated = brackets(data.draw, TABLE[value_type], default=TABLE[value_type][0])
            present = [value for value in kept.values() if value is not None]
            fresh = data.draw(st.none() | VALUES[key])
            operand = data.draw(operands(value_type, options, present if fresh is None else [fresh]))

            found = empty.listing("project", [(key + suffix, operand)])[0]

            expected = [
                id
                for id, value in reversed(kept.items())
                if matches(value_type, options, operator, value, operand) is not negated
            ]
            assert found == expected, (suffix, operand, kept)
    finally:
        for id in kept:
            empty.api.delete(f"/v1/objects/project/values/{id}").ok()


@pytest.mark.parametrize("prefix", ["a", "\ud7ff", "\U0010ffff", "a\U0010ffff\U0010ffff"])
def test_a_prefix_finds_whatever_comes_after_it(empty: Workspace, prefix: str) -> None:
    values = [prefix, prefix + "\x01", prefix + "z", prefix + "\U0010ffff", prefix + "\U0010ffff" * 3, "\ue000", "b"]
    made = [
        empty.api.post("/v1/objects/project/values", {"fields": {"$name": "x", "motto": value}}).ok()["id"]
        for value in values
    ]
    try:
        found = empty.listing("project", [("motto[startsWith]", prefix)])[0]
        assert found == [id for id, value in reversed([*zip(made, values, strict=True)]) if value.startswith(prefix)]
    finally:
        for id in made:
            empty.api.delete(f"/v1/objects/project/values/{id}").ok()


# What cannot be asked


REFUSED = [
    (key, operator)
    for key, value_type in [("$name", "TEXT"), ("$website", "URL"), ("$industry", "MULTI_SELECT"),
                            ("$headcount", "SINGLE_SELECT"), ("$revenue", "CURRENCY"), ("$twitter", "SOCIAL_HANDLE"),
                            ("$primaryAddress", "ADDRESS"), ("$accountStatus", "MARKDOWN"), ("score", "NUMBER"),
                            ("$lastInteractionAt", "DATETIME"), ("vip", "CHECKBOX"), ("inbox", "EMAIL"),
                            ("hotline", "TELEPHONE"), ("boss", "FULL_NAME"), ("story", "MARKDOWN"),
                            ("tags", "MULTI_SELECT")]
    for operator in EVERY_OPERATOR
    if operator not in TABLE[value_type]
]  # fmt: skip


@pytest.mark.parametrize(("key", "operator"), REFUSED)
@pytest.mark.parametrize("negation", ["", "-"])
def test_an_operator_that_the_type_has_not_is_refused(empty: Workspace, key: str, operator: str, negation: str) -> None:
    name = f"{key}[{negation}{operator}]"
    assert empty.api.get("/v1/accounts", [(name, "1")]).error == (400, "bad_request", "invalid_configuration", name)


@pytest.mark.parametrize("operator", [name for name in EVERY_OPERATOR if name not in RELATIONSHIP])
def test_an_operator_that_relationships_have_not_is_refused(empty: Workspace, operator: str) -> None:
    name = f"$owner[{operator}]"
    assert empty.api.get("/v1/accounts", [(name, "x")]).error == (400, "bad_request", "invalid_configuration", name)


@pytest.mark.parametrize(
    ("name", "operand", "code"),
    [
        ("$industry", "x", "invalid_configuration"),
        ("$accountStatus", "x", "invalid_configuration"),
        ("$name[Equal]", "x", "invalid_configuration"),
        ("$name[like]", "x", "invalid_configuration"),
        ("$name[]", "x", "invalid_configuration"),
        ("$name[-]", "x", "invalid_configuration"),
        ("$name[--equal]", "x", "invalid_configuration"),
        ("$name[equal", "x", "invalid_configuration"),
        ("$name[equal][equal]", "x", "invalid_configuration"),
        ("bogus", "x", "unknown_field"),
        ("$Name", "x", "unknown_field"),
        ("bogus", "acc_1", "unknown_relationship"),
        ("$contacts[contains]", "con_1", "unknown_relationship"),
        ("$owner:asSource", "mem_1", "unknown_relationship"),
        ("parent:sideways", "acc_1", "unknown_relationship"),
        ("$listedInAccounts", "lst_1", "unknown_relationship"),
        ("$revenue", "much", "invalid_type"),
        ("$revenue", "", "invalid_type"),
        ("$revenue[lessThan]", "NaN", "invalid_type"),
        ("vip", "yes", "invalid_type"),
        ("vip", "True", "invalid_type"),
        ("$lastInteractionAt", "2026-01-01", "invalid_type"),
        ("$lastInteractionAt", "2026-01-01T00:00:00", "invalid_type"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_at_its_parameter(empty: Workspace, name: str, operand: str, code: str) -> None:
    assert empty.api.get("/v1/accounts", [(name, operand)]).error == (400, "bad_request", code, name)


@pytest.mark.parametrize("path", ["lists", "members"])
def test_lists_and_members_cannot_be_filtered(empty: Workspace, path: str) -> None:
    assert empty.api.get(f"/v1/{path}", [("$name", "x")]).error == (400, "bad_request", "unknown_field", "$name")


@pytest.mark.parametrize(
    "query",
    [
        "$name[equal]=Acme+Corp",
        "$name[equal]=Acme%20Corp",
        "%24name%5Bequal%5D=Acme%20Corp",
        "%24name=Acme+Corp&limit=1",
    ],
)
def test_brackets_and_dollars_may_be_raw_or_encoded(empty: Workspace, query: str) -> None:
    made = empty.api.create("accounts", {"$name": "Acme Corp"})
    try:
        assert [each["id"] for each in empty.api.get(f"/v1/accounts?{query}").ok()["data"]] == [made["id"]]
    finally:
        empty.api.delete(f"/v1/accounts/{made['id']}").ok()
