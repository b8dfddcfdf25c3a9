"""A server made of a list of answers, and records to answer with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx2

from lightfield import AsyncLightfield, Lightfield

Answer = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class Served:
    """Plays its answers one after another, the last one for ever, and remembers what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers) or [reply(record())]
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else answer(request)

    @property
    def request(self) -> httpx2.Request:
        """The only request there was."""
        (only,) = self.requests
        return only

    @property
    def body(self) -> Any:
        return json.loads(self.request.content)

    def query(self, number: int = -1) -> str:
        return self.requests[number].url.query.decode()

    def client(self, **options: Any) -> Lightfield:
        return Patient(
            self.pauses,
            **{
                "api_key": "sk_lf_test",
                "base_url": "http://server.test",
                "http_client": httpx2.Client(transport=httpx2.MockTransport(self)),
                **options,
            },
        )

    def async_client(self, **options: Any) -> AsyncLightfield:
        return AsyncPatient(
            self.pauses,
            **{
                "api_key": "sk_lf_test",
                "base_url": "http://server.test",
                "http_client": httpx2.AsyncClient(transport=httpx2.MockTransport(self)),
                **options,
            },
        )


class Patient(Lightfield):
    """Notes how long it would have slept."""

    def __init__(self, pauses: list[float] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.pauses = [] if pauses is None else pauses

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


class AsyncPatient(AsyncLightfield):
    """Notes how long it would have slept."""

    def __init__(self, pauses: list[float] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.pauses = [] if pauses is None else pauses

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def reply(body: Any, status: int = 200, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    """An answer that can be given more than once. Underscores in header names stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx2.Response(status, json=body, headers=named)


def refusal(status: int, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    error = {"type": "bad_request", "message": "No.", "code": "unknown_field", "param": "fields.x"}
    return reply({"error": error}, status, **headers)


def record(id: str = "acc_1", **fields: Any) -> dict[str, Any]:
    values = {f"${key}": {"value": value, "valueType": "TEXT"} for key, value in {"name": "Acme", **fields}.items()}
    return {
        "id": id,
        "createdAt": "2026-05-01T09:00:00.000Z",
        "updatedAt": None,
        "httpLink": None,
        "externalId": None,
        "fields": values,
        "relationships": {"$owner": {"cardinality": "has_one", "objectType": "member", "values": ["mem_1"]}},
    }


def page(records: Iterable[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    data = list(records)
    return {"object": "list", "data": data, "totalCount": len(data) if total is None else total}
