"""What an operation is, and the set of all of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lightfield_server.files.addresses import DEFAULT_LIFETIME, Addresses
from lightfield_server.identity.actor import Actor
from lightfield_server.kit.registry import Registry
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.operations.server import Server
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body
from lightfield_server.store.protocol import Transaction

Parameters = list[tuple[str, str]]

NO_BODY, OPTIONAL_BODY, REQUIRED_BODY = "none", "optional", "required"


def no_addresses() -> Addresses:
    """For doors that are no server's: what begins nowhere is completed by whoever knows where the server is."""
    return Addresses("", DEFAULT_LIFETIME)


@dataclass(slots=True)
class Asked:
    """What a client sent with a call: path parameters by name, query parameters in their order, and a body.

    The query is read when a handler first looks: whether what the path names exists comes before it.
    """

    path: Mapping[str, str]
    read_query: Callable[[], Parameters]
    body: Body
    #: How addresses of bytes are made that this client can reach.
    addresses: Callable[[], Addresses] = no_addresses

    @property
    def query(self) -> Parameters:
        return self.read_query()


Handler = Callable[[Context, Asked], bytes]

#: What of a reply kept under an idempotency key its caller may see.
Again = Callable[[Context, bytes], bytes]

#: Makes the parts of an operation's document for one catalog: see `http.openapi`.
Describe = Callable[[Catalog], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verb:
    """What an operation does with one record, for those who do many things at once (see `records.several`).

    `which` tells the type from the path, or 404; `again` is that of a single record.
    """

    name: str
    which: Callable[[Context, Asked], Entity]
    again: Again | None = None


#: Bytes of a body that are read; a larger one is 413.
LARGEST_BODY = 1 << 20


@dataclass(frozen=True, slots=True)
class Streamed:
    """A reply that is made while it is sent. `name` is what a browser calls the file."""

    media: str
    name: str
    chunks: AsyncIterator[bytes]


@dataclass(slots=True)
class Incoming:
    """A body that is taken as it comes. `settled` tells who asks once it has come: it may have been long on its way."""

    content_type: str | None
    chunks: AsyncIterator[bytes]
    settled: Callable[[], Awaitable[Actor]]


#: Takes a body as it comes, and makes what the handler gets in its place.
Take = Callable[[Server, Actor, "Asked", Incoming], Awaitable[dict[str, Any]]]

#: Answers with a stream, in the place of a handler's bytes.
Give = Callable[[Server, Actor, "Asked"], Awaitable[Streamed]]


@dataclass(frozen=True)
class Operation:
    """One thing the server can be asked to do.

    `id` is the SDK's resource and method. `path` is a template; `{name}` is one segment. `scopes` are all needed, of
    `any_scopes` one is. One that is not `versioned` does not ask for the version header.
    `category` names its rate limit. `writes` operations run in a transaction that is committed before they are
    answered. `body` says whether a request has one: an optional one is an empty object. `describe` gives the schemas
    of body, reply and query parameters. `again` fits a kept reply to whoever repeats the request, where not everybody
    may see all of it.

    An operation that `takes` has a body of one of the media types `accepts`, and a query that says what it is; one
    that `gives` replies in one of the media types `offers`.
    """

    id: str
    method: str
    path: str
    summary: str
    handler: Handler
    category: str
    describe: Describe
    scopes: tuple[str, ...] = ()
    writes: bool = False
    idempotent: bool = False
    body: str = NO_BODY
    again: Again | None = None
    any_scopes: tuple[str, ...] = ()
    versioned: bool = True
    #: Its reads may go on for long without coming up for air, so that nobody may wait behind them.
    long: bool = False
    largest_body: int = LARGEST_BODY
    verb: Verb | None = None
    takes: Take | None = None
    accepts: tuple[str, ...] = ()
    gives: Give | None = None
    offers: tuple[str, ...] = ()
    #: Part of the compatible names, or one of ours.
    compatible: bool = True
    parameters: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        names = tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))
        object.__setattr__(self, "parameters", names)


class Read(Protocol):
    """A door's reader of the request: the body parsed, or a refusal."""

    def __call__(self) -> Body: ...


#: Who asks, as a transaction sees it; 401 when nobody does any more.
Confirm = Callable[[Transaction], Actor]


@dataclass(slots=True)
class Call:
    """A request in a door's own words made ours: who asks for what, and how to read the rest.

    With `confirm`, who asks was found out earlier than the transaction, and is asked again within it.
    """

    operation: Operation
    actor: Actor
    path: Mapping[str, str]
    query: Callable[[], Parameters]
    read: Read
    idempotency_key: str | None = None
    origin: str = "api"
    addresses: Callable[[], Addresses] = no_addresses
    confirm: Confirm | None = None
    incoming: Incoming | None = None


OPERATIONS: Registry[Operation] = Registry("operation")


def declare(operation: Operation) -> Operation:
    return OPERATIONS.add(operation.id, operation)
