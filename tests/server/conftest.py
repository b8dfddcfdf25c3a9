"""A server in process for each test: real store, real operations, real HTTP door; only the socket is left out.

`api` speaks to it with a full-access key; `world` makes keys, members, workspaces and definitions.
"""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg
import pytest

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield_server.http.app import App
from lightfield_server.identity import keys
from lightfield_server.identity.actor import Actor
from lightfield_server.identity.limits import Limits
from lightfield_server.kit.memo import Memo
from lightfield_server.model.object_types import member
from lightfield_server.operations.server import Server
from lightfield_server.records import service
from lightfield_server.records.context import Context
from lightfield_server.store.postgres import PostgresStore
from lightfield_server.store.protocol import Store, Transaction
from lightfield_server.store.sqlite import SqliteStore
from lightfield_server.transfer.storage import Folder
from tests.conftest import ENGINES, SQLITE

VERSION = "2026-03-01"

#: 2026-06-01T00:00:00Z in milliseconds: when tests take place.
NOW = 1_780_272_000_000


class Time:
    """A clock that stands still until it is told to move."""

    def __init__(self, at: int = NOW) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def advance(self, milliseconds: int) -> None:
        self.at += milliseconds


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> tuple[int, str, str | None, str | None]:
        """(status, type, code, param) of a refusal."""
        error = self.body["error"]
        return self.status, error["type"], error.get("code"), error.get("param")

    def ok(self) -> Any:
        assert self.status == 200, self.body
        return self.body


@dataclass
class Api:
    """A client of the ASGI application. Every call is a request of its own with a complete set of headers."""

    app: App
    loop: asyncio.AbstractEventLoop
    token: str | None
    headers: dict[str, str] = field(default_factory=lambda: {"lightfield-version": VERSION})

    def get(self, path: str, query: Any = None, **headers: str | None) -> Answer:
        if query:
            path += "?" + urlencode(query)
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str | None) -> Answer:
        return self.send("POST", path, body, headers)

    def delete(self, path: str, body: Any = None, **headers: str | None) -> Answer:
        return self.send("DELETE", path, body, headers)

    def send(self, method: str, path: str, body: Any = None, headers: Any = ()) -> Answer:
        return self.loop.run_until_complete(self.request(method, path, body, dict(headers)))

    async def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str | None] | None = None
    ) -> Answer:
        """`body` is JSON, or bytes to send as they are. A header set to None is left out; `_` stands for `-`."""
        sent: dict[str, str | None] = dict(self.headers)
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        if method != "GET":
            sent["content-type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": quote(path, safe="/%$-_.~").encode(),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items() if v is not None],
        }
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, *content = messages
        found = {k.decode(): v.decode() for k, v in start["headers"]}
        body = b"".join(message["body"] for message in content)
        shown = json.loads(body) if found["content-type"] == "application/json" else body
        return Answer(start["status"], shown, found)

    # Addresses of bytes, which need no key

    def put(self, url: str, content: Any, headers: Any = ()) -> Answer:
        """Upload to an address: bytes, or pieces of them."""
        return self.fetch(url, "PUT", content, dict(headers))

    def fetch(self, url: str, method: str = "GET", content: Any = b"", headers: Any = ()) -> Answer:
        """What an address answers. The body is bytes, or JSON where it says so."""
        return self.loop.run_until_complete(self.transferred(url, method, content, dict(headers)))

    async def transferred(self, url: str, method: str, content: Any, headers: dict[str, str]) -> Answer:
        pieces = iter([content] if isinstance(content, bytes) else content)
        parts = urlsplit(url)
        scope = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            piece = next(pieces, None)
            if piece is None and method == "GET":
                await asyncio.Future()
            if isinstance(piece, Exception):
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        if not messages:
            return Answer(0, b"", {})
        start, *rest = messages
        body = b"".join(message["body"] for message in rest)
        found = {k.decode(): v.decode() for k, v in start["headers"]}
        is_json = found.get("content-type") == "application/json"
        return Answer(start["status"], json.loads(body) if is_json else body, found)

    def upload(self, content: bytes = b"Said.", name: str = "talk.txt", type: str = "text/plain") -> str:
        """The id of a file that was announced, uploaded and completed."""
        body = {"filename": name, "mimeType": type, "sizeBytes": len(content)}
        announced = self.post("/v1/files", body).ok()
        self.put(announced["uploadUrl"], content, announced["uploadHeaders"]).ok()
        self.post(f"/v1/files/{announced['id']}/complete", {}).ok()
        return str(announced["id"])

    def create(self, plural: str, fields: Any, relationships: Any = None, **extras: Any) -> Any:
        body = {"fields": fields, **extras}
        if relationships is not None:
            body["relationships"] = relationships
        return self.post(f"/v1/{plural}", body).ok()


@dataclass
class World:
    """The server behind `api`, for what has no public path or would only be in the way."""

    server: Server
    store: Any
    app: App
    loop: asyncio.AbstractEventLoop
    time: Time
    database: "Database"
    workspace: int = 0

    @contextlib.contextmanager
    def another_process(self) -> Iterator["World"]:
        """The same database as another process has it: nothing is shared but what is in it."""
        store = self.database.open()
        server = Server(store, Limits(None), self.time)
        yield World(server, store, App(server), self.loop, self.time, self.database, self.workspace)
        store.close_now()

    def write(self, work: Callable[[Transaction], Any], workspace: int | None = None) -> Any:
        return self.store.write_now(self.workspace if workspace is None else workspace, work)

    def context(self, tx: Transaction, member: int | None = None) -> Context:
        actor = Actor(tx.workspace, None, member, None, True, frozenset())
        return Context(tx, self.server.catalogs.current(tx), actor, self.time(), self.server.numbers, "test")

    def add_workspace(self, slug: str) -> int:
        return int(self.write(lambda tx: tx.add_workspace(slug, slug.title(), self.time()), 0))

    def add_member(self, email: str, role: str = member.MEMBER, workspace: int | None = None) -> str:
        """A member's id."""
        first = email.partition("@")[0]
        fields = {"$email": email, "$name": {"firstName": first.title(), "lastName": "Test"}, "$role": role}

        def work(tx: Transaction) -> str:
            context = self.context(tx)
            (change,) = service.create(context, context.catalog["member"], [{"fields": fields}])
            return context.catalog["member"].id(change.after.number)

        return str(self.write(work, workspace))

    def add_key(self, *scopes: str, member: str | None = None, admin: bool = True, workspace: int | None = None) -> str:
        """A key's text: of the workspace itself, or of a member."""
        number = None if member is None else int(member.removeprefix("mem_"), 16)

        def work(tx: Transaction) -> str:
            return keys.issue(
                tx, self.server.numbers.next(), "test", scopes=scopes, member=number, admin=admin, at=self.time()
            )[1]

        return str(self.write(work, workspace))

    def api(self, token: str | None) -> Api:
        return Api(self.app, self.loop, token)


@pytest.fixture
def time() -> Time:
    return Time()


#: Connections that a store of a test may have: one thread reads, one writes.
FEW = 2


@dataclass(frozen=True)
class Database:
    """Where a store is: a file, or a database on a server."""

    place: Path | str
    #: A store that is at hand already: connecting takes longer than most tests do.
    kept: PostgresStore | None = None

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """A store that remembers nothing."""
        if self.kept is not None:
            self.kept._memo = Memo()
            yield self.kept
            return
        store = self.open()
        yield store
        store.close_now()

    def open(self) -> Store:
        """A store over it, as another process would have one."""
        if isinstance(self.place, Path):
            return SqliteStore(self.place)
        return PostgresStore(self.place, FEW)

    def holds(self, text: str) -> bool:
        """Whether a text stands anywhere in it."""
        if isinstance(self.place, Path):
            return any(text.encode() in file.read_bytes() for file in self.place.parent.iterdir())
        with psycopg.connect(self.place) as connection:
            tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
            return any(text in repr(connection.execute(f"select * from {name}").fetchall()) for (name,) in tables)


@contextlib.contextmanager
def database_for(engine: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database."""
    if engine == SQLITE:
        folder = request.getfixturevalue("tmp_path_factory").mktemp("store")
        yield Database(folder / "lightfield.db")
    else:
        with request.getfixturevalue("databases").lent() as url:
            if url not in _kept:
                _kept[url] = PostgresStore(url, FEW)
            yield Database(url, _kept[url])


_kept: dict[str, PostgresStore] = {}


@pytest.fixture(scope="session", autouse=True)
def _close_what_was_kept() -> Iterator[None]:
    yield
    while _kept:
        _kept.popitem()[1].close_now()


@contextlib.contextmanager
def world_over(database: Database, time: Time) -> Iterator[World]:
    """A server over a database, without a workspace."""
    loop = asyncio.new_event_loop()
    with database.store() as store, tempfile.TemporaryDirectory() as files:
        server = Server(store, Limits(None), time, files=Folder(Path(files)))
        yield World(server, store, App(server), loop, time, database)
    loop.close()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each test runs on every engine."""
    with database_for(request.param, request) as made:
        yield made


@pytest.fixture
def world(database: Database, time: Time) -> Iterator[World]:
    with world_over(database, time) as made:
        made.workspace = made.add_workspace("default")
        yield made


@pytest.fixture
def store(world: World) -> Store:
    return world.store


@pytest.fixture
def api(world: World) -> Api:
    return world.api(world.add_key())
