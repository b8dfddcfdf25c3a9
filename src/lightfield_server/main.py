"""Composition: settings → store, server, doors. The only module that names an engine."""

import sqlite3
from pathlib import Path

import lightfield_server.operations  # noqa: F401 - declares every operation
from lightfield_server.background import worker
from lightfield_server.configuration import Settings
from lightfield_server.files import blobs
from lightfield_server.files.blobs import Blobs
from lightfield_server.http.app import App
from lightfield_server.http.examples import Examples
from lightfield_server.identity.limits import Limits
from lightfield_server.model.filters import OPERATORS
from lightfield_server.model.object_types import OBJECT_TYPES
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.operations.operation import OPERATIONS
from lightfield_server.operations.server import Server
from lightfield_server.store import upkeep
from lightfield_server.store.sqlite import SqliteStore

#: What opening a file that is no database of ours raises.
DatabaseError = sqlite3.Error


def server(settings: Settings) -> Server:
    """The store of these settings, brought to this release's schema, and what operations need beside it."""
    return Server(
        SqliteStore(settings.path),
        Limits(settings.rate_limit),
        blobs=_blobs(settings.storage),
        public_url=settings.public_url,
        lifetime=settings.link_minutes * 60_000,
    )


def _blobs(place: Path | str) -> Blobs:
    return blobs.folder(place) if isinstance(place, Path) else blobs.bucket(place)


def application(made: Server) -> App:
    """The doors. From here on nothing more can be declared."""
    for registry in (OPERATIONS, OBJECT_TYPES, VALUE_TYPES, OPERATORS):
        registry.freeze()
    return App(made, worker.run)


def examples() -> Examples:
    """A door with nothing behind it."""
    return Examples()


def close(made: Server) -> None:
    """Let go of the store, from a command."""
    assert isinstance(made.store, SqliteStore)
    made.store.close_now()


def exists(settings: Settings) -> bool:
    """Whether there is a database already."""
    return settings.path.is_file()


def check(settings: Settings) -> list[str]:
    """What is wrong with the database; nothing, as a rule."""
    return upkeep.check(settings.path)


def backup(settings: Settings, target: Path) -> int:
    """Copy the database as it is at this moment, while it is in use; the bytes written."""
    return upkeep.backup(settings.path, target)
