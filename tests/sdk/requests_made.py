"""Makes the calls given on standard input and prints what each would have sent. Either package can run it."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone

import lightfield

try:
    import httpx2 as httpx
except ImportError:
    import httpx  # type: ignore[import-not-found, no-redef, unused-ignore]

ANSWER = {"id": "x", "data": [], "object": "list", "totalCount": 0}
# What tells the packages apart on purpose.
OWN = {"user-agent", "x-stainless-package-version", "idempotency-key", "accept-encoding"}


def show(request: httpx.Request) -> httpx.Response:
    headers = sorted((name, value) for name, value in request.headers.items() if name not in OWN)
    body = request.content.decode()
    print(json.dumps([request.method, str(request.url), headers, body]))
    return httpx.Response(200, json=ANSWER)


http = httpx.Client(transport=httpx.MockTransport(show))
client = lightfield.Lightfield(api_key="k", base_url="http://server.test", http_client=http)
names = {"client": client, "datetime": datetime, "UTC": timezone.utc, "NOW": datetime(2026, 1, 1, tzinfo=timezone.utc)}  # noqa: UP017 - the vendor's Python may be older
for line in sys.stdin:
    eval(f"client.{line}", names)
client.close()
