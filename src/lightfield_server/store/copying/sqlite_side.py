"""A SQLite file as one side of a copy."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lightfield_server.store.copying.side import LEDGER, PROGRESS, REMAKE, Row, Table, copied

#: Tables of the file, leaving out virtual ones and what they are made of.
TABLES = "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'"
COLUMNS = "select name, pk from pragma_table_info(?) order by cid"


class SqliteSide:
    def __init__(self, path: Path, *, writing: bool) -> None:
        self.name = str(path)
        self._writing = writing
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        run = self._connection.execute
        run("pragma synchronous = full")
        run("pragma cache_size = -262144")
        run("begin immediate" if writing else "begin")
        # The moment that is copied begins with the first look.
        run(f"select 1 from {LEDGER}").fetchone()

    def tables(self) -> dict[str, Table]:
        names = [name for (name,) in self._connection.execute(TABLES).fetchall() if copied(name)]
        return {name: self._table(name) for name in sorted(names)}

    def _table(self, name: str) -> Table:
        found = self._connection.execute(COLUMNS, (name,)).fetchall()
        key = sorted((place, column) for column, place in found if place)
        return Table(name, tuple(column for column, _ in found), tuple(column for _, column in key))

    def rows(self, table: Table, after: Row | None, limit: int) -> list[Row]:
        key = ", ".join(table.key)
        where = "" if after is None else f"where ({key}) > ({', '.join('?' * len(table.key))})"
        sql = f"select {', '.join(table.columns)} from {table.name} {where} order by {key} limit ?"
        return self._connection.execute(sql, (*(after or ()), limit)).fetchall()

    def every(self, table: Table) -> Iterator[Row]:
        yield from self._connection.execute(f"select {', '.join(table.columns)} from {table.name}")

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        sql = f"insert into {table.name} ({', '.join(table.columns)}) values ({', '.join('?' * len(table.columns))})"
        self._connection.executemany(sql, rows)

    def empty(self, table: Table) -> None:
        self._connection.execute(f"delete from {table.name}")

    def migrations(self) -> set[int]:
        return {number for (number,) in self._connection.execute(f"select number from {LEDGER}")}

    def remake(self) -> None:
        self._connection.execute(REMAKE)

    def progress(self) -> dict[str, Any] | None:
        if not self._connection.execute("select 1 from sqlite_master where name = ?", (PROGRESS,)).fetchone():
            return None
        row = self._connection.execute(f"select body from {PROGRESS}").fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def keep(self, progress: dict[str, Any]) -> None:
        self._connection.execute(f"create table if not exists {PROGRESS} (body text not null)")
        self._connection.execute(f"delete from {PROGRESS}")
        self._connection.execute(f"insert into {PROGRESS} (body) values (?)", (json.dumps(progress),))

    def forget(self) -> None:
        self._connection.execute(f"drop table if exists {PROGRESS}")

    def commit(self) -> None:
        self._connection.execute("commit")
        self._connection.execute("begin immediate" if self._writing else "begin")

    def close(self) -> None:
        self._connection.close()
