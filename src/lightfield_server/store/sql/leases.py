"""Names under which one process at a time does something, each for a while."""

from lightfield_server.kit.clock import Moment
from lightfield_server.store.sql.part import Part

TAKE = """
    insert into lease (workspace, name, holder, until) values (?, ?, ?, ?)
    on conflict (workspace, name) do update set holder = excluded.holder, until = excluded.until
    where lease.holder = excluded.holder or lease.until <= ?
"""
HELD = "select 1 from lease where workspace = ? and name = ? and holder = ? and until > ?"
END = "delete from lease where workspace = ? and name = ? and holder = ?"


class Leases(Part):
    """Rows of `lease`."""

    def take_lease(self, name: str, holder: str, at: Moment, until: Moment) -> bool:
        """Take a lease that is free, that has run out, or that is the holder's own; whether it was taken."""
        return self.run(TAKE, (self.workspace, name, holder, until, at)).rowcount == 1

    def holds_lease(self, name: str, holder: str, at: Moment) -> bool:
        return self.run(HELD, (self.workspace, name, holder, at)).fetchone() is not None

    def end_lease(self, name: str, holder: str) -> None:
        self.run(END, (self.workspace, name, holder))
