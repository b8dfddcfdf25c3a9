"""contract/api.yaml is the promise, contract/server.json what our server serves, contract/not_served.txt the rest."""

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations.operation import OPERATIONS, Operation
from tests.serving import ROOT
from tools.generate_contract import TARGET, contract

CONTRACT: Path = ROOT / "contract"

COMPATIBLE = [operation for operation in OPERATIONS if operation.compatible]


@functools.cache
def promised() -> dict[str, dict[str, Any]]:
    """Promised operations by id, each with its method and path."""
    read = yaml.safe_load((CONTRACT / "api.yaml").read_text())
    components = read["components"]["parameters"]
    found = {}
    for path, methods in read["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "delete"):
                parameters = [
                    components[p["$ref"].rpartition("/")[2]] if "$ref" in p else p
                    for p in operation.get("parameters", [])
                ]
                found[operation["operationId"]] = {
                    **operation,
                    "method": method.upper(),
                    "path": path,
                    "query": {p["name"] for p in parameters if p["in"] == "query"},
                    "headers": {p["name"] for p in parameters if p["in"] == "header"},
                }
    return found


def test_server_json_is_current() -> None:
    assert TARGET.read_text() == contract(), "run tools/generate_contract.py and review the difference"


@pytest.mark.parametrize("operation", COMPATIBLE, ids=lambda operation: operation.id)
def test_a_compatible_operation_is_served_as_promised(operation: Operation) -> None:
    promise = promised()[operation.id]
    assert (operation.method, operation.path) == (promise["method"], promise["path"])
    scopes = promise.get("x-scopes", ())
    if isinstance(scopes, dict):
        assert (set(operation.any_scopes), operation.scopes) == (set(scopes["anyOf"]), ())
    else:
        assert (set(operation.scopes), operation.any_scopes) == (set(scopes), ())
    assert operation.versioned is any("Version" in p.get("$ref", "") for p in promise["parameters"])
    assert operation.category.lower() == promise["x-rate"]
    served = {parameter["name"] for parameter in operation.describe(Catalog(0, 0, ()))["query"]}
    assert served >= promise["query"]
    assert ("requestBody" in promise) is (operation.body != "none")


def test_what_is_ours_alone_stays_outside_the_promised_paths() -> None:
    promises = {(promise["method"], promise["path"]) for promise in promised().values()}
    for operation in OPERATIONS:
        if not operation.compatible:
            assert operation.id not in promised()
            assert (operation.method, operation.path) not in promises


def test_not_served_names_exactly_what_is_promised_and_not_served() -> None:
    named = (CONTRACT / "not_served.txt").read_text().split()
    assert sorted(named) == sorted(promised().keys() - {operation.id for operation in COMPATIBLE})
    assert len(named) == len(set(named))
