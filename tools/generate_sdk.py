"""Generates the SDK's resources, types and table of operations from contract/api.yaml.

Run it after changing the contract: `python tools/generate_sdk.py`. What it writes is committed, and a test asserts that
it is current.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sdk_contract import ROOT, Contract, Operation
from sdk_operations import operations_module
from sdk_resources import Resources, accessors_module, class_names, lazy_package
from sdk_types import Models, Params

GENERATED = ("_operations.py", "resources", "types")


def render(contract: Contract) -> dict[str, str]:
    """Path within the package to text, before formatting."""
    resources = contract.resources()
    shapes = Models(contract).shape_modules()
    models, params, classes = Models(contract), Params(contract), Resources(contract)
    files = {
        "_operations.py": operations_module(contract),
        **{f"types/{name}.py": text for name, text in shapes.items()},
        "types/shared_params.py": params.shared_module(),
        "types/__init__.py": _types_package(contract.operations, [*shapes, "shared_params"]),
        "resources/_accessors.py": accessors_module(list(resources)),
        "resources/__init__.py": lazy_package({name: r for r in resources for name in class_names(r)}, list(resources)),
    }
    for operation in contract.operations:
        files[f"types/{operation.stem}_response.py"] = models.response_module(operation)
        if operation.params:
            files[f"types/{operation.stem}_params.py"] = params.params_module(operation)
    for resource, operations in resources.items():
        files[f"resources/{resource}.py"] = classes.module(resource, operations)
    return files


def generate(into: Path) -> None:
    """Writes every generated file below `into` and formats it the way the project does."""
    files = render(Contract())
    for name in GENERATED:
        if (into / name).is_dir():
            shutil.rmtree(into / name)
    for name, text in files.items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    targets = [str(into / name) for name in GENERATED]
    for command in (["check", "--quiet", "--fix", "--select", "I,F401,UP,RUF022,RUF100"], ["format", "--quiet"]):
        subprocess.run(
            [_ruff(), *command, "--config", str(ROOT / "pyproject.toml"), "--no-cache", *targets], check=True
        )


def _types_package(operations: list[Operation], shapes: list[str]) -> str:
    where = {}
    for operation in operations:
        where[f"{operation.class_stem}Response"] = f"{operation.stem}_response"
        if operation.params:
            where[f"{operation.class_stem}Params"] = f"{operation.stem}_params"
    return lazy_package(where, [*shapes, *where.values()])


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    return str(beside) if beside.exists() else "ruff"


if __name__ == "__main__":
    generate(ROOT / "src" / "lightfield")
