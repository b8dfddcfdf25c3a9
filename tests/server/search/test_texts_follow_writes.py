"""What is found is what the records say now, whatever was done to them and through whichever verb."""


def test_an_update_is_found_and_what_it_replaced_is_not(search, make, api):
    account = make.account("Before")
    api.post(f"/v1/accounts/{account}", {"fields": {"$name": "After"}}).ok()
    assert search.ids("after") == [account]
    assert search.ids("before") == []


def test_many_updates_leave_the_last(search, make, api):
    account = make.account("Start")
    for n in range(5):
        api.post(f"/v1/accounts/{account}", {"fields": {"$name": f"Step{n} quagga"}}).ok()
        assert search.ids(f"step{n}") == [account]
    assert search.ids("step3") == []
    assert search.ids("quagga step4") == [account]


def test_a_cleared_value_is_found_no_more(search, make, api):
    contact = make.contact("ann@acme.example", title="Zookeeper")
    api.post(f"/v1/contacts/{contact}", {"fields": {"$title": None}}).ok()
    assert search.ids("zookeeper") == []
    api.post(f"/v1/contacts/{contact}", {"fields": {"$email": None}}).ok()
    assert search.ids("ann@acme.example") == []
    api.post(f"/v1/contacts/{contact}", {"fields": {"$title": "Zookeeper"}}).ok()
    assert search.ids("zookeeper") == [contact]


def test_what_has_no_words_leaves_the_text_as_it_is(search, make, api):
    account = make.account("Acme")
    api.post(f"/v1/accounts/{account}", {"fields": {"$revenue": 5}}).ok()
    assert search.ids("acme") == [account]


def test_the_trash_is_not_searched_and_what_comes_back_is_found(search, make, api):
    account = make.account("Acme")
    api.delete(f"/v1/accounts/{account}").ok()
    assert search.ids("acme") == []
    api.delete(f"/v1/accounts/{account}").ok()
    assert search.ids("acme") == []
    api.post(f"/v1/accounts/{account}/restore").ok()
    assert search.ids("acme") == [account]


def test_a_merge_leaves_one_record_with_the_words_of_both(search, make, api):
    primary = make.contact(["ann@acme.example"], name={"firstName": "Ann"})
    duplicate = make.contact(["anna@other.example"], title="Zookeeper")
    body = {"primaryId": primary, "duplicateId": duplicate}
    api.post("/v1/contacts/merge", body).ok()
    for text in ("ann@acme.example", "anna@other.example", "zookeeper"):
        assert search.ids(text) == [primary]
    api.post(f"/v1/contacts/{duplicate}/restore").ok()
    assert set(search.ids("zookeeper")) == {primary, duplicate}


def test_fields_of_the_workspaces_own_are_found_the_moment_they_are_written(search, make, api):
    for key, value_type in (("motto", "TEXT"), ("story", "MARKDOWN"), ("hotline", "TELEPHONE")):
        body = {"key": key, "label": key.title(), "valueType": value_type}
        api.post("/v1/schema/objects/account/fields", body).ok()
    account = make.account("Acme")
    values = {"motto": "Per aspera", "story": "It *began* in a garage", "hotline": "+12025551234"}
    api.post(f"/v1/accounts/{account}", {"fields": values}).ok()
    for text in ("aspera", "garage", "202-555-1234", "acme aspera garage"):
        assert search.ids(text) == [account]


def test_an_archived_field_is_not_searched_and_a_restored_one_is(search, make, api):
    api.post("/v1/schema/objects/account/fields", {"key": "motto", "label": "M", "valueType": "TEXT"}).ok()
    account = make.account("Acme")
    api.post(f"/v1/accounts/{account}", {"fields": {"motto": "aspera quagga"}}).ok()
    assert search.ids("aspera") == [account]

    api.post("/v1/schema/objects/account/fields/motto/archive").ok()
    assert search("aspera")["count"] == 0
    assert search.ids("acme quagga") == []
    api.post(f"/v1/accounts/{account}", {"fields": {"$name": "Other"}}).ok()
    assert search.ids("other") == [account]

    api.post("/v1/schema/objects/account/fields/motto/restore").ok()
    assert search.ids("aspera other") == [account]


def test_other_words_for_a_field_change_nothing(search, make, api):
    api.post("/v1/schema/objects/account/fields", {"key": "motto", "label": "M", "valueType": "TEXT"}).ok()
    account = make.account("Acme")
    api.post(f"/v1/accounts/{account}", {"fields": {"motto": "aspera"}}).ok()
    api.post("/v1/schema/objects/account/fields/motto", {"label": "Slogan"}).ok()
    assert search.ids("aspera") == [account]
    assert search.ids("slogan") == []


def test_a_field_that_comes_to_hold_several_values_is_found_as_before(search, make, api):
    api.post("/v1/schema/objects/account/fields", {"key": "inbox", "label": "I", "valueType": "EMAIL"}).ok()
    account = make.account("Acme")
    api.post(f"/v1/accounts/{account}", {"fields": {"inbox": "ann@acme.example"}}).ok()
    api.post("/v1/schema/objects/account/fields/inbox", {"typeConfiguration": {"multipleValues": True}}).ok()
    assert search.ids("ann@acme.example") == [account]
    api.post(f"/v1/accounts/{account}", {"fields": {"inbox": ["bob@acme.example"]}}).ok()
    assert search.ids("ann@acme.example") == []
    assert search.ids("bob@acme.example") == [account]


def test_records_of_an_archived_type_come_back_with_it(search, make, api):
    api.post("/v1/schema/objects", {"slug": "project", "label": "Project"}).ok()
    project = make.record("project", **{"$name": "Quagga"})
    assert search.ids("quagga") == [project]
    api.post("/v1/schema/objects/project/archive").ok()
    assert search("quagga")["count"] == 0
    api.post("/v1/schema/objects/project/restore").ok()
    assert search.ids("quagga") == [project]


def test_members_are_found_by_what_administrators_write(search, api):
    body = {"email": "ann@us.example", "name": {"firstName": "Ann", "lastName": "Quagga"}}
    member = api.post("/v1/schema/members", body).ok()["id"]
    assert search.ids("quagga") == [member]
    api.post(f"/v1/schema/members/{member}/deactivate").ok()
    assert search.ids("quagga") == [member]
    api.post(f"/v1/schema/members/{member}", {"name": {"firstName": "Ann", "lastName": "Zebra"}}).ok()
    assert search.ids("quagga") == []
    assert search.ids("zebra") == [member]


def test_a_write_that_was_refused_is_not_found(search, make, api):
    api.post(
        "/v1/schema/objects/account/fields",
        {"key": "code", "label": "C", "valueType": "TELEPHONE", "typeConfiguration": {"unique": True}},
    ).ok()
    one = make.account("Zebra")
    api.post(f"/v1/accounts/{one}", {"fields": {"code": "+12025551234"}}).ok()
    refused = api.post("/v1/accounts", {"fields": {"$name": "Quagga", "code": "+12025551234"}})
    assert refused.status == 409
    assert search("quagga")["count"] == 0
    assert search.ids("2025551234") == [one]
