"""What can go wrong, from the general to the particular:

LightfieldError
├── MultipleMatchesError              `find_or_create` found more than one
└── APIError                          a request was made; `request`, `message`, `body`
    ├── APIConnectionError            no answer came
    │   └── APITimeoutError           … in time
    ├── APIResponseValidationError    an answer came that is not what was promised
    └── APIStatusError                an answer came that says no; `response`, `status_code`
        ├── BadRequestError           400
        ├── AuthenticationError       401
        ├── PermissionDeniedError     403
        ├── NotFoundError             404
        ├── ConflictError             409
        ├── UnprocessableEntityError  422
        ├── RateLimitError            429
        └── InternalServerError       500 and above
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "InternalServerError",
    "LightfieldError",
    "MultipleMatchesError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "UnprocessableEntityError",
]


class LightfieldError(Exception):
    """Anything this library raises on its own account."""


class MultipleMatchesError(LightfieldError):
    """More than one record fits the filters, so which one is meant is anyone's guess."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(f"The filters fit more than one record, among them {' and '.join(ids)}; make them narrower.")
        self.ids = ids


class APIError(LightfieldError):
    """A request was made and did not end well.

    `type`, `code` and `param` repeat what the answer says: the class of error, the reason and the place it concerns.
    They are None where the answer is silent, or where there is none.
    """

    def __init__(self, message: str, request: httpx2.Request, *, body: object | None) -> None:
        super().__init__(message)
        self.message = message
        self.request = request
        self.body = body

    @property
    def type(self) -> str | None:
        return self._said("type")

    @property
    def code(self) -> str | None:
        return self._said("code")

    @property
    def param(self) -> str | None:
        return self._said("param")

    def _said(self, key: str) -> str | None:
        # Older servers print the inner object without its wrapper (spec: conventions 4.1).
        outer = self.body if isinstance(self.body, dict) else {}
        inner = outer.get("error", outer)
        value = inner.get(key) if isinstance(inner, dict) else None
        return value if isinstance(value, str) else None


class APIConnectionError(APIError):
    """No answer came; the cause is chained."""

    def __init__(self, *, message: str = "Connection error.", request: httpx2.Request) -> None:
        super().__init__(message, request, body=None)


class APITimeoutError(APIConnectionError):
    """No answer came in time."""

    def __init__(self, request: httpx2.Request) -> None:
        super().__init__(message="Request timed out.", request=request)


class APIResponseValidationError(APIError):
    """An answer came whose form is not the promised one."""

    def __init__(self, response: httpx2.Response, body: object | None, *, message: str | None = None) -> None:
        super().__init__(message or "The answer does not have the promised form.", response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class APIStatusError(APIError):
    """An answer came that says no."""

    def __init__(self, message: str, *, response: httpx2.Response, body: object | None) -> None:
        super().__init__(message, response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class BadRequestError(APIStatusError):
    """400: a field, relationship, parameter or header is wrong."""


class AuthenticationError(APIStatusError):
    """401: the key is missing or not known."""


class PermissionDeniedError(APIStatusError):
    """403: the key lacks a scope, or its owner a role."""


class NotFoundError(APIStatusError):
    """404: no such record, or no longer."""


class ConflictError(APIStatusError):
    """409: the request contradicts the present state."""


class UnprocessableEntityError(APIStatusError):
    """422: well-formed, but the values will not do."""


class RateLimitError(APIStatusError):
    """429: too many requests, also after waiting and trying again."""


class InternalServerError(APIStatusError):
    """500 and above: the fault is the server's."""


BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_error(response: httpx2.Response) -> APIStatusError:
    """The error an answer stands for. Its body must have been read."""
    body, message = _body(response)
    return _of(response.status_code)(message, response=response, body=body)


def status_error_of(response: httpx2.Response, status: int, body: object) -> APIStatusError:
    """The error that a part of an answer stands for."""
    error = _of(status)(f"Error code: {status} - {body}", response=response, body=body)
    error.status_code = status
    return error


def _of(status: int) -> type[APIStatusError]:
    return BY_STATUS.get(status, InternalServerError if status >= 500 else APIStatusError)


def _body(response: httpx2.Response) -> tuple[Any, str]:
    text = response.text.strip()
    try:
        body = json.loads(text)
    except ValueError:
        return text, text or f"Error code: {response.status_code}"
    return body, f"Error code: {response.status_code} - {body}"
