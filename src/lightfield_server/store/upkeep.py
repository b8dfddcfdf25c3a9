"""Look after a SQLite file, whether or not a server is using it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def check(path: Path) -> list[str]:
    """Every fault SQLite finds in the file."""
    with closing(_opened(path)) as connection:
        return _faults(connection)


def backup(path: Path, target: Path) -> int:
    """A copy of the database at one moment, found sound before it gets its name; its size in bytes.

    Writers go on meanwhile. A half-written copy is never left under the name that was asked for.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(_opened(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
            faults = _faults(copy)
            if faults:
                raise sqlite3.DatabaseError(faults[0])
            # One file, with no journal beside it.
            copy.execute("pragma journal_mode = delete")
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _opened(path: Path) -> sqlite3.Connection:
    """The file as it is: one that is missing is not made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def _faults(connection: sqlite3.Connection) -> list[str]:
    try:
        found = [str(fault) for (fault,) in connection.execute("pragma integrity_check")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if found == ["ok"] else found
