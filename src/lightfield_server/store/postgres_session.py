"""One connection to PostgreSQL, over which statements flow without waiting for one another.

A statement is sent when it is given; its answer is waited for when somebody looks at it. So a write sends a dozen
statements and waits twice, and a read waits once for each answer that decides what is asked next. All statements
between two ends (`end`, `finish`) are one transaction, whether or not a `begin` is among them.

Built on psycopg's libpq layer: a cursor's machinery costs several times what the statements of a request do.
"""

import selectors
import struct
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq.abc import PGresult

from lightfield_server.store.sql.dialect import Statement, Texts, for_postgres

#: How long a server may take to accept a connection (seconds).
LONGEST_CONNECT = 5

#: A server that says nothing for so long while an answer is waited for is taken for lost (seconds). Statements are
#: ended by the server long before.
LONGEST_SILENCE = 90.0

#: Statements that a connection keeps prepared. When there are more all are forgotten, which costs little.
MOST_PREPARED = 400

#: Answers that may be outstanding.
MOST_PENDING = 500

#: How the states begin that a server is in when it ends connections.
SHUTTING_DOWN = "57P"

_INT8, _TEXT, _BYTEA, _INT8_ARRAY, _TEXT_ARRAY = 20, 25, 17, 1016, 1009
_int8 = struct.Struct(">q").pack

statement = lru_cache(maxsize=8192)(for_postgres)


class Lost(psycopg.OperationalError):
    """The connection is gone, and with it whatever was not committed."""


class Answer:
    """What a statement answers, once it is looked at."""

    __slots__ = ("_position", "_session", "result")

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._position = 0
        self.result: PGresult | None = None

    def fetchone(self) -> Any:
        result = self._settled()
        if self._position >= result.ntuples:
            return None
        self._position += 1
        return self._session.rows(result, self._position - 1, self._position)[0]

    def fetchall(self) -> list[Any]:
        result = self._settled()
        first, self._position = self._position, result.ntuples
        return self._session.rows(result, first, result.ntuples)

    @property
    def rowcount(self) -> int:
        return self._settled().command_tuples or 0

    @property
    def status(self) -> str:
        """What PostgreSQL says it did: `COMMIT`, `UPDATE 3`."""
        return (self._settled().command_status or b"").decode()

    def _settled(self) -> PGresult:
        if self.result is None:
            self._session.settle(self)
        assert self.result is not None
        return self.result


class _Prepared:
    """The answer to a statement's being prepared."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[bytes, tuple[int, ...]]) -> None:
        self.key = key


class _End:
    """Where a transaction ends."""


_END = _End()


class Session:
    """A connection for one thread at a time; it looks like what `store.sql` asks of a driver."""

    def __init__(self, url: str, settings: Mapping[str, str]) -> None:
        given = conninfo_to_dict(url)
        given.setdefault("connect_timeout", LONGEST_CONNECT)
        self._connection = psycopg.connect(make_conninfo("", **given), autocommit=True)
        for name, value in settings.items():
            self._connection.execute(f"set {name} = {value}")
        self._pg = self._connection.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._rows = Transformer(self._connection)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pg.socket, selectors.EVENT_READ)
        self._pending: deque[Answer | _Prepared | _End] = deque()
        self._prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._numbered = 0
        self._past = 0
        self._failure: psycopg.Error | None = None

    # What `store.sql` asks for

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> Answer:
        if self._failure is not None:
            raise self._failure
        return self._send(statement(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Answer:
        sent = statement(sql)
        for each in parameters:
            answer = self._send(sent, each)
        return answer

    # Ends of transactions

    def end(self) -> None:
        """End a reading transaction. Nobody waits for that: what it answers is seen to with the next answers."""
        if self._failure is None:
            self._mark_end()
            self._past = len(self._pending)
        else:
            self.recover()

    def finish(self) -> None:
        """Wait until everything sent was carried out; raise what went wrong first."""
        self._mark_end()
        try:
            while self._pending:
                self._receive()
        except psycopg.Error:
            self.recover()
            raise

    def recover(self) -> None:
        """Put what failed behind: the connection takes statements again. A transaction that was begun is to be undone
        still, by `rollback`, whole or to a savepoint."""
        self._failure = None
        self._mark_end()
        self._past = len(self._pending)
        while self._pending:
            self._receive()

    @property
    def lost(self) -> bool:
        return self._pg.status != pq.ConnStatus.OK

    def close(self) -> None:
        self._selector.close()
        self._connection.close()

    # Sending

    def _send(self, sent: Statement, parameters: Sequence[Any] | Mapping[str, Any]) -> Answer:
        if sent.names is not None:
            assert isinstance(parameters, Mapping)
            parameters = [parameters[name] for name in sent.names]
        values: list[bytes | None] = []
        types: list[int] = []
        for parameter in parameters:
            type, value = _encoded(parameter)
            types.append(type)
            values.append(value)
        key = (sent.text, tuple(types))
        answer = Answer(self)
        try:
            name = self._prepared.get(key) or self._prepare(key)
            self._pg.send_query_prepared(name, values, [pq.Format.BINARY] * len(values), pq.Format.BINARY)
        except psycopg.OperationalError as error:
            raise self._broken(error) from error
        self._pending.append(answer)
        if len(self._pending) >= MOST_PENDING:
            self.settle(answer)
        return answer

    def _prepare(self, key: tuple[bytes, tuple[int, ...]]) -> bytes:
        if len(self._prepared) >= MOST_PREPARED:
            self._prepared.clear()
            self._pg.send_query_params(b"deallocate all", None)
            self._pending.append(Answer(self))
        self._numbered += 1
        name = b"s%d" % self._numbered
        self._pg.send_prepare(name, key[0], key[1])
        self._pending.append(_Prepared(key))
        self._prepared[key] = name
        return name

    def _mark_end(self) -> None:
        try:
            self._pg.pipeline_sync()
            self._pending.append(_END)
            self._flush()
        except psycopg.OperationalError as error:
            raise self._broken(error) from error

    def _flush(self) -> None:
        while self._pg.flush():
            # The server reads no more until what it has answered is read.
            self._selector.modify(self._pg.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            try:
                self._wait()
            finally:
                self._selector.modify(self._pg.socket, selectors.EVENT_READ)
            self._pg.consume_input()

    # Receiving

    def settle(self, answer: Answer) -> None:
        """Wait for an answer, and for all that come before it."""
        if self._failure is not None:
            raise self._failure
        try:
            self._pg.send_flush_request()
            self._flush()
        except psycopg.OperationalError as error:
            raise self._broken(error) from error
        while answer.result is None:
            self._receive()

    def rows(self, result: PGresult, first: int, last: int) -> list[Any]:
        self._rows.set_pgresult(result)
        return self._rows.load_rows(first, last, tuple)

    def _receive(self) -> None:
        """Take in the oldest outstanding answer. What belongs to a past transaction is of no interest any more."""
        result = self._next()
        awaited = self._pending.popleft()
        past = self._past > 0
        self._past -= past
        if result is None:
            raise self._broken(None)
        if awaited is _END:
            return
        status = result.status
        if status == pq.ExecStatus.FATAL_ERROR or status == pq.ExecStatus.PIPELINE_ABORTED:
            error = _error(result)
            if self.lost or (error.sqlstate or "").startswith(SHUTTING_DOWN):
                raise self._broken(error)
            self._next()
            if isinstance(awaited, _Prepared):
                self._prepared.pop(awaited.key, None)
            if not past:
                self._failure = self._failure or error
                raise self._failure
            return
        # A result is followed by nothing, to tell it from the next statement's.
        self._next()
        if isinstance(awaited, Answer):
            awaited.result = result

    def _next(self) -> PGresult | None:
        try:
            while self._pg.is_busy():
                self._wait()
                self._pg.consume_input()
            return self._pg.get_result()
        except psycopg.OperationalError as error:
            raise self._broken(error) from error

    def _wait(self) -> None:
        deadline = time.monotonic() + LONGEST_SILENCE
        while not self._selector.select(1.0):
            if time.monotonic() > deadline:
                self.close()
                raise Lost("the server does not answer")

    def _broken(self, error: psycopg.Error | None) -> Lost:
        if isinstance(error, Lost):
            return error
        said = str(error).strip().splitlines()[0] if error is not None and str(error).strip() else "it was closed"
        self.close()
        self._failure = Lost(f"the connection to the server was lost: {said}")
        return self._failure


def _encoded(parameter: Any) -> tuple[int, bytes | None]:
    """A parameter's type and its binary form. What is null has no type of its own."""
    if isinstance(parameter, int):
        return _INT8, _int8(parameter)
    if isinstance(parameter, str):
        return _TEXT, parameter.encode()
    if parameter is None:
        return 0, None
    if isinstance(parameter, bytes):
        return _BYTEA, parameter
    if isinstance(parameter, list):
        return _array(parameter)
    raise TypeError(f"a {type(parameter).__name__} cannot be a parameter")


def _array(values: list[Any]) -> tuple[int, bytes]:
    """Several numbers, or several texts."""
    texts = isinstance(values, Texts) or (bool(values) and isinstance(values[0], str))
    element = _TEXT if texts else _INT8
    if not values:
        head = struct.pack(">iii", 0, 0, element)
    else:
        head = struct.pack(">iiiii", 1, 0, element, len(values), 1)
    if texts:
        encoded = [value.encode() for value in values]
        body = b"".join([struct.pack(">i", len(value)) + value for value in encoded])
    else:
        body = b"".join([b"\0\0\0\x08" + _int8(value) for value in values])
    return _TEXT_ARRAY if texts else _INT8_ARRAY, head + body


def _error(result: PGresult) -> psycopg.Error:
    return psycopg.errors.error_from_result(result)
