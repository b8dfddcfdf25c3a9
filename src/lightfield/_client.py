"""`Lightfield`: where a program starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import httpx2

from ._base_client import BaseClient, low_level
from ._http import DEFAULT_MAX_RETRIES, OwnClient, require
from ._omit import NOT_GIVEN, NotGiven, Omit, omit
from ._plan import Message, request_options, upload_call
from ._response import APIResponse
from ._transport import send
from ._types import Body, Headers, Mode, RequestOptions, SyncHttp, TimeoutOption
from .lib import batches, bulk, upserts
from .resources._accessors import (
    LightfieldWithRawResponse,
    LightfieldWithStreamedResponse,
    Resources,
)

if TYPE_CHECKING:
    from types import TracebackType

    from .lib.sources import Source

__all__ = ["Client", "Lightfield"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741
EMPTY: RequestOptions = {}


class Lightfield(BaseClient, Resources):
    """A client that waits for each answer. Safe to share between threads.

    Args:
        api_key: The key, by default what LIGHTFIELD_API_KEY holds.
        base_url: Origin of the server, by default what LIGHTFIELD_BASE_URL holds, else that of the hosted product.
        timeout: Seconds, or a `Timeout`, or None to wait for ever. By default 30, of which 5 to connect.
        max_retries: How often to try again after failures that may pass.
        default_headers: Sent with every request.
        default_query: Sent with every request.
        http_client: An `httpx2.Client` of your own. It is closed together with this one.
        idempotency_keys: Give every POST a key that is kept when it is repeated, so that it never happens twice.
        _strict_response_validation: Refuse answers that do not have the promised form.

    Raises:
        LightfieldError: There is no key.
    """

    _flavour = "Lightfield"

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | httpx2.URL | None = None,
        timeout: TimeoutOption = NOT_GIVEN,
        max_retries: float = DEFAULT_MAX_RETRIES,
        default_headers: Mapping[str, str | Omit] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: SyncHttp | None = None,
        idempotency_keys: bool = True,
        _strict_response_validation: bool = False,
    ) -> None:
        if http_client is not None:
            require("Client", http_client)
        super().__init__(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            http_client=http_client,
            idempotency_keys=idempotency_keys,
            strict=_strict_response_validation,
        )
        self._http: Any = http_client if http_client is not None else OwnClient()

    @property
    def with_raw_response(self) -> LightfieldWithRawResponse:
        """The same methods, answering with the response around the record."""
        return LightfieldWithRawResponse(self)

    @property
    def with_streaming_response(self) -> LightfieldWithStreamedResponse:
        """The same methods as context managers whose body is read on demand."""
        return LightfieldWithStreamedResponse(self)

    def copy(
        self,
        *,
        api_key: str | None = None,
        base_url: str | httpx2.URL | None = None,
        timeout: TimeoutOption = NOT_GIVEN,
        http_client: SyncHttp | None = None,
        max_retries: float | NotGiven = NOT_GIVEN,
        default_headers: Mapping[str, str | Omit] | None = None,
        set_default_headers: Mapping[str, str | Omit] | None = None,
        default_query: Mapping[str, object] | None = None,
        set_default_query: Mapping[str, object] | None = None,
        idempotency_keys: bool | NotGiven = NOT_GIVEN,
        _extra_kwargs: Mapping[str, Any] = {},
    ) -> Self:
        """A client like this one but for what is given. Connections are shared.

        Args:
            default_headers: Added to the present ones; `set_default_headers` replaces them.
            default_query: Added to the present one; `set_default_query` replaces it.
        """
        return cast(
            Self,
            self._changed(
                api_key=api_key,
                base_url=base_url,
                timeout=timeout,
                http_client=http_client,
                max_retries=max_retries,
                default_headers=default_headers,
                set_default_headers=set_default_headers,
                default_query=default_query,
                set_default_query=set_default_query,
                idempotency_keys=idempotency_keys,
                extra=_extra_kwargs,
            ),
        )

    with_options = copy

    # ---- any path

    def get(
        self,
        path: str,
        *,
        cast_to: type[T],
        options: RequestOptions = EMPTY,
        stream: bool = False,
        stream_cls: Any = None,
    ) -> T:
        """`GET` a path no method covers. `cast_to=object` gives plain JSON, `cast_to=httpx2.Response` the response."""
        return self._low(low_level("GET", path, options), options, cast_to, stream, stream_cls)

    def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: Any = None,
        options: RequestOptions = EMPTY,
        files: Any = None,
        stream: bool = False,
        stream_cls: Any = None,
    ) -> T:
        """`POST` to a path no method covers: `body` is JSON, `content` bytes, `files` a form upload."""
        message = low_level("POST", path, options, body, content, files)
        return self._low(message, options, cast_to, stream, stream_cls)

    def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: Any = None,
        files: Any = None,
        options: RequestOptions = EMPTY,
    ) -> T:
        return self._low(low_level("PUT", path, options, body, content, files), options, cast_to)

    def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: Any = None,
        files: Any = None,
        options: RequestOptions = EMPTY,
    ) -> T:
        return self._low(low_level("PATCH", path, options, body, content, files), options, cast_to)

    def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: Any = None,
        options: RequestOptions = EMPTY,
    ) -> T:
        return self._low(low_level("DELETE", path, options, body, content), options, cast_to)

    def map(
        self, function: Callable[[I], T], items: Iterable[I], *, concurrency: int = 8
    ) -> list[batches.Outcome[I, T]]:
        """Calls `function` for every item, several at a time, and slows down before the server has to ask for it.

        One failure does not stop the others: each outcome holds a value or an error, in the order of the items.

            outcomes = client.map(lambda name: client.account.create(fields={"$name": name}), names)

        Args:
            concurrency: How many calls may be under way at once.
        """
        return batches.in_threads(self._pace, self._sleep, function, items, concurrency)

    def batch(self, mode: bulk.Together = "atomic") -> bulk.Batch:
        """Gathers writes, to be sent as one request and carried out in one transaction; see `lightfield.lib.bulk`.

        Args:
            mode: `atomic`, all of them or none; or `each`, each with a result of its own.
        """
        return bulk.Batch(self, mode)

    def upsert(
        self,
        resource: upserts.Resource,
        *,
        by: str,
        fields: Mapping[str, Any],
        relationships: Mapping[str, Any] | Omit = omit,
        external_id: str | Omit = omit,
        entity_slug: str | Omit = omit,
        extra_headers: Headers | None = None,
        timeout: TimeoutOption = NOT_GIVEN,
    ) -> upserts.Upserted:
        """Changes the record that is known by a value, or creates it; see `lightfield.lib.upserts`.

        Args:
            resource: `account`, `contact`, …, or `object` together with `entity_slug`.
            by: The key of the field that the record is known by, or `externalId`.
            fields: As for `create`.
            relationships: Ids, added to those that the record has or exchanged where it holds one; or operations.
            external_id: The record's id in another system, kept with it.

        Raises:
            ConflictError: Several records match.
        """
        wanted = upserts.Wanted(resource, by, fields, relationships, external_id, entity_slug)
        options = request_options(extra_headers, None, timeout)
        answer = self._perform(upserts.message(wanted), options, object, "parsed")
        return upserts.upserted(answer, resource, strict=self.strict)

    # ---- closing

    def close(self) -> None:
        """Gives the connections back, also those of copies."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    # ---- one request

    def _low(
        self, message: Message, options: RequestOptions, cast_to: type[T], stream: bool = False, stream_cls: Any = None
    ) -> T:
        if not stream:
            return cast(T, self._perform(message, options, cast_to, "parsed"))
        if stream_cls is None:
            raise TypeError("`stream=True` needs `stream_cls`, such as `Stream[dict]`")
        answer = self._perform(message, options, cast_to, "streamed")
        inner = (*getattr(stream_cls, "__args__", ()), cast_to)[0]
        return cast(T, stream_cls(cast_to=inner, response=answer.http_response, client=self))

    def _upload(self, url: str, headers: Mapping[str, str], source: Source, timeout: TimeoutOption) -> None:
        call = upload_call(url, headers, source.size, self._given(timeout), source.pieces())
        send(self._http, call, stream=False, sleep=self._sleep)

    def _perform(self, message: Message, options: RequestOptions, cast_to: Any, mode: Mode) -> Any:
        call = self._plan(message, options)
        response, retries = send(self._http, call, stream=mode == "streamed", sleep=self._sleep)
        self._pace.observe(call.rate, response.headers)
        answer: APIResponse[Any] = APIResponse(response, cast_to, strict=self.strict, retries_taken=retries)
        return answer.parse() if mode == "parsed" else answer


Client = Lightfield
