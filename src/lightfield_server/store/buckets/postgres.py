"""Buckets for the processes of many machines: a row for each in PostgreSQL, by the clock of its server.

The table is unlogged: after a crash of the server it is empty, and every bucket full. A draw is one statement on a
connection of its own, so that it waits for nothing but another draw from the same bucket.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import psycopg

from lightfield_server.store.buckets import Grant

log = logging.getLogger("lightfield.limits")

#: Milliseconds that one draw may take, and seconds for a connection.
LONGEST_DRAW, LONGEST_CONNECT = 2_000, 5

#: PostgreSQL carries this out again on the row as it is, once whoever held it is done. `level` is worked out once.
DRAW = """
    insert into rate_bucket as bucket (workspace, category, tokens, taken, at)
    values (
        %(workspace)s, %(category)s, %(rate)s - least(%(wanted)s, %(rate)s), least(%(wanted)s, %(rate)s),
        extract(epoch from clock_timestamp()) * 1000000
    )
    on conflict (workspace, category) do update set (tokens, taken, at) = (
        select level.tokens - least(%(wanted)s, floor(level.tokens)), least(%(wanted)s, floor(level.tokens)), level.at
        from (
            select least(%(rate)s, bucket.tokens + greatest(moment.now - bucket.at, 0) / 1000000.0 * %(rate)s)
                as tokens, moment.now as at
            from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now) as moment
        ) as level
    )
    returning taken, tokens
"""


class PostgresBuckets:
    """Buckets in the database of a connection string. One that breaks off is opened again by the next draw."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "buckets")

    async def take(self, workspace: int, category: str, rate: int, wanted: int) -> Grant | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._take, workspace, category, rate, wanted)

    def close(self) -> None:
        self._thread.submit(self._hang_up)
        self._thread.shutdown()

    def _take(self, workspace: int, category: str, rate: int, wanted: int) -> Grant | None:
        named = {"workspace": workspace, "category": category, "rate": rate, "wanted": wanted}
        try:
            row = self._connected().execute(DRAW, named).fetchone()
        except psycopg.Error as error:
            log.warning("rate limits are not shared just now: %s", error)
            self._hang_up()
            return None
        assert row is not None
        return Grant(int(row[0]), float(row[1]))

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=LONGEST_CONNECT)
            self._connection.execute(f"set statement_timeout = {LONGEST_DRAW}")
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
