"""The Lightfield API in Python.

from lightfield import Lightfield

with Lightfield() as client:
    for account in client.account.list_all(filters={"$name": {"startsWith": "Ac"}}):
        print(account.get("$name"))
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._lazy import lazy_names
from ._version import __title__, __version__

if TYPE_CHECKING:
    from . import resources as resources
    from . import types as types
    from ._async_client import AsyncClient, AsyncLightfield
    from ._client import Client, Lightfield
    from ._errors import (
        APIConnectionError,
        APIError,
        APIResponseValidationError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConflictError,
        InternalServerError,
        LightfieldError,
        MultipleMatchesError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        UnprocessableEntityError,
    )
    from ._files import file_from_path
    from ._http import (
        DEFAULT_CONNECTION_LIMITS,
        DEFAULT_MAX_RETRIES,
        DEFAULT_TIMEOUT,
        DefaultAioHttpClient,
        DefaultAsyncHttpxClient,
        DefaultHttpxClient,
    )
    from ._models import BaseModel as BaseModel
    from ._omit import NOT_GIVEN, NotGiven, Omit, not_given, omit
    from ._response import APIResponse, AsyncAPIResponse, RateLimit
    from ._stream import AsyncStream, Stream
    from ._types import NoneType, ProxiesTypes, RequestOptions, Timeout, Transport

__all__ = [
    "DEFAULT_CONNECTION_LIMITS",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "NOT_GIVEN",
    "APIConnectionError",
    "APIError",
    "APIResponse",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncAPIResponse",
    "AsyncClient",
    "AsyncLightfield",
    "AsyncStream",
    "AuthenticationError",
    "BadRequestError",
    "BaseModel",
    "Client",
    "ConflictError",
    "DefaultAioHttpClient",
    "DefaultAsyncHttpxClient",
    "DefaultHttpxClient",
    "InternalServerError",
    "Lightfield",
    "LightfieldError",
    "MultipleMatchesError",
    "NoneType",
    "NotFoundError",
    "NotGiven",
    "Omit",
    "PermissionDeniedError",
    "ProxiesTypes",
    "RateLimit",
    "RateLimitError",
    "RequestOptions",
    "Stream",
    "Timeout",
    "Transport",
    "UnprocessableEntityError",
    "__title__",
    "__version__",
    "file_from_path",
    "not_given",
    "omit",
    "resources",
    "types",
]

if not TYPE_CHECKING:  # a checker would take any name for one that is found at run time
    # The HTTP library takes a tenth of a second and models bring pydantic, so each comes when someone asks: whatever
    # only needs to know what there is, as the command line does to explain itself, starts at once.
    _PUBLIC = dict.fromkeys(set(__all__) - {"resources", "types"}, "_public")
    _find, __dir__ = lazy_names(__name__, {**_PUBLIC, "BaseModel": "_models"}, __all__)

    def __getattr__(name: str) -> object:
        value = _find(name)
        if name == "BaseModel":
            value.__module__ = __name__
        return value


if os.environ.get("LIGHTFIELD_LOG"):
    from ._logs import configure_from_environment

    configure_from_environment()
