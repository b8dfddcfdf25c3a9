"""Checks come in the order of conventions 4.5: of two faults in one request, the earlier one answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

from lightfield_server.identity.limits import Limits

REPLAY = (200, "replayed", None, None)


@dataclass
class Request:
    """An update of an account that would succeed, until faults are put in."""

    path: str
    token: str
    scopes: tuple[str, ...] = ()
    revoked: bool = False
    limited: bool = False
    repeated: bool = False
    headers: dict[str, str | None] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=lambda: {"fields": {"$name": "Acme"}, "relationships": {}})


def route(request: Request, make: Any) -> None:
    request.path = request.path.replace("accounts", "companies")


def key(request: Request, make: Any) -> None:
    request.revoked = True


def version(request: Request, make: Any) -> None:
    request.headers["lightfield_version"] = "2020-01-01"


def rate(request: Request, make: Any) -> None:
    request.limited = True


def media_type(request: Request, make: Any) -> None:
    request.headers["content_type"] = "text/plain"


def long_idempotency_key(request: Request, make: Any) -> None:
    request.headers["idempotency_key"] = "k" * 256


def scope(request: Request, make: Any) -> None:
    request.scopes = ("accounts:read",)


def repeat(request: Request, make: Any) -> None:
    request.repeated = True
    request.headers["idempotency_key"] = "again"


def path_resource(request: Request, make: Any) -> None:
    request.path = "/".join([*request.path.split("/")[:-1], "acc_0000000000000001"])


def shape(request: Request, make: Any) -> None:
    request.body["bogus"] = 1


def unknown_field(request: Request, make: Any) -> None:
    request.body["fields"]["bogus"] = 1


def unknown_relationship(request: Request, make: Any) -> None:
    request.body["relationships"]["bogus"] = {"add": "con_1"}


def read_only(request: Request, make: Any) -> None:
    request.body["fields"]["$accountStatus"] = "fine"


def value(request: Request, make: Any) -> None:
    request.body["fields"]["$revenue"] = "much"


def write_limit(request: Request, make: Any) -> None:
    request.body["relationships"]["$contact"] = {"add": [f"con_{number:016x}" for number in range(26)]}


def cardinality(request: Request, make: Any) -> None:
    request.body["relationships"]["$owner"] = {"replace": ["mem_1", "mem_2"]}


def missing(request: Request, make: Any) -> None:
    make.relationship("account", "partner", "contact")
    request.body["relationships"]["partner"] = {"add": "con_0000000000000001"}


def inactive(request: Request, make: Any) -> None:
    make.relationship("account", "adviser", "contact")
    contact = make.contact()
    make.api.delete(f"/v1/contacts/{contact}").ok()
    request.body["relationships"]["adviser"] = {"add": contact}


def conflict(request: Request, make: Any) -> None:
    make.field("account", "code", unique=True)
    make.api.post("/v1/accounts", {"fields": {"$name": "Other", "code": "7"}}).ok()
    request.body["fields"]["code"] = "7"


Fault = Callable[[Request, Any], None]


def bad(code: str, param: str | None) -> tuple[int, str, str, str | None]:
    return 400, "bad_request", code, param


#: (step of conventions 4.5, fault, its answer), in order.
FAULTS: list[tuple[str, Fault, tuple[int, str, str | None, str | None]]] = [
    ("1", route, (404, "not_found", None, None)),
    ("2", key, (401, "unauthorized", None, None)),
    ("3", version, bad("version_header", "Lightfield-Version")),
    ("4", rate, (429, "too_many_requests", None, None)),
    ("5", media_type, (415, "unsupported_media_type", None, None)),
    ("6", long_idempotency_key, bad("idempotency_key_too_long", "Idempotency-Key")),
    ("7", scope, (403, "forbidden", None, None)),
    ("8", repeat, REPLAY),
    ("9", path_resource, (404, "not_found", None, None)),
    ("10", shape, bad("unknown_field", "bogus")),
    ("11", unknown_field, bad("unknown_field", "fields.bogus")),
    ("11", unknown_relationship, bad("unknown_relationship", "relationships.bogus")),
    ("11", read_only, bad("invalid_configuration", "fields.$accountStatus")),
    ("12", value, bad("invalid_type", "fields.$revenue")),
    ("13", write_limit, (422, "unprocessable_content", "relationship_write_limit_exceeded", None)),
    ("13", cardinality, (422, "unprocessable_content", None, "relationships.$owner")),
    ("13", missing, bad("relationship_entity_missing", "relationships.partner")),
    ("13", inactive, bad("relationship_entity_inactive", "relationships.adviser")),
    ("14", conflict, (409, "conflict", None, None)),
]

#: Pairs that no request can have, and why.
EXCLUDED = {
    (long_idempotency_key, repeat): "a key that is too long was never answered",
}


def sent(request: Request, world: Any, make: Any) -> Any:
    """The answer, as (status, type, code, param)."""
    if request.repeated:
        first = {"fields": {"$name": "Acme"}}
        make.api.post(f"/v1/accounts/{make.account()}", first, idempotency_key="again").ok()
    token = world.add_key(*request.scopes)
    if request.revoked:
        make.revoke(token)
    if request.limited:
        world.server.limits = Limits(1)
        make.api.post("/v1/accounts/merge", {})
    answer = world.api(token).post(request.path, request.body, **request.headers)
    if answer.status == 200:
        assert answer.headers.get("idempotent-replayed") == "true"
        return REPLAY
    return answer.error


def faulty(make: Any, *faults: Fault) -> Request:
    request = Request(f"/v1/accounts/{make.account()}", make.api.token)
    for fault in faults:
        fault(request, make)
    return request


def name(entry: Any) -> str:
    entries = entry if isinstance(entry[0], tuple) else [entry]
    return "-".join(f"{step} {fault.__name__}" for step, fault, _ in entries)


PAIRS = [pair for pair in combinations(FAULTS, 2) if (pair[0][1], pair[1][1]) not in EXCLUDED]


@pytest.mark.parametrize("entry", FAULTS, ids=name)
def test_each_fault_alone_is_refused(entry: Any, world: Any, make: Any) -> None:
    _, fault, expected = entry
    assert sent(faulty(make, fault), world, make) == expected


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_of_two_faults_the_earlier_one_answers(pair: Any, world: Any, make: Any) -> None:
    (_, earlier, expected), (_, later, _) = pair
    assert sent(faulty(make, earlier, later), world, make) == expected


def test_the_table_covers_every_step() -> None:
    assert list(dict.fromkeys(step for step, _, _ in FAULTS)) == [str(step) for step in range(1, 15)]


def test_a_missing_record_is_told_before_a_query_is_read(api: Any, make: Any) -> None:
    list_ = f"/v1/lists/lst_{'0' * 16}/accounts"
    assert api.get(f"{list_}?limit=%ff").status == 404
    history = f"/v1/accounts/acc_{'0' * 16}/fields/$name/history"
    assert api.get(f"{history}?limit=0").status == 404


def test_an_unknown_object_type_is_told_before_the_body_is_looked_at(api: Any) -> None:
    assert api.post("/v1/objects/nothing/values", {"bogus": 1}).status == 404
    assert api.post("/v1/objects/nothing/merge", {"bogus": 1}).status == 404


def test_an_unknown_record_is_told_before_the_body_of_its_deletion(api: Any) -> None:
    assert api.delete(f"/v1/accounts/acc_{'0' * 16}", {"bogus": 1}).status == 404
    assert api.post(f"/v1/accounts/acc_{'0' * 16}/restore", {"bogus": 1}).status == 404


def test_the_scope_for_the_trash_is_asked_for_before_the_page(world: Any) -> None:
    reader = world.api(world.add_key("accounts:read"))
    assert reader.get("/v1/accounts?status=trashed&limit=0").status == 403


def test_a_required_link_is_asked_for_before_ids_are_looked_up(api: Any) -> None:
    body = {"fields": {"$name": "Deal"}, "relationships": {"$owner": "mem_0000000000000001"}}
    assert api.post("/v1/opportunities", body).error == (
        422,
        "unprocessable_content",
        None,
        "relationships.$account",
    )


def test_a_request_that_fails_stores_nothing(make: Any, world: Any) -> None:
    request = faulty(make, conflict)
    request.body["relationships"]["$contact"] = {"add": make.contact()}
    before = make.dump()
    assert sent(request, world, make)[0] == 409
    assert make.dump() == before
