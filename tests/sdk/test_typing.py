"""A program that uses every method passes strict type checking, and wrong uses do not (spec: sdk-python 9, 16)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from lightfield._operation import Operation
from lightfield._operations import OPERATIONS
from tests.sdk.calls import call

ROOT = Path(__file__).resolve().parents[2]


def response(operation: Operation) -> str:
    stem = "".join(part.capitalize() for part in re.split(r"[._]", operation.id))
    return {"FileUrl": "FileURL"}.get(stem, stem) + "Response"


def program() -> str:
    lines = [
        "from datetime import UTC, datetime",
        "from typing import assert_type",
        "import lightfield",
        "from lightfield import types",
        "NOW = datetime.now(UTC)",
        "",
    ]
    for define, wait, client, answer in (
        ("def use", "", "Lightfield", "APIResponse"),
        ("async def ause", "await ", "AsyncLightfield", "AsyncAPIResponse"),
    ):
        lines.append(f"{define}(client: lightfield.{client}) -> None:")
        for operation in OPERATIONS.values():
            used = call(operation)
            lines.append(f"    assert_type({wait}client.{used}, types.{response(operation)})")
            raw = used.replace(".", ".with_raw_response.", 1)
            lines.append(f"    assert_type({wait}client.{raw}, lightfield.{answer}[types.{response(operation)}])")
    lines.append(COMFORT)
    return "\n".join(lines)


COMFORT = """
def comfort(client: lightfield.Lightfield) -> None:
    for account in client.account.list_all(filters={"$owner": "mem_1"}, limit=5):
        print(account.get("$name", "?"), account.fields["$name"].value, account.relationships["$owner"].values)
    found = client.contact.find_or_create(filters={"$email": "a@b.c"}, fields={"$email": ["a@b.c"]})
    print(found.record.id, found.created)
    print(client.opportunity.labels().of(found.record, "$stage"))
    assert_type(client.merge.wait("mrg_1", timeout=3), types.MergeGetMergeResponse)
    assert_type(client.enrichment_run.wait("run_1"), types.EnrichmentRunGetEnrichmentRunResponse)
    assert_type(client.workflow_run.wait("run_1"), types.WorkflowRunStatusResponse)
    assert_type(client.file.upload("a.txt", purpose="meeting_transcript"), types.FileCompleteResponse)
    with open("a.txt", "rb") as file:
        client.file.upload(file, filename="b.txt", mime_type="text/plain")
    outcomes = client.map(lambda name: client.account.create(fields={"$name": name}), ["a", "b"])
    assert_type(outcomes[0].unwrap(), types.AccountCreateResponse)
    batch = client.batch("each")
    acme = batch.account.create(fields={"$name": "A"})
    batch.contact.create(fields={}, relationships={"$account": acme.id})
    known = batch.upsert("contact", by="$email", fields={"$email": "a@b.c"}, external_id="7")
    results = batch.send(records=True)
    assert_type(results.record(acme), types.AccountCreateResponse)
    print(results.of(known).outcome, [result.status for result in results], len(results.failed))
    done = client.upsert("object", entity_slug="project", by="externalId", external_id="7", fields={})
    print(done.record.get("$name"), done.outcome)
    fields: dict[str, str] = {"$name": "A"}
    client.account.create(fields=fields)
    with client.account.with_streaming_response.retrieve("x") as answer:
        assert_type(answer.parse(), types.AccountRetrieveResponse)
        assert_type(answer.parse(to=str), str)
    params: types.TaskUpdateParams = {"fields": {"status": None}}
    client.task.update("tsk_1", **params)
    assert_type(client.get("/v1/x", cast_to=dict[str, int]), dict[str, int])
    value: types.account_create_params.FieldsUntypedFieldsUntypedItemAddress = {"postal_code": "1"}
    client.account.create(fields={"$primaryAddress": value})


async def acomfort(client: lightfield.AsyncLightfield) -> None:
    async for task in client.task.list_all(status="trashed"):
        print(task.created_at)
    async with client.account.with_streaming_response.retrieve("x") as answer:
        assert_type(await answer.parse(), types.AccountRetrieveResponse)
    outcomes = await client.map(client.account.retrieve, ["a"], concurrency=2)
    assert_type(outcomes[0].unwrap(), types.AccountRetrieveResponse)
    assert_type(await client.merge.wait("mrg_1"), types.MergeGetMergeResponse)
    assert_type(await client.file.upload(b"Hello."), types.FileCompleteResponse)
    print((await client.account.labels()).option("$industry", "Tech"))
    batch = client.batch()
    acme = batch.account.create(fields={"$name": "A"})
    assert_type((await batch.send()).record(acme), types.AccountCreateResponse)
    print((await client.upsert("account", by="$website", fields={"$website": "a.b"})).record.id)
"""

WRONG = """
import httpx2
import lightfield

def use(client: lightfield.Lightfield) -> None:
    client.email.send(from_="a", message_body={"content": "x"}, subject="s", to="not a list")  # 1
    client.account.create()  # 2
    client.account.list(status="deleted")  # 3
    client.account.retrieve(5)  # 4
    client.account.list(filters={"$amount": {"biggerThan": 5}})  # 5
    client.note.create(fields={"titel": "x"})  # 6
    client.member.list(filters={})  # 7
    lightfield.Lightfield(api_key="k", http_client=httpx2.AsyncClient())  # 8
    client.upsert("invoice", by="$name", fields={})  # 8
    lightfield.Ligthfield  # 9
    lightfield.types.AccountMakeParams  # 9
"""


def mypy(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(ROOT / ".mypy_cache" / "user"),
        *options,
        str(path),
    ]
    env = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=path.parent, env=env, capture_output=True, text=True, check=False)


def test_a_program_that_uses_every_method_is_well_typed(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(program())
    checked = mypy(path)
    assert checked.stdout.strip() == "Success: no issues found in 1 source file", checked.stdout + checked.stderr


def test_wrong_uses_are_found_by_the_type_checker(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(WRONG)
    found = {int(line.split(":")[1]) for line in mypy(path).stdout.splitlines() if ": error:" in line}
    assert found == {number for number, line in enumerate(WRONG.splitlines(), start=1) if re.search(r"  # \d$", line)}
