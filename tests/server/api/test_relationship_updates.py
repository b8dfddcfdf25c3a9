"""What an update may do to a relationship, and what both of its ends then show (spec: fields 11)."""

from typing import Any

import pytest

LIMIT = (422, "unprocessable_content", "relationship_write_limit_exceeded", None)


def bad(code: str, key: str) -> tuple[int, str, str, str]:
    return 400, "bad_request", code, f"relationships.{key}"


def unprocessable(key: str) -> tuple[int, str, None, str]:
    return 422, "unprocessable_content", None, f"relationships.{key}"


def change(api: Any, plural: str, id: str, key: str, operations: Any) -> Any:
    return api.post(f"/v1/{plural}/{id}", {"relationships": {key: operations}})


# One end that holds many: three contacts a, b and c, of which a and b are linked

MANY = {
    "add one id": ({"add": "c"}, "abc"),
    "add an array": ({"add": ["c"]}, "abc"),
    "add several": ({"add": ["c", "d"]}, "abcd"),
    "add what is linked": ({"add": ["a", "c"]}, "abc"),
    "add nothing": ({"add": []}, "ab"),
    "add one twice": ({"add": ["c", "c"]}, "abc"),
    "remove one id": ({"remove": "a"}, "b"),
    "remove several": ({"remove": ["a", "b"]}, ""),
    "remove what is not linked": ({"remove": ["a", "c"]}, "b"),
    "remove nothing": ({"remove": []}, "ab"),
    "replace by one id": ({"replace": "c"}, "c"),
    "replace by several": ({"replace": ["b", "c"]}, "bc"),
    "replace by the same": ({"replace": ["a", "b"]}, "ab"),
    "replace by null": ({"replace": None}, ""),
    "replace by nothing": ({"replace": []}, ""),
    "add and remove": ({"add": "c", "remove": "a"}, "bc"),
    "add and remove the same linked id": ({"add": "a", "remove": "a"}, "ab"),
    "add and remove the same new id": ({"add": "c", "remove": "c"}, "abc"),
}

ONE = {
    "add": ({"add": "b"}, "b"),
    "add an array": ({"add": ["b"]}, "b"),
    "add what is linked": ({"add": "a"}, "a"),
    "add nothing": ({"add": []}, "a"),
    "add one twice": ({"add": ["b", "b"]}, "b"),
    "remove what is linked": ({"remove": "a"}, ""),
    "remove another": ({"remove": "b"}, "a"),
    "remove several": ({"remove": ["a", "b"]}, ""),
    "replace": ({"replace": "b"}, "b"),
    "replace by an array": ({"replace": ["b"]}, "b"),
    "replace by the same": ({"replace": "a"}, "a"),
    "replace by null": ({"replace": None}, ""),
    "replace by nothing": ({"replace": []}, ""),
    "add and remove": ({"add": "b", "remove": "a"}, "b"),
}


def spelt(operations: Any, ids: dict[str, str]) -> Any:
    """Letters made ids."""
    return {
        name: ids[sent] if isinstance(sent, str) else None if sent is None else [ids[letter] for letter in sent]
        for name, sent in operations.items()
    }


@pytest.mark.parametrize("name", MANY)
def test_an_end_that_holds_many(name: str, api: Any, make: Any) -> None:
    operations, expected = MANY[name]
    ids = {letter: make.contact() for letter in "abcd"}
    account = make.account(relationships={"$contact": [ids["a"], ids["b"]]})
    answer = change(api, "accounts", account, "$contact", spelt(operations, ids)).ok()
    shown = answer["relationships"]["$contact"]
    assert shown == {"cardinality": "has_many", "objectType": "contact", "values": [ids[letter] for letter in expected]}
    for letter, id in ids.items():
        assert make.values("contacts", id, "$account") == ([account] if letter in expected else [])


@pytest.mark.parametrize("name", ONE)
def test_an_end_that_holds_one(name: str, api: Any, make: Any) -> None:
    operations, expected = ONE[name]
    ids = {letter: make.contact() for letter in "ab"}
    deal = make.opportunity(relationships={"$champion": ids["a"]})
    answer = change(api, "opportunities", deal, "$champion", spelt(operations, ids)).ok()
    shown = answer["relationships"]["$champion"]
    assert shown == {"cardinality": "has_one", "objectType": "contact", "values": [ids[letter] for letter in expected]}
    for letter, id in ids.items():
        assert make.values("contacts", id, "$opportunity") == ([deal] if letter in expected else [])


@pytest.mark.parametrize("operation", ["add", "replace"])
def test_an_end_that_holds_one_refuses_two(operation: str, api: Any, make: Any) -> None:
    account, owners = make.account(), [make.member(), make.member()]
    assert change(api, "accounts", account, "$owner", {operation: owners}).error == unprocessable("$owner")


@pytest.mark.parametrize("many", [[], ["x"], ["x", "y"]], ids=len)
def test_create_takes_an_id_or_an_array(many: Any, make: Any) -> None:
    contacts = [make.contact() for _ in many]
    account = make.account(relationships={"$contact": contacts})
    assert make.values("accounts", account, "$contact") == contacts
    if len(contacts) == 1:
        other = make.account(relationships={"$contact": contacts[0]})
        assert make.values("contacts", contacts[0], "$account") == [account, other]


# Required links

REQUIRED = {"task": ("tasks", "$assignedTo"), "opportunity": ("opportunities", "$account")}


@pytest.mark.parametrize("operations", [{"replace": None}, {"replace": []}, {"remove": "it"}], ids=str)
@pytest.mark.parametrize("type", REQUIRED)
def test_a_required_link_is_exchanged_and_never_taken_away(type: str, operations: Any, api: Any, make: Any) -> None:
    plural, key = REQUIRED[type]
    id = getattr(make, type)()
    (linked,) = make.values(plural, id, key)
    taken = {name: linked if sent == "it" else sent for name, sent in operations.items()}
    assert change(api, plural, id, key, taken).error == unprocessable(key)
    other = make.member() if type == "task" else make.account()
    change(api, plural, id, key, {"replace": other}).ok()
    assert make.values(plural, id, key) == [other]


def test_a_required_link_is_given_on_create(api: Any, make: Any) -> None:
    body = {"fields": {"$name": "Deal"}, "relationships": {"$account": []}}
    assert api.post("/v1/opportunities", body).error == unprocessable("$account")


def test_a_required_link_is_not_taken_away_from_its_other_end(api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "client", "account", inverse="projects", inverse_many=True, required=True)
    account = make.account()
    project = make.record("project", {"client": account})
    for operations in ({"remove": project}, {"replace": None}):
        assert change(api, "accounts", account, "projects", operations).error == unprocessable("projects")
    other = make.account()
    change(api, "accounts", other, "projects", {"add": project}).ok()
    assert make.values("objects/project/values", project, "client") == [other]
    api.delete(f"/v1/objects/project/values/{project}").ok()
    change(api, "accounts", other, "projects", {"remove": project}).ok()


@pytest.mark.parametrize("many", [False, True])
def test_a_required_link_is_not_taken_over_unless_there_are_others(many: bool, api: Any, make: Any) -> None:
    make.type("project")
    make.relationship("project", "sites", "account", many=many, inverse="project", required=True)
    first, second, spare = make.account(), make.account(), make.account()
    old = make.record("project", {"sites": [first, spare] if many else first})
    new = make.record("project", {"sites": second})
    taken = change(api, "objects/project/values", new, "sites", {"add": first})
    if many:
        taken.ok()
        assert make.values("objects/project/values", old, "sites") == [spare]
        first = spare
    else:
        assert taken.error == unprocessable("sites")
    body = {"fields": {"$name": "Three"}, "relationships": {"sites": first}}
    assert api.post("/v1/objects/project/values", body).error == unprocessable("sites")
    assert change(api, "accounts", first, "project", {"replace": new}).error == unprocessable("project")


# Restricted operations

RESTRICTED = {
    "note replaces accounts": (
        "note",
        "notes",
        "$account",
        {"replace": "account"},
        bad("invalid_configuration", "$account"),
    ),
    "note clears contacts": ("note", "notes", "$contact", {"replace": None}, bad("invalid_configuration", "$contact")),
    "note adds and removes": (
        "note",
        "notes",
        "$account",
        {"add": "account", "remove": "account"},
        bad("invalid_configuration", "$account"),
    ),
    "list replaces": ("list", "lists", "$accounts", {"replace": "account"}, bad("invalid_configuration", "$accounts")),
    "meeting adds a transcript": (
        "meeting",
        "meetings",
        "$transcript",
        {"add": "file"},
        bad("invalid_configuration", "$transcript"),
    ),
    "meeting removes a transcript": (
        "meeting",
        "meetings",
        "$transcript",
        {"remove": "file"},
        bad("invalid_configuration", "$transcript"),
    ),
    "meeting clears its transcript": (
        "meeting",
        "meetings",
        "$transcript",
        {"replace": None},
        unprocessable("$transcript"),
    ),
    "meeting names transcripts": (
        "meeting",
        "meetings",
        "$transcript",
        {"replace": ["file"]},
        bad("invalid_type", "$transcript"),
    ),
}


@pytest.mark.parametrize("name", RESTRICTED)
def test_some_relationships_take_some_operations_only(name: str, api: Any, make: Any) -> None:
    type, plural, key, operations, expected = RESTRICTED[name]
    id = getattr(make, type)()

    def made(sent: Any) -> Any:
        if isinstance(sent, list):
            return [made(each) for each in sent]
        return None if sent is None else getattr(make, sent)()

    answer = change(api, plural, id, key, {operation: made(sent) for operation, sent in operations.items()})
    assert answer.error == expected


def test_a_note_adds_or_removes_under_each_key(api: Any, make: Any) -> None:
    account, contact = make.account(), make.contact()
    note = make.note({"$account": account})
    body = {"relationships": {"$account": {"remove": account}, "$contact": {"add": [contact]}}}
    shown = api.post(f"/v1/notes/{note}", body).ok()["relationships"]
    assert (shown["$account"]["values"], shown["$contact"]["values"]) == ([], [contact])
    assert make.values("contacts", contact, "$note") == [note]


def test_a_list_adds_and_removes_at_once(api: Any, make: Any) -> None:
    old, new = make.account(), make.account()
    targets = make.list("account", {"$accounts": old})
    change(api, "lists", targets, "$accounts", {"add": [new, old], "remove": old}).ok()
    entries = api.get(f"/v1/lists/{targets}/accounts").ok()
    assert [entry["id"] for entry in entries["data"]] == [new, old]


def test_a_meeting_exchanges_its_transcript(api: Any, make: Any) -> None:
    meeting = make.meeting({"$transcript": make.file()})
    other = make.file()
    change(api, "meetings", meeting, "$transcript", {"replace": other}).ok()
    assert make.values("meetings", meeting, "$transcript") == [other]


# The write limit


def contacts(make: Any, count: int) -> list[str]:
    return [make.contact() for _ in range(count)]


def test_25_ids_are_enough_and_26_too_many(api: Any, make: Any) -> None:
    people = contacts(make, 26)
    account = make.account()
    assert change(api, "accounts", account, "$contact", {"add": people}).error == LIMIT
    change(api, "accounts", account, "$contact", {"add": people[:25]}).ok()
    assert api.post("/v1/accounts", {"fields": {"$name": "A"}, "relationships": {"$contact": people}}).error == LIMIT


def test_a_repeated_id_counts_once(api: Any, make: Any) -> None:
    (contact,) = contacts(make, 1)
    change(api, "accounts", make.account(), "$contact", {"add": [contact] * 30}).ok()


def test_the_limit_counts_all_relationships_together(api: Any, make: Any) -> None:
    people, owner, account = contacts(make, 25), make.member(), make.account()
    together = {"$contact": {"add": people}, "$owner": {"replace": owner}}
    assert api.post(f"/v1/accounts/{account}", {"relationships": together}).error == LIMIT
    body = {"fields": {"$name": "A"}, "relationships": {"$contact": people, "$owner": owner}}
    assert api.post("/v1/accounts", body).error == LIMIT


def test_replacing_counts_what_goes_and_what_comes(api: Any, make: Any) -> None:
    people = contacts(make, 26)
    account = make.account(relationships={"$contact": people[:13]})
    assert change(api, "accounts", account, "$contact", {"replace": people[13:]}).error == LIMIT
    change(api, "accounts", account, "$contact", {"replace": people[13:25]}).ok()


def test_clearing_more_than_25_links_is_too_much_for_one_request(api: Any, make: Any) -> None:
    people = contacts(make, 26)
    account = make.account(relationships={"$contact": people[:25]})
    change(api, "accounts", account, "$contact", {"add": people[25]}).ok()
    assert change(api, "accounts", account, "$contact", {"replace": None}).error == LIMIT


def test_the_limit_holds_for_lists(api: Any, make: Any) -> None:
    targets = make.list("contact")
    assert change(api, "lists", targets, "$contacts", {"add": contacts(make, 26)}).error == LIMIT


# Ids that are gone


@pytest.mark.parametrize("operation", ["add", "replace"])
def test_a_deleted_id_is_inactive_where_it_would_be_linked(operation: str, api: Any, make: Any) -> None:
    contact, account = make.contact(), make.account()
    api.delete(f"/v1/contacts/{contact}").ok()
    answer = change(api, "accounts", account, "$contact", {operation: contact})
    assert answer.error == bad("relationship_entity_inactive", "$contact")


def test_a_deleted_id_may_be_removed_for_good(api: Any, make: Any) -> None:
    contact = make.contact()
    account = make.account(relationships={"$contact": contact})
    api.delete(f"/v1/contacts/{contact}").ok()
    change(api, "accounts", account, "$contact", {"remove": contact}).ok()
    api.post(f"/v1/contacts/{contact}/restore").ok()
    assert make.values("accounts", account, "$contact") == []


def test_an_id_that_never_was_is_missing_even_where_it_is_removed(api: Any, make: Any) -> None:
    answer = change(api, "accounts", make.account(), "$contact", {"remove": "con_0000000000000001"})
    assert answer.error == bad("relationship_entity_missing", "$contact")


def test_ids_of_another_workspace_are_missing(api: Any, make: Any, world: Any) -> None:
    other = world.api(world.add_key(workspace=world.add_workspace("other")))
    stranger = other.create("contacts", {})["id"]
    answer = change(api, "accounts", make.account(), "$contact", {"add": stranger})
    assert answer.error == bad("relationship_entity_missing", "$contact")


def test_trashed_records_leave_values_and_come_back(api: Any, make: Any) -> None:
    contact, kept = make.contact(), make.contact()
    account = make.account(relationships={"$contact": [contact, kept]})
    api.delete(f"/v1/contacts/{contact}").ok()
    assert make.values("accounts", account, "$contact") == [kept]
    api.post(f"/v1/contacts/{contact}/restore").ok()
    assert make.values("accounts", account, "$contact") == [contact, kept]


def test_a_link_between_two_trashed_records_comes_back_with_the_second(api: Any, make: Any) -> None:
    contact = make.contact()
    account = make.account(relationships={"$contact": contact})
    for path in (f"/v1/contacts/{contact}", f"/v1/accounts/{account}"):
        api.delete(path).ok()
    api.post(f"/v1/accounts/{account}/restore").ok()
    assert make.values("accounts", account, "$contact") == []
    api.post(f"/v1/contacts/{contact}/restore").ok()
    assert make.values("accounts", account, "$contact") == [contact]


def test_a_trashed_record_still_shows_its_own_links(api: Any, make: Any) -> None:
    owner, contact = make.member(), make.contact()
    account = make.account(relationships={"$owner": owner, "$contact": contact})
    deal = make.opportunity(account)
    shown = api.delete(f"/v1/accounts/{account}").ok()["relationships"]
    assert [shown[key]["values"] for key in ("$owner", "$contact", "$opportunity")] == [[owner], [contact], [deal]]
    (listed,) = api.get("/v1/accounts?status=trashed").ok()["data"]
    assert listed["relationships"] == shown


def test_the_trash_is_filtered_by_its_links(api: Any, make: Any) -> None:
    owner = make.member()
    account = make.account(relationships={"$owner": owner})
    make.account(relationships={"$owner": owner})
    api.delete(f"/v1/accounts/{account}").ok()
    found = api.get("/v1/accounts", {"status": "trashed", "$owner": owner}).ok()
    assert [each["id"] for each in found["data"]] == [account]
    assert found["totalCount"] == 1


def test_filters_find_nothing_by_what_lies_in_the_trash(api: Any, make: Any) -> None:
    account, contact = make.account(), make.contact()
    deal = make.opportunity(account, {"$champion": contact})
    api.delete(f"/v1/accounts/{account}").ok()
    api.delete(f"/v1/opportunities/{deal}").ok()
    assert api.get("/v1/opportunities", {"$account": account, "status": "trashed"}).ok()["totalCount"] == 0
    assert api.get("/v1/contacts", {"$opportunity": deal}).ok()["totalCount"] == 0
    api.post(f"/v1/opportunities/{deal}/restore").ok()
    assert api.get("/v1/opportunities", {"$account": account}).ok()["totalCount"] == 0
    assert api.get("/v1/contacts", {"$opportunity": deal}).ok()["totalCount"] == 1


# Both ends, and what is displaced


def test_one_link_is_seen_from_both_ends_and_moves_the_written_record_only(api: Any, make: Any, time: Any) -> None:
    account, contact = make.account(), make.contact()
    time.advance(1000)
    written = change(api, "accounts", account, "$contact", {"add": contact}).ok()
    assert written["updatedAt"] == "2026-06-01T00:00:01.000Z"
    other = api.get(f"/v1/contacts/{contact}").ok()
    assert (other["relationships"]["$account"]["values"], other["updatedAt"]) == ([account], None)


CARDINALITIES = [(many, inverse_many) for many in (False, True) for inverse_many in (False, True)]


@pytest.fixture
def projects(make: Any) -> Any:
    """A type of the workspace's own, related to accounts as each test asks."""

    def related(*, many: bool, inverse_many: bool) -> None:
        make.type("project")
        make.relationship("project", "client", "account", many=many, inverse_many=inverse_many, inverse="projects")

    return related


@pytest.mark.parametrize(("many", "inverse_many"), CARDINALITIES)
@pytest.mark.parametrize("side", ["own", "inverse"])
def test_a_new_link_displaces_what_either_end_can_no_longer_hold(
    side: str, many: bool, inverse_many: bool, api: Any, make: Any, projects: Any
) -> None:
    projects(many=many, inverse_many=inverse_many)
    first, second = make.account(), make.account()
    old, new = make.record("project", {"client": first}), make.record("project", {"client": second})
    if side == "own":
        change(api, "objects/project/values", new, "client", {"add": first}).ok()
    else:
        change(api, "accounts", first, "projects", {"add": new}).ok()
    assert make.values("accounts", first, "projects") == ([old, new] if inverse_many else [new])
    assert make.values("objects/project/values", old, "client") == ([first] if inverse_many else [])
    assert make.values("objects/project/values", new, "client") == ([first, second] if many else [first])
    assert make.values("accounts", second, "projects") == ([new] if many else [])


@pytest.mark.parametrize("side", ["own", "inverse"])
def test_a_new_record_displaces_too(side: str, make: Any, projects: Any) -> None:
    projects(many=False, inverse_many=False)
    account = make.account()
    old = make.record("project", {"client": account})
    if side == "own":
        new = make.record("project", {"client": account})
        assert make.values("accounts", account, "projects") == [new]
    else:
        taker = make.account(relationships={"projects": old})
        assert make.values("objects/project/values", old, "client") == [taker]
        assert make.values("accounts", account, "projects") == []
        return
    assert make.values("objects/project/values", old, "client") == []


def test_what_was_displaced_while_in_the_trash_stays_displaced(api: Any, make: Any, projects: Any) -> None:
    projects(many=False, inverse_many=False)
    account = make.account()
    old = make.record("project", {"client": account})
    api.delete(f"/v1/objects/project/values/{old}").ok()
    new = make.record("project", {"client": account})
    api.post(f"/v1/objects/project/values/{old}/restore").ok()
    assert make.values("accounts", account, "projects") == [new]
    assert make.values("objects/project/values", old, "client") == []


# A type related to itself


def test_a_type_related_to_itself_shows_both_directions(api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True)
    parent = make.account()
    child = make.account(relationships={"parent": parent})
    up = api.get(f"/v1/accounts/{child}").ok()["relationships"]["parent"]
    down = api.get(f"/v1/accounts/{parent}").ok()["relationships"]["parent"]
    assert up == {
        "cardinality": "has_one",
        "objectType": "account",
        "values": [parent],
        "directions": {
            "asSource": {"cardinality": "HAS_ONE", "values": [parent]},
            "asDestination": {"cardinality": "HAS_MANY", "values": []},
        },
    }
    assert down["values"] == []
    assert down["directions"]["asDestination"] == {"cardinality": "HAS_MANY", "values": [child]}


def test_directions_are_filtered_by_name(api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True)
    parent = make.account()
    child = make.account(relationships={"parent": parent})

    def found(key: str, id: str) -> list[str]:
        return [each["id"] for each in api.get("/v1/accounts", {key: id}).ok()["data"]]

    assert found("parent", parent) == found("parent:asSource", parent) == [child]
    assert found("parent:asDestination", child) == [parent]
    assert found("parent:asDestination", parent) == []


def test_directions_are_in_the_definitions(api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True)
    defined = api.get("/v1/accounts/definitions").ok()["relationshipDefinitions"]["parent"]
    assert defined["directions"]["asSource"]["cardinality"] == "HAS_ONE"
    assert defined["directions"]["asDestination"]["cardinality"] == "HAS_MANY"


def test_a_self_relationship_with_an_inverse_key_has_two_keys_and_no_directions(api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True, inverse="children")
    parent = make.account()
    child = make.account(relationships={"parent": parent})
    change(api, "accounts", parent, "children", {"add": make.account()}).ok()
    shown = api.get(f"/v1/accounts/{parent}").ok()["relationships"]
    assert len(shown["children"]["values"]) == 2
    assert child in shown["children"]["values"]
    assert "directions" not in shown["children"]


def test_one_request_writes_both_ends_of_a_self_relationship(api: Any, make: Any) -> None:
    make.relationship("account", "parent", "account", inverse_many=True, inverse="children")
    top, middle, bottom = make.account(), make.account(), make.account()
    body = {"relationships": {"parent": {"replace": top}, "children": {"add": bottom}}}
    api.post(f"/v1/accounts/{middle}", body).ok()
    assert make.values("accounts", top, "children") == [middle]
    assert make.values("accounts", bottom, "parent") == [middle]


def test_one_to_one_within_a_type_displaces_in_each_direction(api: Any, make: Any) -> None:
    make.relationship("account", "successor", "account", inverse="predecessor")
    first, second, third = make.account(), make.account(), make.account()
    change(api, "accounts", first, "successor", {"replace": second}).ok()
    change(api, "accounts", third, "successor", {"replace": second}).ok()
    assert make.values("accounts", first, "successor") == []
    assert make.values("accounts", second, "predecessor") == [third]


def test_members_show_no_relationships_but_the_user_whatever_points_at_them(api: Any, make: Any) -> None:
    make.relationship("account", "team", "member", many=True, inverse_many=True, inverse="teamOf")
    member = make.member()
    account = make.account(relationships={"team": member})
    assert make.values("accounts", account, "team") == [member]
    assert api.get(f"/v1/members/{member}").ok()["relationships"] == {
        "$user": {"cardinality": "HAS_ONE", "objectType": "user", "values": []}
    }
