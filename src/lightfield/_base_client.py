"""What both clients share: their options, where these come from, and how a message becomes a plan."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from typing import Any

import httpx2

from . import _plan as plan
from ._errors import LightfieldError
from ._http import DEFAULT_TIMEOUT, timeout_of
from ._omit import NOT_GIVEN, NotGiven, Omit
from ._platform import platform_headers
from ._types import RequestOptions, TimeoutOption
from ._version import __version__
from .lib.pace import Pace

ORIGIN = "https://api.lightfield.app"


class BaseClient:
    """Options, as given or found in the environment."""

    _flavour: str
    _http: Any

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | httpx2.URL | None,
        timeout: TimeoutOption,
        max_retries: float,
        default_headers: Mapping[str, str | Omit] | None,
        default_query: Mapping[str, object] | None,
        http_client: Any,
        idempotency_keys: bool,
        strict: bool,
    ) -> None:
        key = api_key if api_key is not None else os.environ.get("LIGHTFIELD_API_KEY")
        if not key:
            raise LightfieldError("There is no API key: pass `api_key=…` or set LIGHTFIELD_API_KEY.")
        if max_retries is None:
            raise TypeError("`max_retries` must be a number: 0 for none, `math.inf` to go on for ever.")
        if isinstance(timeout, NotGiven):
            timeout = timeout_of(http_client) if http_client is not None else DEFAULT_TIMEOUT
        self.api_key = key
        self.timeout = timeout
        self.max_retries = max_retries
        self.idempotency_keys = idempotency_keys
        self.strict = strict
        self._base_url = httpx2.URL(f"{str(base_url or os.environ.get('LIGHTFIELD_BASE_URL') or ORIGIN).rstrip('/')}/")
        self._custom_headers = plan.overlaid(_headers_from_environment(), default_headers)
        self._custom_query = dict(default_query or {})
        # What is remembered between calls; shared with copies only where it does not depend on the key.
        self._labels: dict[Any, Any] = {}
        self._pace = Pace()

    @property
    def base_url(self) -> httpx2.URL:
        return self._base_url

    @property
    def user_agent(self) -> str:
        return f"{self._flavour}/Python {__version__}"

    @property
    def auth_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Headers of every request, the key apart."""
        ours = {
            "Accept": "application/json",
            "User-Agent": self.user_agent,
            "Lightfield-Version": plan.API_VERSION,
            **platform_headers(),
            "X-Stainless-Async": self._async(),
        }
        return plan.overlaid(ours, self._custom_headers)

    @property
    def default_query(self) -> dict[str, object]:
        return dict(self._custom_query)

    def platform_headers(self) -> dict[str, str]:
        return {**platform_headers(), "X-Stainless-Async": self._async()}

    def is_closed(self) -> bool:
        return bool(self._http.is_closed)

    def _async(self) -> str:
        return "false"

    def _plan(self, message: plan.Message, request: RequestOptions) -> plan.Call:
        options = plan.Options(
            api_key=self.api_key,
            base_url=str(self._base_url),
            timeout=self.timeout,
            max_retries=self.max_retries,
            headers=self.default_headers,
            query=self._custom_query,
            idempotency_keys=self.idempotency_keys,
            strict=self.strict,
        )
        return plan.plan(message, options, request, lambda: str(uuid.uuid4()))

    def _given(self, timeout: TimeoutOption) -> TimeoutOption:
        return self.timeout if isinstance(timeout, NotGiven) else timeout

    def _changed(
        self,
        *,
        api_key: str | None,
        base_url: str | httpx2.URL | None,
        timeout: TimeoutOption,
        http_client: Any,
        max_retries: float | NotGiven,
        default_headers: Mapping[str, str | Omit] | None,
        set_default_headers: Mapping[str, str | Omit] | None,
        default_query: Mapping[str, object] | None,
        set_default_query: Mapping[str, object] | None,
        idempotency_keys: bool | NotGiven,
        extra: Mapping[str, Any],
    ) -> Any:
        """A client like this one but for what is given; connections and what is known of the rate limit are shared."""
        for merge, replace, name in (
            (default_headers, set_default_headers, "default_headers"),
            (default_query, set_default_query, "default_query"),
        ):
            if merge is not None and replace is not None:
                raise ValueError(f"`{name}` adds and `set_{name}` replaces; give one of them")
        headers = (
            plan.overlaid(self._custom_headers, default_headers) if set_default_headers is None else set_default_headers
        )
        query = {**self._custom_query, **(default_query or {})} if set_default_query is None else set_default_query
        given: dict[str, Any] = {
            "api_key": self.api_key if api_key is None else api_key,
            "base_url": self._base_url if base_url is None else base_url,
            "timeout": self.timeout if isinstance(timeout, NotGiven) else timeout,
            "max_retries": self.max_retries if isinstance(max_retries, NotGiven) else max_retries,
            "default_headers": headers,
            "default_query": query,
            "http_client": http_client or self._http,
            "idempotency_keys": self.idempotency_keys if isinstance(idempotency_keys, NotGiven) else idempotency_keys,
            "_strict_response_validation": self.strict,
            **extra,
        }
        copy = type(self)(**given)
        copy._pace = self._pace
        return copy


def _headers_from_environment() -> dict[str, str]:
    lines = os.environ.get("LIGHTFIELD_CUSTOM_HEADERS", "").splitlines()
    parts = (line.partition(":") for line in lines if ":" in line)
    return {name.strip(): value.strip() for name, _, value in parts if name.strip()}


def low_level(
    method: str, path: str, options: RequestOptions, body: object = None, content: Any = None, files: Any = None
) -> plan.Message:
    """A message for `client.get(path)` and its like."""
    from ._transform import to_wire

    if body is not None and content is not None:
        raise TypeError("`body` is JSON and `content` is bytes; give one of them")
    rate = "read" if method == "GET" else "write"
    raw = content.encode() if isinstance(content, str) else content.read() if hasattr(content, "read") else content
    return plan.Message(method, path, {}, [], to_wire(body), body is not None, raw, files, rate)


__all__ = ["NOT_GIVEN", "BaseClient", "low_level"]
