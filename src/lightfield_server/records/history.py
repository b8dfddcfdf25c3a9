"""Earlier values of a field, read off the facts (spec: sdk-python 11.2)."""

from dataclasses import dataclass
from typing import Any

from lightfield_server.events import log
from lightfield_server.kit.clock import Moment
from lightfield_server.model.record import Record
from lightfield_server.records.context import Context

#: Facts read at a time; most of them do not concern the field.
_STRIDE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A field was given `value` at a moment, by a member if one was acting. `fact` is the number of the fact."""

    fact: int
    value: Any
    at: Moment
    by: int | None
    created: bool


def entries(context: Context, record: Record, key: str, *, before: int | None, limit: int) -> tuple[list[Entry], bool]:
    """Up to `limit` values, newest first, from before a fact on; and whether there are more.

    Setting a field to the value it has is no fact, so neighbours always differ.
    """
    found: list[Entry] = []
    at = (1 << 63) - 1 if before is None else before
    while True:
        facts = context.tx.events_of(record.number, before=at, limit=_STRIDE)
        for fact in facts:
            if key in fact.fields:
                found.append(Entry(fact.number, fact.fields[key][1], fact.at, fact.actor, fact.verb == log.CREATED))
                if len(found) > limit:
                    return found[:limit], True
        if len(facts) < _STRIDE:
            return found, False
        at = facts[-1].number
