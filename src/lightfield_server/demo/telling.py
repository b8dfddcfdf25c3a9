"""Acts become records: each through the verbs that requests use, in the name of whoever acted, at its own moment."""

from collections.abc import Callable, Iterable
from typing import Any

from lightfield_server.demo import definitions
from lightfield_server.demo.calendar import HOUR, Calendar
from lightfield_server.demo.company import MEMBERS
from lightfield_server.demo.pen import Act
from lightfield_server.identity.actor import Actor
from lightfield_server.kit import ids
from lightfield_server.kit.clock import Moment
from lightfield_server.model.catalog import Catalog
from lightfield_server.records import service
from lightfield_server.records.context import Context
from lightfield_server.store.protocol import Transaction

ORIGIN = "demo"

_EMAILS = {person.key: person.email for person in MEMBERS}
_ADMINS = frozenset(person.key for person in MEMBERS if person.admin)


class Past:
    """One transaction in which the time is what the story says it is.

    Numbers come from one source that follows the story's clock, so ids, creation times and the order of lists agree;
    everything made afterwards is numbered above.
    """

    def __init__(self, tx: Transaction, catalog: Catalog, calendar: Calendar) -> None:
        self._calendar = calendar
        self._now: Moment = 0
        self._numbers = ids.Numbers(lambda: self._now)
        self._ids: dict[str, str] = {}
        self._context = Context(tx, catalog, _nobody(tx), 0, self._numbers, ORIGIN)

    def define(self, day: float) -> None:
        """What the workspace has of its own, before anything happens in it."""
        self._go_to(self._calendar.moment(day) - HOUR)
        definitions.define(self._context)

    def tell(self, acts: Iterable[Act]) -> None:
        for act in acts:
            self._go_to(self._calendar.moment(act.day))
            self._context.actor = self._actor(act.who)
            (self._create if act.new else self._update)(act)

    def _go_to(self, moment: Moment) -> None:
        # No two acts share a millisecond, so that creation times alone give their order.
        self._now = self._context.at = max(moment, self._now + 1)

    def _actor(self, who: str) -> Actor:
        tx = self._context.tx
        if who not in self._ids:
            return _nobody(tx)
        number = ids.body("mem", self._ids[who])
        return Actor(tx.workspace, None, number, _EMAILS[who], who in _ADMINS, frozenset())

    def _create(self, act: Act) -> None:
        entity = self._context.catalog[act.type]
        body: dict[str, Any] = {"fields": act.fields}
        if act.links:
            body["relationships"] = {key: _each(self._id, named) for key, named in act.links.items()}
        (change,) = service.create(self._context, entity, [body])
        self._ids[act.key] = entity.id(change.after.number)

    def _update(self, act: Act) -> None:
        entity = self._context.catalog[act.type]
        number = entity.number(self._ids[act.key])
        assert number is not None
        record = self._context.tx.record(act.type, number)
        assert record is not None
        body: dict[str, Any] = {"fields": act.fields} if act.fields else {}
        if act.links:
            body["relationships"] = {key: self._operation(named) for key, named in act.links.items()}
        service.update(self._context, entity, [(record, body)])

    def _operation(self, named: Any) -> dict[str, Any]:
        operations = named if isinstance(named, dict) else {"replace": named}
        return {operation: _each(self._id, keys) for operation, keys in operations.items()}

    def _id(self, key: str) -> str:
        return self._ids[key]


def _nobody(tx: Transaction) -> Actor:
    return Actor(tx.workspace, None, None, None, True, frozenset())


def _each(name: Callable[[str], str], keys: Any) -> Any:
    """One key, or several, as ids."""
    return [name(key) for key in keys] if isinstance(keys, list) else name(keys)
