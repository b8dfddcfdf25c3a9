"""Fields of a workspace's own, and the words for the shipped ones."""

import pytest

from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.records.definitions import common

FIELDS = "objects/account/fields"
NEW = {"key": "tier", "label": "Tier", "valueType": "TEXT"}

SETTINGS = {"SOCIAL_HANDLE": {"handleService": "TWITTER"}}

SAMPLES = {
    "ADDRESS": {"street": "1 Main St", "country": "US"},
    "CHECKBOX": True,
    "CURRENCY": 12.5,
    "DATETIME": "2026-03-16T12:00:00.000Z",
    "EMAIL": "a@b.example",
    "FULL_NAME": {"firstName": "Ann", "lastName": "Bee"},
    "MARKDOWN": "# Hi",
    "MULTI_SELECT": ["Gold"],
    "NUMBER": 5,
    "SINGLE_SELECT": "Gold",
    "SOCIAL_HANDLE": "https://x.com/ann",
    "TELEPHONE": ["+1 415 555 2671"],
    "TEXT": "words",
    "URL": "https://b.example",
}


@pytest.mark.parametrize("kind", [declared.name for declared in VALUE_TYPES if declared.custom])
@pytest.mark.parametrize("on", ["account", "contact", "opportunity", "project"])
def test_a_field_of_any_type_is_used_by_the_next_request(api, admin, kind, on):
    admin.type("project")
    more = {"options": [{"label": "Gold", "description": "Best"}]} if "SELECT" in kind else {}
    made = admin.field("renewal-Date_2", kind, on, typeConfiguration=SETTINGS.get(kind, {}), **more)
    assert (made["key"], made["valueType"], made["system"], made["archived"]) == ("renewal-Date_2", kind, False, False)
    path = {"account": "/v1/accounts", "contact": "/v1/contacts", "opportunity": "/v1/opportunities"}.get(
        on, "/v1/objects/project/values"
    )
    name = {"firstName": "A", "lastName": "B"} if on == "contact" else "A"
    body = {"fields": {"$name": name, "renewal-Date_2": SAMPLES[kind]}}
    if on == "opportunity":
        body["relationships"] = {"$account": api.create("accounts", {"$name": "A"})["id"]}
    record = api.post(path, body).ok()
    assert record["fields"]["renewal-Date_2"]["valueType"] == kind
    assert record["fields"]["renewal-Date_2"]["value"] is not None
    collection = path.removesuffix("/values")
    definition = api.get(f"{collection}/definitions").ok()["fieldDefinitions"]["renewal-Date_2"]
    assert (definition["slug"], definition["system"], definition["id"]) == ("renewal-Date_2", False, made["id"])


def test_a_field_is_filtered_by_as_soon_as_it_is_there(api, admin):
    admin.field("tier")
    wanted = api.create("accounts", {"$name": "A", "tier": "gold"})
    api.create("accounts", {"$name": "B"})
    found = api.get("/v1/accounts", {"tier": "gold"}).ok()
    assert (found["totalCount"], found["data"][0]["id"]) == (1, wanted["id"])


def test_a_field_defined_by_another_process_is_known(api, world, admin):
    with world.another_process() as other:
        theirs = other.api(api.token)
        assert theirs.get("/v1/accounts/definitions").status == 200
        admin.field("tier")
        assert "tier" in theirs.get("/v1/accounts/definitions").ok()["fieldDefinitions"]


def test_name_may_be_a_key_beside_the_shipped_one(api, admin):
    admin.field("name")
    account = api.create("accounts", {"$name": "Acme", "name": "other"})
    assert account["fields"]["$name"]["value"] == "Acme"
    assert account["fields"]["name"]["value"] == "other"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "parameter_missing", "key")),
        ({"key": "a"}, (400, "parameter_missing", "label")),
        ({"key": "a", "label": "A"}, (400, "parameter_missing", "valueType")),
        ({**NEW, "archived": True}, (400, "unknown_field", "archived")),
        ({**NEW, "key": "$a"}, (400, "invalid_configuration", "key")),
        ({**NEW, "key": "a.b"}, (400, "invalid_configuration", "key")),
        ({**NEW, "key": "values"}, (400, "invalid_configuration", "key")),
        ({**NEW, "key": 5}, (400, "invalid_type", "key")),
        ({**NEW, "valueType": "HTML"}, (400, "invalid_configuration", "valueType")),
        ({**NEW, "valueType": "text"}, (400, "invalid_configuration", "valueType")),
        ({**NEW, "valueType": None}, (400, "invalid_type", "valueType")),
        ({**NEW, "typeConfiguration": []}, (400, "invalid_type", "typeConfiguration")),
        ({**NEW, "typeConfiguration": {"unique": True}}, (400, "invalid_configuration", "typeConfiguration")),
        (
            {**NEW, "valueType": "CURRENCY", "typeConfiguration": {"currency": "EURO"}},
            (400, "invalid_configuration", "typeConfiguration"),
        ),
        (
            {**NEW, "valueType": "SOCIAL_HANDLE", "typeConfiguration": {"handleService": "MYSPACE"}},
            (400, "invalid_configuration", "typeConfiguration"),
        ),
        (
            {**NEW, "valueType": "SINGLE_SELECT", "typeConfiguration": {"options": []}},
            (400, "invalid_configuration", "typeConfiguration"),
        ),
        ({**NEW, "options": [{"label": "A"}]}, (400, "invalid_configuration", "options")),
        ({**NEW, "valueType": "SINGLE_SELECT", "options": ["A"]}, (400, "invalid_type", "options")),
        ({**NEW, "valueType": "SINGLE_SELECT", "options": [{}]}, (400, "parameter_missing", "options[0].label")),
        (
            {**NEW, "valueType": "SINGLE_SELECT", "options": [{"label": "A", "id": "opt_1"}]},
            (400, "unknown_field", "options[0].id"),
        ),
        (
            {**NEW, "valueType": "SINGLE_SELECT", "options": [{"label": "A"}, {"label": " a "}]},
            (409, "conflict", "options[1].label"),
        ),
        ({**NEW, "key": "taken"}, (409, "conflict", "key")),
        ({**NEW, "key": "put-away"}, (409, "conflict", "key")),
        ({**NEW, "key": "partner"}, (409, "conflict", "key")),
        ({**NEW, "key": "partnerOf"}, (409, "conflict", "key")),
    ],
)
def test_a_field_is_refused(admin, body, refusal):
    admin.field("taken")
    admin.field("put-away")
    admin.post(f"{FIELDS}/put-away/archive")
    admin.relationship("partner", inverse={"key": "partnerOf", "label": "Of", "cardinality": "HAS_MANY"})
    before = admin.see("account")
    assert admin.refused(FIELDS, body) == refusal
    assert admin.see("account") == before


@pytest.mark.parametrize("on", ["task", "note", "meeting", "list", "member", "file"])
def test_closed_types_get_no_fields(admin, on):
    assert admin.refused(f"objects/{on}/fields", NEW)[:2] == (400, "invalid_configuration")


def test_there_can_be_so_many_fields_of_ones_own(admin, monkeypatch):
    monkeypatch.setattr(common, "MOST_FIELDS", 2)
    admin.field("a")
    admin.field("b")
    admin.post(f"{FIELDS}/$name", label="Company name")
    assert admin.refused(FIELDS, {**NEW, "key": "c"}) == (409, "conflict", None)
    admin.field("c", on="contact")


# Changing


def test_words_change_and_values_stay(api, admin):
    admin.field("tier")
    account = api.create("accounts", {"$name": "A", "tier": "gold"})
    changed = admin.post(f"{FIELDS}/tier", label="Level", description="How much we care")
    assert (changed["label"], changed["description"]) == ("Level", "How much we care")
    assert api.get(f"/v1/accounts/{account['id']}").ok() == account
    assert admin.post(f"{FIELDS}/tier", description="")["description"] is None


def test_words_of_shipped_fields_change(api, admin):
    admin.post(f"{FIELDS}/$industry", label="Sector", description="What they do")
    shown = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["$industry"]
    assert (shown["label"], shown["description"], shown["slug"]) == ("Sector", "What they do", "industry")


def test_an_empty_change_changes_nothing(admin):
    made = admin.field("tier")
    assert admin.post(f"{FIELDS}/tier") == made


def test_a_currency_changes_and_amounts_stay(api, admin):
    admin.field("budget", "CURRENCY", typeConfiguration={"currency": "EUR"})
    account = api.create("accounts", {"$name": "A", "budget": 5})
    changed = admin.post(f"{FIELDS}/budget", typeConfiguration={"currency": "CHF"})
    assert changed["typeConfiguration"] == {"currency": "CHF"}
    assert api.get(f"/v1/accounts/{account['id']}").ok()["fields"]["budget"]["value"] == 5
    shipped = admin.post("objects/opportunity/fields/$amount", typeConfiguration={"currency": "EUR"})
    assert shipped["typeConfiguration"] == {"currency": "EUR"}


def test_a_field_becomes_unique_when_no_two_records_share_a_value(api, admin):
    admin.field("code", "EMAIL")
    first = api.create("accounts", {"$name": "A", "code": "a@b.example"})
    second = api.create("accounts", {"$name": "B", "code": "A@b.example"})
    unique = {"typeConfiguration": {"unique": True}}
    assert admin.refused(f"{FIELDS}/code", unique) == (409, "conflict", "typeConfiguration")
    api.delete(f"/v1/accounts/{second['id']}").ok()
    assert admin.post(f"{FIELDS}/code", **unique)["typeConfiguration"] == {"unique": True, "multipleValues": False}
    taken = api.post("/v1/accounts", {"fields": {"$name": "C", "code": "a@b.example"}})
    assert taken.error[:2] == (409, "conflict")
    # The one in the trash cannot come back beside it, until the field lets go.
    assert api.post(f"/v1/accounts/{second['id']}/restore").status == 409
    admin.post(f"{FIELDS}/code", typeConfiguration={"unique": False})
    assert api.post(f"/v1/accounts/{second['id']}/restore").status == 200
    assert api.get(f"/v1/accounts/{first['id']}").ok() == first


@pytest.mark.parametrize(("kind", "value"), [("EMAIL", "a@b.example"), ("URL", "https://b.example/é?a=1&b")])
def test_one_value_becomes_several(api, admin, kind, value):
    admin.field("reach", kind)
    live = api.create("accounts", {"$name": 'Ac"me', "reach": value})
    unset = api.create("accounts", {"$name": "B"})
    trashed = api.create("accounts", {"$name": "C", "reach": value})
    api.delete(f"/v1/accounts/{trashed['id']}").ok()
    admin.post(f"{FIELDS}/reach", typeConfiguration={"multipleValues": True})
    after = api.get(f"/v1/accounts/{live['id']}").ok()
    assert after["fields"]["reach"]["value"] == [value]
    assert {k: v for k, v in after["fields"].items() if k != "reach"} == {
        k: v for k, v in live["fields"].items() if k != "reach"
    }
    assert after["updatedAt"] == live["updatedAt"]
    assert api.get(f"/v1/accounts/{unset['id']}").ok() == unset
    assert api.post(f"/v1/accounts/{trashed['id']}/restore").ok()["fields"]["reach"]["value"] == [value]
    assert api.get("/v1/accounts", {"reach[contains]": value}).ok()["totalCount"] == 2
    more = api.post(f"/v1/accounts/{live['id']}", {"fields": {"reach": [value, f"{value}x"]}}).ok()
    assert more["fields"]["reach"]["value"] == [value, f"{value}x"]
    assert api.get(f"/v1/accounts/{live['id']}/fields/reach/history").ok()["data"][-1]["value"] == [value]


@pytest.mark.parametrize(
    ("key", "body", "refusal"),
    [
        ("tier", {"key": "other"}, (400, "unknown_field", "key")),
        ("tier", {"valueType": "NUMBER"}, (400, "unknown_field", "valueType")),
        ("tier", {"label": ""}, (400, "invalid_configuration", "label")),
        ("tier", {"typeConfiguration": {"unique": True}}, (400, "invalid_configuration", "typeConfiguration")),
        (
            "several",
            {"typeConfiguration": {"multipleValues": False}},
            (400, "invalid_configuration", "typeConfiguration"),
        ),
        ("several", {"typeConfiguration": {"unique": "yes"}}, (400, "invalid_configuration", "typeConfiguration")),
        (
            "handle",
            {"typeConfiguration": {"handleService": "FACEBOOK"}},
            (400, "invalid_configuration", "typeConfiguration"),
        ),
        ("$website", {"typeConfiguration": {"unique": True}}, (400, "invalid_configuration", "typeConfiguration")),
        ("$name", {"typeConfiguration": {"unique": True}}, (400, "invalid_configuration", "typeConfiguration")),
        ("nothing", {"label": "N"}, (404, "not_found", None)),
        ("put-away", {"label": "N"}, (409, "conflict", None)),
    ],
)
def test_a_change_of_a_field_is_refused(admin, key, body, refusal):
    admin.field("tier")
    admin.field("several", "EMAIL", typeConfiguration={"multipleValues": True})
    admin.field("handle", "SOCIAL_HANDLE", typeConfiguration={"handleService": "TWITTER"})
    admin.field("put-away")
    admin.post(f"{FIELDS}/put-away/archive")
    before = admin.see("account")
    assert admin.refused(f"{FIELDS}/{key}", body) == refusal
    assert admin.see("account") == before


# Putting away


def test_an_archived_field_is_gone_from_every_surface_and_comes_back_with_its_values(api, admin):
    admin.field("tier")
    account = api.create("accounts", {"$name": "A", "tier": "gold"})
    path = f"/v1/accounts/{account['id']}"
    assert admin.post(f"{FIELDS}/tier/archive")["archived"] is True
    assert "tier" not in api.get(path).ok()["fields"]
    assert "tier" not in api.get("/v1/accounts").ok()["data"][0]["fields"]
    assert "tier" not in api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]
    assert api.get("/v1/accounts", {"tier": "gold"}).error == (400, "bad_request", "unknown_field", "tier")
    assert api.post(path, {"fields": {"tier": "x"}}).error[2:] == ("unknown_field", "fields.tier")
    assert api.post("/v1/accounts", {"fields": {"$name": "B", "tier": "x"}}).error[2] == "unknown_field"
    assert api.get(f"{path}/fields/tier/history").status == api.get(f"{path}/fields/nothing/history").status
    assert admin.see_field("account", "tier")["archived"] is True
    api.post(path, {"fields": {"$name": "Renamed"}}).ok()
    assert admin.post(f"{FIELDS}/tier/restore")["archived"] is False
    back = api.get(path).ok()["fields"]
    assert (back["tier"]["value"], back["$name"]["value"]) == ("gold", "Renamed")
    assert api.get("/v1/accounts", {"tier": "gold"}).ok()["totalCount"] == 1


def test_values_of_an_archived_field_follow_their_record_through_the_trash(api, admin):
    admin.select("Gold")
    trashed, restored = (api.create("accounts", {"$name": name, "tier": "Gold"})["id"] for name in "AB")
    api.delete(f"/v1/accounts/{restored}").ok()
    admin.post(f"{FIELDS}/tier/archive")
    api.delete(f"/v1/accounts/{trashed}").ok()
    api.post(f"/v1/accounts/{restored}/restore").ok()
    admin.post(f"{FIELDS}/tier/restore")
    found = api.get("/v1/accounts", {"tier": "Gold"}).ok()
    assert ([each["id"] for each in found["data"]], found["totalCount"]) == ([restored], 1)
    lying = api.get("/v1/accounts", {"tier": "Gold", "status": "trashed"}).ok()
    assert ([each["id"] for each in lying["data"]], lying["totalCount"]) == ([trashed], 1)


def test_values_of_an_archived_field_survive_a_merge(api, admin):
    admin.field("tier")
    primary = api.create("accounts", {"$name": "A"})["id"]
    duplicate = api.create("accounts", {"$name": "B", "tier": "gold"})["id"]
    admin.post(f"{FIELDS}/tier/archive")
    api.post("/v1/accounts/merge", {"primaryId": primary, "duplicateId": duplicate}).ok()
    admin.post(f"{FIELDS}/tier/restore")
    assert api.get(f"/v1/accounts/{primary}").ok()["fields"]["tier"]["value"] == "gold"


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_shipped_fields_are_never_archived(admin, verb):
    assert admin.refused(f"{FIELDS}/$industry/{verb}")[:2] == (400, "invalid_configuration")
    assert admin.refused(f"{FIELDS}/nothing/{verb}") == (404, "not_found", None)
