"""Everything `lightfield` offers, models apart. `lightfield` imports this when somebody first asks for a name."""

from __future__ import annotations

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
from ._omit import NOT_GIVEN, NotGiven, Omit, not_given, omit
from ._response import APIResponse, AsyncAPIResponse, RateLimit
from ._stream import AsyncStream, Stream
from ._types import NoneType, ProxiesTypes, RequestOptions, Timeout, Transport
from ._version import __title__, __version__

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
]

# Where an object lives inside the package is nobody's business: messages and help name where it is imported from.
for _name in __all__:
    _object = globals().get(_name)
    if getattr(_object, "__module__", "").startswith(f"{__package__}."):
        _object.__module__ = __package__
del _name, _object
