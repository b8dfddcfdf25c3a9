"""Options of select fields, a workspace's own and the shipped ones alike."""

import pytest

from lightfield_server.records.definitions import common

TIER = "objects/account/fields/tier"
STAGE = "objects/opportunity/fields/$stage"


def ids(field, *, retired=False):
    return {o["label"]: o["id"] for o in field["typeConfiguration"]["options"] if o["retired"] is retired}


def labels(field):
    return [option["label"] for option in field["typeConfiguration"]["options"]]


def test_options_are_added_at_the_end_and_can_be_chosen(api, admin):
    admin.select("Gold", "Silver")
    changed = admin.post(f"{TIER}/options", label="Bronze", description="Third")
    assert labels(changed) == ["Gold", "Silver", "Bronze"]
    account = api.create("accounts", {"$name": "A", "tier": "bronze"})
    assert account["fields"]["tier"]["value"] == ids(changed)["Bronze"]
    shown = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["tier"]["typeConfiguration"]["options"]
    assert shown[-1] == {"id": ids(changed)["Bronze"], "label": "Bronze", "description": "Third"}


@pytest.mark.parametrize("kind", ["SINGLE_SELECT", "MULTI_SELECT"])
def test_renaming_an_option_rewrites_no_record(api, admin, kind):
    made = ids(admin.select("Gold", type=kind))
    value = "Gold" if kind == "SINGLE_SELECT" else ["Gold"]
    account = api.create("accounts", {"$name": "A", "tier": value})
    admin.post(f"{TIER}/options/{made['Gold']}", label="Platinum")
    assert api.get(f"/v1/accounts/{account['id']}").ok() == account
    assert api.post("/v1/accounts", {"fields": {"$name": "B", "tier": value}}).status == 422
    if kind == "SINGLE_SELECT":
        assert api.get("/v1/accounts", {"tier": "platinum"}).ok()["totalCount"] == 1
        assert api.get("/v1/accounts", {"tier": "gold"}).ok()["totalCount"] == 0


def test_shipped_options_are_a_workspaces_to_change(api, admin):
    account = api.create("accounts", {"$name": "A"})["id"]
    deal = api.create("opportunities", {"$name": "D", "$stage": "Proposal"}, {"$account": account})
    before = ids(admin.see_field("opportunity", "$stage"))
    changed = admin.post(f"{STAGE}/options/{before['Proposal']}", label="Offer")
    assert ids(changed)["Offer"] == before["Proposal"]
    assert api.get("/v1/opportunities", {"$stage": "Offer"}).ok()["data"] == [deal]
    admin.post("objects/account/fields/$industry/options", label="Beekeeping")
    made = api.create("accounts", {"$name": "B", "$industry": ["beekeeping", "Software"]})
    assert len(made["fields"]["$industry"]["value"]) == 2


def test_a_retired_option_stays_where_it_is_and_is_not_chosen_again(api, admin):
    made = ids(admin.select("Gold", "Silver"))
    account = api.create("accounts", {"$name": "A", "tier": "Gold"})
    path = f"/v1/accounts/{account['id']}"
    changed = admin.post(f"{TIER}/options/{made['Gold']}/retire")
    assert ids(changed, retired=True) == {"Gold": made["Gold"]}
    assert api.get(path).ok() == account
    assert api.get("/v1/accounts", {"tier": "gold"}).ok()["totalCount"] == 1
    assert api.get("/v1/accounts", {"tier": made["Gold"]}).ok()["totalCount"] == 1
    assert api.post(path, {"fields": {"$name": "Renamed"}}).ok()["fields"]["tier"]["value"] == made["Gold"]
    assert api.post("/v1/accounts", {"fields": {"$name": "B", "tier": "Gold"}}).error[:1] == (422,)
    assert api.post("/v1/accounts", {"fields": {"$name": "B", "tier": made["Gold"]}}).error[:1] == (422,)
    shown = api.get("/v1/accounts/definitions").ok()["fieldDefinitions"]["tier"]["typeConfiguration"]["options"]
    assert [option["label"] for option in shown] == ["Silver"]
    history = api.get(f"{path}/fields/tier/history").ok()["data"]
    assert history[0]["displayValue"] == "Gold"
    admin.post(f"{TIER}/options/{made['Gold']}/restore")
    assert api.post("/v1/accounts", {"fields": {"$name": "B", "tier": "Gold"}}).status == 200


def test_retiring_twice_is_retiring_once(admin):
    made = ids(admin.select("Gold"))
    path = f"{TIER}/options/{made['Gold']}"
    assert admin.post(f"{path}/retire") == admin.post(f"{path}/retire")
    assert admin.post(f"{path}/restore") == admin.post(f"{path}/restore")


def test_a_label_is_free_again_once_its_option_is_retired(admin):
    made = ids(admin.select("Gold"))
    admin.post(f"{TIER}/options/{made['Gold']}/retire")
    changed = admin.post(f"{TIER}/options", label="gold")
    assert labels(changed) == ["Gold", "gold"]
    assert admin.refused(f"{TIER}/options/{made['Gold']}/restore") == (409, "conflict", "label")
    admin.post(f"{TIER}/options/{made['Gold']}", label="Old gold")
    admin.post(f"{TIER}/options/{made['Gold']}/restore")


def test_the_last_stage_cannot_be_retired(api, admin):
    stages = ids(admin.see_field("opportunity", "$stage"))
    *others, last = stages.values()
    for id in others:
        admin.post(f"{STAGE}/options/{id}/retire")
    assert admin.refused(f"{STAGE}/options/{last}/retire") == (409, "conflict", None)
    account = api.create("accounts", {"$name": "A"})["id"]
    deal = api.create("opportunities", {"$name": "D"}, {"$account": account})
    assert deal["fields"]["$stage"]["value"] == last
    made = ids(admin.select("Gold"))
    admin.post(f"{TIER}/options/{made['Gold']}/retire")


def test_the_first_stage_is_where_deals_begin(api, admin):
    stages = ids(admin.see_field("opportunity", "$stage"))
    order = list(reversed(stages.values()))
    changed = admin.post(f"{STAGE}/options/order", ids=order)
    assert [o["id"] for o in changed["typeConfiguration"]["options"]] == order
    account = api.create("accounts", {"$name": "A"})["id"]
    deal = api.create("opportunities", {"$name": "D"}, {"$account": account})
    assert deal["fields"]["$stage"]["value"] == order[0]


def test_retired_options_come_after_the_others(admin):
    made = ids(admin.select("A", "B", "C"))
    admin.post(f"{TIER}/options/{made['A']}/retire")
    changed = admin.post(f"{TIER}/options/order", ids=[made["C"], made["B"]])
    assert labels(changed) == ["C", "B", "A"]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (lambda made: {}, (400, "parameter_missing", "ids")),
        (lambda made: {"ids": "A"}, (400, "invalid_type", "ids")),
        (lambda made: {"ids": [1]}, (400, "invalid_type", "ids")),
        (lambda made: {"ids": [], "more": 1}, (400, "unknown_field", "more")),
        (lambda made: {"ids": ["opt_nothing"]}, (400, "referenced_resource_missing", "ids")),
        (lambda made: {"ids": [made["A"]]}, (400, "invalid_configuration", "ids")),
        (lambda made: {"ids": [made["A"], made["A"]]}, (400, "invalid_configuration", "ids")),
        (lambda made: {"ids": [made["A"], made["B"], made["B"]]}, (400, "invalid_configuration", "ids")),
    ],
)
def test_an_order_is_refused(admin, wanted, refusal):
    made = ids(admin.select("A", "B"))
    assert admin.refused(f"{TIER}/options/order", wanted(made)) == refusal


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (f"{TIER}/options", {}, (400, "parameter_missing", "label")),
        (f"{TIER}/options", {"label": "GOLD "}, (409, "conflict", "label")),
        (f"{TIER}/options", {"label": "X", "retired": True}, (400, "unknown_field", "retired")),
        (f"{TIER}/options/{{gold}}", {"label": "silver"}, (409, "conflict", "label")),
        (f"{TIER}/options/{{gold}}", {"label": 1}, (400, "invalid_type", "label")),
        (f"{TIER}/options/opt_0123456789abcdef", {"label": "X"}, (404, "not_found", None)),
        (f"{TIER}/options/opt_0123456789abcdef/retire", {}, (404, "not_found", None)),
        (f"{TIER}/options/opt_0123456789abcdef/restore", {}, (404, "not_found", None)),
        ("objects/account/fields/$name/options", {"label": "X"}, (400, "invalid_configuration", "options")),
        ("objects/account/fields/nothing/options", {"label": "X"}, (404, "not_found", None)),
        ("objects/task/fields/$status/options", {"label": "X"}, (400, "invalid_configuration", None)),
        ("objects/task/fields/$status/options/TODO", {"label": "X"}, (400, "invalid_configuration", None)),
        ("objects/task/fields/$status/options/TODO/retire", {}, (400, "invalid_configuration", None)),
        ("objects/task/fields/$status/options/order", {"ids": []}, (400, "invalid_configuration", None)),
    ],
)
def test_a_change_of_options_is_refused(admin, path, body, refusal):
    made = ids(admin.select("Gold", "Silver"))
    before = admin.see("account"), admin.see("task")
    assert admin.refused(path.format(gold=made["Gold"]), body) == refusal
    assert (admin.see("account"), admin.see("task")) == before


def test_an_option_keeps_its_own_label_in_another_case(admin):
    made = ids(admin.select("Gold"))
    assert labels(admin.post(f"{TIER}/options/{made['Gold']}", label="GOLD")) == ["GOLD"]


def test_there_can_be_so_many_options(admin, monkeypatch):
    monkeypatch.setattr(common, "MOST_OPTIONS", 2)
    admin.select("A", "B")
    assert admin.refused(f"{TIER}/options", {"label": "C"}) == (409, "conflict", None)


def test_options_of_an_archived_field_wait_for_it(admin):
    made = ids(admin.select("Gold"))
    admin.post(f"{TIER}/archive")
    assert admin.refused(f"{TIER}/options", {"label": "C"})[0] == 409
    assert admin.refused(f"{TIER}/options/{made['Gold']}/retire")[0] == 409
