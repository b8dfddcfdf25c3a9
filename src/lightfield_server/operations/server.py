"""What every call shares: the store, the storage of files, the clock, the limits, each workspace's compiled catalog."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lightfield_server.files import blobs
from lightfield_server.files.addresses import DEFAULT_LIFETIME
from lightfield_server.files.blobs import Blobs
from lightfield_server.identity.limits import Limiter, Limits
from lightfield_server.kit import clock, ids
from lightfield_server.kit.clock import Clock, Moment
from lightfield_server.model.catalog import Catalog
from lightfield_server.store.protocol import Store, Transaction
from lightfield_server.transfer.storage import Folder


class Catalogs:
    """One compiled catalog for each workspace, made anew when its version has moved."""

    def __init__(self) -> None:
        self._known: dict[int, Catalog] = {}

    def current(self, tx: Transaction) -> Catalog:
        """The catalog as the transaction sees it, whoever changed it."""
        version = tx.memo.recall((tx.workspace, "catalog"), tx.stamp, tx.catalog_version)
        known = self._known.get(tx.workspace)
        if known is None or known.version != version:
            known = Catalog(tx.workspace, version, tx.definitions())
            self._known[tx.workspace] = known
        return known


@dataclass
class Server:
    """The composition that doors pass to `perform`. Without `files` there are no imports."""

    store: Store
    limits: Limiter = field(default_factory=Limits)
    clock: Clock = clock.now
    blobs: Blobs = field(default_factory=blobs.memory)
    #: Where clients reach the server, if that is not where they say they do; and how long addresses of bytes are good.
    public_url: str | None = None
    lifetime: Moment = DEFAULT_LIFETIME
    catalogs: Catalogs = field(default_factory=Catalogs)
    files: Folder | None = None
    #: Which of the processes at one address this is, counted from 1.
    process: int = 1
    #: Says that work was queued, once that is written; whoever works in the background supplies it.
    wake: Callable[[], None] = lambda: None
    numbers: ids.Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = ids.Numbers(self.clock)
