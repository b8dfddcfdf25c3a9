"""What tests of imports and exports share: files sent over HTTP, carried here and now, and exports as text."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lightfield_server.background.imports import Carrier, holder_name
from lightfield_server.kit import ids
from lightfield_server.transfer import jobs
from tests.server.conftest import Answer, Api, World

MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


@dataclass
class Imports:
    """Imports into one workspace, over HTTP; `carry` does what the server's loop would."""

    api: Api
    world: World

    def send(self, content: str | bytes, type: str = "account", media: str = "csv", **query: str) -> Answer:
        asked = "&".join(f"{name}={value}" for name, value in {"objectType": type, **query}.items())
        raw = content.encode() if isinstance(content, str) else content
        return self.api.send("POST", f"/v1/imports?{asked}", raw, {"content-type": MEDIA[media]})

    def do(self, id: str, verb: str) -> Any:
        self.api.post(f"/v1/imports/{id}/{verb}").ok()
        return self.carry(id)

    def carry(self, id: str, workspace: int | None = None, **options: Any) -> Any:
        number = ids.body(jobs.PREFIX, id)
        assert number is not None
        carrier = Carrier(self.world.server, workspace or self.world.workspace, number, holder_name(), **options)
        self.world.loop.run_until_complete(carrier.carry())
        return self.get(id)

    def get(self, id: str) -> Any:
        return self.api.get(f"/v1/imports/{id}").ok()

    def run(self, content: str | bytes, type: str = "account", media: str = "csv", **changes: Any) -> Any:
        """Send a file and import it by the proposed mapping, with some of it changed."""
        sent = self.send(content, type, media).ok()
        if changes:
            mapping = {**sent["mapping"], **changes}
            self.api.post(f"/v1/imports/{sent['id']}/mapping", {"mapping": mapping}).ok()
        return self.do(sent["id"], "start")

    def rejected(self, id: str) -> list[Any]:
        import json

        answer = self.api.get(f"/v1/imports/{id}/rejected")
        assert answer.status == 200
        return [json.loads(line) for line in answer.body.splitlines()]

    def export(self, type: str, format: str = "csv", **body: Any) -> bytes:
        answer = self.api.post("/v1/exports", {"objectType": type, "format": format, **body})
        assert answer.status == 200, answer.body
        exported: bytes = answer.body
        return exported

    def whole(self) -> dict[str, bytes]:
        """Everything there is, as it is exported."""
        return {type: self.export(type, "jsonl") for type in ("member", "account", "contact", "opportunity", "task")}


@pytest.fixture
def imports(api: Api, world: World) -> Imports:
    return Imports(api, world)


@pytest.fixture
def concurrently(world: World) -> Callable[..., Any]:
    def run(*work: Any) -> Any:
        async def all_of_it() -> Any:
            return await asyncio.gather(*work)

        return world.loop.run_until_complete(all_of_it())

    return run
