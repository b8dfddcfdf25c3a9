"""What a workspace's own OpenAPI document says, requests made up from it find to be so.

Nothing answers with a fault, with a status or header that is not documented, or with a reply of another shape; and
what the document rules out is refused.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from lightfield_server.http import openapi
from lightfield_server.kit import clock, ids
from lightfield_server.operations.server import Catalogs
from tests.server.filters.workspaces import put_definitions
from tests.serving import ROOT, Serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)

PHASES = ("examples", "coverage", "fuzzing")

EXAMPLES = 4

#: The run ends here whatever is left to try (seconds).
LONGEST = 15


@dataclass
class Described:
    """A served workspace with definitions and records of its own, and the document of its operations."""

    serving: Serving
    document: dict[str, Any]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    with Serving(tmp_path_factory.mktemp("described"), rate_limit="100000") as serving:
        store = serving.store()
        numbers = ids.Numbers(clock.now)
        workspace = store.write_now(0, lambda tx: tx.workspaces()[0].number)
        store.write_now(workspace, lambda tx: put_definitions(tx, numbers))
        catalog = store.write_now(workspace, Catalogs().current)
        store.close_now()
        yield Described(serving, json.loads(openapi.document(catalog)), records(serving))


def records(serving: Serving) -> dict[str, str]:
    """A record of every resource, by its name."""
    with serving.client() as client:

        def made(path: str, fields: Any, **more: Any) -> Any:
            answer = client.post(f"/v1/{path}", json={"fields": fields, **more})
            assert answer.status_code == 200, answer.text
            return answer.json()["id"]

        member = client.get("/v1/members").json()["data"][0]["id"]
        account = made("accounts", {"$name": "Acme", "$website": ["acme.com"], "tier": "Gold"})
        contact = made("contacts", {"$name": {"firstName": "Ann"}}, relationships={"$account": account})
        about = {"$account": account}
        twins = [made("accounts", {"$name": name}) for name in ("One", "Two")]
        upload = client.post("/v1/files", json={"filename": "a", "mimeType": "text/plain", "sizeBytes": 1}).json()
        client.put(upload["uploadUrl"], content=b"a", headers=upload["uploadHeaders"])
        client.post(f"/v1/files/{upload['id']}/complete", json={})
        merge = client.post("/v1/accounts/merge", json={"primaryId": twins[0], "duplicateId": twins[1]}).json()
        return {
            "member": member,
            "account": account,
            "contact": contact,
            "opportunity": made("opportunities", {"$name": "Deal"}, relationships=about),
            "task": made(
                "tasks", {"$title": "Call", "$status": "TODO"}, relationships={"$assignedTo": member, **about}
            ),
            "note": made("notes", {"$title": "Said"}, relationships=about),
            "meeting": made(
                "meetings",
                {"$title": "Met", "$startDate": "2026-01-01T09:00:00Z", "$endDate": "2026-01-01T10:00:00Z"},
            ),
            "list": made("lists", {"$name": "L", "$objectType": "$account"}, relationships={"$accounts": [account]}),
            "object": made("objects/project/values", {"$name": "P", "score": 1, "vip": True}),
            "merge": merge["merge"]["id"],
            "file": upload["id"],
        }


def test_the_document_is_valid_openapi(described: Described) -> None:
    jsonschema_rs.Draft202012Validator(OPENAPI_31).validate(described.document)


def test_every_schema_in_the_document_is_valid_json_schema(described: Described) -> None:
    for schema in schemas(described.document):
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("schema"), dict):
            yield part["schema"]
        for inner in part.values():
            yield from schemas(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from schemas(inner)


def without_keys(document: dict[str, Any]) -> dict[str, Any]:
    """Under a key that was used before, an answer is repeated whatever is sent: nothing a document could say."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    for path in copy["paths"].values():
        for operation in path.values():
            operation["parameters"] = [p for p in operation["parameters"] if p["name"] != "Idempotency-Key"]
    return copy


#: Changes of definitions change the document, so they come by themselves; nobody takes away the key in use.
RECORDS = ("--exclude-operation-id-regex", r"^schema\.(?!list|retrieve)")
DEFINITIONS = (
    *("--include-operation-id-regex", r"^schema\."),
    *("--exclude-operation-id-regex", r"\.(revokeKey|deactivateMember)$"),
)


@pytest.mark.slow
@pytest.mark.parametrize("which", [RECORDS, DEFINITIONS], ids=["records", "definitions"])
def test_requests_made_up_from_the_document_are_answered_as_it_says(
    described: Described, tmp_path: Path, which: tuple[str, ...]
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(without_keys(described.document)))
    serving = described.serving

    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(tmp_path / "openapi.json")),
            *("--url", serving.address, "--header", f"Authorization: Bearer {serving.token}"),
            *("--phases", ",".join(PHASES), "--checks", ",".join(CHECKS), "--warnings", "off"),
            *which,
            *("--max-examples", str(EXAMPLES), "--max-time", str(LONGEST), "--seed", "1", "--no-shrink"),
            *("--generation-deterministic", "--continue-on-failure", "--no-color"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.contract.made_up_requests",
            "KNOWN_IDS": json.dumps(described.ids),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
