"""What `LIGHTFIELD_LOG` shows: requests and answers at `info`, their headers and bodies at `debug`, the key never."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

    from ._plan import Call

log = logging.getLogger("lightfield")
SECRET = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}


def configure_from_environment() -> None:
    """Sets the loggers up when `LIGHTFIELD_LOG` is `info` or `debug`; otherwise leaves them to the application."""
    level = LEVELS.get(os.environ.get("LIGHTFIELD_LOG", "").strip().lower())
    if level is None:
        return
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("lightfield", "httpx", "httpx2"):
        logging.getLogger(name).setLevel(level)


def describe_call(request: httpx2.Request, call: Call, attempt: int) -> None:
    """The address without its query, because filters hold what people are called and where they live."""
    log.info("%s %s%s", request.method, _where(request), f" (attempt {attempt + 1})" if attempt else "")
    if log.isEnabledFor(logging.DEBUG):
        log.debug(
            "sent query %s, headers %s, body %r", request.url.query.decode(), _shown(request.headers), call.content
        )


def describe_answer(response: httpx2.Response) -> None:
    log.info("%s %s answered %s", response.request.method, _where(response.request), response.status_code)
    if log.isEnabledFor(logging.DEBUG):
        body = response.content if response.is_closed else b"(not read yet)"
        log.debug("received headers %s, body %r", _shown(response.headers), body)


def _where(request: httpx2.Request) -> str:
    url = request.url
    return f"{url.scheme}://{url.netloc.decode()}{url.path}"


def _shown(headers: httpx2.Headers) -> dict[str, str]:
    return {name: "(hidden)" if name.lower() in SECRET else value for name, value in headers.items()}
