"""A PostgreSQL database as one side of a copy."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from lightfield_server.store.copying.side import LEDGER, PROGRESS, REMAKE, Row, Table, copied

TABLES = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p')
"""
#: A generated column is worked out from others: it is neither read nor written.
COLUMNS = """
    select a.attname, coalesce(array_position(i.indkey::smallint[], a.attnum) + 1, 0), a.atttypid::regtype::text
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum
"""

#: Rows fetched at a time where all are read.
FETCH = 5_000


class PostgresSide:
    def __init__(self, url: str, *, writing: bool) -> None:
        self._connection = psycopg.connect(url, application_name="lightfield copy")
        self.name = f"postgresql://{self._connection.info.host}/{self._connection.info.dbname}"
        if not writing:
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
        self._types: dict[str, list[str]] = {}

    def tables(self) -> dict[str, Table]:
        names = [name for (name,) in self._fetch(TABLES) if copied(name)]
        return {name: self._table(name) for name in sorted(names)}

    def _table(self, name: str) -> Table:
        found = self._fetch(COLUMNS, (name,))
        key = sorted((place, column) for column, place, _ in found if place)
        self._types[name] = [type for _, _, type in found]
        return Table(name, tuple(column for column, _, _ in found), tuple(column for _, column in key))

    def rows(self, table: Table, after: Row | None, limit: int) -> list[Row]:
        key = ", ".join(table.key)
        where = "" if after is None else f"where ({key}) > ({', '.join(['%s'] * len(table.key))})"
        sql = f"select {', '.join(table.columns)} from {table.name} {where} order by {key} limit %s"
        return self._fetch(sql, (*(after or ()), limit))

    def every(self, table: Table) -> Iterator[Row]:
        with self._connection.cursor(f"every_{table.name}", binary=True) as cursor:
            cursor.itersize = FETCH
            cursor.execute(f"select {', '.join(table.columns)} from {table.name}")
            yield from cursor

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        sql = f"copy {table.name} ({', '.join(table.columns)}) from stdin (format binary)"
        with self._connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.set_types(self._types.get(table.name) or self._types_of(table.name))
            for row in rows:
                copy.write_row(row)

    def _types_of(self, name: str) -> list[str]:
        self._table(name)
        return self._types[name]

    def empty(self, table: Table) -> None:
        self._connection.execute(f"delete from {table.name}")

    def migrations(self) -> set[int]:
        return {number for (number,) in self._fetch(f"select number from {LEDGER}")}

    def remake(self) -> None:
        self._connection.execute(REMAKE)

    def progress(self) -> dict[str, Any] | None:
        if self._fetch("select to_regclass(%s)", (PROGRESS,)) == [(None,)]:
            return None
        row = next(iter(self._fetch(f"select body from {PROGRESS}")), None)
        return None if row is None else dict(json.loads(row[0]))

    def keep(self, progress: dict[str, Any]) -> None:
        self._connection.execute(f"create table if not exists {PROGRESS} (body text not null)")
        self._connection.execute(f"delete from {PROGRESS}")
        self._connection.execute(f"insert into {PROGRESS} (body) values (%s)", (json.dumps(progress),))

    def forget(self) -> None:
        self._connection.execute(f"drop table if exists {PROGRESS}")

    def commit(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()

    def _fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(sql, parameters).fetchall()
