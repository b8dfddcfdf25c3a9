"""contract/api.yaml is valid, complete and readable, and what is generated from it is current."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from lightfield._operations import OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "contract" / "api.yaml"
SERVED = {"auth", "account", "contact", "opportunity", "task", "note", "meeting", "list", "member", "object", "merge"}


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CONTRACT.read_text())
    return loaded


def operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from inside(member)
    elif isinstance(value, list):
        for member in value:
            yield from inside(member)


def test_the_contract_names_every_operation_once(contract: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(contract)]
    assert len(ids) == len(set(ids)) == 112
    assert len({id.split(".")[0] for id in ids}) == 19


def test_every_reference_leads_somewhere_and_every_component_is_used(contract: dict[str, Any]) -> None:
    used = {node["$ref"] for node in inside(contract) if "$ref" in node}
    offered = {
        f"#/components/{kind}/{name}"
        for kind, members in contract["components"].items()
        for name in members
        if kind != "securitySchemes"
    }
    assert used == offered


def test_every_schema_is_valid_json_schema(contract: dict[str, Any]) -> None:
    for name, schema in contract["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert set(schema.get("required", ())) <= set(schema.get("properties", ())), name


def test_every_path_argument_is_declared_and_every_write_takes_an_idempotency_key(contract: dict[str, Any]) -> None:
    for path, method, operation in operations(contract):
        declared = [p["name"] for p in operation["parameters"] if p.get("in") == "path"]
        assert [part[1:-1] for part in path.split("/") if part.startswith("{")] == declared
        keyed = {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]
        assert keyed == (method == "post"), operation["operationId"]


def test_the_contract_stays_readable() -> None:
    assert CONTRACT.stat().st_size < 200_000
    assert max(map(len, CONTRACT.read_text().splitlines())) <= 150


def test_what_is_not_served_is_promised_and_listed_once(contract: dict[str, Any]) -> None:
    ids = {operation["operationId"] for _, _, operation in operations(contract)}
    listed = (ROOT / "contract" / "not_served.txt").read_text().split()
    assert len(listed) == len(set(listed))
    assert set(listed) <= ids
    assert not {id for id in listed if id.split(".")[0] in SERVED}


def test_the_table_of_operations_is_the_contract(contract: dict[str, Any]) -> None:
    promised = {(method.upper(), path) for path, method, _ in operations(contract)}
    assert {(operation.method, operation.path) for operation in OPERATIONS.values()} == promised


def test_merged_shapes_do_not_contradict_each_other(contract: dict[str, Any]) -> None:
    for node in inside(contract["components"]):
        spelled: dict[str, str] = {}
        for variant in node.get("anyOf", ()) if isinstance(node.get("anyOf"), list) else ():
            target = contract["components"]["schemas"].get(variant.get("$ref", "").rpartition("/")[2], variant)
            for wire in target.get("properties", ()):
                assert spelled.setdefault(wire.lstrip("$").lower(), wire) == wire


def test_generated_files_are_current(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; import generate_sdk; generate_sdk.generate(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT / "tools", check=True)
    package = ROOT / "src" / "lightfield"
    fresh = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.py"))
    committed = [path for name in ("types", "resources") for path in (package / name).rglob("*.py")]
    assert fresh == sorted(path.relative_to(package) for path in [*committed, package / "_operations.py"])
    _, changed, missing = filecmp.cmpfiles(tmp_path, package, map(str, fresh), shallow=False)
    assert (changed, missing) == ([], []), "run python tools/generate_sdk.py and commit what it writes"
