"""What tests of administration share: a client that speaks of definitions in few words."""

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Admin:
    """Speaks to `/v1/schema`; every method returns the answer's body and expects success."""

    api: Any

    def type(self, slug: str = "project", label: str = "Project", **more: Any) -> Any:
        return self.post("objects", slug=slug, label=label, **more)

    def field(self, key: str = "tier", type: str = "TEXT", on: str = "account", **more: Any) -> Any:
        return self.post(f"objects/{on}/fields", key=key, label=more.pop("label", key.title()), valueType=type, **more)

    def select(self, *labels: str, key: str = "tier", on: str = "account", type: str = "SINGLE_SELECT") -> Any:
        return self.field(key, type, on, options=[{"label": label} for label in labels])

    def relationship(self, key: str = "partner", on: str = "account", target: str = "account", **more: Any) -> Any:
        body = {"label": "Partner", "cardinality": "HAS_ONE", **more}
        return self.post(f"objects/{on}/relationships", key=key, target=target, **body)

    def member(self, email: str = "ann@us.example", **more: Any) -> Any:
        return self.post("members", email=email, name={"firstName": "Ann", "lastName": "Bee"}, **more)

    def key(self, name: str = "Sync", **more: Any) -> Any:
        return self.post("keys", name=name, **more)

    def see(self, object_type: str) -> Any:
        return self.api.get(f"/v1/schema/objects/{object_type}").ok()

    def see_field(self, object_type: str, key: str) -> Any:
        return next(field for field in self.see(object_type)["fields"] if field["key"] == key)

    def see_relationship(self, object_type: str, key: str) -> Any:
        return next(end for end in self.see(object_type)["relationships"] if end["key"] == key)

    def post(self, path: str, **body: Any) -> Any:
        return self.api.post(f"/v1/schema/{path}", body).ok()

    def refused(self, path: str, body: Any = None, *, by: Any = None) -> Any:
        """(status, code, param) of a refusal."""
        answer = (by or self.api).post(f"/v1/schema/{path}", {} if body is None else body)
        status, type, code, param = answer.error
        return status, code or type, param


@pytest.fixture
def admin(api: Any) -> Admin:
    return Admin(api)
