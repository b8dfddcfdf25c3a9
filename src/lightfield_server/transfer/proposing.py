"""A mapping for a file that nobody has mapped yet, from what its columns are called and hold."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from lightfield_server.model.catalog import Catalog
from lightfield_server.model.definitions import Field
from lightfield_server.model.entity import End, Entity
from lightfield_server.model.object_types.member import MEMBER_TYPE
from lightfield_server.model.value_types.address import EMAIL_ADDRESS, Email
from lightfield_server.model.value_types.composite import Composite
from lightfield_server.transfer.mapping import DOMAIN, ID, Entry, Mapping, domain_field, lookups
from lightfield_server.transfer.table import Layout, Row, blank

#: The order in which types come in, so that what is linked to is there.
ORDER = ("member", "account", "contact", "opportunity", "task", "note", "meeting", "list")

#: What others call our shipped fields and relationships: (type or "" for all, key, part) ← folded headers.
_SYNONYMS: dict[tuple[str, str, str | None], str] = {
    ("account", "$name", None): "company|companyname|organization|organisation|organizationname|firm|firma|accountname"
    "|businessname|customer|client|unternehmen",
    ("account", "$website", None): "url|web|webseite|homepage|domain|companydomain|companydomainname|websiteurl|site",
    ("account", "$industry", None): "branche|sector",
    ("account", "$headcount", None): "size|companysize|employeerange",
    ("account", "$revenue", None): "annualrevenue|umsatz|turnover|sales",
    ("account", "$owner", None): "accountowner|companyowner",
    ("contact", "$name", "firstName"): "firstname|givenname|vorname|forename|prenom|first",
    ("contact", "$name", "lastName"): "lastname|surname|familyname|nachname|secondname|nom|last",
    ("contact", "$name", None): "fullname|contactname|person|contact|displayname",
    ("contact", "$email", None): "mail|emailaddress|workemail|businessemail|emails|emailadresse|primaryemail",
    (
        "contact",
        "$phone",
        None,
    ): "telephone|telephonenumber|phonenumber|mobile|mobilephone|mobilephonenumber|telefon|tel"
    "|workphone|cell|cellphone|handy|businessphone",
    ("contact", "$title", None): "jobtitle|position|role|funktion",
    ("contact", "$account", None): "company|companyname|account|accountname|organization|organisation|employer|firma"
    "|accounts|associatedcompany",
    ("contact", "$linkedIn", None): "linkedinurl|linkedinprofile|linkedinbio",
    ("opportunity", "$name", None): "deal|dealname|opportunity|opportunityname|title|subject",
    ("opportunity", "$stage", None): "dealstage|salesstage|phase|status|pipelinestage|opportunitystage",
    ("opportunity", "$amount", None): "value|dealvalue|dealamount|closevalue|price|betrag|opportunityamount|sum",
    ("opportunity", "$closeDate", None): "close|closedate|expectedclosedate|closingdate|closed|abschlussdatum"
    "|expectedclose",
    ("opportunity", "$account", None): "company|companyname|account|accountname|organization|customer|client"
    "|associatedcompany",
    ("opportunity", "$owner", None): "dealowner|opportunityowner|salesagent|salesrep|salesperson|rep|assignedto",
    ("opportunity", "$champion", None): "primarycontact|contact|contactname",
    ("member", "$name", "firstName"): "firstname|givenname|vorname",
    ("member", "$name", "lastName"): "lastname|surname|familyname|nachname",
    ("member", "$name", None): "fullname|user|username",
    ("member", "$email", None): "mail|emailaddress",
    ("", "$owner", None): "owner|recordowner|assignee|responsible|besitzer",
    ("task", "$title", None): "task|name|subject",
    ("task", "$dueAt", None): "due|duedate|deadline",
    ("note", "$title", None): "subject|name",
    ("note", "$content", None): "note|body|text|notes",
}
_PARTS = {
    "street": "street|address|addressline1|streetaddress|street1|strasse|mailingstreet|billingstreet|addressstreet",
    "street2": "street2|addressline2|address2",
    "city": "city|town|ort|stadt|mailingcity|billingcity|locality",
    "state": "state|province|region|stateregion|bundesland|county|mailingstate|billingstate",
    "postalCode": "zip|zipcode|postalcode|postcode|plz|mailingpostalcode|billingpostalcode",
    "country": "country|countryregion|land|mailingcountry|billingcountry|countrycode",
    "latitude": "latitude|lat",
    "longitude": "longitude|lng|lon",
}
#: Types whose records people tell apart by e-mail address, or by name; those of a workspace's own are told by name.
_BY_ADDRESS, _BY_NAME = ("contact", "member"), ("account", "list")

_IDS = "id|recordid|externalid|objectid|key|uuid|guid"
_PLACED = re.compile(r"(?P<label>.+?)\s*/\s*(?P<part>.+)")
_IDENTIFIED = re.compile(r"(?P<label>.+?)\s*\((?P<by>id|ids|email|e-mail|domain|name)\)", re.IGNORECASE)


def proposed(catalog: Catalog, entity: Entity, layout: Layout, samples: Sequence[Row]) -> Mapping:
    """What each column is likely to be; columns that nothing speaks for are left out."""
    columns = [_Column(name, _values(samples, at)) for at, name in enumerate(layout.columns)]
    targets = _targets(entity)
    entries: dict[tuple[str | None, ...], Entry] = {}
    for column in columns:
        entry = _entry(catalog, entity, column, targets)
        if entry is None or _too_early(catalog, entity, entry):
            continue
        place = (entry.field, entry.part, entry.relationship, str(entry.id))
        known = entries.get(place)
        if known is None or (entry.relationship is not None and entry.by == ID and known.by != ID):
            entries[place] = entry
    kept = _consistent(list(entries.values()))
    return Mapping(entity.name, tuple(kept), _match(entity, kept))


def _too_early(catalog: Catalog, entity: Entity, entry: Entry) -> bool:
    """Whether an entry links to records that come in later; their rows have the same links at their end."""
    if entry.relationship is None:
        return False
    end = entity.ends[entry.relationship]
    if end.target == entity.name:
        return end.hop is not None and not end.hop.forward
    return order(catalog, end.target) > order(catalog, entity.name)


def type_for(catalog: Catalog, name: str, layout: Layout, samples: Sequence[Row]) -> str | None:
    """The object type that a file is likely to be about, by its name and then by its columns."""
    words = {folded(word) for word in re.split(r"[^A-Za-z0-9]+", name) if word} | {folded(name)}
    for entity in _importable(catalog):
        plural = entity.type.plural_label or entity.plural
        if words & {folded(entity.name), folded(entity.plural), folded(entity.type.label), folded(plural)}:
            return entity.name
    others = {
        "account": {"companies", "company"},
        "contact": {"people", "persons"},
        "opportunity": {"deals", "pipeline"},
    }
    for type, spoken in others.items():
        if words & spoken:
            return type
    counts = {entity.name: len(proposed(catalog, entity, layout, samples).entries) for entity in _importable(catalog)}
    best = max(counts, key=lambda type: counts[type])
    return best if counts[best] else None


def order(catalog: Catalog, type: str) -> tuple[float, str]:
    """When records of a type come in, among several files: a workspace's own before those that lead to them."""
    if type in ORDER:
        return (ORDER.index(type), type)
    after = [_rank(end.target) for end in _own_ends(catalog[type])]
    before = [_rank(name) for name in ORDER if any(end.target == type for end in _own_ends(catalog[name]))]
    return (min(before) - 0.5 if before else max(after, default=0) + 0.5, type)


def _rank(type: str) -> int:
    return ORDER.index(type) if type in ORDER else 0


def _own_ends(entity: Entity) -> list[End]:
    return [end for end in entity.stored_ends if end.hop is not None and end.hop.forward]


def folded(text: str) -> str:
    """Letters and digits only, without accents and case: `E-Mail` and `e mail` are one word."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def _importable(catalog: Catalog) -> list[Entity]:
    return [
        entity
        for entity in sorted(catalog.entities.values(), key=lambda entity: order(catalog, entity.name))
        if "create" in entity.type.operations or entity.name == MEMBER_TYPE.name
    ]


class _Column:
    def __init__(self, name: str, values: list[str]) -> None:
        self.name = name
        self.values = values


def _values(samples: Sequence[Row], at: int) -> list[str]:
    found: list[str] = []
    for row in samples:
        cell = row.cells[at] if at < len(row.cells) else None
        if isinstance(cell, list):
            found += map(str, cell)
        elif not blank(cell):
            found.append(str(cell))
    return found


_Target = tuple[Field | End, str | None]


def target(entity: Entity, header: str) -> tuple[str, str | None] | None:
    """The key of the field or relationship that a header names, and the part of it; None when it names none."""
    found = _named(_targets(entity), header)
    return None if found is None else (found[0].key, found[1])


def _named(targets: dict[str, _Target], header: str) -> _Target | None:
    """What a header names: by its exact key, or else by what it sounds like."""
    return targets.get(f"={header}") or targets.get(folded(header))


def _targets(entity: Entity) -> dict[str, _Target]:
    """Keys, after an equals sign, and folded headers, each with what it names; the first to claim a word has it."""
    found: dict[str, _Target] = {}
    fields = [field for field in entity.shown_fields if not field.read_only]
    ends = [end for end in entity.shown_ends if end.on_create]

    def claim(words: Iterable[str], target: _Target) -> None:
        for word in words:
            if word:
                found.setdefault(folded(word), target)

    for field in fields:
        found[f"={field.key}"] = (field, None)
        claim((field.key, field.label), (field, None))
    for end in ends:
        found[f"={end.key}"] = (end, None)
        claim((end.key, end.label), (end, None))
    for (type, key, part), words in _SYNONYMS.items():
        place = entity.fields.get(key) or entity.ends.get(key)
        if type in ("", entity.name) and place is not None and place in (*fields, *ends):
            claim(words.split("|"), (place, part))
    for field in fields:
        if isinstance(field.type, Composite) and "country" in field.type.schemas:
            for part, words in _PARTS.items():
                claim(words.split("|"), (field, part))
    return found


def _entry(catalog: Catalog, entity: Entity, column: _Column, targets: dict[str, _Target]) -> Entry | None:
    placed = _PLACED.fullmatch(column.name)
    if placed is not None:
        named = _named(targets, placed["label"])
        if named is not None and isinstance(named[0], Field) and isinstance(named[0].type, Composite):
            part = next((p for p in named[0].type.schemas if folded(p) == folded(placed["part"])), None)
            if part is not None:
                return Entry(column=column.name, field=named[0].key, part=part)
    if folded(column.name) in _IDS.split("|"):
        return Entry(column=column.name, id=True)
    identified = _IDENTIFIED.fullmatch(column.name)
    if identified is not None:
        named = _named(targets, identified["label"])
        if named is not None and isinstance(named[0], End):
            return _linked(catalog, column, named[0], _spoken(catalog[named[0].target], identified["by"]))
    named = _named(targets, column.name)
    if named is None:
        return _by_values(entity, column)
    place, part = named
    if isinstance(place, End):
        return _linked(catalog, column, place, None)
    return Entry(column=column.name, field=place.key, part=part)


def _linked(catalog: Catalog, column: _Column, end: End, by: str | None) -> Entry:
    target = catalog[end.target]
    return Entry(column=column.name, relationship=end.key, by=by or _looked_up(target, column.values))


def _spoken(target: Entity, word: str) -> str | None:
    word = word.lower()
    if word.startswith("id"):
        return ID
    if word == DOMAIN and domain_field(target):
        return DOMAIN
    if "mail" in word:
        return _email_field(target)
    return target.type.title if target.type.title in lookups(target) else None


def _looked_up(target: Entity, values: list[str]) -> str:
    """How the values of a column name records: by id, e-mail, domain or name."""
    if values and all(target.number(value) is not None for value in values):
        return ID
    address = _email_field(target)
    if values and all(EMAIL_ADDRESS.fullmatch(value.strip()) for value in values):
        if address is not None:
            return address
        if domain_field(target):
            return DOMAIN
    if domain_field(target) and values and all(re.fullmatch(r"(https?://)?[\w-]+(\.[\w-]+)+/?", v) for v in values):
        return DOMAIN
    return target.type.title if target.type.title in lookups(target) else ID


def _email_field(entity: Entity) -> str | None:
    return next(
        (key for key, field in entity.fields.items() if isinstance(field.type, Email) and not field.hidden), None
    )


def _by_values(entity: Entity, column: _Column) -> Entry | None:
    """A column of e-mail addresses needs no name."""
    address = _email_field(entity)
    if address and column.values and all(EMAIL_ADDRESS.fullmatch(value.strip()) for value in column.values):
        return Entry(column=column.name, field=address)
    return None


def _consistent(entries: list[Entry]) -> list[Entry]:
    """A field of parts is fed whole or in parts: the parts say more."""
    parted = {entry.field for entry in entries if entry.part}
    return [entry for entry in entries if not (entry.field in parted and entry.part is None)]


def _match(entity: Entity, entries: list[Entry]) -> tuple[str, ...]:
    """What rows are recognised by when they come again."""
    fed = {entry.field for entry in entries}
    unique = [key for key, field in entity.fields.items() if key in fed and field.configuration.unique]
    if any(entry.id for entry in entries):
        return (ID, *unique)
    if entity.name in _BY_ADDRESS and _email_field(entity) in fed:
        unique.append(_email_field(entity) or "")
    if (entity.name in _BY_NAME or entity.type.custom) and entity.type.title in fed:
        unique.append(entity.type.title)
    return tuple(dict.fromkeys(unique))
