"""Everything that may be asked of a store, over one connection and for one workspace."""

from lightfield_server.store.sql.aggregates import Aggregates
from lightfield_server.store.sql.definitions import Definitions
from lightfield_server.store.sql.events import Events
from lightfield_server.store.sql.idempotency import Idempotency
from lightfield_server.store.sql.identity import Identity
from lightfield_server.store.sql.leases import Leases
from lightfield_server.store.sql.merges import Merges
from lightfield_server.store.sql.search import Search
from lightfield_server.store.sql.transfers import Transfers
from lightfield_server.store.sql.uploads import Uploads


class SqlTransaction(
    Aggregates, Events, Search, Definitions, Identity, Idempotency, Merges, Leases, Transfers, Uploads
):
    """The parts, composed. It neither begins nor commits: whoever made it does."""
