"""What happened: the source of history, timelines and everything that reacts to a change."""

from collections.abc import Sequence

import msgspec

from lightfield_server.model.record import Event
from lightfield_server.store.sql.part import Part

APPEND = """
    insert into event (workspace, number, type, record, verb, at, actor, key, origin, fields, links)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
OF_RECORD = """
    select number, type, record, verb, at, actor, key, origin, fields, links from event
    where workspace = ? and record = ? and number < ? order by number desc limit ?
"""

_LAST = (1 << 63) - 1


class Events(Part):
    """Rows of `event`."""

    def append(self, events: Sequence[Event]) -> None:
        encode = msgspec.json.encode
        self.many(
            APPEND,
            [
                (
                    self.workspace,
                    e.number,
                    e.type,
                    e.record,
                    e.verb,
                    e.at,
                    e.actor,
                    e.key,
                    e.origin,
                    encode(e.fields),
                    encode(e.links),
                )
                for e in events
            ],
        )

    def events_of(self, record: int, *, before: int = _LAST, limit: int) -> list[Event]:
        """What happened to a record, newest first, from the event before a number on."""
        rows = self.run(OF_RECORD, (self.workspace, record, before, limit)).fetchall()
        decode = msgspec.json.decode
        return [
            Event(number, type, record, verb, at, actor, key, origin, decode(fields), decode(links))
            for number, type, record, verb, at, actor, key, origin, fields, links in rows
        ]
