"""Alive and ready, for whoever keeps the server running."""

import msgspec

from lightfield_server import __version__
from lightfield_server.operations.server import Server


async def health(server: Server) -> tuple[int, bytes]:
    """200 when requests would be answered, 503 when the database would not."""
    ready = await server.store.ready()
    body = {
        "status": "ok" if ready else "unavailable",
        "alive": True,
        "ready": ready,
        "version": __version__,
        "process": server.process,
    }
    return 200 if ready else 503, msgspec.json.encode(body)
