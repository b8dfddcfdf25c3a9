"""Keys, what they may do, and the version header (spec: conventions 2, 3 and 9)."""

from typing import Any

import pytest

from lightfield_server.kit import signing
from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations.operation import NO_BODY, OPERATIONS

UNAUTHORIZED = (401, "unauthorized", None, None)
FORBIDDEN = (403, "forbidden", None, None)

SCOPED = [operation for operation in OPERATIONS if operation.scopes]

#: The scopes of conventions 9 and sdk-python 4, by operation. `*` stands for the type's plural.
DOCUMENTED = {
    "definitions": ("*:read",),
    "create": ("*:create",),
    "list": ("*:read",),
    "retrieve": ("*:read",),
    "update": ("*:update",),
    "delete": ("*:delete",),
    "restore": ("*:restore",),
    "fieldHistory": ("*:read",),
}
PLURALS = {
    "account": "accounts",
    "contact": "contacts",
    "opportunity": "opportunities",
    "task": "tasks",
    "note": "notes",
    "meeting": "meetings",
    "list": "lists",
    "object": "custom_objects",
}
OTHERS = {
    "auth.validate": (),
    "member.list": ("members:read",),
    "member.retrieve": ("members:read",),
    "list.listAccounts": ("lists:read", "accounts:read"),
    "list.listContacts": ("lists:read", "contacts:read"),
    "list.listOpportunities": ("lists:read", "opportunities:read"),
    "object.listDefinitions": ("custom_objects:read",),
    "merge.mergeAccounts": ("accounts:update", "accounts:delete"),
    "merge.mergeContacts": ("contacts:update", "contacts:delete"),
    "merge.mergeOpportunities": ("opportunities:update", "opportunities:delete"),
    "merge.mergeObjectValues": ("custom_objects:update", "custom_objects:delete"),
    "merge.getMerge": (),
    "file.create": ("files:create",),
    "file.complete": ("files:create",),
    "file.cancel": ("files:create",),
    "file.list": ("files:read",),
    "file.retrieve": ("files:read",),
    "file.url": ("files:read",),
    "enrichmentRun.enrich": (),
    "enrichmentRun.getEnrichmentRun": (),
    "workflowRun.status": (),
}


def asked(api: Any, operation: Any) -> Any:
    """A call of the operation, about records that need not exist."""
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", "acc_0000000000000001" if name == "id" else "x")
    return api.send(operation.method, path, None if operation.body == NO_BODY else {})


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.id in OTHERS], ids=lambda o: o.id)
def test_an_operation_asks_for_the_documented_scopes(operation: Any) -> None:
    assert operation.scopes == OTHERS[operation.id]


@pytest.mark.parametrize("resource", PLURALS)
def test_record_operations_ask_for_the_scopes_of_their_type(resource: str) -> None:
    for name, scopes in DOCUMENTED.items():
        operation = OPERATIONS.get(f"{resource}.{name}")
        if operation is not None:
            assert operation.scopes == tuple(scope.replace("*", PLURALS[resource]) for scope in scopes)


def test_every_compatible_operation_has_documented_scopes() -> None:
    ids = {operation.id for operation in OPERATIONS if operation.compatible}
    assert {id for id in ids if id not in OTHERS and id.split(".")[0] not in PLURALS} == set()


@pytest.mark.parametrize("operation", SCOPED, ids=lambda o: o.id)
def test_an_operation_needs_each_of_its_scopes(operation: Any, world: Any) -> None:
    for missing in operation.scopes:
        others = [scope for scope in operation.scopes if scope != missing]
        answer = asked(world.api(world.add_key("emails:read", *others)), operation)
        assert answer.error == FORBIDDEN
        assert answer.body["error"]["message"] == f"Token does not have the '{missing}' scope."
    assert asked(world.api(world.add_key(*operation.scopes)), operation).status != 403


@pytest.mark.parametrize("operation", [o for o in SCOPED if ADMIN not in o.scopes], ids=lambda o: o.id)
def test_a_key_without_scopes_may_do_everything(operation: Any, api: Any) -> None:
    assert asked(api, operation).status != 403


# Whose key


def test_a_key_says_what_it_is(world: Any, make: Any) -> None:
    def validated(token: str) -> Any:
        return world.api(token).get("/v1/auth/validate").ok()

    common = {"active": True, "tokenType": "api_key"}
    assert validated(world.add_key()) == {**common, "subjectType": "workspace", "scopes": []}
    scoped = world.add_key("tasks:read", "accounts:read", "tasks:read", member=make.member())
    assert validated(scoped) == {**common, "subjectType": "user", "scopes": ["accounts:read", "tasks:read"]}


def test_a_revoked_key_is_like_an_unknown_one_at_once(world: Any, make: Any) -> None:
    token = world.add_key()
    world.api(token).get("/v1/accounts").ok()
    make.revoke(token)
    answer = world.api(token).get("/v1/accounts")
    unknown = world.api("sk_lf_1_" + "0" * 32).get("/v1/accounts")
    assert answer.error == unknown.error == UNAUTHORIZED
    assert answer.body == unknown.body


def test_a_key_says_nothing_in_another_workspace(world: Any) -> None:
    token = world.add_key()
    other = world.add_workspace("other")
    assert world.api(token.replace("sk_lf_1_", f"sk_lf_{other}_")).get("/v1/accounts").error == UNAUTHORIZED


CREDENTIALS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Basic {}",
    "{}",
    "Bearer {}x",
    "Bearer {} {}",
    "Bearer sk_lf_",
    "Bearer sk_lf_0_" + "0" * 32,
    "Bearer sk_lf_01_" + "0" * 32,
    "Bearer sk_lf_99999999999999999999_" + "0" * 32,
    "Bearer sk_lf_2_" + "0" * 32,
    "Bearer é\xff\x01",
    "Bearer " + "x" * 100_000,
]


@pytest.mark.parametrize("credential", CREDENTIALS, ids=range(len(CREDENTIALS)))
def test_what_is_no_key_is_refused(credential: str, api: Any) -> None:
    sent = credential.replace("{}", api.token)
    assert api.get("/v1/accounts", authorization=sent).error == UNAUTHORIZED


def test_upper_case_secrets_are_others(api: Any) -> None:
    prefix, _, secret = api.token.rpartition("_")
    assert api.get("/v1/accounts", authorization=f"Bearer {prefix}_{secret.upper()}").error == UNAUTHORIZED


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_spelt_in_any_case(scheme: str, api: Any) -> None:
    api.get("/v1/accounts", authorization=f"{scheme} {api.token}").ok()


def test_secrets_are_kept_as_digests(world: Any) -> None:
    token = world.add_key()
    rows = world.write(lambda tx: tx.run("select * from api_key").fetchall())
    assert signing.digest(token) in {value for row in rows for value in row}
    assert token not in repr(rows)
    assert token.rpartition("_")[2] not in repr(rows)


# The version


@pytest.mark.parametrize(
    "version", [None, "", "2026-03-01 ", "2026-3-1", "2026-03-02", "latest", "2026-03-01,2026-03-01"]
)
def test_every_request_names_the_version(version: Any, api: Any) -> None:
    for ask in (
        api.get("/v1/accounts", lightfield_version=version),
        api.get("/v1/auth/validate", lightfield_version=version),
    ):
        assert ask.error == (400, "bad_request", "version_header", "Lightfield-Version")


@pytest.mark.parametrize("operation", list(OPERATIONS), ids=lambda o: o.id)
def test_no_operation_is_open(operation: Any, api: Any, world: Any) -> None:
    assert asked(world.api(None), operation).error == UNAUTHORIZED
    nameless = world.api(api.token)
    nameless.headers = {}
    if not operation.versioned:
        assert asked(nameless, operation).status == 404
        return
    assert asked(nameless, operation).error == (400, "bad_request", "version_header", "Lightfield-Version")
