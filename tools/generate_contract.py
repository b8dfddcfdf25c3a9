"""Write contract/server.json: what our server serves, read off its operations and reviewed as a diff.

Run as `python tools/generate_contract.py` after an operation was added, moved or changed.
"""

import json
from pathlib import Path
from typing import Any

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations.operation import OPERATIONS, Operation

TARGET = Path(__file__).resolve().parents[1] / "contract" / "server.json"


def contract() -> str:
    """The text of contract/server.json."""
    shipped = Catalog(0, 0, ())
    return (
        json.dumps([_shown(operation, shipped) for operation in sorted(OPERATIONS, key=lambda o: o.id)], indent=2)
        + "\n"
    )


def _shown(operation: Operation, catalog: Catalog) -> dict[str, Any]:
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "scopes": list(operation.scopes),
        **({"anyScopes": list(operation.any_scopes)} if operation.any_scopes else {}),
        "category": operation.category,
        "query": [parameter["name"] for parameter in operation.describe(catalog)["query"]],
        "body": operation.body,
        "idempotent": operation.idempotent,
        "compatible": operation.compatible,
    }


if __name__ == "__main__":
    TARGET.write_text(contract())
