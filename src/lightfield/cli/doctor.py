"""What holds between this computer and its server, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .. import APIConnectionError, APIStatusError
from .._plan import API_VERSION, Message
from . import calling, connecting
from .arguments import Typed, none_left
from .console import Console
from .profiles import masked
from .refusals import FAILED

#: Seconds by which clocks may differ before it is worth a word.
CLOCK_TOLERANCE = 60


def doctor(line: Typed, console: Console) -> int:
    """Goes from the settings to the server and says what holds and what does not."""
    none_left(line, 0)
    found = connecting.connection(line, console)
    console.line(f"server   {found.base_url}")
    console.line(f"key      {masked(found.api_key)}, from {found.source}")
    client = connecting.client(found, line, console, "doctor")
    with client:
        try:
            response = client._perform(Message("GET", "/v1/auth/validate"), {}, object, "raw").http_response
        except Exception as error:
            return _unwell(error, console)
    said = calling.answer_of(response.content).data
    console.line(f"answer   {response.status_code} in {response.elapsed.total_seconds() * 1000:.0f} ms")
    console.line(f"version  {API_VERSION}")
    if not isinstance(said, dict) or "active" not in said:
        console.line("         This is not the answer of a Lightfield server; is the address right?")
        return FAILED
    console.line(f"may      {', '.join(said.get('scopes') or ()) or 'everything its owner may'}")
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(response.headers["date"])).total_seconds()
        console.line(f"clock    {'agrees' if abs(skew) <= CLOCK_TOLERANCE else f'differs by {skew:.0f} s'}")
    except (KeyError, ValueError, TypeError):
        console.line("clock    the server does not tell its time")
    return 0 if said["active"] else FAILED


def _unwell(error: Exception, console: Console) -> int:
    if isinstance(error, APIStatusError):
        console.line(f"answer   {calling.told(error)}")
    elif isinstance(error, APIConnectionError):
        console.line(f"answer   none: {error.message} {error.__cause__ or ''}".rstrip())
    else:
        raise error
    return FAILED
