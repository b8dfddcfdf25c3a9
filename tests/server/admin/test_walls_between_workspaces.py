"""What belongs to another workspace is as unknown as a typo: over every operation there is.

For each operation every place that names something – the path, the body, a filter – is filled once with what another
workspace has, and once with what nobody has. Both answers must be the same but for the name itself.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lightfield_server.model.scopes import ADMIN
from lightfield_server.operations.operation import OPERATIONS, Operation
from tests.conftest import ENGINES
from tests.server.conftest import Api, Time, World, database_for, world_over

#: Operations that name nothing which could be another workspace's.
NAME_NOTHING = {
    "auth.validate",
    "object.listDefinitions",
    "importMapping.list",
    "import.list",
    "schema.createMember",
    "schema.createObject",
    "schema.listKeys",
    "schema.listMembers",
    "schema.listObjects",
    *(f"{name}.definitions" for name in ("account", "contact", "opportunity", "task", "note", "meeting")),
    "list.list",
    "member.list",
    "file.create",
    "file.list",
}

#: Operations on runs, of which there are none yet, whoever asks.
RUNS = {"enrichmentRun.getEnrichmentRun", "workflowRun.status"}

EARLIER = {"$startDate": "2026-05-01T09:00:00Z", "$endDate": "2026-05-01T10:00:00Z"}

#: The least a record is made of.
LEAST: dict[str, dict[str, Any]] = {
    "account": {"$name": "A"},
    "contact": {"$email": "a@b.example"},
    "opportunity": {"$name": "O"},
    "task": {"$title": "T", "$status": "TODO"},
    "note": {"$title": "N"},
    "meeting": {"$title": "M", **EARLIER},
    "list": {"$name": "L", "$objectType": "account"},
    "object": {"$name": "X"},
}

#: What a record is known by in an upsert: nothing that is there.
KNOWN_AGAIN = {"by": "externalId", "externalId": "unheard-of"}
KNOWN = {"list": {"by": "$name"}}

PLURALS = {
    "account": "accounts",
    "contact": "contacts",
    "opportunity": "opportunities",
    "task": "tasks",
    "note": "notes",
    "meeting": "meetings",
    "list": "lists",
}


#: There are no runs to name yet.
NO_RUN = "run_0000000000000001"


@dataclass
class Side:
    """One workspace, with one of everything; what it defines is named after it."""

    word: str
    api: Api
    world: World
    workspace: int
    ids: dict[str, str]
    options: dict[str, str]
    mapping: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def type(self) -> str:
        return f"{self.word}Type"

    @property
    def field(self) -> str:
        return f"{self.word}Field"

    @property
    def end(self) -> str:
        return f"{self.word}End"


def furnished(word: str, world: World, workspace: int) -> Side:
    side = Side(word, world.api(world.add_key(workspace=workspace)), world, workspace, {}, {})
    ask = side.api
    member = ask.post("/v1/schema/members", {"email": f"{word}@us.example", "name": {"firstName": word}}).ok()
    side.ids["member"] = member["id"]
    side.ids["file"] = ask.upload()
    ask.post("/v1/schema/objects", {"slug": side.type, "label": "T"}).ok()
    for owner in ("account", "contact", "opportunity", side.type):
        body = {"key": side.field, "label": "F", "valueType": "SINGLE_SELECT", "options": [{"label": f"{word} one"}]}
        made = ask.post(f"/v1/schema/objects/{owner}/fields", body).ok()
        name = "object" if owner == side.type else owner
        side.options[name] = made["typeConfiguration"]["options"][0]["id"]
        end = {"key": side.end, "label": "E", "target": "account", "cardinality": "HAS_ONE"}
        ask.post(f"/v1/schema/objects/{owner}/relationships", end).ok()
    links: dict[str, Any] = {"task": {"$assignedTo": side.ids["member"]}}
    for name, plural in PLURALS.items():
        if name == "opportunity":
            links[name] = {"$account": side.ids["account"]}
        side.ids[name] = ask.create(plural, LEAST[name], links.get(name))["id"]
    side.ids["object"] = ask.post(f"/v1/objects/{side.type}/values", {"fields": LEAST["object"]}).ok()["id"]
    side.ids["key"] = ask.post("/v1/schema/keys", {"name": word}).ok()["id"]
    first, second = (ask.create("accounts", {"$name": "A"})["id"] for _ in "ab")
    merged = ask.post("/v1/accounts/merge", {"primaryId": first, "duplicateId": second}).ok()
    side.ids["merge"] = merged["merge"]["id"]
    sent = ask.send("POST", "/v1/imports?objectType=account", b"Name\nA\n", {"content-type": "text/csv"}).ok()
    side.ids["import"] = sent["id"]
    side.mapping = {"objectType": side.type, "columns": [{"column": "Name", "field": "$name"}]}
    saved = ask.post("/v1/imports/mappings", {"name": word, "mapping": side.mapping}).ok()
    side.ids["mapping"] = saved["id"]
    return side


@dataclass
class Probe:
    """One place of one request: `ask(name)` makes the request with a name in that place."""

    place: str
    theirs: str
    typo: str
    method: str
    path: str
    query: dict[str, str]
    body: Any

    def ask(self, api: Api, name: str) -> tuple[int, str]:
        def put(value: Any) -> Any:
            return json.loads(json.dumps(value).replace("HERE", name))

        sent = put(self.body) if self.body is not None else None
        path = self.path.replace("HERE", name)
        if self.query:
            answer = api.get(path, put(self.query))
        else:
            answer = api.send(self.method, path, sent)
        return answer.status, json.dumps(answer.body, sort_keys=True, default=repr).replace(name, "HERE")


def typo_of(name: str) -> str:
    prefix, mark, body = name.rpartition("_")
    return f"{prefix}_{'0123456789abcdef'}" if mark and len(body) == 16 else f"{name[::-1]}x"


def probes(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    yield from _in_path(operation, ours, theirs)
    yield from _in_body(operation, ours, theirs)
    if operation.id.endswith(".list") and operation.id not in NAME_NOTHING:
        yield from _in_query(operation, ours, theirs)


# The path


def value_of(operation: Operation, parameter: str, side: Side) -> str:
    path = operation.path
    if path.startswith("/v1/enrichmentRun/"):
        return {"entitySlug": "accounts", "entityId": side.ids["account"]}.get(parameter, NO_RUN)
    if parameter == "runId":
        return NO_RUN
    if parameter in ("entitySlug", "objectType"):
        return side.type
    if parameter == "listId":
        return side.ids["list"]
    if parameter == "fieldKey" or (parameter == "key" and "/fields/" in path):
        return side.field
    if parameter == "key":
        return side.end
    if parameter == "optionId":
        return side.options["object"]
    assert parameter == "id", f"{operation.id}: say what {{{parameter}}} names"
    if path.startswith("/v1/objects/"):
        return side.ids["object"]
    collection = path.split("/")[3 if path.startswith("/v1/schema/") else 2]
    if path.startswith("/v1/imports"):
        return side.ids["mapping" if "/mappings" in path else "import"]
    singular = {**{plural: name for name, plural in PLURALS.items()}, "members": "member", "keys": "key"}
    return side.ids[{**singular, "merges": "merge", "files": "file"}[collection]]


def _in_path(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    for named in operation.parameters:
        if named == "entitySlug" and operation.id == "enrichmentRun.enrich":
            # A word of the API.
            continue
        values = {
            other: "HERE" if other == named else value_of(operation, other, ours) for other in operation.parameters
        }
        name = value_of(operation, named, theirs)
        yield Probe(
            f"path {named}",
            name,
            typo_of(name),
            operation.method,
            operation.path.format(**values),
            {},
            _body(operation),
        )


def _body(operation: Operation) -> Any:
    """A body that says something; what the path names is looked for before it is read."""
    if operation.body != "required":
        return None
    resource, _, method = operation.id.partition(".")
    if method == "upsert":
        return {"fields": LEAST[resource], **KNOWN.get(resource, KNOWN_AGAIN)}
    if resource in LEAST:
        return {"fields": LEAST[resource]} if method == "create" else {"fields": {}}
    if resource == "merge":
        return {"primaryId": "acc_0", "duplicateId": "acc_1"}
    return {
        "schema.createField": {"key": "a", "label": "A", "valueType": "TEXT"},
        "schema.createOption": {"label": "A"},
        "schema.createRelationship": {"key": "a", "label": "A", "target": "account", "cardinality": "HAS_ONE"},
        "schema.orderOptions": {"ids": []},
        "import.map": {"saved": "none"},
    }.get(operation.id, {})


# Bodies


def _in_body(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    resource, _, method = operation.id.partition(".")
    if method in ("create", "update", "upsert") and resource in LEAST:
        yield from _record(operation, resource, method, ours, theirs)
    elif resource == "batch":
        yield from _batch(ours, theirs)
    elif resource == "merge" and method != "getMerge":
        yield from _merge(operation, ours, theirs)
    elif resource == "query":
        yield from _query(operation, ours, theirs)
    else:
        yield from _administration(operation, ours, theirs)


def _path(operation: Operation, ours: Side) -> str:
    return operation.path.format(**{name: value_of(operation, name, ours) for name in operation.parameters})


def _record(operation: Operation, resource: str, method: str, ours: Side, theirs: Side) -> Iterator[Probe]:
    catalog = ours.world.server.catalogs
    entity = ours.world.write(
        lambda tx: catalog.current(tx)[ours.type if resource == "object" else resource], ours.workspace
    )
    least = {} if method == "update" else LEAST[resource]
    more = KNOWN.get(resource, KNOWN_AGAIN) if method == "upsert" else {}

    def probe(place: str, name: str, fields: Any, relationships: Any) -> Probe:
        body = {"fields": {**least, **fields}, "relationships": relationships, **more}
        if not relationships:
            del body["relationships"]
        return Probe(place, name, typo_of(name), "POST", _path(operation, ours), {}, body)

    for end in entity.shown_ends:
        if end.hop is None or not (end.on_update if method == "update" else end.on_create):
            continue
        name = theirs.ids["object" if end.target not in theirs.ids else end.target]
        for verb in sorted(end.operations) if method == "update" else ["given"]:
            value = {verb: "HERE"} if method == "update" else "HERE"
            needed = {
                other.key: ours.ids[other.target]
                for other in entity.stored_ends
                if method != "update" and other.required and other.key != end.key
            }
            yield probe(f"{end.key} {verb}", name, {}, {end.key: value, **needed})
    for field in entity.shown_fields:
        if "options" in field.type.configurable and not field.read_only and field.key != "$status":
            option = theirs.options.get(resource, "") if not field.system else _option(theirs, resource, field.key)
            value = ["HERE"] if field.value_type == "MULTI_SELECT" else "HERE"
            yield probe(f"option of {field.key}", option, {field.key: value}, {})
    if entity.type.open_fields:
        yield probe("field", theirs.field, {"HERE": "x"}, {})
        yield probe("relationship", theirs.end, {}, {"HERE": "x"})


def _batch(ours: Side, theirs: Side) -> Iterator[Probe]:
    """Once in each place where an operation of a batch names something; its body is as the operation's own."""

    def probe(place: str, name: str, do: str, path: Any, body: Any) -> Iterator[Probe]:
        for mode in ("atomic", "each"):
            sent = {"operations": [{"do": do, "path": path, "body": body}], "mode": mode}
            yield Probe(f"{place}, {mode}", name, typo_of(name), "POST", "/v1/batch", {}, sent)

    slug = {"entitySlug": ours.type}
    yield from probe("id", theirs.ids["account"], "account.update", {"id": "HERE"}, {})
    yield from probe("id to restore", theirs.ids["account"], "account.restore", {"id": "HERE"}, {})
    yield from probe("id of its own type", theirs.ids["object"], "object.delete", {**slug, "id": "HERE"}, {})
    yield from probe("type", theirs.type, "object.create", {"entitySlug": "HERE"}, {"fields": LEAST["object"]})
    fields = {"fields": LEAST["contact"]}
    linked = {**fields, "relationships": {"$account": "HERE"}}
    yield from probe("link", theirs.ids["account"], "contact.create", {}, linked)
    added = {"relationships": {"$account": {"add": ["HERE"]}}}
    yield from probe("added link", theirs.ids["account"], "contact.update", {"id": ours.ids["contact"]}, added)
    known = {"by": "$email", **linked}
    yield from probe("link of an upsert", theirs.ids["account"], "contact.upsert", {}, known)
    by = {"by": "HERE", "fields": LEAST["account"]}
    yield from probe("known by", theirs.field, "account.upsert", {}, by)


def _option(side: Side, resource: str, key: str) -> str:
    """A shipped option's id in that workspace: each has ids of its own."""
    seen = side.api.get(f"/v1/schema/objects/{resource}").ok()
    field = next(field for field in seen["fields"] if field["key"] == key)
    return str(field["typeConfiguration"]["options"][-1]["id"])


def _merge(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    kinds = {"Accounts": "account", "Contacts": "contact", "Opportunities": "opportunity", "ObjectValues": "object"}
    kind = kinds[operation.id.partition(".merge")[2]]
    path = _path(operation, ours)
    for place, other in (("primaryId", "duplicateId"), ("duplicateId", "primaryId")):
        name = theirs.ids[kind]
        yield Probe(place, name, typo_of(name), "POST", path, {}, {place: "HERE", other: ours.ids[kind]})
    collection = f"/v1/objects/{ours.type}/values" if kind == "object" else f"/v1/{PLURALS[kind]}"
    links = {"relationships": {"$account": ours.ids["account"]}} if kind == "opportunity" else {}
    fields = LEAST[kind] if kind != "contact" else {"$email": "other@b.example"}
    second = ours.api.post(collection, {"fields": fields, **links}).ok()["id"]
    pair = {"primaryId": ours.ids[kind], "duplicateId": second}
    resolved = {**pair, "fieldResolutions": {"HERE": "primary"}}
    yield Probe("resolution", theirs.field, typo_of(theirs.field), "POST", path, {}, resolved)
    chosen = {**pair, "fieldResolutions": {ours.field: {"value": "HERE"}}}
    yield Probe("resolved option", theirs.options[kind], typo_of(theirs.options[kind]), "POST", path, {}, chosen)


def _query(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    def probe(place: str, name: str, **body: Any) -> Probe:
        asked = {"objectType": "account", **body}
        return Probe(place, name, typo_of(name), "POST", operation.path, {}, asked)

    def equal(key: str) -> Any:
        return {"not": {"key": key, "value": "HERE"}}

    yield probe("object type", theirs.type, objectType="HERE")
    yield probe("id", theirs.ids["account"], where={"attribute": "id", "value": "HERE"})
    for key, name in (("$owner", "member"), ("$contact", "contact"), ("$meeting", "meeting"), (ours.end, "account")):
        yield probe(f"condition {key}", theirs.ids[name], where=equal(key))
    yield probe("condition field", theirs.field, where={"key": "HERE", "set": True})
    yield probe("condition relationship", theirs.end, where={"key": "HERE", "set": True})
    yield probe("condition option", theirs.options["account"], where=equal(ours.field))
    yield probe("condition label", f"{theirs.word} one", where=equal(ours.field))
    for part in ("sort",) if operation.id == "query.records" else ("groupBy",):
        yield probe(f"{part} field", theirs.field, **{part: [{"key": "HERE"}]})
        yield probe(f"{part} relationship", theirs.end, **{part: [{"key": "HERE"}]})
    if operation.id == "query.records":
        yield probe("fields", theirs.field, fields=["HERE"])
        yield probe("relationships", theirs.end, relationships=["HERE"])
        yield probe("include", theirs.end, include=["HERE"])
    else:
        yield probe("measure", theirs.field, measures=[{"function": "max", "key": "HERE"}])


def _administration(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    def probe(place: str, name: str, body: Any) -> Probe:
        return Probe(place, name, typo_of(name), "POST", _path(operation, ours), {}, body)

    if operation.id == "schema.createKey":
        yield probe("memberId", theirs.ids["member"], {"name": "K", "memberId": "HERE"})
    if operation.id == "import.create":
        path = f"{operation.path}?objectType=HERE"
        yield Probe("objectType", theirs.type, typo_of(theirs.type), "POST", path, {}, None)
    if operation.id in ("import.map", "importMapping.save"):
        yield from _mapping(operation, ours, theirs)
    if operation.id == "export.create":
        yield probe("objectType", theirs.type, {"objectType": "HERE"})
        yield probe("field", theirs.field, {"objectType": "account", "fields": ["HERE"]})
        yield probe("filter", theirs.ids["member"], {"objectType": "account", "filters": {"$owner": "HERE"}})
    if operation.id == "schema.orderOptions":
        yield probe("ids", theirs.options["object"], {"ids": ["HERE"]})
    if operation.id == "schema.createRelationship":
        body = {"key": "k", "label": "K", "target": "HERE", "cardinality": "HAS_ONE"}
        yield probe("target", theirs.type, body)
    if operation.id == "search.search":
        yield probe("objectTypes", theirs.type, {"text": "x", "objectTypes": ["HERE"]})
        yield probe("text", theirs.word, {"text": "HERE"})


def _mapping(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    """Everything that a mapping names."""
    path, name = _path(operation, ours), {"name": "M"} if operation.id == "importMapping.save" else {}

    def probe(place: str, named: str, column: Any, **more: Any) -> Probe:
        mapped = {"objectType": "account", "columns": [{"column": "Name", **column}], **more}
        return Probe(place, named, typo_of(named), "POST", path, {}, {**name, "mapping": mapped})

    yield probe("type", theirs.type, {"field": "$name"}, objectType="HERE")
    yield probe("field", theirs.field, {"field": "HERE"})
    yield probe("relationship", theirs.end, {"relationship": "HERE"})
    yield probe("by", theirs.field, {"relationship": "$owner", "by": "HERE"})
    yield probe("match", theirs.field, {"field": "$name"}, match=["HERE"])
    if operation.id == "import.map":
        yield Probe("saved", theirs.word, typo_of(theirs.word), "POST", path, {}, {"saved": "HERE"})


# Filters


def _in_query(operation: Operation, ours: Side, theirs: Side) -> Iterator[Probe]:
    resource = operation.id.partition(".")[0]
    catalog = ours.world.server.catalogs
    entity = ours.world.write(
        lambda tx: catalog.current(tx)[ours.type if resource == "object" else resource], ours.workspace
    )
    path = _path(operation, ours)

    def probe(place: str, name: str, query: dict[str, str]) -> Probe:
        return Probe(place, name, typo_of(name), "GET", path, query, None)

    for end in entity.shown_ends:
        name = theirs.ids["object" if end.target not in theirs.ids else end.target]
        yield probe(f"filter {end.key}", name, {end.key: "HERE"})
        yield probe(f"filter not {end.key}", name, {f"{end.key}[-equal]": "HERE"})
    if entity.type.open_fields:
        yield probe("filter field", theirs.field, {"HERE": "x"})
        yield probe("filter relationship", theirs.end, {"HERE": theirs.ids["account"]})
        yield probe("filter option", theirs.options[resource], {ours.field: "HERE"})
        yield probe("filter option label", f"{theirs.word} one", {ours.field: "HERE"})


# The tests


@pytest.fixture(scope="module", params=ENGINES)
def sides(request: pytest.FixtureRequest) -> Iterator[tuple[Side, Side]]:
    """Two furnished workspaces, for every test here: none of them changes what another looks at."""
    with database_for(request.param, request) as database, world_over(database, Time()) as world:
        ours, other = world.add_workspace("default"), world.add_workspace("other")
        yield furnished("ours", world, ours), furnished("theirs", world, other)


@pytest.mark.parametrize("operation", list(OPERATIONS), ids=lambda operation: operation.id)
def test_what_another_workspace_has_is_as_unknown_as_a_typo(operation, sides):
    ours, theirs = sides
    asked = list(probes(operation, ours, theirs))
    assert bool(asked) is (operation.id not in NAME_NOTHING), "say what this operation names, or that it names nothing"
    for probe in asked:
        typo, foreign = probe.ask(ours.api, probe.typo), probe.ask(ours.api, probe.theirs)
        assert foreign == typo, (operation.id, probe.place)
        assert foreign[0] != 500


def test_the_probes_reach_what_they_name(sides):
    """With one's own names the same requests succeed, so that a refusal above is about the name."""
    ours, _ = sides
    own = [
        (operation, probe)
        for operation in OPERATIONS
        if operation.method == "GET" and operation.id not in RUNS
        for probe in probes(operation, ours, ours)
        if probe.place.startswith("path")
    ]
    assert len(own) > 20
    for operation, probe in own:
        status, body = probe.ask(ours.api, probe.theirs)
        assert status == 200, (operation.id, probe.place, body)


def test_no_list_tells_of_another_workspace(sides):
    ours, theirs = sides
    foreign = [*theirs.ids.values(), *theirs.options.values(), theirs.type, theirs.field, theirs.end]
    for operation in OPERATIONS:
        if operation.method != "GET" or operation.id in RUNS:
            continue
        answer = ours.api.get(_path(operation, ours))
        text = json.dumps(answer.ok(), default=repr)
        assert not [name for name in foreign if re.search(rf'"{re.escape(name)}"', text)], operation.id


def test_administrators_administer_their_own_workspace_only(sides):
    ours, theirs = sides
    before = {
        path: theirs.api.get(path).ok() for path in ("/v1/schema/objects", "/v1/schema/keys", "/v1/schema/members")
    }
    for operation in OPERATIONS:
        if operation.scopes == (ADMIN,) and operation.method == "POST" and operation.body == "optional":
            ours.api.post(_path(operation, theirs), None)
    for path, seen in before.items():
        assert theirs.api.get(path).ok() == seen


def test_what_another_workspace_is_known_by_is_unheard_of_here(sides):
    ours, theirs = sides
    body = {"by": "externalId", "externalId": "shared", "fields": LEAST["account"]}
    first = theirs.api.post("/v1/accounts/upsert", body).ok()
    second = ours.api.post("/v1/accounts/upsert", body).ok()
    assert (first["outcome"], second["outcome"]) == ("created", "created")
    assert first["record"]["id"] != second["record"]["id"]
    assert theirs.api.post("/v1/accounts/upsert", body).ok() == {**first, "outcome": "unchanged"}
