"""How one record leads to others: by a stored link, or by a value that both have.

A relationship's end is one or more routes, each a chain of hops. Most ends are one hop; derived ones
(a meeting's accounts are the accounts of its attendees) are several, and are worked out when they are read.
"""

from typing import NamedTuple


class LinkHop(NamedTuple):
    """Along the links of a relationship, from source to target or back."""

    relationship: str
    forward: bool

    def reversed(self) -> "LinkHop":
        return LinkHop(self.relationship, not self.forward)


class SharedHop(NamedTuple):
    """To the live records that have a text key of `there` equal to one of this record's keys of `here`."""

    here: tuple[str, ...]
    there: tuple[str, ...]

    def reversed(self) -> "SharedHop":
        return SharedHop(self.there, self.here)


Hop = LinkHop | SharedHop
Route = tuple[Hop, ...]


def reversed_route(route: Route) -> Route:
    return tuple(hop.reversed() for hop in reversed(route))
