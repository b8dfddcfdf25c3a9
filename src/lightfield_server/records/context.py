"""What every verb needs to know besides its own arguments."""

from dataclasses import dataclass

from lightfield_server.identity.actor import Actor
from lightfield_server.kit import ids
from lightfield_server.kit.clock import Moment
from lightfield_server.model.catalog import Catalog
from lightfield_server.store.protocol import Transaction


@dataclass(slots=True)
class Context:
    """One transaction on behalf of one actor, at one moment.

    `origin` is the door the request came through; it is kept with every fact.
    """

    tx: Transaction
    catalog: Catalog
    actor: Actor
    at: Moment
    numbers: ids.Numbers
    origin: str = "api"
