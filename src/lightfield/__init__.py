"""The Lightfield API in Python.

from lightfield import Lightfield

with Lightfield() as client:
    for account in client.account.list_all(filters={"$name": {"startsWith": "Ac"}}):
        print(account.get("$name"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from ._lazy import lazy_names
from ._logs import configure_from_environment
from ._omit import NOT_GIVEN, NotGiven, Omit, not_given, omit
from ._response import APIResponse, AsyncAPIResponse, RateLimit
from ._stream import AsyncStream, Stream
from ._types import NoneType, ProxiesTypes, RequestOptions, Timeout, Transport
from ._version import __title__, __version__

if TYPE_CHECKING:
    from . import resources as resources
    from . import types as types
    from ._models import BaseModel as BaseModel

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
    # Models bring pydantic with them, so they come when someone asks.
    _find, __dir__ = lazy_names(__name__, {"BaseModel": "_models"}, ["BaseModel", "resources", "types"])

    def __getattr__(name: str) -> object:
        value = _find(name)
        if name == "BaseModel":
            value.__module__ = __name__
        return value


# Where an object lives inside the package is nobody's business: messages and help name where it is imported from.
for _name in __all__:
    _object = globals().get(_name)
    if getattr(_object, "__module__", "").startswith(f"{__name__}."):
        _object.__module__ = __name__
del _name, _object

configure_from_environment()
