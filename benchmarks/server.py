"""The server under test in a process of its own: the real application behind uvicorn, without a rate limit.

python -m benchmarks.server DATABASE PORT
"""

import sys
from pathlib import Path

import lightfield_server.operations  # noqa: F401 - declares every operation
from benchmarks.bare import serve
from lightfield_server.http.app import App
from lightfield_server.identity.limits import Limits
from lightfield_server.operations.server import Server
from lightfield_server.store.sqlite import SqliteStore


def compose(database: Path) -> App:
    return App(Server(SqliteStore(database), Limits(None)))


if __name__ == "__main__":
    serve(compose(Path(sys.argv[1])), int(sys.argv[2]))
