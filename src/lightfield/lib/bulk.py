"""Many writes in one request and one transaction: an operation of self-hosted servers.

    batch = client.batch()
    acme = batch.account.create(fields={"$name": "Acme"})
    batch.contact.create(fields={"$email": "ada@acme.example"}, relationships={"$account": acme.id})
    results = batch.send()
    print(results.record(acme).get("$name"))

The resources of a batch have the methods of the client's, which gather instead of asking. What they give stands for a
record that is not there yet: it has an `id` for later methods of the same batch to name, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, cast

import httpx2

from .._errors import APIStatusError, LightfieldError, status_error_of
from .._omit import NOT_GIVEN, Omit, omit
from .._plan import Message, request_options
from .._types import Mode, RequestOptions, TimeoutOption
from . import upserts
from .upserts import Resource

if TYPE_CHECKING:
    from .._async_client import AsyncLightfield
    from .._client import Lightfield
    from ..resources.account import AccountResource
    from ..resources.contact import ContactResource
    from ..resources.list import ListResource
    from ..resources.meeting import MeetingResource
    from ..resources.note import NoteResource
    from ..resources.object import ObjectResource
    from ..resources.opportunity import OpportunityResource
    from ..resources.task import TaskResource
    from ..types.shared import Record

T = TypeVar("T")
Together: TypeAlias = Literal["atomic", "each"]

PATH = "/v1/batch"
MARK = "@"
"""What the server takes for the name of an earlier operation where an id is expected."""

VERBS = ("create", "update", "delete", "restore")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What came of one operation."""

    do: str
    """The operation: `account.create`."""
    status: int
    outcome: str | None
    """`created`, `updated`, `deleted`, `restored` or `unchanged`; None when it was refused."""
    record_id: str | None
    record: T | None
    """The record as the whole batch left it, where the answer has it."""
    error: APIStatusError | None
    """Why it was refused: the error that a request of its own would have raised."""

    def unwrap(self) -> T:
        """The record.

        Raises:
            APIStatusError: The operation was refused.
            LightfieldError: The answer has ids alone, or was too large for this record.
        """
        if self.error is not None:
            raise self.error
        if self.record is None:
            raise LightfieldError(f"The answer does not show {self.record_id}; retrieve it.")
        return self.record


class Results(Sequence[Result[Any]]):
    """The results of a batch, in the order of its operations."""

    def __init__(self, results: list[Result[Any]]) -> None:
        self._results = results

    def of(self, gathered: T) -> Result[T]:
        """What came of the operation that gave this."""
        name = getattr(gathered, "id", None)
        number = name.removeprefix(f"{MARK}op") if isinstance(name, str) else ""
        if not number.isdecimal() or int(number) >= len(self._results):
            raise ValueError("This was not given by a method of the batch")
        return self._results[int(number)]

    def record(self, gathered: T) -> T:
        """The record that this stood for; raises what refused it."""
        return self.of(gathered).unwrap()

    @property
    def failed(self) -> list[Result[Any]]:
        return [result for result in self._results if result.error is not None]

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[Result[Any]]:
        return iter(self._results)

    def __getitem__(self, place: Any) -> Any:
        return self._results[place]

    def __repr__(self) -> str:
        return f"<{len(self)} results, {len(self.failed)} failed>"


class Gathering:
    """Operations put down one after another. Its resources take it for the client they ask."""

    def __init__(self, mode: Together = "atomic") -> None:
        self._mode = mode
        self._operations: list[dict[str, Any]] = []
        self._models: list[Any] = []
        self._labels: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self._operations)

    @property
    def account(self) -> AccountResource:
        from ..resources.account import AccountResource

        return AccountResource(self._asked)

    @property
    def contact(self) -> ContactResource:
        from ..resources.contact import ContactResource

        return ContactResource(self._asked)

    @property
    def opportunity(self) -> OpportunityResource:
        from ..resources.opportunity import OpportunityResource

        return OpportunityResource(self._asked)

    @property
    def task(self) -> TaskResource:
        from ..resources.task import TaskResource

        return TaskResource(self._asked)

    @property
    def note(self) -> NoteResource:
        from ..resources.note import NoteResource

        return NoteResource(self._asked)

    @property
    def meeting(self) -> MeetingResource:
        from ..resources.meeting import MeetingResource

        return MeetingResource(self._asked)

    @property
    def list(self) -> ListResource:
        from ..resources.list import ListResource

        return ListResource(self._asked)

    @property
    def object(self) -> ObjectResource:
        from ..resources.object import ObjectResource

        return ObjectResource(self._asked)

    def upsert(
        self,
        resource: Resource,
        *,
        by: str,
        fields: Mapping[str, Any],
        relationships: Mapping[str, Any] | Omit = omit,
        external_id: str | Omit = omit,
        entity_slug: str | Omit = omit,
    ) -> Record:
        """As `client.upsert`, gathered; what it gives stands for the record."""
        wanted = upserts.Wanted(resource, by, fields, relationships, external_id, entity_slug)
        path = {} if isinstance(entity_slug, Omit) else {"entitySlug": entity_slug}
        body = upserts.message(wanted).body
        return cast("Record", self._gathered(f"{resource}.upsert", path, body, upserts.model_of(resource)))

    @property
    def _asked(self) -> Any:
        return self

    def _perform(self, message: Message, options: RequestOptions, cast_to: Any, mode: Mode) -> Any:
        """What a client would do with a resource's message is put down here."""
        resource, _, verb = message.operation.partition(".")
        if verb not in VERBS:
            raise ValueError(f"A batch does not carry out `{resource}.{verb}`; ask the client")
        if options or message.query or mode != "parsed":
            raise ValueError("Options and raw responses belong to the batch as a whole, not to its operations")
        return self._gathered(message.operation, message.path_arguments, message.body, cast_to)

    def _gathered(self, do: str, path: Mapping[str, Any], body: Any, model: Any) -> Any:
        name = f"op{len(self._operations)}"
        self._operations.append({"id": name, "do": do, "path": dict(path), "body": body or {}})
        self._models.append(model)
        return model.construct(id=f"{MARK}{name}")

    def _body(self, *, records: bool) -> dict[str, Any]:
        return {"operations": self._operations, "mode": self._mode, "return": "records" if records else "ids"}

    def _results(self, response: httpx2.Response, *, strict: bool) -> Results:
        from .._models import shaped

        results = []
        for item, model in zip(response.json()["data"], self._models, strict=True):
            record, said = item.get("record"), item.get("error")
            results.append(
                Result(
                    do=item["do"],
                    status=item["status"],
                    outcome=item.get("outcome"),
                    record_id=item.get("recordId"),
                    record=None if record is None else shaped(record, model, strict=strict),
                    error=None if said is None else status_error_of(response, item["status"], {"error": said}),
                )
            )
        return Results(results)


def options_of(idempotency_key: str | None, timeout: TimeoutOption) -> RequestOptions:
    return request_options({"Idempotency-Key": idempotency_key} if idempotency_key else None, None, timeout)


class Batch(Gathering):
    """A batch of `Lightfield`."""

    def __init__(self, client: Lightfield, mode: Together = "atomic") -> None:
        super().__init__(mode)
        self._client = client

    def send(
        self, *, records: bool = True, idempotency_key: str | None = None, timeout: TimeoutOption = NOT_GIVEN
    ) -> Results:
        """Has everything carried out.

        Args:
            records: Show the records; without them the answer has ids, which is faster for many.
            idempotency_key: Under one key the batch is carried out once in 24 hours.

        Raises:
            APIStatusError: All of it was refused. `error.param` begins with the place of the operation that is wrong.
        """
        options = options_of(idempotency_key, timeout)
        body = self._body(records=records)
        response = self._client.post(PATH, cast_to=httpx2.Response, body=body, options=options)
        return self._results(response, strict=self._client.strict)


class AsyncBatch(Gathering):
    """A batch of `AsyncLightfield`: gathering is not awaited, sending is."""

    def __init__(self, client: AsyncLightfield, mode: Together = "atomic") -> None:
        super().__init__(mode)
        self._client = client

    async def send(
        self, *, records: bool = True, idempotency_key: str | None = None, timeout: TimeoutOption = NOT_GIVEN
    ) -> Results:
        """As `Batch.send`."""
        options = options_of(idempotency_key, timeout)
        body = self._body(records=records)
        response = await self._client.post(PATH, cast_to=httpx2.Response, body=body, options=options)
        return self._results(response, strict=self._client.strict)
