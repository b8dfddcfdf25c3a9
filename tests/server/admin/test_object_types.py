"""Object types of a workspace's own: defined, renamed, put away and brought back."""

import pytest

from lightfield_server.records.definitions import common

OBJECTS = "objects"


def test_a_new_type_can_be_used_by_the_next_request(api, admin):
    made = admin.type("project", "Project", pluralLabel="Projects", description="Work we sold")
    assert (made["objectType"], made["label"], made["pluralLabel"]) == ("project", "Project", "Projects")
    assert (made["custom"], made["archived"], made["description"]) == (True, False, "Work we sold")
    assert api.get("/v1/objects").ok() == {"data": [{"objectType": "project", "label": "Project"}]}
    record = api.post("/v1/objects/project/values", {"fields": {"$name": "Website"}}).ok()
    assert api.get(f"/v1/objects/project/values/{record['id']}").ok() == record


def test_every_definition_of_a_custom_type_has_an_id(api, admin):
    admin.type("project")
    definitions = api.get("/v1/objects/project/definitions").ok()
    assert definitions["fieldDefinitions"]["$name"]["id"].startswith("ad_")


def test_all_types_are_listed_with_what_may_be_added_to_them(api, admin):
    admin.type("project")
    listed = {each["objectType"]: each for each in api.get("/v1/schema/objects").ok()["data"]}
    assert {"account", "contact", "opportunity", "task", "note", "meeting", "list", "member", "project"} <= set(listed)
    assert (listed["account"]["openFields"], listed["account"]["openRelationships"]) == (True, True)
    assert (listed["task"]["openFields"], listed["task"]["openRelationships"]) == (False, True)
    assert (listed["note"]["openFields"], listed["note"]["openRelationships"]) == (False, False)
    assert [name for name, each in listed.items() if each["custom"]] == ["project"]


def test_types_are_renamed_shipped_ones_too(api, admin):
    admin.type("project")
    admin.post("objects/project", label="Job", pluralLabel="Jobs", description="What we do")
    seen = admin.see("project")
    assert (seen["label"], seen["pluralLabel"], seen["description"]) == ("Job", "Jobs", "What we do")
    admin.post("objects/account", label="Company", pluralLabel="Companies")
    assert admin.see("account")["label"] == "Company"
    assert admin.see("account")["fields"][0]["key"] == "$name"
    admin.post("objects/project", description=None)
    assert admin.see("project")["description"] is None


def test_an_archived_type_is_gone_and_comes_back_with_its_records(api, admin):
    admin.type("project")
    admin.field("tier", on="project")
    admin.relationship("project", on="account", target="project", inverse=None)
    record = api.post("/v1/objects/project/values", {"fields": {"$name": "Website", "tier": "A"}}).ok()
    account = api.create("accounts", {"$name": "Acme"}, {"project": record["id"]})
    assert admin.post("objects/project/archive")["archived"] is True
    gone = api.get("/v1/objects/project")
    assert gone.error[:2] == (404, "not_found")
    assert gone.body == _like("nothing", api.get("/v1/objects/nothing").body, "project")
    assert api.get("/v1/objects").ok() == {"data": []}
    assert "project" not in api.get(f"/v1/accounts/{account['id']}").ok()["relationships"]
    assert admin.see("project")["archived"] is True
    assert admin.see_relationship("account", "project")["archived"] is True
    assert admin.post("objects/project/restore")["archived"] is False
    assert api.get(f"/v1/objects/project/values/{record['id']}").ok() == record
    assert api.get(f"/v1/accounts/{account['id']}").ok() == account


def test_an_archived_type_keeps_its_slug_and_is_not_worked_on(admin):
    admin.type("project")
    admin.post("objects/project/archive")
    assert admin.refused(OBJECTS, {"slug": "project", "label": "Again"}) == (409, "conflict", "slug")
    assert admin.refused("objects/project", {"label": "Again"}) == (409, "conflict", None)
    assert admin.refused("objects/project/fields", {"key": "a", "label": "A", "valueType": "TEXT"})[0] == 409
    body = {"key": "p", "label": "P", "target": "project", "cardinality": "HAS_ONE"}
    assert admin.refused("objects/account/relationships", body) == (400, "referenced_resource_missing", "target")


def test_archiving_twice_is_archiving_once(admin):
    admin.type("project")
    first = admin.post("objects/project/archive")
    assert admin.post("objects/project/archive") == first
    assert admin.post("objects/project/restore") == admin.post("objects/project/restore")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "parameter_missing", "slug")),
        ({"slug": "a"}, (400, "parameter_missing", "label")),
        ({"slug": "a", "label": "A", "colour": "red"}, (400, "unknown_field", "colour")),
        ({"slug": 5, "label": "A"}, (400, "invalid_type", "slug")),
        ({"slug": "a", "label": 5}, (400, "invalid_type", "label")),
        ({"slug": "a", "label": None}, (400, "invalid_type", "label")),
        ({"slug": "a", "label": " "}, (400, "invalid_configuration", "label")),
        ({"slug": "a", "label": "x" * 201}, (400, "invalid_configuration", "label")),
        ({"slug": "a", "label": "a\0b"}, (400, "invalid_type", "label")),
        ({"slug": "a", "label": "A", "description": 5}, (400, "invalid_type", "description")),
        ({"slug": "", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "1a", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "$a", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "a b", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "é", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "a\n", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "a" * 61, "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "account", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "Accounts", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "definitions", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "merge", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "values", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "schema", "label": "A"}, (400, "invalid_configuration", "slug")),
        ({"slug": "taken", "label": "A"}, (409, "conflict", "slug")),
    ],
)
def test_a_type_is_refused(api, admin, body, refusal):
    admin.type("taken")
    before = api.get("/v1/schema/objects").ok()
    assert admin.refused(OBJECTS, body) == refusal
    assert api.get("/v1/schema/objects").ok() == before


@pytest.mark.parametrize("slug", ["a", "renewalDate", "a-b_C9", "Z" * 60])
def test_slugs_of_letters_digits_and_dashes_are_fine(admin, slug):
    assert admin.type(slug)["objectType"] == slug


def test_types_differing_in_case_are_different(api, admin):
    admin.type("project")
    admin.type("Project")
    assert [each["objectType"] for each in api.get("/v1/objects").ok()["data"]] == ["project", "Project"]


def test_shipped_types_are_never_archived(admin):
    assert admin.refused("objects/account/archive")[:2] == (400, "invalid_configuration")
    assert admin.refused("objects/member/restore")[:2] == (400, "invalid_configuration")


@pytest.mark.parametrize("path", ["objects/nothing", "objects/nothing/archive", "objects/nothing/restore"])
def test_an_unknown_type_is_not_found(admin, path):
    assert admin.refused(path) == (404, "not_found", None)


def test_there_can_be_so_many_types(admin, monkeypatch):
    monkeypatch.setattr(common, "MOST_TYPES", 2)
    admin.type("a")
    admin.type("b")
    admin.post("objects/b/archive")
    # Words for a shipped type are no type of one's own.
    admin.post("objects/account", label="Company")
    assert admin.refused(OBJECTS, {"slug": "c", "label": "C"}) == (409, "conflict", None)


def test_a_definition_is_made_once_under_one_idempotency_key(api):
    body = {"slug": "project", "label": "Project"}
    first = api.post("/v1/schema/objects", body, idempotency_key="k")
    again = api.post("/v1/schema/objects", body, idempotency_key="k")
    assert (again.status, again.body) == (200, first.body)


def test_a_refused_definition_leaves_nothing_for_a_later_one_to_stumble_on(api, admin):
    """Catalogs are remembered by version, and a version that was rolled back must not come again."""
    admin.type("a")
    assert admin.refused("objects/a/fields", {"key": "x", "label": "X", "valueType": "NOTHING"})[0] == 400
    admin.field("x", on="a")
    assert api.post("/v1/objects/a/values", {"fields": {"$name": "N", "x": "1"}}).status == 200


def _like(word, body, instead):
    error = {**body["error"], "message": body["error"]["message"].replace(word, instead)}
    return {"error": error}
