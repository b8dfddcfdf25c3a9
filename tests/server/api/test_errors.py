"""Every refusal of conventions 4.2 to 4.4 has its documented status, type, code and place."""

from collections.abc import Callable
from typing import Any

import pytest

from lightfield_server.identity.limits import Limits
from lightfield_server.model import problems

VERSION = "Lightfield-Version"
UNKNOWN = "0000000000000001"

Case = Callable[[Any, Any], Any]

#: Codes of table 4.3 that no request can meet yet, and why.
UNREACHED_CODES = {
    "referenced_resource_missing": "no field of a record refers by id; attachments of emails will",
    "ambiguous_stage_label": "pipelines are not built",
    "stage_unresolved_in_pipeline": "pipelines are not built",
    "unknown_pipeline": "pipelines are not built",
}

#: Rows of table 4.2 that no request can meet yet, and why.
UNREACHED_STATUSES = {
    (409, "idempotency_conflict"): "SQLite's one writer lets a racer wait for the reply instead",
    (504, "gateway_timeout"): "nothing stands between a client and the server",
}

CODES = {
    "unknown_field",
    "unknown_relationship",
    "referenced_resource_missing",
    "relationship_entity_missing",
    "relationship_entity_inactive",
    "invalid_configuration",
    "idempotency_key_too_long",
    "invalid_type",
    "parameter_missing",
    "version_header",
    "relationship_write_limit_exceeded",
    "ambiguous_stage_label",
    "stage_unresolved_in_pipeline",
    "unknown_pipeline",
}

STATUSES = {
    (400, "bad_request"),
    (401, "unauthorized"),
    (403, "forbidden"),
    (404, "not_found"),
    (409, "conflict"),
    (409, "idempotency_conflict"),
    (415, "unsupported_media_type"),
    (422, "unprocessable_content"),
    (429, "too_many_requests"),
    (500, "internal_server_error"),
    (503, "service_unavailable"),
    (504, "gateway_timeout"),
}


def bad(code: str, param: str | None) -> tuple[int, str, str, str | None]:
    return 400, "bad_request", code, param


def unprocessable(param: str, code: str | None = None) -> tuple[int, str, str | None, str]:
    return 422, "unprocessable_content", code, param


def account(fields: Any = (), relationships: Any = (), **extras: Any) -> Case:
    body = {"fields": {"$name": "Acme", **dict(fields)}, "relationships": dict(relationships), **extras}
    return lambda api, make: api.post("/v1/accounts", body)


def edited(fields: Any = (), relationships: Any = ()) -> Case:
    body = {"fields": dict(fields), "relationships": dict(relationships)}
    return lambda api, make: api.post(f"/v1/accounts/{make.account()}", body)


def new(plural: str, fields: Any, relationships: Any = None) -> Case:
    body = {"fields": fields} if relationships is None else {"fields": fields, "relationships": relationships}
    return lambda api, make: api.post(f"/v1/{plural}", body)


def listed(query: str, plural: str = "accounts") -> Case:
    return lambda api, make: api.get(f"/v1/{plural}?{query}")


def contact_in_the_trash(api: Any, make: Any) -> Any:
    contact = make.contact()
    api.delete(f"/v1/contacts/{contact}").ok()
    return api.post("/v1/accounts", {"fields": {"$name": "Acme"}, "relationships": {"$contact": contact}})


def too_many_links(api: Any, make: Any) -> Any:
    contacts = [f"con_{number:016x}" for number in range(26)]
    return account(relationships={"$contact": contacts})(api, make)


def not_scoped(api: Any, make: Any) -> Any:
    return make.world.api(make.world.add_key("contacts:read")).get("/v1/accounts")


def second_with_the_same_unique_value(api: Any, make: Any) -> Any:
    make.field("account", "number", unique=True)
    account({"number": "7"})(api, make).ok()
    return account({"number": "7"})(api, make)


def too_often(api: Any, make: Any) -> Any:
    make.world.server.limits = Limits(1)
    api.get("/v1/accounts").ok()
    return api.get("/v1/accounts")


def gone(method: str) -> Case:
    def case(api: Any, make: Any) -> Any:
        path = f"/v1/accounts/{make.account()}"
        api.delete(path).ok()
        return api.send(method, path, {} if method == "POST" else None)

    return case


def meeting(**fields: Any) -> Case:
    body = {"$title": "Demo", "$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}
    return new("meetings", body | {f"${key}": value for key, value in fields.items()})


CASES: dict[str, tuple[tuple[int, str, str | None, str | None], Case]] = {
    # 4.2
    "no route": ((404, "not_found", None, None), lambda api, make: api.get("/v1/nothing")),
    "no method": ((404, "not_found", None, None), lambda api, make: api.send("PUT", "/v1/accounts")),
    "no key": ((401, "unauthorized", None, None), lambda api, make: api.get("/v1/accounts", authorization=None)),
    "unknown key": (
        (401, "unauthorized", None, None),
        lambda api, make: api.get("/v1/accounts", authorization=f"Bearer sk_lf_1_{'0' * 32}"),
    ),
    "no scope": ((403, "forbidden", None, None), not_scoped),
    "no record": ((404, "not_found", None, None), lambda api, make: api.get(f"/v1/accounts/acc_{UNKNOWN}")),
    "no object type": ((404, "not_found", None, None), lambda api, make: api.get("/v1/objects/nothing")),
    "shipped object type": ((404, "not_found", None, None), lambda api, make: api.get("/v1/objects/account")),
    "no media type": (
        (415, "unsupported_media_type", None, None),
        lambda api, make: api.post("/v1/accounts", {}, content_type=None),
    ),
    "another media type": (
        (415, "unsupported_media_type", None, None),
        lambda api, make: api.post("/v1/accounts", {}, content_type="text/json"),
    ),
    "too often": ((429, "too_many_requests", None, None), too_often),
    # 4.3
    "unknown field": (bad("unknown_field", "fields.bogus"), account({"bogus": 1})),
    "unknown relationship": (
        bad("unknown_relationship", "relationships.bogus"),
        account(relationships={"bogus": "acc_1"}),
    ),
    "missing id": (
        bad("relationship_entity_missing", "relationships.$owner"),
        account(relationships={"$owner": f"mem_{UNKNOWN}"}),
    ),
    "id of another type": (
        bad("relationship_entity_missing", "relationships.$contact"),
        account(relationships={"$contact": f"acc_{UNKNOWN}"}),
    ),
    "inactive id": (bad("relationship_entity_inactive", "relationships.$contact"), contact_in_the_trash),
    "long idempotency key": (
        bad("idempotency_key_too_long", "Idempotency-Key"),
        lambda api, make: api.post("/v1/accounts", {"fields": {"$name": "A"}}, idempotency_key="k" * 256),
    ),
    "no version": (
        bad("version_header", VERSION),
        lambda api, make: api.get("/v1/accounts", lightfield_version=None),
    ),
    "malformed version": (
        bad("version_header", VERSION),
        lambda api, make: api.get("/v1/accounts", lightfield_version="2026-03-1"),
    ),
    "unknown version": (
        bad("version_header", VERSION),
        lambda api, make: api.get("/v1/accounts", lightfield_version="2026-03-02"),
    ),
    "26 links": ((422, "unprocessable_content", "relationship_write_limit_exceeded", None), too_many_links),
    # 1 and 4.4: bodies
    "no JSON": (bad("invalid_type", None), lambda api, make: api.post("/v1/accounts", b"{")),
    "empty body": (bad("invalid_type", None), lambda api, make: api.post("/v1/accounts", b"")),
    "an array": (bad("invalid_type", None), lambda api, make: api.post("/v1/accounts", [])),
    "unknown top-level key": (bad("unknown_field", "field"), account(field=1)),
    "extra of create on update": (
        bad("unknown_field", "skipEnrichment"),
        lambda api, make: api.post(f"/v1/accounts/{make.account()}", {"skipEnrichment": True}),
    ),
    "extra of a wrong type": (bad("invalid_type", "skipEnrichment"), account(skipEnrichment=None)),
    "no fields": (bad("parameter_missing", "fields"), lambda api, make: api.post("/v1/accounts", {})),
    "fields no object": (bad("invalid_type", "fields"), lambda api, make: api.post("/v1/accounts", {"fields": []})),
    "fields null": (bad("invalid_type", "fields"), lambda api, make: api.post("/v1/accounts", {"fields": None})),
    "relationships no object": (
        bad("invalid_type", "relationships"),
        lambda api, make: api.post("/v1/accounts", {"fields": {"$name": "A"}, "relationships": "x"}),
    ),
    "deletion with a body": (
        bad("unknown_field", "reason"),
        lambda api, make: api.delete(f"/v1/accounts/{make.account()}", {"reason": "old"}),
    ),
    "restoration with a body": (
        bad("unknown_field", "reason"),
        lambda api, make: api.post(f"/v1/accounts/{make.account()}/restore", {"reason": "old"}),
    ),
    # 4.4: what is required
    "account without name": (unprocessable("fields.$name"), new("accounts", {})),
    "opportunity without name": (unprocessable("fields.$name"), new("opportunities", {})),
    "opportunity without account": (unprocessable("relationships.$account"), new("opportunities", {"$name": "D"})),
    "task without assignee": (
        unprocessable("relationships.$assignedTo"),
        new("tasks", {"$title": "Call", "$status": "TODO"}),
    ),
    "task without title": (bad("parameter_missing", "fields.$title"), new("tasks", {"$status": "TODO"})),
    "task without status": (bad("parameter_missing", "fields.$status"), new("tasks", {"$title": "Call"})),
    "note without title": (bad("parameter_missing", "fields.$title"), new("notes", {"$content": "x"})),
    "meeting without start": (
        bad("parameter_missing", "fields.$startDate"),
        new("meetings", {"$title": "Demo", "$endDate": "2026-05-01T10:00:00Z"}),
    ),
    "list without type": (bad("parameter_missing", "fields.$objectType"), new("lists", {"$name": "Targets"})),
    "merge without duplicate": (
        bad("parameter_missing", "duplicateId"),
        lambda api, make: api.post("/v1/accounts/merge", {"primaryId": "acc_1"}),
    ),
    "required field cleared": (unprocessable("fields.$name"), edited({"$name": None})),
    "required field emptied": (unprocessable("fields.$name"), edited({"$name": ""})),
    "required field blank on create": (unprocessable("fields.$name"), account({"$name": " \t"})),
    # 4.4: read-only
    "read-only field": (bad("invalid_configuration", "fields.$accountStatus"), account({"$accountStatus": "x"})),
    "read-only field, null": (bad("invalid_configuration", "fields.$accountStatus"), edited({"$accountStatus": None})),
    "read-only relationship": (
        bad("invalid_configuration", "relationships.$task"),
        account(relationships={"$task": f"tsk_{UNKNOWN}"}),
    ),
    "derived relationship": (
        bad("invalid_configuration", "relationships.$meeting"),
        edited(relationships={"$meeting": {"replace": []}}),
    ),
    # 4.4: values
    "text for a number": (bad("invalid_type", "fields.$revenue"), account({"$revenue": "12"})),
    "number for a text": (bad("invalid_type", "fields.$name"), account({"$name": 12})),
    "wrapped value": (
        bad("invalid_type", "fields.$name"),
        account({"$name": {"value": "Acme", "valueType": "TEXT"}}),
    ),
    "array of numbers": (bad("invalid_type", "fields.$industry"), account({"$industry": [1]})),
    "string for a name": (bad("invalid_type", "fields.$name"), new("contacts", {"$name": "Ada Lovelace"})),
    "unknown member of an address": (
        bad("invalid_type", "fields.$primaryAddress"),
        account({"$primaryAddress": {"zip": "94105"}}),
    ),
    "bad phone": (unprocessable("fields.$phone"), new("contacts", {"$phone": ["12"]})),
    "bad email": (unprocessable("fields.$email"), new("contacts", {"$email": ["ada"]})),
    "bad country": (unprocessable("fields.$primaryAddress"), account({"$primaryAddress": {"country": "USA"}})),
    "bad date": (
        unprocessable("fields.$closeDate"),
        new("opportunities", {"$name": "D", "$closeDate": "2026-05-01"}),
    ),
    "other platform": (unprocessable("fields.$twitter"), account({"$twitter": "https://facebook.com/acme"})),
    "over precision": (unprocessable("fields.$revenue"), account({"$revenue": 1.005})),
    "several for one": (
        unprocessable("fields.$profilePhotoUrl"),
        new("contacts", {"$profilePhotoUrl": ["https://a.example", "https://b.example"]}),
    ),
    "unknown option": (unprocessable("fields.$headcount"), account({"$headcount": "many"})),
    "unknown status": (unprocessable("fields.$status"), new("tasks", {"$title": "C", "$status": "DONE"})),
    "unknown privacy": (unprocessable("fields.$privacySetting"), meeting(privacySetting="SECRET")),
    "unknown list type": (unprocessable("fields.$objectType"), new("lists", {"$name": "L", "$objectType": "$task"})),
    "attendees null": (unprocessable("fields.$attendeeEmails"), meeting(attendeeEmails=None)),
    "meeting to come": (unprocessable("fields.$startDate"), meeting(startDate="2026-06-01T00:00:00.001Z")),
    # 4.4: relationships
    "two for one": (
        unprocessable("relationships.$owner"),
        account(relationships={"$owner": ["mem_1", "mem_2"]}),
    ),
    "number for an id": (bad("invalid_type", "relationships.$owner"), account(relationships={"$owner": 7})),
    "null on create": (bad("invalid_type", "relationships.$owner"), account(relationships={"$owner": None})),
    "operation on create": (
        bad("invalid_type", "relationships.$owner"),
        account(relationships={"$owner": {"add": f"mem_{UNKNOWN}"}}),
    ),
    "id on update": (
        bad("invalid_type", "relationships.$owner"),
        edited(relationships={"$owner": f"mem_{UNKNOWN}"}),
    ),
    "no operation": (bad("parameter_missing", "relationships.$owner"), edited(relationships={"$owner": {}})),
    "unknown operation": (
        bad("invalid_type", "relationships.$owner"),
        edited(relationships={"$owner": {"set": f"mem_{UNKNOWN}"}}),
    ),
    "replace beside add": (
        bad("invalid_configuration", "relationships.$contact"),
        edited(relationships={"$contact": {"replace": [], "add": []}}),
    ),
    # 4.4: states
    "unique value": ((409, "conflict", None, None), second_with_the_same_unique_value),
    "retrieve what was deleted": ((404, "not_found", None, None), gone("GET")),
    "update what was deleted": ((404, "not_found", None, None), gone("POST")),
    # 4.4: lists
    "limit no number": (bad("invalid_type", "limit"), listed("limit=ten")),
    "limit empty": (bad("invalid_type", "limit"), listed("limit=")),
    "limit 0": (bad("invalid_type", "limit"), listed("limit=0")),
    "limit 26": (bad("invalid_type", "limit"), listed("limit=26")),
    "offset below 0": (bad("invalid_type", "offset"), listed("offset=-1")),
    "unknown filter": (bad("unknown_field", "bogus[equal]"), listed("bogus[equal]=1")),
    "unknown filter with an id": (bad("unknown_relationship", "bogus"), listed("bogus=acc_1")),
    "unknown filter with a custom id": (bad("unknown_relationship", "bogus"), listed("bogus=obj_1")),
    "unknown operator": (bad("invalid_configuration", "$name[like]"), listed("$name[like]=A")),
    "operator in capitals": (bad("invalid_configuration", "$name[Equal]"), listed("$name[Equal]=A")),
    "operator of another type": (bad("invalid_configuration", "$name[contains]"), listed("$name[contains]=A")),
    "unfilterable field": (bad("invalid_configuration", "$industry"), listed("$industry=x")),
    "unreadable operand": (bad("invalid_type", "$revenue"), listed("$revenue=much")),
    "malformed filter": (bad("invalid_configuration", "$name[equal"), listed("$name[equal=A")),
    "unknown status of a list": (bad("invalid_type", "status"), listed("status=deleted")),
    "filter on lists": (bad("unknown_field", "$name"), listed("$name=A", "lists")),
    "filter on members": (bad("unknown_field", "$email"), listed("$email=a", "members")),
    "trash of lists": (bad("unknown_field", "status"), listed("status=trashed", "lists")),
}


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_says_what_is_wrong_and_where(name: str, api: Any, make: Any) -> None:
    expected, case = CASES[name]
    assert case(api, make).error == expected


def test_every_documented_code_is_met_or_excused() -> None:
    met = {expected[2] for expected, _ in CASES.values()} - {None}
    assert met | set(UNREACHED_CODES) == CODES
    assert not met & set(UNREACHED_CODES)


class Failing:
    """A store that reads, and cannot write."""

    def __init__(self, store: Any, error: Exception) -> None:
        self._store, self._error = store, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, workspace: int, work: Any) -> Any:
        raise self._error


FAULTS = {
    (500, "internal_server_error", None, None): RuntimeError("a secret of ours"),
    (503, "service_unavailable", None, None): problems.unavailable(),
}


@pytest.mark.parametrize("expected", FAULTS, ids=lambda expected: str(expected[0]))
def test_a_fault_of_ours_is_told_in_the_envelope_and_with_the_rate_limit(
    expected: Any, api: Any, make: Any, world: Any
) -> None:
    world.server.limits = Limits(25)
    world.server.store = Failing(world.store, FAULTS[expected])
    answer = api.post("/v1/accounts", {"fields": {"$name": "Acme"}})
    assert answer.error == expected
    assert answer.headers["x-ratelimit-remaining"] == "24"
    assert "secret" not in answer.body["error"]["message"]


def test_every_documented_status_is_met_or_excused() -> None:
    met = {expected[:2] for expected, _ in CASES.values()} | {expected[:2] for expected in FAULTS}
    assert met | set(UNREACHED_STATUSES) == STATUSES


MESSAGES: dict[str, tuple[str, Case]] = {
    "401": ("Invalid API key.", lambda api, make: api.get("/v1/accounts", authorization=None)),
    "403": ("Token does not have the 'accounts:read' scope.", not_scoped),
    "404": (
        "No resource found in 'accounts' with the given ID.",
        lambda api, make: api.get(f"/v1/accounts/acc_{UNKNOWN}"),
    ),
    "unknown field": ("Unrecognized field 'bogus' for 'accounts'.", account({"bogus": 1})),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_documented_messages_are_kept(name: str, api: Any, make: Any) -> None:
    message, case = MESSAGES[name]
    assert case(api, make).body["error"]["message"] == message


def test_an_error_has_no_keys_but_those_that_say_something(api: Any) -> None:
    assert set(api.get("/v1/nothing").body["error"]) == {"type", "message"}
    assert set(api.get("/v1/accounts?limit=0").body["error"]) == {"type", "message", "code", "param"}


def test_only_conflicts_that_waiting_cannot_resolve_say_so_to_clients_that_repeat(api: Any, make: Any) -> None:
    assert second_with_the_same_unique_value(api, make).headers["x-should-retry"] == "false"
    assert "x-should-retry" not in api.get("/v1/accounts?limit=0").headers
