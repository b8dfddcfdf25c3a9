"""What is exported can be read by people, opened without harm, and imported again without loss."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lightfield_server.transfer import exporting
from tests.server.transfer.conftest import Imports

TYPES = ("member", "account", "project", "contact", "opportunity", "task")


def define(api: Any) -> None:
    """One field of every value type, and relationships of all kinds."""
    post = api.post
    post("/v1/schema/objects", {"slug": "project", "label": "Project", "pluralLabel": "Projects"}).ok()
    for owner in ("account", "project"):
        for kind, more in (
            ("TEXT", {}),
            ("MARKDOWN", {}),
            ("NUMBER", {}),
            ("CURRENCY", {"typeConfiguration": {"currency": "EUR"}}),
            ("CHECKBOX", {}),
            ("DATETIME", {}),
            ("EMAIL", {"typeConfiguration": {"multipleValues": True}}),
            ("URL", {}),
            ("TELEPHONE", {"typeConfiguration": {"multipleValues": True}}),
            ("SOCIAL_HANDLE", {"typeConfiguration": {"handleService": "TWITTER"}}),
            ("ADDRESS", {}),
            ("FULL_NAME", {}),
            ("SINGLE_SELECT", {"options": [{"label": "One; two"}, {"label": "=1+1"}]}),
            ("MULTI_SELECT", {"options": [{"label": "A, b"}, {"label": "C"}, {"label": "[D]"}]}),
        ):
            key = f"my-{kind.lower().replace('_', '-')}"
            post(f"/v1/schema/objects/{owner}/fields", {"key": key, "label": key, "valueType": kind, **more}).ok()
    # Words that could be taken for others.
    for key, label in (("name", "Company"), ("email", "Name"), ("x", "Owner (id)"), ("y", "A / B"), ("z", "ID")):
        post("/v1/schema/objects/account/fields", {"key": key, "label": label, "valueType": "TEXT"}).ok()
    inverse = {"key": "projects", "label": "Projects", "cardinality": "HAS_MANY"}
    link = {"key": "customer", "label": "Customer", "target": "account", "cardinality": "HAS_ONE", "inverse": inverse}
    post("/v1/schema/objects/project/relationships", link).ok()
    inverse = {"key": "children", "label": "Children", "cardinality": "HAS_MANY"}
    link = {"key": "parent", "label": "Parent", "target": "account", "cardinality": "HAS_ONE", "inverse": inverse}
    post("/v1/schema/objects/account/relationships", link).ok()


def furnish(api: Any) -> None:
    every = {
        "my-text": "=cmd|' /C calc'!A0",
        "my-markdown": '# Title\n\n- a, "b"\r\n\tend',
        "my-number": -1234.56,
        "my-currency": 0.5,
        "my-checkbox": False,
        "my-datetime": "2026-02-03T04:05:06.789Z",
        "my-email": ["a@b.example", "c@d.example"],
        "my-url": "https://a.example/x?y=1;2,3",
        "my-telephone": ["+14155552671;ext=12", "+442079460958"],
        "my-social-handle": "@lightfield",
        "my-address": {"street": "Weg 1", "city": "Köln", "country": "DE", "latitude": 50.94133, "longitude": 6.95},
        "my-full-name": {"firstName": "Anne Marie", "lastName": "von der Heide"},
        "my-single-select": "=1+1",
        "my-multi-select": ["A, b", "[D]"],
    }
    acme = api.create(
        "accounts", {"$name": "Acme", "name": "'=1", "email": "-5", "x": "@x", "y": " y ", "z": "'z", **every}
    )
    twin = api.create("accounts", {"$name": "Acme"}, {"parent": acme["id"]})
    api.post(
        "/v1/objects/project/values", {"fields": {"$name": "P", **every}, "relationships": {"customer": twin["id"]}}
    ).ok()
    ada = api.create(
        "contacts",
        {"$name": {"firstName": "Ada", "lastName": None}, "$email": ["a@a.example"]},
        {"$account": [acme["id"], twin["id"]]},
    )
    api.create("contacts", {"$name": {"firstName": None, "lastName": "Byron"}, "$email": ["a@a.example"]})
    member = api.get("/v1/members").ok()["data"][0]["id"]
    deal = {"$name": "+Deal", "$stage": "Proposal", "$amount": 5, "$closeDate": "2026-01-01T00:00:00Z"}
    api.create("opportunities", deal, {"$account": twin["id"], "$owner": member, "$champion": ada["id"]})
    api.create("tasks", {"$title": "Call", "$status": "TODO"}, {"$assignedTo": member, "$account": acme["id"]})


def nameless(exported: dict[str, bytes]) -> Any:
    """Exports in which each id is replaced by its place among all ids, and moments of creation are left out."""
    text = json.dumps({type: [json.loads(line) for line in content.splitlines()] for type, content in exported.items()})
    read = json.loads(text)
    places: dict[str, str] = {}
    for type, rows in read.items():
        for position, row in enumerate(rows):
            places[row["id"]] = f"{type} {position}"
            del row["createdAt"]

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: put(each) for key, each in value.items()}
        if isinstance(value, list):
            return (
                sorted(put(each) for each in value)
                if all(isinstance(v, str) and v in places for v in value)
                else [put(v) for v in value]
            )
        return places.get(value, value) if isinstance(value, str) else value

    return put(read)


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_what_is_exported_is_imported_into_an_empty_workspace_without_loss(
    format: str, imports: Imports, api: Any, world: Any
) -> None:
    world.add_member("ada@us.example")
    define(api)
    furnish(api)
    before = {type: imports.export(type, "jsonl") for type in TYPES}
    files = {type: imports.export(type, format) for type in TYPES}

    number = world.add_workspace("other")
    other = Imports(world.api(world.add_key(workspace=number)), world)
    define(other.api)
    for type in TYPES:
        sent = other.send(files[type], type, format).ok()
        other.api.post(f"/v1/imports/{sent['id']}/start").ok()
        done = other.carry(sent["id"], number)
        assert done["state"] == "done"
        assert done["counts"]["rejected"] == 0, (type, done["rejected"])

    after = {type: other.export(type, "jsonl") for type in TYPES}
    assert nameless(after) == nameless(before)
    again = {type: other.export(type, format) for type in TYPES}
    for type in TYPES:
        sent = other.send(again[type], type, format).ok()
        other.api.post(f"/v1/imports/{sent['id']}/start").ok()
        done = other.carry(sent["id"], number)
        assert (done["counts"]["created"], done["counts"]["updated"], done["counts"]["rejected"]) == (0, 0, 0), type


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).filter(str.strip)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(texts, min_size=1, max_size=5), format=st.sampled_from(["csv", "jsonl"]))
def test_any_text_survives_a_round(names: list[str], format: str, imports: Imports, api: Any) -> None:
    for each in api.get("/v1/accounts").ok()["data"]:
        api.delete(f"/v1/accounts/{each['id']}").ok()
    made = [api.create("accounts", {"$name": name})["id"] for name in names]
    exported = imports.export("account", format, fields=["id", "$name"])
    for id in made:
        api.delete(f"/v1/accounts/{id}").ok()
    done = imports.run(exported, media=format)
    assert done["counts"]["created"] == len(names), done["rejected"]
    found = [each["fields"]["$name"]["value"] for each in api.get("/v1/accounts").ok()["data"]]
    assert found[::-1] == names


def test_no_cell_of_csv_begins_like_a_formula(imports: Imports, api: Any) -> None:
    for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\rx", "'=x"):
        api.create("accounts", {"$name": name, "$revenue": -5})
    rows = list(csv.reader(io.StringIO(imports.export("account").decode("utf-8-sig"), newline="")))
    assert [row[rows[0].index("Name")] for row in rows[1:]] == [
        "'=cmd|' /C calc'!A0", "'+1", "'-1", "'@x", "'\tx", "'\rx", "''=x",
    ]  # fmt: skip
    assert rows[1][rows[0].index("Revenue")] == "-5"


def test_a_workbook_holds_texts_and_never_formulas(imports: Imports, api: Any) -> None:
    api.create("accounts", {"$name": "=1+1", "$revenue": 5})
    sheet = load_workbook(io.BytesIO(imports.export("account", "xlsx"))).active
    header = [cell.value for cell in sheet[1]]
    cell = sheet[2][header.index("Name")]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert sheet[2][header.index("Revenue")].value == 5


def test_what_a_workbook_cannot_hold_is_refused_before_anything_is_sent(imports: Imports, api: Any) -> None:
    api.create("notes", {"$title": "N", "$content": "x" * 40_000})
    answer = api.post("/v1/exports", {"objectType": "note", "format": "xlsx"})
    assert answer.error[:2] == (422, "unprocessable_content")


def test_an_export_is_any_list_query(imports: Imports, api: Any) -> None:
    for n in range(5):
        api.create("accounts", {"$name": f"A{n}", "$revenue": n})
    body = {"filters": {"$revenue[greaterThan]": "2"}, "fields": ["$name"], "references": "names"}
    assert imports.export("account", **body).decode("utf-8-sig") == "Name\r\nA3\r\nA4\r\n"
    assert api.post("/v1/exports", {"objectType": "account", "filters": {"nope": "1"}}).error[3] == "nope"
    assert api.post("/v1/exports", {"objectType": "account", "fields": ["nope"]}).error[3] == "fields"
    assert api.post("/v1/exports", {"objectType": "account", "format": "pdf"}).error[3] == "format"
    assert api.post("/v1/exports", {"objectType": "nope"}).error[3] == "objectType"
    assert api.post("/v1/exports", {}).error[3] == "objectType"


def test_labels_and_names_stand_beside_ids(imports: Imports, api: Any) -> None:
    acme = api.create("accounts", {"$name": "Acme"})["id"]
    api.create("opportunities", {"$name": "Deal", "$stage": "Proposal"}, {"$account": acme})
    (row,) = csv.DictReader(io.StringIO(imports.export("opportunity").decode("utf-8-sig"), newline=""))
    assert (row["Stage"], row["Account"], row["Account (id)"]) == ("Proposal", "Acme", acme)


def test_an_export_goes_on_over_many_pages(imports: Imports, api: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    for n in range(7):
        api.create("accounts", {"$name": f"A{n}"})
    assert imports.export("account", fields=["$name"]).decode("utf-8-sig").split()[1:] == [f"A{n}" for n in range(7)]


def test_a_meeting_is_exported_as_far_as_one_may_see_it(imports: Imports, api: Any, world: Any) -> None:
    meeting = {"$title": "Secret", "$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}
    api.create("meetings", {**meeting, "$privacySetting": "METADATA"})
    member = world.add_member("ada@us.example")
    stranger = Imports(world.api(world.add_key(member=member, admin=False)), world)
    assert b"Secret" in imports.export("meeting")
    assert b"Secret" not in stranger.export("meeting")


def test_files_are_not_exported(api: Any) -> None:
    """Their names may be those of transcripts that not everybody may know of."""
    api.upload()
    answer = api.post("/v1/exports", {"objectType": "file"})
    assert answer.error == (400, "bad_request", "invalid_configuration", "objectType")
