"""The keys of a workspace's types, in a file for each server and key, so that completion answers without asking."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .connecting import Connection
from .console import Console
from .profiles import home

PARTS = {"fields": "fieldDefinitions", "relationships": "relationshipDefinitions"}
"""The arguments whose keys the definitions list."""


def keep(console: Console, connection: Connection, type_name: str, definitions: Mapping[str, Any]) -> None:
    _write(_file(console, connection, type_name), brief(definitions))


def kept(console: Console, connection: Connection, type_name: str) -> dict[str, dict[str, str]]:
    """Argument → key → label, as far as it was kept."""
    try:
        found = json.loads(_file(console, connection, type_name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(each, dict) for each in found.values()) else {}


def keep_types(console: Console, connection: Connection, slugs: Mapping[str, str]) -> None:
    """Keeps which object types there are, with their labels."""
    _write(_file(console, connection, "objects"), {"objects": slugs})


def brief(definitions: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        argument: {key: str(each.get("label") or "") for key, each in definitions.get(part, {}).items()}
        for argument, part in PARTS.items()
    }


def _file(console: Console, connection: Connection, type_name: str) -> Path:
    whose = hashlib.sha256(f"{connection.base_url}\n{connection.api_key}".encode()).hexdigest()[:20]
    name = re.sub(r"[^A-Za-z0-9_-]", "_", type_name)[:80]
    return home(console.environment, "XDG_CACHE_HOME", ".cache") / f"{whose}-{name}.json"


def _write(path: Path, said: Any) -> None:
    """Whole or not at all; a place that cannot be written to costs completion, not the command."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, written = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(said, file)
        os.replace(written, path)
