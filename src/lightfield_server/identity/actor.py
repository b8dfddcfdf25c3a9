"""The one who asks."""

from dataclasses import dataclass

from lightfield_server.model import problems
from lightfield_server.model.scopes import ADMIN


@dataclass(frozen=True, slots=True)
class Actor:
    """A key's workspace and rights. `member` is who is behind it, None for a key of the workspace itself.

    No scopes at all is full access (spec: conventions 2). `admin` is the role of the member behind the key, as it is
    now; a workspace's own keys carry the role of the administrator who made them.
    """

    workspace: int
    key: int | None
    member: int | None
    email: str | None
    admin: bool
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        granted = not self.scopes or scope in self.scopes
        return granted and (scope != ADMIN or self.admin)

    def require(self, scopes: tuple[str, ...]) -> None:
        """All of these scopes, or 403 naming the first that is missing."""
        for scope in scopes:
            if not self.may(scope):
                raise problems.scope_missing(scope)

    def require_any(self, scopes: tuple[str, ...]) -> None:
        """One of these scopes, or 403 naming the first; of none there is nothing to miss."""
        if scopes and not any(self.may(scope) for scope in scopes):
            raise problems.scope_missing(scopes[0])
