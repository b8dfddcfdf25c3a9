"""Code written for the vendor's package finds every name, argument and attribute here (spec: sdk-python 4 to 6)."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lightfield
from lightfield._operations import OPERATIONS
from tests.sdk.calls import call
from tests.sdk.support import Served

HERE = Path(__file__).parent
FACTS = (HERE / "vendor_names.txt").read_text().splitlines()
EXTRAS = ["extra_headers", "extra_query", "extra_body", "timeout"]
OURS = {"filters"}


def facts(kind: str) -> list[list[str]]:
    return [line.split(" ", 2)[1:] for line in FACTS if line.startswith(f"{kind} ")]


def test_the_noted_facts_are_those_of_the_vendors_present_package(vendor_python: str) -> None:
    told = subprocess.run(
        [vendor_python, "-I", str(HERE / "vendor_facts.py")], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == FACTS


def test_every_type_can_be_imported_under_its_name_and_has_the_same_members() -> None:
    differences = []
    for name, described in facts("type"):
        module, _, cls = name.partition(".")
        found = getattr(importlib.import_module(f"lightfield.types.{module}"), cls, None)
        kind, *members = described.split(" ")
        if kind == "model":
            ours = [f"{n}={f.alias or n}" for n, f in sorted(getattr(found, "model_fields", {}).items())]
        elif kind == "dict":
            ours = sorted(getattr(found, "__annotations__", ()))
        else:
            ours = [] if found is not None else ["missing"]
        if ours != members:
            differences.append(f"{name}: {ours} instead of {members}")
    assert differences == []


def test_the_types_package_offers_every_module_and_main_class() -> None:
    modules = {name.partition(".")[0] for name, _ in facts("type")}
    assert len(modules) == 190
    assert modules <= set(lightfield.types.__all__)
    for name, _ in facts("type"):
        if name.endswith(("Params", "Response")) and "_" in name:
            module, _, cls = name.partition(".")
            assert getattr(lightfield.types, cls) is getattr(getattr(lightfield.types, module), cls)


def test_every_method_has_the_same_arguments_in_the_same_order_and_the_same_result() -> None:
    with Served().client() as client:
        ours = {name: signature(client, name) for name in method_names()}
    theirs = dict(line.removeprefix("method ").split("(", 1) for line in FACTS if line.startswith("method "))
    assert len(theirs) == 112
    assert ours == theirs


def test_every_public_name_is_there() -> None:
    assert {name for (name,) in facts("public")} <= set(lightfield.__all__)


@pytest.mark.parametrize(
    "name", [line.removeprefix("method ").split("(")[0] for line in FACTS if line.startswith("method")]
)
def test_both_clients_have_one_signature(name: str) -> None:
    resource, method = name.split(".")
    module = importlib.import_module(f"lightfield.resources.{resource}")
    stem = "".join(part.capitalize() for part in resource.split("_"))
    sync = getattr(getattr(module, f"{stem}Resource"), method)
    asynchronous = getattr(getattr(module, f"Async{stem}Resource"), method)
    assert inspect.signature(sync) == inspect.signature(asynchronous)
    assert inspect.iscoroutinefunction(asynchronous)
    assert list(inspect.signature(sync).parameters)[-4:] == EXTRAS


def test_every_method_sends_what_the_vendors_package_sends(vendor_python: str) -> None:
    calls = [call(operation, filtered=False) for operation in OPERATIONS.values()] + [
        'account.delete("x")',
        'account.restore("x")',
        'account.update("x")',
        'file.complete("x")',
        'account.retrieve("a/b c")',
        'account.list(extra_query={"$name[equal]": "A B", "$x": {"contains": "y"}})',
        'account.list(extra_query={"l": ["a", "b"], "t": True, "n": None})',
        'account.create(fields={"$name": None}, extra_body={"more": {"a": 1}}, extra_headers={"X-A": "1"})',
        'account.retrieve("x", timeout=None)',
        'account.update("x", fields={"at": datetime(2026, 1, 1, tzinfo=UTC), "due_at": "custom"})',
        'task.create(fields={"$status": "TODO", "title": "é"}, relationships={"$assignedTo": ["m"]})',
        'get("/v1/x", cast_to=object, options={"params": {"a": 1}})',
        'post("/v1/x", cast_to=object, body={"a": [1, 2]})',
        'delete("/v1/x", cast_to=object)',
    ]
    theirs = made(vendor_python, "-I", calls=calls)
    ours = made(sys.executable, calls=calls)
    assert len(ours) == len(theirs) == len(calls)
    assert [(line, mine, other) for line, mine, other in zip(calls, ours, theirs, strict=True) if mine != other] == []


def made(*python: str, calls: list[str]) -> list[Any]:
    command = [*python, str(HERE / "requests_made.py")]
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / "src")}
    told = subprocess.run(command, input="\n".join(calls), env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_comfort_methods_are_on_both_clients_alike() -> None:
    for name in lightfield.resources.__all__:
        if not name.endswith("Resource") or name.startswith("Async"):
            continue
        sync, asynchronous = getattr(lightfield.resources, name), getattr(lightfield.resources, f"Async{name}")
        for method in ("list_all", "find_or_create", "labels", "wait", "upload"):
            assert parameters(sync, method) == parameters(asynchronous, method), (name, method)


def method_names() -> list[str]:
    return [line.removeprefix("method ").split("(")[0] for line in FACTS if line.startswith("method ")]


def parameters(cls: Any, method: str) -> list[str] | None:
    found = getattr(cls, method, None)
    return [str(p) for p in inspect.signature(found).parameters.values()] if found else None


def signature(client: lightfield.Lightfield, name: str) -> str:
    """The method's arguments as the list of facts writes them, without those that only we have."""
    resource, method = name.split(".")
    described = inspect.signature(getattr(getattr(client, resource), method))
    parts: list[str] = []
    for p in described.parameters.values():
        if p.name in {*EXTRAS, *OURS}:
            continue
        if p.kind is p.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(p.name + ("" if p.default is p.empty else "?"))
    return f"{', '.join(parts)}) -> {described.return_annotation}"
