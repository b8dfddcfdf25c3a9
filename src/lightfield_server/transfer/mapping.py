"""Which column of a file feeds what of a record: said as JSON, checked against the file and the workspace.

    {"objectType": "contact",
     "columns": [
        {"column": "E-mail", "field": "$email"},
        {"column": "First name", "field": "$name", "part": "firstName"},
        {"column": "Company", "relationship": "$account", "by": "$name", "missing": "create"},
        {"column": "Record ID", "id": true},
        {"text": "{Product} for {Company|nobody yet}", "field": "$title"}],
     "match": ["$email"], "existing": "update", "blanks": "keep", "options": "reject",
     "dates": null, "decimal": null, "timeZone": "UTC"}

Columns that are not mentioned are not read.
"""

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.matching import Matching
from lightfield_server.model.object_types.member import MEMBER_TYPE
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types.address import Url
from lightfield_server.model.value_types.composite import Composite
from lightfield_server.transfer import dates, numbers

#: Ways to look a record up besides by a field: the id, here or in the system the file came from; the website's domain.
ID, DOMAIN = "id", "domain"

UPDATE, SKIP = "update", "skip"
KEEP, CLEAR = "keep", "clear"
REJECT, CREATE = "reject", "create"

#: Keys that one mapping may match by, and texts that one column may have replaced.
MOST_MATCHES, MOST_VALUES = 5, 5_000
MOST_ENTRIES = 2_000

_FACTOR = 1e12

_PLACEHOLDER = re.compile(r"\{([^{}|:]+)(?::(dotted|lower))?(?:\|([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One column, or one text made of several, and where it goes. Unset settings are the mapping's."""

    column: str | None = None
    text: str | None = None
    field: str | None = None
    part: str | None = None
    relationship: str | None = None
    by: str | None = None
    missing: str = REJECT
    id: bool = False
    dates: str | None = None
    decimal: str | None = None
    time_zone: str | None = None
    separator: str | None = None
    scale: int | float | None = None
    values: Map[str, str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return columns_of({"column": self.column, "text": self.text})

    @property
    def shown(self) -> str:
        """What a refusal calls it."""
        return self.column or ", ".join(self.columns) or (self.text or "")

    def json(self) -> dict[str, Any]:
        named = {
            "column": self.column,
            "text": self.text,
            "field": self.field,
            "part": self.part,
            "relationship": self.relationship,
            "by": self.by,
            "missing": self.missing if self.relationship else None,
            "id": self.id or None,
            "dates": self.dates,
            "decimal": self.decimal,
            "timeZone": self.time_zone,
            "separator": self.separator,
            "scale": self.scale,
            "values": None if self.values is None else dict(self.values),
        }
        return {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Mapping:
    type: str
    entries: tuple[Entry, ...]
    match: tuple[str, ...] = ()
    existing: str = UPDATE
    blanks: str = KEEP
    options: str = REJECT
    dates: str | None = None
    decimal: str | None = None
    time_zone: str = "UTC"

    def json(self) -> dict[str, Any]:
        return {
            "objectType": self.type,
            "columns": [entry.json() for entry in self.entries],
            "match": list(self.match),
            "existing": self.existing,
            "blanks": self.blanks,
            "options": self.options,
            "dates": self.dates,
            "decimal": self.decimal,
            "timeZone": self.time_zone,
        }


#: An entry's own settings, by key of the wire; what each may say.
_CHOICES: dict[str, tuple[str, ...]] = {
    "existing": (UPDATE, SKIP),
    "blanks": (KEEP, CLEAR),
    "options": (REJECT, CREATE),
    "missing": (REJECT, CREATE),
    "dates": dates.ORDERS,
    "decimal": (numbers.POINT, numbers.COMMA),
}
_TEXTS = ("column", "text", "field", "part", "relationship", "by", "timeZone", "separator")
_ENTRY_KEYS = frozenset({*_TEXTS, "missing", "id", "dates", "decimal", "scale", "values"})
_KEYS = frozenset({"objectType", "columns", "match", "existing", "blanks", "options", "dates", "decimal", "timeZone"})


def read(sent: Any, catalog: Catalog) -> Mapping:
    """A mapping as JSON has it, every word of it known to the workspace; refused with its place."""
    if not isinstance(sent, dict):
        raise problems.invalid_type("A mapping is an object.", "mapping")
    for key in sent:
        if key not in _KEYS:
            raise problems.unknown_key(key, f"mapping.{problems.shown(key)}")
    for key in ("objectType", "columns"):
        if key not in sent:
            raise problems.parameter_missing(f"mapping.{key}")
    entity = type_of(catalog, sent["objectType"], "mapping.objectType")
    listed = sent["columns"]
    if not isinstance(listed, list) or not listed:
        raise problems.invalid_type("An array with at least one column is expected.", "mapping.columns")
    if len(listed) > MOST_ENTRIES:
        raise problems.invalid_configuration(f"At most {MOST_ENTRIES} columns can be mapped.", "mapping.columns")
    entries = tuple(_entry(catalog, entity, each, f"mapping.columns[{at}]") for at, each in enumerate(listed))
    _each_once(entries)
    zone = _text(sent.get("timeZone") or "UTC", "mapping.timeZone")
    _zone(zone, "mapping.timeZone")
    match = _match(entity, entries, sent.get("match"))
    return Mapping(
        entity.name,
        entries,
        match,
        existing=_choice(sent, "existing", "mapping.") or UPDATE,
        blanks=_choice(sent, "blanks", "mapping.") or KEEP,
        options=_choice(sent, "options", "mapping.") or REJECT,
        dates=_choice(sent, "dates", "mapping."),
        decimal=_choice(sent, "decimal", "mapping."),
        time_zone=zone,
    )


def columns_of(entry: Map[str, Any]) -> tuple[str, ...]:
    """The columns that an entry reads, as JSON has it."""
    if entry.get("column") is not None:
        return (entry["column"],)
    return tuple(match[1] for match in _PLACEHOLDER.finditer(entry.get("text") or ""))


def fit(mapping: Mapping, columns: tuple[str, ...]) -> None:
    """Every column that a mapping reads is in the file, or 400."""
    known = set(columns)
    for at, entry in enumerate(mapping.entries):
        for column in entry.columns:
            if column not in known:
                raise problems.invalid_configuration(
                    f"The file has no column '{problems.shown(column)}'. It has: {_some(columns)}.",
                    f"mapping.columns[{at}]",
                )


def type_of(catalog: Catalog, name: Any, param: str) -> Entity:
    """An object type whose records can come from a file."""
    entity = catalog.entities.get(name) if isinstance(name, str) else None
    if entity is None:
        raise problems.invalid_configuration(f"There is no object type '{problems.shown(str(name))}'.", param)
    if "create" not in entity.type.operations and entity.name != MEMBER_TYPE.name:
        raise problems.invalid_configuration(f"Records of type '{entity.name}' cannot be imported.", param)
    return entity


def lookups(entity: Entity) -> tuple[str, ...]:
    """What records of a type can be looked up by, beside their ids."""
    found = [
        key for key, place in entity.places.items() if place.matching is not Matching.NONE and not place.field.hidden
    ]
    return (ID, *([DOMAIN] if domain_field(entity) else []), *found)


def domain_field(entity: Entity) -> str | None:
    """The field that holds a type's website."""
    return next((key for key, field in entity.fields.items() if isinstance(field.type, Url) and field.system), None)


def filled(template: str, cells: Map[str, str]) -> str:
    """A text with the cells of a row in it: `{Column}`, `{Column:dotted}`, `{Column|otherwise}`."""

    def put(match: re.Match[str]) -> str:
        text = cells[match[1]].strip()
        if not text:
            return match[3] or ""
        if match[2] == "dotted":
            return ".".join(re.findall(r"\w+", text.casefold()))
        return text.lower() if match[2] else text

    return _PLACEHOLDER.sub(put, template).strip()


def _entry(catalog: Catalog, entity: Entity, sent: Any, at: str) -> Entry:
    if not isinstance(sent, dict):
        raise problems.invalid_type("An object is expected.", at)
    for key in sent:
        if key not in _ENTRY_KEYS:
            raise problems.unknown_key(key, f"{at}.{problems.shown(key)}")
    texts = {key: None if sent.get(key) is None else _text(sent[key], f"{at}.{key}") for key in _TEXTS}
    if (texts["column"] is None) is (texts["text"] is None):
        raise problems.invalid_configuration("Name either a 'column' or a 'text' made of columns.", at)
    targets = [texts["field"] is not None, texts["relationship"] is not None, sent.get("id") is True]
    if sum(targets) != 1:
        raise problems.invalid_configuration("Name one of 'field', 'relationship' and 'id': true.", at)
    if sent.get("id") not in (None, True, False):
        raise problems.invalid_type("Expected true or false.", f"{at}.id")
    made = Entry(
        column=texts["column"],
        text=texts["text"],
        field=texts["field"],
        part=texts["part"],
        relationship=texts["relationship"],
        by=texts["by"],
        missing=_choice(sent, "missing", f"{at}.") or REJECT,
        id=sent.get("id") is True,
        dates=_choice(sent, "dates", f"{at}."),
        decimal=_choice(sent, "decimal", f"{at}."),
        time_zone=texts["timeZone"],
        separator=_separator(texts["separator"], at),
        scale=_scale(sent.get("scale"), at),
        values=_values(sent.get("values"), at),
    )
    if made.time_zone is not None:
        _zone(made.time_zone, f"{at}.timeZone")
    if made.field is not None:
        _field(entity, made, at)
    elif made.relationship is not None:
        made = _relationship(catalog, entity, made, at)
    return made


def _field(entity: Entity, entry: Entry, at: str) -> None:
    field = entity.fields.get(entry.field or "")
    if field is None or field.hidden:
        raise problems.unknown_field(entry.field or "", entity.plural, f"{at}.field")
    if field.read_only:
        raise problems.read_only(field.key, f"{at}.field")
    if entry.part is not None:
        parts = tuple(field.type.schemas) if isinstance(field.type, Composite) else ()
        if entry.part not in parts:
            what = f"has the parts {', '.join(parts)}" if parts else "has no parts"
            raise problems.invalid_configuration(f"'{field.key}' {what}.", f"{at}.part")


def _relationship(catalog: Catalog, entity: Entity, entry: Entry, at: str) -> Entry:
    end = entity.ends.get(entry.relationship or "")
    if end is None or end.hidden:
        raise problems.unknown_relationship(entry.relationship or "", entity.plural, f"{at}.relationship")
    if not end.on_create:
        raise problems.read_only(end.key, f"{at}.relationship")
    target = catalog[end.target]
    by = entry.by or _usual(target)
    if by not in lookups(target):
        raise problems.invalid_configuration(
            f"A record of '{target.name}' is looked up by one of: {', '.join(lookups(target))}.", f"{at}.by"
        )
    if entry.missing == CREATE:
        _creatable(target, end, by, at)
    return Entry(**{**{slot: getattr(entry, slot) for slot in Entry.__slots__}, "by": by})


def _creatable(target: Entity, end: End, by: str, at: str) -> None:
    """Whether a record can be made of nothing but what it is looked up by."""
    key = domain_field(target) if by == DOMAIN else by
    field = target.fields.get(key or "")
    given = {key, target.type.title if by == DOMAIN else None}
    lacking = [f.key for f in target.required_fields if f.key not in given]
    needs = [other.key for other in target.stored_ends if other.required]
    if "create" not in target.type.operations or field is None or field.read_only or lacking or needs:
        raise problems.invalid_configuration(
            f"A record of '{target.name}' cannot be created from its '{by}' alone; import those records first.",
            f"{at}.missing",
        )


def _usual(target: Entity) -> str:
    return target.type.title if target.type.title in lookups(target) else ID


def _each_once(entries: tuple[Entry, ...]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for at, entry in enumerate(entries):
        if entry.relationship is not None:
            continue
        target = (entry.field, entry.part, entry.id)
        if target in seen or (entry.part is not None and (entry.field, None, False) in seen):
            raise problems.invalid_configuration(
                f"Two columns feed '{entry.field or ID}'; take one of them away.", f"mapping.columns[{at}]"
            )
        seen.add(target)


def _match(entity: Entity, entries: tuple[Entry, ...], sent: Any) -> tuple[str, ...]:
    if sent is None:
        return ()
    keys = [sent] if isinstance(sent, str) else sent
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise problems.invalid_type("An array of keys is expected.", "mapping.match")
    if len(keys) > MOST_MATCHES:
        raise problems.invalid_configuration(f"At most {MOST_MATCHES} keys can be matched by.", "mapping.match")
    fed = {entry.field for entry in entries if entry.field} | {ID for entry in entries if entry.id}
    if domain_field(entity) in fed:
        fed.add(DOMAIN)
    for key in keys:
        if key not in lookups(entity):
            raise problems.invalid_configuration(
                f"Records of '{entity.name}' are matched by: {', '.join(lookups(entity))}.", "mapping.match"
            )
        if key not in fed:
            raise problems.invalid_configuration(
                f"No column feeds '{key}', which rows are matched by.", "mapping.match"
            )
    return tuple(dict.fromkeys(keys))


def _text(sent: Any, param: str) -> str:
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.", param)
    return sent


def _choice(sent: Map[str, Any], key: str, at: str) -> str | None:
    value = sent.get(key)
    if value is None:
        return None
    if value not in _CHOICES[key]:
        raise problems.invalid_configuration(f"'{key}' is one of {', '.join(_CHOICES[key])}.", f"{at}{key}")
    return str(value)


def _zone(name: str, param: str) -> None:
    try:
        dates.zone(name)
    except Problem as problem:
        problem.param = param
        raise


def _separator(text: str | None, at: str) -> str | None:
    if text is not None and not 1 <= len(text) <= 5:
        raise problems.invalid_configuration("A separator has one to five characters.", f"{at}.separator")
    return text


def _scale(sent: Any, at: str) -> int | float | None:
    if sent is None:
        return None
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not 0 < abs(sent) <= _FACTOR:
        raise problems.invalid_type("'scale' is a number that values are multiplied by.", f"{at}.scale")
    return sent


def _values(sent: Any, at: str) -> Map[str, str] | None:
    if sent is None:
        return None
    if not isinstance(sent, dict) or not all(isinstance(value, str) for value in sent.values()):
        raise problems.invalid_type("'values' is an object: text in the file → text that is meant.", f"{at}.values")
    if len(sent) > MOST_VALUES:
        raise problems.invalid_configuration(f"At most {MOST_VALUES} texts can be replaced.", f"{at}.values")
    return dict(sent)


def _some(columns: tuple[str, ...], most: int = 20) -> str:
    shown = ", ".join(problems.shown(column, 40) for column in columns[:most])
    return shown if len(columns) <= most else f"{shown} and {len(columns) - most} more"
