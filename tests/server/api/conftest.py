"""What tests of the API share: a made-up workspace, filled through the API wherever that has a way."""

from dataclasses import dataclass
from typing import Any

import pytest

from lightfield_server.kit import signing
from lightfield_server.model.record import Stored
from lightfield_server.store.postgres_transaction import VERSION

TABLES = ("record", "key_text", "key_int", "link", "tally", "event", "idempotency", "definition", "merge", "upload")

#: What writes that change nothing move all the same: the version that a workspace has of its own on PostgreSQL.
OWN = {"tally": f"where slot <> {VERSION}"}

#: Kinds of definition, as they are stored.
TYPE, FIELD, RELATIONSHIP = "type", "field", "relationship"

EARLIER = {"$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}


@dataclass
class Make:
    """Makes one of each kind with as little as it needs; every method returns an id unless it says otherwise."""

    api: Any
    world: Any

    def account(self, name: str = "Acme", relationships: Any = None, **fields: Any) -> str:
        return self._id("accounts", {"$name": name, **_keys(fields)}, relationships)

    def contact(self, email: Any = None, relationships: Any = None, **fields: Any) -> str:
        return self._id("contacts", {"$email": email, **_keys(fields)}, relationships)

    def opportunity(self, account: str | None = None, relationships: Any = None, **fields: Any) -> str:
        links = {"$account": account or self.account(), **(relationships or {})}
        return self._id("opportunities", {"$name": "Deal", **_keys(fields)}, links)

    def task(self, relationships: Any = None, **fields: Any) -> str:
        links = dict(relationships or {})
        links.setdefault("$assignedTo", self.member())
        return self._id("tasks", {"$title": "Call", "$status": "TODO", **_keys(fields)}, links)

    def note(self, relationships: Any = None, **fields: Any) -> str:
        return self._id("notes", {"$title": "Minutes", **_keys(fields)}, relationships)

    def meeting(self, relationships: Any = None, **fields: Any) -> str:
        return self._id("meetings", {"$title": "Demo", **EARLIER, **_keys(fields)}, relationships)

    def list(self, type: str = "account", relationships: Any = None) -> str:
        return self._id("lists", {"$name": "Targets", "$objectType": f"${type}"}, relationships)

    def member(self, email: str | None = None, role: str = "member") -> str:
        return str(self.world.add_member(email or f"m{self.world.server.numbers.next()}@us.example", role))

    def file(self) -> str:
        return str(self.api.upload())

    def record(self, slug: str, relationships: Any = None, **fields: Any) -> str:
        body = {"fields": {"$name": "One", **fields}, "relationships": relationships or {}}
        return str(self.api.post(f"/v1/objects/{slug}/values", body).ok()["id"])

    # Definitions, each made without an answer

    def type(self, slug: str = "project", label: str = "Project") -> str:
        self._define(TYPE, "", slug, {"label": label})
        return slug

    def field(self, owner: str, key: str, value_type: str = "TEXT", **body: Any) -> None:
        self._define(FIELD, owner, key, {"label": key.title(), "valueType": value_type, **body})

    def relationship(
        self,
        owner: str,
        key: str,
        target: str,
        *,
        many: bool = False,
        inverse_many: bool = False,
        inverse: str | None = None,
        required: bool = False,
    ) -> None:
        body = {"label": key.title(), "target": target, "many": many, "inverseMany": inverse_many, "inverse": inverse}
        body["required"] = required
        self._define(RELATIONSHIP, owner, key, body)

    def _define(self, kind: str, owner: str, key: str, body: dict[str, Any]) -> None:
        number = self.world.server.numbers.next()
        self.world.write(lambda tx: tx.define(Stored(number, kind, owner, key, body, False)))

    def _id(self, plural: str, fields: Any, relationships: Any) -> str:
        return str(self.api.create(plural, fields, relationships)["id"])

    def revoke(self, token: str) -> None:
        def work(tx: Any) -> None:
            tx.revoke_key(tx.key_by_digest(signing.digest(token)).number, self.world.time())

        self.world.write(work)

    # Looking

    def values(self, plural: str, id: str, key: str) -> Any:
        """The ids a record shows under a relationship."""
        return self.api.get(f"/v1/{plural}/{id}").ok()["relationships"][key]["values"]

    def value(self, plural: str, id: str, key: str) -> Any:
        return self.api.get(f"/v1/{plural}/{id}").ok()["fields"][key]["value"]

    def dump(self) -> Any:
        """Everything that is stored, to compare before and after."""

        def work(tx: Any) -> Any:
            return {
                table: sorted(map(repr, tx.run(f"select * from {table} {OWN.get(table, '')}").fetchall()))
                for table in TABLES
            }

        return self.world.loop.run_until_complete(self.world.store.read(self.world.workspace, work))


def _keys(fields: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments name shipped fields without their `$`."""
    return {f"${name}": value for name, value in fields.items()}


@pytest.fixture
def make(api: Any, world: Any) -> Make:
    return Make(api, world)
