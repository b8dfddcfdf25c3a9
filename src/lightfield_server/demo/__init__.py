"""A workspace to look around in: two years of an invented company, made through the server's own verbs."""

from lightfield_server.demo import story
from lightfield_server.demo.calendar import TWO_YEARS, Calendar
from lightfield_server.demo.telling import Past
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import Store, Transaction

__all__ = ["fill"]

#: The working day on which the workspace was set up.
FOUNDED = -TWO_YEARS - 11


def fill(store: Store, server: Server, workspace: int) -> None:
    """Fill a workspace that has no accounts; leave any other as it is.

    All of it happens in one transaction: a story cut short by a crash would pass for a whole one the next time.
    """
    calendar = Calendar(server.clock())

    def work(tx: Transaction) -> None:
        if any(tx.kind("account", trashed=trashed)[0] for trashed in (False, True)):
            return
        past = Past(tx, server.catalogs.current(tx), calendar)
        past.define(FOUNDED)
        past.tell(story.acts(calendar))

    store.write_now(workspace, work)
