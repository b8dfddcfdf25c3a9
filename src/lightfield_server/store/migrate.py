"""Bring a database to this release's schema: what is missing is applied in order, in one transaction.

Every engine has a folder of migrations, twins by number and name: the same tables and columns in its own words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from lightfield_server.kit.clock import Moment

LEDGER = """
create table if not exists schema_migration (number bigint primary key, name text not null, at bigint not null)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str


class DatabaseIsNewer(RuntimeError):
    """The database was written by a later release."""


def migrations(engine: str) -> list[Migration]:
    """Every migration this release ships for an engine, in order."""
    folder = resources.files("lightfield_server.store") / "schema" / engine
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(int(f.name[:4]), f.name.removesuffix(".sql"), f.read_text("utf-8")) for f in files]


def missing(engine: str, applied: set[int]) -> list[Migration]:
    known = migrations(engine)
    if applied and max(applied) > known[-1].number:
        raise DatabaseIsNewer(
            f"The database has migration {max(applied)}; this release knows {known[-1].number}. Use a newer release."
        )
    return [m for m in known if m.number not in applied]


def apply(engine: str, run: Callable[..., Any], at: Moment) -> list[str]:
    """Apply what is missing through an open transaction's `run`; the names of what was applied."""
    run(LEDGER)
    applied = {number for (number,) in run("select number from schema_migration").fetchall()}
    names = []
    for migration in missing(engine, applied):
        for statement in statements(migration.sql):
            run(statement)
        run("insert into schema_migration (number, name, at) values (?, ?, ?)", (migration.number, migration.name, at))
        names.append(migration.name)
    return names


def statements(sql: str) -> list[str]:
    """The statements of a migration; each ends in a semicolon at the end of a line."""
    lines = [line for line in sql.splitlines() if line.strip() and not line.lstrip().startswith("--")]
    parts = "\n".join(lines).split(";\n")
    return [part.strip().removesuffix(";") for part in parts if part.strip()]
