"""Up to a thousand writes of records in one request and one transaction, all or nothing or each on its own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lightfield_server.events import log
from lightfield_server.identity.limits import WRITE
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import Json
from lightfield_server.operations import schemas
from lightfield_server.operations.operation import (
    OPERATIONS,
    REQUIRED_BODY,
    Asked,
    Operation,
    Verb,
    declare,
)
from lightfield_server.records import batching, together, wire
from lightfield_server.records.batching import MARK, Done, Step, place
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body

MOST_OPERATIONS = 1_000

#: Bytes of a batch's body: four thousand for each of its operations.
LARGEST_BODY = 4 << 20

#: Bytes of records in one answer; those beyond are left out of it, and it says how many.
LARGEST_ANSWER = 16 << 20

#: All or nothing; or each operation on its own.
ATOMIC, EACH = "atomic", "each"

#: What the answer shows of each record.
RECORDS, IDS = "records", "ids"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def batch(context: Context, asked: Asked) -> bytes:
    mode, returned = _choice(asked.body, "mode", ATOMIC, EACH), _choice(asked.body, "return", RECORDS, IDS)
    sent = _read(asked.body)
    for each in sent:
        _require(context, each.operation, f"{each.place}.do")
    steps = _steps(context, sent)
    outcomes = batching.carry_out(context, steps, atomic=mode == ATOMIC)
    return _answer(context, sent, outcomes, with_records=returned == RECORDS)


# What was sent


@dataclass(frozen=True, slots=True)
class _Sent:
    """One operation of a batch, every part of which has the right form."""

    place: str
    name: str | None
    operation: Operation
    path: Mapping[str, str]
    body: Body

    @property
    def verb(self) -> Verb:
        assert self.operation.verb is not None
        return self.operation.verb

    @property
    def id(self) -> str:
        return self.path.get("id", "")


def _choice(body: Body, key: str, *choices: str) -> str:
    """One of several words; the first unless another is sent."""
    chosen = body.get(key, choices[0])
    if not isinstance(chosen, str) or chosen not in choices:
        raise problems.invalid_type(f"'{key}' is {' or '.join(map(repr, choices))}.", key)
    return chosen


def _read(body: Body) -> list[_Sent]:
    for key in body:
        if key not in ("operations", "mode", "return"):
            raise problems.unknown_key(key)
    if "operations" not in body:
        raise problems.parameter_missing("operations")
    operations = body["operations"]
    if not isinstance(operations, list):
        raise problems.invalid_type("An array of operations is expected.", "operations")
    if len(operations) > MOST_OPERATIONS:
        raise problems.too_many_operations(MOST_OPERATIONS, len(operations))
    return [_operation(each, place(position)) for position, each in enumerate(operations)]


def _operation(sent: Json, at: str) -> _Sent:
    if not isinstance(sent, dict):
        raise problems.invalid_type("An object with 'do' is expected.", at)
    for key in sent:
        if key not in ("do", "id", "path", "body"):
            raise problems.unknown_key(key, f"{at}.{problems.shown(key)}")
    if "do" not in sent:
        raise problems.parameter_missing(f"{at}.do")
    operation = OPERATIONS.get(sent["do"]) if isinstance(sent["do"], str) else None
    if operation is None or operation.verb is None:
        raise problems.unknown_operation(str(sent["do"]), f"{at}.do")
    name = sent.get("id")
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise problems.invalid_type("An id is 1 to 64 letters, digits, '_', '.' or '-'.", f"{at}.id")
    if "body" not in sent and operation.body == REQUIRED_BODY:
        raise problems.parameter_missing(f"{at}.body")
    body = sent.get("body", {})
    if not isinstance(body, dict):
        raise problems.invalid_type("An object is expected.", f"{at}.body")
    return _Sent(at, name, operation, _path(sent.get("path", {}), operation, f"{at}.path"), body)


def _path(sent: Json, operation: Operation, at: str) -> Mapping[str, str]:
    if not isinstance(sent, dict):
        raise problems.invalid_type("An object is expected.", at)
    for key in sent:
        if key not in operation.parameters:
            raise problems.unknown_key(key, f"{at}.{problems.shown(key)}")
    for key in operation.parameters:
        if key not in sent:
            raise problems.parameter_missing(f"{at}.{key}")
        if not isinstance(sent[key], str):
            raise problems.invalid_type("A string is expected.", f"{at}.{key}")
    return sent


def _require(context: Context, operation: Operation, at: str | None) -> None:
    try:
        context.actor.require(operation.scopes)
    except Problem as problem:
        raise problem if at is None else problem.at(at) from None


# References


def _steps(context: Context, sent: Sequence[_Sent]) -> list[Step]:
    """Every operation with the earlier ones that it names; a name that leads anywhere else is refused."""
    names: dict[str, int] = {}
    for position, each in enumerate(sent):
        if each.name is not None and names.setdefault(each.name, position) != position:
            raise problems.invalid_configuration(f"'{each.name}' names two operations.", f"{each.place}.id")
    steps = []
    for position, each in enumerate(sent):
        earlier: dict[str, int] = {}
        for name, where in batching.references(each.id, each.body):
            if name not in names:
                raise problems.unknown_reference(name, f"{each.place}.{where}")
            if names[name] >= position:
                cycle = _leads(sent, names, names[name], position)
                refused = problems.cyclic_reference if cycle else problems.forward_reference
                raise refused(name, f"{each.place}.{where}")
            earlier[name] = names[name]
        steps.append(Step(each.verb.name, _which(context, each), each.id, each.body, earlier))
    return steps


def _leads(sent: Sequence[_Sent], names: Mapping[str, int], start: int, end: int) -> bool:
    """Whether references lead from one operation to another."""
    reached, waiting = {start}, [start]
    while waiting:
        each = sent[waiting.pop()]
        more = {names[name] for name, _ in batching.references(each.id, each.body) if name in names} - reached
        reached |= more
        waiting += more
    return end in reached


def _which(context: Context, sent: _Sent) -> Callable[[], Entity]:
    def which() -> Entity:
        try:
            return sent.verb.which(context, Asked(sent.path, list, {}))
        except Problem as problem:
            raise problem.at("path.entitySlug") from None

    return which


# The answer


def _answer(
    context: Context, sent: Sequence[_Sent], outcomes: Sequence[Done | Problem], *, with_records: bool
) -> bytes:
    shown = dict(_shown(context, outcomes)) if with_records else {}
    data: list[dict[str, Any]] = []
    size, left_out = 0, 0
    for each, outcome in zip(sent, outcomes, strict=True):
        item: dict[str, Any] = {"id": each.name, "do": each.operation.id}
        data.append(item)
        if isinstance(outcome, Problem):
            item |= {"status": outcome.status, "error": outcome.shown}
            continue
        item |= {"status": 200, "outcome": outcome.outcome, "recordId": outcome.id}
        if with_records:
            record = shown.get(outcome.id)
            size += 0 if record is None else len(record)
            fits = record is not None and size <= LARGEST_ANSWER
            left_out += not fits
            item["record"] = msgspec.Raw(record) if record is not None and fits else None
    failed = sum(isinstance(outcome, Problem) for outcome in outcomes)
    return msgspec.json.encode({"data": data, "failed": failed, "leftOut": left_out})


def _shown(context: Context, outcomes: Sequence[Done | Problem]) -> Iterator[tuple[str, bytes]]:
    """Every record that was written, by its id, as the whole batch left it; no more of them than an answer holds."""
    written: dict[Entity, dict[int, None]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Done):
            written.setdefault(outcome.entity, {})[outcome.number] = None
    size = 0
    for entity, numbers in written.items():
        wanted = list(numbers)
        for start in range(0, len(wanted), together.MOST):
            if size > LARGEST_ANSWER:
                return
            found = context.tx.records(entity.name, wanted[start : start + together.MOST])
            records = list(found.values())
            for record, shown in zip(records, wire.several(context, entity, records), strict=True):
                size += len(shown)
                yield entity.id(record.number), shown


def again(context: Context, kept: bytes) -> bytes:
    """A kept reply for whoever repeats the batch: they need the scopes of all it did, and see what they may."""
    reply = msgspec.json.decode(kept, type=dict[str, msgspec.Raw])
    data = msgspec.json.decode(reply["data"], type=list[dict[str, msgspec.Raw]])
    for item in data:
        operation = OPERATIONS[msgspec.json.decode(item["do"])]
        _require(context, operation, None)
        record, fit = item.get("record"), operation.verb and operation.verb.again
        if fit and record is not None and bytes(record) != b"null":
            item["record"] = msgspec.Raw(fit(context, bytes(record)))
    return msgspec.json.encode({**reply, "data": data})


# The document


def _described(catalog: Catalog) -> dict[str, Any]:
    text = {"type": "string"}
    do = {"enum": [operation.id for operation in OPERATIONS if operation.verb is not None]}
    name = {"type": "string", "pattern": f"^{_NAME.pattern}$"}
    operation = schemas.closed(
        {
            "do": do,
            "id": schemas.nullable(name),
            "path": schemas.closed({"id": text, "entitySlug": text}, required=()),
            "body": {
                "type": "object",
                "description": f"As the operation takes it by itself; '{MARK}' and an earlier operation's id stand for "
                "its record's.",
            },
        },
        required=("do",),
    )
    error = schemas.closed(dict.fromkeys(("type", "message", "code", "param"), text), required=("type", "message"))
    item = schemas.closed(
        {
            "id": {"type": ["string", "null"]},
            "do": do,
            "status": {"type": "integer"},
            "outcome": {"enum": [log.CREATED, log.UPDATED, log.DELETED, log.RESTORED, log.UNCHANGED]},
            "recordId": schemas.ID,
            "record": {"type": ["object", "null"]},
            "error": error,
        },
        required=("id", "do", "status"),
    )
    return schemas.described(
        body=schemas.closed(
            {
                "operations": {"type": "array", "items": operation, "maxItems": MOST_OPERATIONS},
                "mode": {"enum": [ATOMIC, EACH], "default": ATOMIC},
                "return": {"enum": [RECORDS, IDS], "default": RECORDS},
            },
            required=("operations",),
        ),
        reply=schemas.closed(
            {"data": {"type": "array", "items": item}, "failed": schemas.COUNT, "leftOut": schemas.COUNT}
        ),
    )


declare(
    Operation(
        "batch.run",
        "POST",
        "/v1/batch",
        "Carry out up to 1,000 writes of records in one transaction.",
        batch,
        WRITE,
        _described,
        writes=True,
        idempotent=True,
        body=REQUIRED_BODY,
        again=again,
        largest_body=LARGEST_BODY,
        compatible=False,
    )
)
