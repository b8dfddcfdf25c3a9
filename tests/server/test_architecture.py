"""How the server is built, where a rule is not about behaviour: each failure says what to do instead."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import lightfield_server.operations  # noqa: F401 - declares everything
from lightfield_server.model.filters import OPERATORS
from lightfield_server.model.value_types import VALUE_TYPES

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "src" / "lightfield_server"
MODULES = sorted(SERVER.rglob("*.py"))


def test_imports_point_one_way() -> None:
    """The contracts are in pyproject.toml."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a module that are not its documentation."""
    tree = ast.parse(path.read_text())
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def said(words: set[str], homes: tuple[str, ...]) -> list[str]:
    """Where one of these words is a whole literal outside its homes."""
    return [
        f"{path.relative_to(SERVER)}:{line} says {text!r}"
        for path in MODULES
        if not path.relative_to(SERVER).as_posix().startswith(homes)
        for line, text in texts(path)
        if text in words
    ]


#: Declarations of fields name a value type; they are literals of the model, as are those of the made-up workspace.
DECLARATIONS = ("model/value_types/", "model/object_types/", "model/completing.py", "demo/")

#: Where `EMAIL` and `URL` stand for what somebody types on a command line.
PLACEHOLDERS = ("commands/", "configuration.py")


def test_value_types_are_named_where_they_live_and_where_fields_are_declared() -> None:
    found = said({declared.name for declared in VALUE_TYPES}, DECLARATIONS + PLACEHOLDERS)
    assert not found, f"ask the value type (matching, kind, a member of ValueType) instead of naming it: {found}"


def test_operators_are_named_where_they_live() -> None:
    found = said({declared.name for declared in OPERATORS} - {"contains"}, ("model/filters.py",))
    assert not found, f"ask model.filters (named, serving) instead of naming an operator: {found}"


_STATEMENT = re.compile(
    r"\s*(select\b.*\bfrom\b|insert (or \w+ )?into\b|delete from\b|update \w+ set\b|create (table|index)\b|pragma\b"
    r"|begin( immediate)?$|commit$|rollback\b|savepoint\b)",
    re.DOTALL,
)


def test_statements_are_written_in_the_store() -> None:
    """So that a transaction ends where it began, and another engine has one place to differ."""
    found = [
        f"{path.relative_to(SERVER)}:{line} says {text[:40]!r}"
        for path in MODULES
        if not path.relative_to(SERVER).as_posix().startswith("store/")
        for line, text in texts(path)
        if _STATEMENT.match(text)
    ]
    assert not found, f"ask the transaction; what it cannot answer belongs in store/sql: {found}"


def test_nobody_asks_the_network_but_the_door() -> None:
    """What goes out will go through one module; until there is one, nothing goes out."""
    doors = ("commands/door.py", "commands/supervised.py", "commands/supervisor.py")
    found = [
        f"{path.relative_to(SERVER)} imports {name}"
        for path in MODULES
        if path.relative_to(SERVER).as_posix() not in doors
        for name in imported(path)
        if name.partition(".")[0] in {"socket", "http", "requests", "httpx", "httpx2", "aiohttp", "smtplib"}
        or name.startswith("urllib.request")
    ]
    assert not found, found


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def test_an_import_hides_in_no_function() -> None:
    """One inside a function dodges a cycle: it is a question about where something belongs."""
    found = [
        f"{path.relative_to(SERVER)}:{inner.lineno}"
        for path in MODULES
        for outer in ast.walk(ast.parse(path.read_text()))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, found


def test_time_is_asked_of_the_clock() -> None:
    """Tests set the clock; what asks the machine cannot be tested."""
    allowed = {"kit/clock.py", "identity/limits.py", "store/sqlite.py"}
    found = [
        f"{path.relative_to(SERVER)}:{node.lineno}"
        for path in MODULES
        if path.relative_to(SERVER).as_posix() not in allowed
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "time", "time_ns", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"time", "datetime", "date"}
    ]
    assert not found, f"take the moment from the context or the server's clock: {found}"


def test_no_module_leaves_notes_to_itself() -> None:
    marks = ("TODO", "FIXME", "XXX", "HACK")
    found = []
    for path in MODULES:
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type == tokenize.COMMENT and any(f"{mark}" in token.string.split(":")[0] for mark in marks):
                found.append(f"{path.relative_to(SERVER)}:{token.start[0]}")
    assert not found, found
