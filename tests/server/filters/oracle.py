"""What a list answers, worked out in plain Python from conventions 8.3.

It knows values as they are read back and links as they were asked for; of keys, slots and statements it knows nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

AMOUNTS = {"NUMBER", "CURRENCY"}
PHRASES = {"TEXT", "FULL_NAME", "SOCIAL_HANDLE", "ADDRESS"}
TOKENS = {"EMAIL", "TELEPHONE", "URL"}
CHOICES = {"CHECKBOX", "SINGLE_SELECT"}

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": lambda a, b: a == b,
    "greaterThan": lambda a, b: a > b,
    "greaterThanOrEqual": lambda a, b: a >= b,
    "lessThan": lambda a, b: a < b,
    "lessThanOrEqual": lambda a, b: a <= b,
}

#: Conventions 8.2, the default first.
TABLE = {
    **{name: tuple(COMPARISONS) for name in (*AMOUNTS, "DATETIME")},
    **dict.fromkeys(PHRASES, ("equal", "startsWith")),
    **dict.fromkeys(CHOICES, ("equal",)),
    **dict.fromkeys(TOKENS, ("contains",)),
    "MULTI_SELECT": (),
    "MARKDOWN": (),
}
EVERY_OPERATOR = (*COMPARISONS, "startsWith", "contains")
RELATIONSHIP = ("equal", "contains")


def text_of(value_type: str, value: Any) -> str:
    """The one line that a phrase is matched against."""
    if value_type == "FULL_NAME":
        return " ".join(part for part in (value.get("firstName"), value.get("lastName")) if part)
    if value_type == "ADDRESS":
        parts = ("street", "street2", "city", "state", "postalCode", "country")
        return ", ".join(value[part] for part in parts if value[part])
    return str(value)


def matches(value_type: str, options: list[dict[str, Any]], operator: str, value: Any, operand: str) -> bool:
    """Whether one value, as it is read back, answers one operator that is not negated."""
    if value is None:
        return False
    if value_type in AMOUNTS:
        return COMPARISONS[operator](Decimal(repr(value)), Decimal(operand))
    if value_type == "DATETIME":
        return COMPARISONS[operator](_moment(value), _moment(operand))
    if value_type in PHRASES:
        text, sought = text_of(value_type, value).casefold(), operand.casefold()
        return bool(text) and (text == sought if operator == "equal" else text.startswith(sought))
    if value_type == "CHECKBOX":
        return bool(value is (operand == "true"))
    if value_type == "SINGLE_SELECT":
        label = next(option["label"] for option in options if option["id"] == value)
        return operand == value or _folded(label) == _folded(operand)
    if value_type in TOKENS:
        elements = value if isinstance(value, list) else [value]
        return any(operand.casefold() in element.casefold() for element in elements)
    raise AssertionError(value_type)


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclass(frozen=True)
class Rel:
    """A stored relationship: who owns it, under which keys its ends appear, how many each holds."""

    owner: str
    key: str
    target: str
    many: bool
    inverse: str | None = None
    inverse_many: bool = True


@dataclass
class Rec:
    id: str
    type: str
    values: dict[str, Any]
    trashed: bool = False


#: The record types of these tests by their plural, and back.
PLURALS = {
    "account": "accounts",
    "contact": "contacts",
    "opportunity": "opportunities",
    "task": "tasks",
    "note": "notes",
    "meeting": "meetings",
    "project": "objects/project",
}

RELATIONSHIPS = (
    Rel("account", "$owner", "member", False),
    Rel("account", "$contact", "contact", True, "$account"),
    Rel("opportunity", "$account", "account", False, "$opportunity"),
    Rel("opportunity", "$owner", "member", False),
    Rel("opportunity", "$champion", "contact", False),
    Rel("opportunity", "$evaluator", "contact", False),
    Rel("task", "$assignedTo", "member", False),
    Rel("task", "$account", "account", False, "$task"),
    Rel("task", "$opportunity", "opportunity", False, "$task"),
    Rel("note", "$account", "account", True, "$note"),
    Rel("note", "$opportunity", "opportunity", True, "$note"),
    Rel("note", "$contact", "contact", True, "$note"),
    Rel("note", "$meeting", "meeting", True, "$note"),
    # The workspace's own.
    Rel("account", "parent", "account", False),
    Rel("account", "rivals", "account", True),
    Rel("account", "reportsTo", "account", False, "subsidiaries"),
    Rel("contact", "buddy", "contact", False, None, False),
    Rel("project", "client", "account", False, "projects"),
    Rel("project", "people", "contact", True, "projects"),
    Rel("account", "lead", "project", False, "leadOf", False),
)


@dataclass
class Oracle:
    """Records in the order of their creation, and links as (relationship, source, target)."""

    records: dict[str, Rec] = field(default_factory=dict)
    links: set[tuple[Rel, str, str]] = field(default_factory=set)

    def link(self, rel: Rel, source: str, target: str) -> None:
        """An end that holds one record lets go of the one it had."""
        gone = {
            (r, s, t)
            for r, s, t in self.links
            if r is rel and ((s == source and not rel.many) or (t == target and not rel.inverse_many))
        }
        self.links = (self.links - gone) | {(rel, source, target)}

    def unlink(self, rel: Rel, source: str, target: str) -> None:
        self.links.discard((rel, source, target))

    def of(self, type: str, *, trashed: bool = False) -> list[Rec]:
        """Newest first."""
        return [rec for rec in reversed(self.records.values()) if rec.type == type and rec.trashed is trashed]

    def ends(self, type: str) -> dict[str, Callable[[Rec], set[str]]]:
        """Every relationship that records of a type show, by record key."""
        found: dict[str, Callable[[Rec], set[str]]] = {}
        for rel in RELATIONSHIPS:
            if rel.owner == type:
                found[rel.key] = lambda rec, rel=rel: self._along(rel, rec)
            if rel.target == type and rel.inverse is not None:
                found[rel.inverse] = lambda rec, rel=rel: self._back(rel, rec)
        return found | {key: derive for (owner, key), derive in self._derived().items() if owner == type}

    def direction(self, key: str, direction: str) -> Callable[[Rec], set[str]]:
        rel = next(rel for rel in RELATIONSHIPS if rel.key == key and rel.owner == rel.target)
        return lambda rec: (self._along if direction == "asSource" else self._back)(rel, rec)

    def _live(self, id: str) -> bool:
        return not (id in self.records and self.records[id].trashed)

    def _along(self, rel: Rel, rec: Rec) -> set[str]:
        return {t for r, s, t in self.links if r is rel and s == rec.id and self._live(t)}

    def _back(self, rel: Rel, rec: Rec) -> set[str]:
        return {s for r, s, t in self.links if r is rel and t == rec.id and self._live(s)}

    # What is worked out when it is read (objects 3 to 5 and 8)

    def _derived(self) -> dict[tuple[str, str], Callable[[Rec], set[str]]]:
        return {
            ("meeting", "$contact"): self._attending,
            ("meeting", "$account"): lambda rec: self._through(self._attending(rec), "$account"),
            ("meeting", "$opportunity"): lambda rec: self._through(
                self._through(self._attending(rec), "$account"), "$opportunity"
            ),
            ("contact", "$meeting"): self._attended,
            ("account", "$meeting"): lambda rec: self._through(self.ends("account")["$contact"](rec), "$meeting"),
            ("opportunity", "$meeting"): lambda rec: self._through(
                self._through(self.ends("opportunity")["$account"](rec), "$contact"), "$meeting"
            ),
            ("contact", "$opportunity"): self._named_by,
        }

    def _through(self, ids: set[str], key: str) -> set[str]:
        found: set[str] = set()
        for id in ids:
            rec = self.records[id]
            found |= self.ends(rec.type)[key](rec)
        return found

    def _attending(self, meeting: Rec) -> set[str]:
        return {rec.id for rec in self.of("contact") if _invites(meeting, rec)}

    def _attended(self, contact: Rec) -> set[str]:
        return {rec.id for rec in self.of("meeting") if _invites(rec, contact)}

    def _named_by(self, contact: Rec) -> set[str]:
        champion, evaluator = (
            next(rel for rel in RELATIONSHIPS if rel.key == key) for key in ("$champion", "$evaluator")
        )
        return self._back(champion, contact) | self._back(evaluator, contact)


def _invites(meeting: Rec, contact: Rec) -> bool:
    invited = {meeting.values.get("$organizerEmail"), *(meeting.values.get("$attendeeEmails") or ())} - {None}
    return bool(invited & set(contact.values["$email"] or ()))


# Order: what a record is sorted by, None for nothing


def standing(value_type: str, options: list[dict[str, Any]], value: Any) -> Any:
    """What a value, as it is read back, is sorted by."""
    if value is None:
        return None
    if value_type in AMOUNTS:
        return Decimal(repr(value))
    if value_type == "DATETIME":
        return _moment(value)
    if value_type in PHRASES or value_type == "MARKDOWN":
        return (text_of(value_type, value) or "").casefold() or None
    if value_type == "CHECKBOX":
        return bool(value)
    places = [option["id"] for option in options]
    if value_type == "SINGLE_SELECT":
        return places.index(value)
    if value_type == "MULTI_SELECT":
        return min(places.index(each) for each in value)
    return min(element.casefold() for element in (value if isinstance(value, list) else [value]))


def in_order(recs: list[Rec], by: list[tuple[Callable[[Rec], Any], bool, bool]]) -> list[Rec]:
    """Records sorted by several (what, descending, nulls first); ties by id, as the last of them goes."""
    found = sorted(recs, key=lambda rec: rec.id, reverse=by[-1][1] if by else True)
    for what, descending, nulls_first in reversed(by):
        valued = [rec for rec in found if what(rec) is not None]
        lacking = [rec for rec in found if what(rec) is None]
        valued.sort(key=what, reverse=descending)
        found = lacking + valued if nulls_first else valued + lacking
    return found
