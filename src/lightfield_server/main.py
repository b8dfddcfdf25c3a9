"""Composition: settings → store, server, doors. The only module that names an engine."""

import contextlib
import importlib
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield_server.background import files as uploads
from lightfield_server.background import imports, worker
from lightfield_server.background.wake import Wake
from lightfield_server.background.worker import SWEEPING, Worker
from lightfield_server.configuration import Settings
from lightfield_server.files import blobs
from lightfield_server.files.blobs import Blobs
from lightfield_server.http.app import App
from lightfield_server.http.examples import Examples
from lightfield_server.identity.limits import Limiter, Limits
from lightfield_server.identity.shared_limits import SharedLimits
from lightfield_server.kit import clock
from lightfield_server.model.filters import OPERATORS
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.operations.operation import OPERATIONS
from lightfield_server.operations.server import Server
from lightfield_server.store import copying, upkeep
from lightfield_server.store.buckets.file import FileBuckets
from lightfield_server.store.copying import Copied, Refused
from lightfield_server.store.copying.side import Side
from lightfield_server.store.copying.sqlite_side import SqliteSide
from lightfield_server.store.protocol import Store
from lightfield_server.store.sqlite import SqliteStore
from lightfield_server.transfer.storage import Folder

#: Where files that are imported lie, inside the data folder.
IMPORTS = "imports"

MEGABYTE = 1 << 20

#: What opening a file that is no database of ours raises.
DatabaseError = sqlite3.Error


def database_errors() -> tuple[type[Exception], ...]:
    """What a database raises that does not answer, or refuses."""
    driver = sys.modules.get("psycopg")
    return (sqlite3.Error,) if driver is None else (sqlite3.Error, driver.Error)


def server(settings: Settings) -> Server:
    """The store of these settings, brought to this release's schema, and what operations need beside it."""
    files = Folder(settings.data / IMPORTS, settings.import_size * MEGABYTE, settings.import_days * clock.DAY)
    return Server(
        _store(settings),
        _limits(settings),
        files=files,
        blobs=_blobs(settings.storage),
        public_url=settings.public_url,
        lifetime=settings.link_minutes * 60_000,
    )


def _blobs(place: Path | str) -> Blobs:
    return blobs.folder(place) if isinstance(place, Path) else blobs.bucket(place)


def _store(settings: Settings) -> Store:
    if settings.postgres is None:
        return SqliteStore(settings.path)
    # Its driver takes a tenth of a second to import, which whoever keeps a file is spared.
    engine = importlib.import_module("lightfield_server.store.postgres")
    store: Store = engine.PostgresStore(settings.postgres, settings.connections)
    return store


def _limits(settings: Settings) -> Limiter:
    """One process on a file counts by itself; several draw from the buckets of a file beside the database, and any
    on PostgreSQL from those in it, since it may not be the only one."""
    rate = settings.rate_limit
    if rate is not None and settings.postgres is not None:
        engine = importlib.import_module("lightfield_server.store.buckets.postgres")
        return SharedLimits(rate, engine.PostgresBuckets(settings.postgres))
    if rate is None or settings.workers == 1:
        return Limits(rate)
    path = settings.path.with_name(f"{settings.path.name}-limits")
    return SharedLimits(rate, FileBuckets(path, clock.now))


def application(made: Server) -> App:
    """The doors. From here on nothing more can be declared."""
    for registry in (OPERATIONS, OBJECT_TYPES, VALUE_TYPES, OPERATORS):
        registry.freeze()
    wake = Wake()
    made.wake = wake.nudge
    chores = [SWEEPING, *uploads.CHORES]
    if made.files is not None:
        chores.append(imports.sweeping(made.files))
    jobs = (worker.read_on, *(imports.carry_next,) * imports.MOST)
    return App(made, Worker(wake, chores=chores, jobs=jobs).run)


def examples() -> Examples:
    """A door with nothing behind it."""
    return Examples()


def close(made: Server) -> None:
    """Let go of the store, from a command."""
    made.store.close_now()
    made.limits.close()


def exists(settings: Settings) -> bool:
    """Whether there is a database already. One on a server is made by whoever runs that."""
    return settings.postgres is not None or settings.path.is_file()


def check(settings: Settings) -> list[str]:
    """What is wrong with the database; nothing, as a rule."""
    return upkeep.check(settings.path)


def backup(settings: Settings, target: Path) -> int:
    """Copy the database as it is at this moment, while it is in use; the bytes written."""
    return upkeep.backup(settings.path, target)


def copy(source: Settings, target: Settings, say: Callable[[str, int], None]) -> list[Copied]:
    """Copy everything from one database into another: see `store.copying`."""
    if not exists(source):
        raise Refused(f"There is no database at {source.place}.")
    if source.database == target.database:
        raise Refused("Both sides are the same database.")
    _store(target).close_now()
    with (
        contextlib.closing(_side(source, writing=False)) as reading,
        contextlib.closing(_side(target, writing=True)) as writing,
    ):
        return copying.copy(reading, writing, say)


def _side(settings: Settings, *, writing: bool) -> Side:
    if settings.postgres is None:
        return SqliteSide(settings.path, writing=writing)
    side: Side = importlib.import_module("lightfield_server.store.copying.postgres_side").PostgresSide(
        settings.postgres, writing=writing
    )
    return side
