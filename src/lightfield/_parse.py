"""The body of an answer as what the caller asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ._errors import APIResponseValidationError

if TYPE_CHECKING:
    import httpx2


def parsed(response: httpx2.Response, cast_to: Any, *, strict: bool) -> Any:
    """`response` as `cast_to`: a model, a union or container of models, a plain type, or the response itself.

    Raises:
        APIResponseValidationError: The body is broken JSON, or strict validation found it not to be what was promised.
    """
    if cast_to is None or cast_to is type(None):
        return None
    if _is_response(cast_to):
        return response
    if cast_to is bytes:
        return response.content
    if cast_to is str:
        return response.text
    if not _is_json(response):
        if strict:
            kind = response.headers.get("content-type", "nothing")
            raise APIResponseValidationError(response, response.text, message=f"Expected JSON, got {kind}.")
        return response.text
    return _shaped(response, cast_to, strict=strict)


def _shaped(response: httpx2.Response, cast_to: Any, *, strict: bool) -> Any:
    try:
        data = json.loads(response.content)
    except ValueError as broken:
        raise APIResponseValidationError(
            response, response.text, message="The answer calls itself JSON and is not."
        ) from broken
    if cast_to is object or cast_to is Any:
        return data
    # Imported here because pydantic costs more than everything else together, and not every caller wants models.
    import pydantic

    from ._models import shaped

    try:
        return shaped(data, cast_to, strict=strict)
    except pydantic.ValidationError as invalid:
        raise APIResponseValidationError(response, data) from invalid


def _is_json(response: httpx2.Response) -> bool:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _is_response(cast_to: Any) -> bool:
    return isinstance(cast_to, type) and any(
        kind.__name__ == "Response" and kind.__module__.startswith("httpx") for kind in cast_to.__mro__
    )
