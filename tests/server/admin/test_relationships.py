"""Relationships of a workspace's own, and the words for the shipped ones."""

import pytest

from lightfield_server.records.definitions import common

ON_ACCOUNT = "objects/account/relationships"
NEW = {"key": "p", "label": "P", "target": "contact", "cardinality": "HAS_ONE"}
INVERSE = {"key": "champions", "label": "Champions", "cardinality": "HAS_MANY"}


def linked(record, key):
    return record["relationships"][key]["values"]


def test_a_relationship_is_seen_from_both_ends_at_once(api, admin):
    made = admin.relationship("coach", target="contact", inverse=INVERSE, description="Who helps")
    assert (made["defined"], made["inverse"], made["description"]) == ("own", INVERSE, "Who helps")
    contact = api.create("contacts", {"$email": "a@b.example"})["id"]
    account = api.create("accounts", {"$name": "A"}, {"coach": contact})
    assert linked(account, "coach") == [contact]
    assert linked(api.get(f"/v1/contacts/{contact}").ok(), "champions") == [account["id"]]
    assert api.get("/v1/contacts", {"champions": account["id"]}).ok()["totalCount"] == 1
    other = admin.see_relationship("contact", "champions")
    assert (other["defined"], other["target"], other["cardinality"]) == ("inverse", "account", "HAS_MANY")
    assert other["inverse"] == {"key": "coach", "label": "Partner", "cardinality": "HAS_ONE"}
    assert other["id"] == made["id"]


def test_an_end_without_a_name_is_not_shown(api, admin):
    made = admin.relationship("backer", target="member")
    assert made["inverse"] is None
    member = admin.member()["id"]
    account = api.create("accounts", {"$name": "A"}, {"backer": member})
    assert linked(account, "backer") == [member]
    assert all(key.startswith("$") for key in api.get(f"/v1/members/{member}").ok()["relationships"])
    assert all(end["key"].startswith("$") for end in admin.see("member")["relationships"])


def test_a_type_related_to_itself_shows_both_directions(api, admin):
    admin.relationship("parent")
    parent = api.create("accounts", {"$name": "P"})["id"]
    child = api.create("accounts", {"$name": "C"}, {"parent": parent})
    assert linked(child, "parent") == [parent]
    back = api.get(f"/v1/accounts/{parent}").ok()["relationships"]["parent"]["directions"]["asDestination"]
    assert back["values"] == [child["id"]]


def test_a_type_related_to_itself_may_name_each_direction(api, admin):
    inverse = {"key": "children", "label": "Children", "cardinality": "HAS_MANY"}
    admin.relationship("parent", inverse=inverse)
    parent = api.create("accounts", {"$name": "P"})["id"]
    child = api.create("accounts", {"$name": "C"}, {"parent": parent})
    assert linked(api.get(f"/v1/accounts/{parent}").ok(), "children") == [child["id"]]


def test_every_open_type_may_be_at_either_end(api, admin):
    admin.type("project")
    for owner in ("account", "contact", "opportunity", "task", "project"):
        for target in ("account", "contact", "opportunity", "task", "project"):
            inverse = {"key": f"{owner}-{target}-back", "label": "Back", "cardinality": "HAS_ONE"}
            admin.relationship(f"{owner}-{target}", on=owner, target=target, inverse=inverse)
    project = api.post("/v1/objects/project/values", {"fields": {"$name": "X"}}).ok()
    assert len(project["relationships"]) == 10


@pytest.mark.parametrize("target", ["note", "meeting", "list", "member", "file"])
def test_closed_types_may_only_be_led_to(admin, target):
    assert admin.refused(f"objects/{target}/relationships", NEW)[:2] == (400, "invalid_configuration")
    body = {**NEW, "target": target}
    assert admin.refused(ON_ACCOUNT, {**body, "inverse": INVERSE}) == (400, "invalid_configuration", "inverse")
    admin.relationship("p", target=target)


def test_links_of_relationships_with_like_names_are_kept_apart(api, admin):
    """`contact` beside the shipped `$contact`, and slugs that read alike."""
    admin.relationship("contact", target="contact", cardinality="HAS_MANY")
    admin.type("a")
    admin.type("a-b")
    admin.relationship("b-c", on="a", target="contact")
    admin.relationship("c", on="a-b", target="contact")
    first, second = (api.create("contacts", {"$email": f"{n}@b.example"})["id"] for n in "xy")
    account = api.create("accounts", {"$name": "A"}, {"$contact": first, "contact": [second]})
    assert (linked(account, "$contact"), linked(account, "contact")) == ([first], [second])
    assert linked(api.get(f"/v1/contacts/{second}").ok(), "$account") == []
    record = api.post("/v1/objects/a/values", {"fields": {"$name": "N"}, "relationships": {"b-c": first}}).ok()
    other = api.post("/v1/objects/a-b/values", {"fields": {"$name": "N"}, "relationships": {"c": second}}).ok()
    assert (linked(record, "b-c"), linked(other, "c")) == ([first], [second])
    assert api.get("/v1/accounts", {"$contact": second}).ok()["totalCount"] == 0


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "parameter_missing", "key")),
        ({**NEW, "many": True}, (400, "unknown_field", "many")),
        ({**NEW, "key": "$p"}, (400, "invalid_configuration", "key")),
        ({**NEW, "key": "merge"}, (400, "invalid_configuration", "key")),
        ({**NEW, "cardinality": "has_one"}, (400, "invalid_configuration", "cardinality")),
        ({**NEW, "cardinality": 1}, (400, "invalid_type", "cardinality")),
        ({**NEW, "target": "accounts"}, (400, "referenced_resource_missing", "target")),
        ({**NEW, "target": 1}, (400, "invalid_type", "target")),
        ({**NEW, "inverse": []}, (400, "invalid_type", "inverse")),
        ({**NEW, "inverse": {"key": "a", "label": "A"}}, (400, "parameter_missing", "inverse.cardinality")),
        ({**NEW, "inverse": {**INVERSE, "target": "x"}}, (400, "unknown_field", "inverse.target")),
        ({**NEW, "inverse": {**INVERSE, "key": "$x"}}, (400, "invalid_configuration", "inverse.key")),
        ({**NEW, "key": "tier"}, (409, "conflict", "key")),
        ({**NEW, "key": "taken"}, (409, "conflict", "key")),
        ({**NEW, "key": "put-away"}, (409, "conflict", "key")),
        ({**NEW, "inverse": {**INVERSE, "key": "grade"}}, (409, "conflict", "inverse.key")),
        ({**NEW, "inverse": {**INVERSE, "key": "takenBy"}}, (409, "conflict", "inverse.key")),
        ({**NEW, "target": "account", "inverse": {**INVERSE, "key": "p"}}, (409, "conflict", "inverse.key")),
    ],
)
def test_a_relationship_is_refused(admin, body, refusal):
    admin.field("tier")
    admin.field("grade", on="contact")
    admin.relationship("taken", target="contact", inverse={**INVERSE, "key": "takenBy"})
    admin.relationship("put-away")
    admin.post(f"{ON_ACCOUNT}/put-away/archive")
    before = admin.see("account"), admin.see("contact")
    assert admin.refused(ON_ACCOUNT, body) == refusal
    assert (admin.see("account"), admin.see("contact")) == before


def test_keys_to_an_archived_type_stay_taken(admin):
    admin.type("project")
    admin.relationship("project", target="project", inverse={**INVERSE, "key": "customer"})
    admin.post("objects/project/archive")
    assert admin.refused(ON_ACCOUNT, {**NEW, "key": "project"}) == (409, "conflict", "key")


def test_there_can_be_so_many_relationships(admin, monkeypatch):
    monkeypatch.setattr(common, "MOST_RELATIONSHIPS", 1)
    admin.relationship("a")
    assert admin.refused(ON_ACCOUNT, NEW) == (409, "conflict", None)


# Changing


def test_words_change_at_either_end(api, admin):
    admin.relationship("coach", target="contact", inverse=INVERSE)
    changed = admin.post(f"{ON_ACCOUNT}/coach", label="Coach", description="D", inverse={"label": "Coaches"})
    assert (changed["label"], changed["inverse"]["label"]) == ("Coach", "Coaches")
    shown = api.get("/v1/contacts/definitions").ok()["relationshipDefinitions"]["champions"]
    assert shown["label"] == "Coaches"
    admin.post(f"{ON_ACCOUNT}/$contact", label="People", inverse={"label": "Companies"})
    assert api.get("/v1/accounts/definitions").ok()["relationshipDefinitions"]["$contact"]["label"] == "People"
    assert api.get("/v1/contacts/definitions").ok()["relationshipDefinitions"]["$account"]["label"] == "Companies"


def test_a_workspace_may_have_deals_without_an_account(api, admin):
    path = "objects/opportunity/relationships/$account"
    without = {"fields": {"$name": "Early"}}
    assert api.post("/v1/opportunities", without).error[0] == 422
    assert admin.post(path, required=False)["required"] is False
    deal = api.post("/v1/opportunities", without).ok()
    assert linked(deal, "$account") == []
    account = api.create("accounts", {"$name": "A"})["id"]
    change = {"relationships": {"$account": {"add": account}}}
    assert linked(api.post(f"/v1/opportunities/{deal['id']}", change).ok(), "$account") == [account]
    clear = {"relationships": {"$account": {"replace": None}}}
    assert linked(api.post(f"/v1/opportunities/{deal['id']}", clear).ok(), "$account") == []
    assert admin.post(path, required=True)["required"] is True
    assert api.post("/v1/opportunities", without).error[0] == 422


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (f"{ON_ACCOUNT}/coach", {"target": "task"}, (400, "unknown_field", "target")),
        (f"{ON_ACCOUNT}/coach", {"cardinality": "HAS_MANY"}, (400, "unknown_field", "cardinality")),
        (f"{ON_ACCOUNT}/coach", {"required": True}, (400, "invalid_configuration", "required")),
        (f"{ON_ACCOUNT}/coach", {"inverse": {"key": "x"}}, (400, "unknown_field", "inverse.key")),
        (f"{ON_ACCOUNT}/coach", {"inverse": {}}, (400, "parameter_missing", "inverse.label")),
        (f"{ON_ACCOUNT}/bare", {"inverse": {"label": "X"}}, (400, "invalid_configuration", "inverse")),
        (f"{ON_ACCOUNT}/$owner", {"required": True}, (400, "invalid_configuration", "required")),
        ("objects/opportunity/relationships/$account", {"required": "no"}, (400, "invalid_type", "required")),
        ("objects/contact/relationships/champions", {"label": "X"}, (400, "invalid_configuration", None)),
        ("objects/account/relationships/$meeting", {"label": "X"}, (400, "invalid_configuration", None)),
        ("objects/contact/relationships/$championOf", {"label": "X"}, (404, "not_found", None)),
        (f"{ON_ACCOUNT}/nothing", {"label": "X"}, (404, "not_found", None)),
        (f"{ON_ACCOUNT}/put-away", {"label": "X"}, (409, "conflict", None)),
    ],
)
def test_a_change_of_a_relationship_is_refused(admin, path, body, refusal):
    admin.relationship("coach", target="contact", inverse=INVERSE)
    admin.relationship("bare", target="contact")
    admin.relationship("put-away", target="contact")
    admin.post(f"{ON_ACCOUNT}/put-away/archive")
    assert admin.refused(path, body) == refusal


# Putting away


def test_an_archived_relationship_is_gone_at_both_ends_and_comes_back_with_its_links(api, admin):
    admin.relationship("coach", target="contact", inverse=INVERSE)
    contact = api.create("contacts", {"$email": "a@b.example"})["id"]
    account = api.create("accounts", {"$name": "A"}, {"coach": contact})
    seen = api.get(f"/v1/contacts/{contact}").ok()
    admin.post(f"{ON_ACCOUNT}/coach/archive")
    path = f"/v1/accounts/{account['id']}"
    assert "coach" not in api.get(path).ok()["relationships"]
    assert "champions" not in api.get(f"/v1/contacts/{contact}").ok()["relationships"]
    assert "champions" not in api.get("/v1/contacts/definitions").ok()["relationshipDefinitions"]
    assert api.get("/v1/accounts", {"coach": contact}).error[2] == "unknown_relationship"
    refused = api.post(path, {"relationships": {"coach": {"replace": None}}})
    assert refused.error[2:] == ("unknown_relationship", "relationships.coach")
    assert admin.see_relationship("account", "coach")["archived"] is True
    assert admin.see_relationship("contact", "champions")["archived"] is True
    admin.post(f"{ON_ACCOUNT}/coach/restore")
    assert api.get(path).ok() == account
    assert api.get(f"/v1/contacts/{contact}").ok() == seen


def test_an_archived_end_that_holds_one_holds_one_after_a_merge(api, admin):
    admin.relationship("coach", target="contact", inverse=INVERSE)
    coaches = [api.create("contacts", {"$email": f"{n}@b.example"})["id"] for n in "xy"]
    primary, duplicate = (api.create("accounts", {"$name": "A"}, {"coach": coach})["id"] for coach in coaches)
    admin.post(f"{ON_ACCOUNT}/coach/archive")
    api.post("/v1/accounts/merge", {"primaryId": primary, "duplicateId": duplicate}).ok()
    admin.post(f"{ON_ACCOUNT}/coach/restore")
    assert linked(api.get(f"/v1/accounts/{primary}").ok(), "coach") == [coaches[0]]


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_shipped_relationships_are_never_archived(admin, verb):
    assert admin.refused(f"{ON_ACCOUNT}/$owner/{verb}")[:2] == (400, "invalid_configuration")
    assert admin.refused(f"{ON_ACCOUNT}/nothing/{verb}") == (404, "not_found", None)
