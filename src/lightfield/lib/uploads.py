"""A file uploaded in one call: announced, sent to the address that comes back, and completed with its checksum."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from .._errors import APIConnectionError, APIError, APIStatusError
from .._omit import NOT_GIVEN
from .._plan import backoff, is_worth_repeating
from .sources import Source, Uploadable, source_of
from .steps import Ask, Pause, Send, Steps

if TYPE_CHECKING:
    from ..types.file_complete_response import FileCompleteResponse

ALREADY_THERE = 412
"""Bytes that may come once have come: an earlier attempt was better than it looked."""


def upload(
    given: Uploadable,
    filename: str | None,
    mime_type: str | None,
    purpose: Any,
    max_retries: float,
    extras: Mapping[str, Any],
) -> Steps[FileCompleteResponse]:
    """The steps of `file.upload`. An upload that fails is cancelled, so that nothing waits for it.

    Raises:
        APIStatusError: The API or the storage refused; among these, bytes that changed while they were read.
    """
    source = source_of(given)
    if filename is not None:
        source.name = filename
    about = {"filename": source.name, "mime_type": mime_type or source.mime_type, "size_bytes": source.size}
    announced = yield Ask("create", {**about, "purpose": purpose, **extras})
    try:
        yield from _sent(announced, source, max_retries, extras)
        done: FileCompleteResponse = yield Ask("complete", {"id": announced.id, "md5": source.md5, **extras})
        return done
    except Exception:
        # What went wrong first is what the caller has to know; an upload left alone ends by itself.
        with contextlib.suppress(APIError):
            yield Ask("cancel", {"id": announced.id, **extras})
        raise


def _sent(announced: Any, source: Source, max_retries: float, extras: Mapping[str, Any]) -> Steps[None]:
    timeout = extras.get("timeout", NOT_GIVEN)
    for attempt in count():
        try:
            yield Send(announced.upload_url, announced.upload_headers, source, timeout)
        except APIError as error:
            if attempt and isinstance(error, APIStatusError) and error.status_code == ALREADY_THERE:
                return
            if attempt >= max_retries or not _may_pass(error):
                raise
        else:
            return
        yield Pause(backoff(attempt, random.random))


def _may_pass(error: APIError) -> bool:
    if isinstance(error, APIStatusError):
        return is_worth_repeating(error.status_code, error.response.headers)
    return isinstance(error, APIConnectionError)
