"""Prints names and signatures of the vendor's package, one fact per line. The vendor's Python runs it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import lightfield
import lightfield.types

EXTRAS = {"extra_headers", "extra_query", "extra_body", "timeout"}


def signature(method: Any) -> str:
    parts, keyword_only = [], False
    for p in inspect.signature(method).parameters.values():
        if p.name in EXTRAS:
            continue
        if p.kind is p.KEYWORD_ONLY and not keyword_only:
            parts.append("*")
            keyword_only = True
        parts.append(p.name + ("" if p.default is p.empty else "?"))
    return "(" + ", ".join(parts) + ")"


def members(kind: Any) -> str:
    if hasattr(kind, "model_fields"):
        return "model " + " ".join(f"{n}={f.alias or n}" for n, f in sorted(kind.model_fields.items()))
    if hasattr(kind, "__required_keys__"):
        return "dict " + " ".join(sorted(kind.__annotations__))
    return "alias"


for module in sorted(m.name for m in pkgutil.iter_modules(lightfield.types.__path__)):
    found = importlib.import_module(f"lightfield.types.{module}")
    for name in sorted(found.__all__):
        print(f"type {module}.{name} {members(getattr(found, name))}".strip())
client = lightfield.Lightfield(api_key="none")
for resource in sorted(n for n in dir(client.with_raw_response) if not n.startswith("_")):
    for name in sorted(dir(getattr(client, resource))):
        if not name.startswith(("_", "with_")):
            method = getattr(getattr(client, resource), name)
            print(f"method {resource}.{name}{signature(method)} -> {method.__annotations__.get('return', '')}".strip())
for name in sorted(lightfield.__all__):
    print(f"public {name}")
client.close()
