"""What an object type is made of: fields, relationships and how strict its bodies are."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lightfield_server.kit.clock import Moment
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.problems import Problem
from lightfield_server.model.value_types import VALUE_TYPES, ValueType

#: A field without settings.
PLAIN = Configuration()

ADD, REMOVE, REPLACE = "add", "remove", "replace"

#: What an update may do to a relationship (spec: fields 11.2).
EVERY_OPERATION = frozenset({ADD, REMOVE, REPLACE})
ADD_OR_REMOVE = frozenset({ADD, REMOVE})


@dataclass(frozen=True)
class Field:
    """A typed value of a record. `key` is the wire's: `$name` for shipped fields, a bare slug for a workspace's own.

    `on_update=False` fixes a value at creation; `clearable=False` refuses null afterwards; `first_option` gives a
    select its first option when a record is made without one; `hidden` keeps a field off every surface. A record is
    known again by the domains of a field that is `by_domain`, not by its values.
    """

    key: str
    label: str
    value_type: str
    configuration: Configuration = PLAIN
    required: bool = False
    read_only: bool = False
    on_update: bool = True
    clearable: bool = True
    first_option: bool = False
    hidden: bool = False
    by_domain: bool = False
    description: str | None = None
    id: str | None = None

    @cached_property
    def type(self) -> ValueType:
        return VALUE_TYPES[self.value_type]

    @property
    def system(self) -> bool:
        return self.key.startswith("$")


@dataclass(frozen=True)
class Relationship:
    """A link to records of one type, said once, on the type that owns it; the other end follows from `inverse`.

    `many` is this end's cardinality, `inverse_many` the other's. Without an `inverse` the other end has no name,
    except that a type related to itself shows both directions under one key. `actor` fills a link left out on
    creation with the acting member, or with the member linked under `actor_else`. A link that is not `clearable` may
    be exchanged and never taken away; `one_id` refuses arrays where an update names it.
    """

    key: str
    label: str
    target: str
    many: bool = False
    required: bool = False
    clearable: bool = True
    one_id: bool = False
    on_create: bool = True
    on_update: bool = True
    operations: frozenset[str] = EVERY_OPERATION
    one_operation: bool = False
    inverse: str | None = None
    inverse_label: str = ""
    inverse_many: bool = True
    inverse_writable: bool = False
    slug: str | None = None
    actor: bool = False
    actor_else: str | None = None
    hidden: bool = False
    inverse_hidden: bool = False
    description: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Shared:
    """A step to the records of `target` that have one of the values of `here` in one of their fields `there`."""

    here: tuple[str, ...]
    target: str
    there: tuple[str, ...]


@dataclass(frozen=True)
class Derived:
    """A read-only relationship worked out when it is read: every record that any of the `paths` leads to.

    A step is the key of an end, derived ones included, or a `Shared` value.
    """

    key: str
    label: str
    target: str
    paths: tuple[tuple[str | Shared, ...], ...]
    many: bool = True


@dataclass(frozen=True, slots=True)
class Proposed:
    """A record as a request would have it: its fields as they would be kept, and the relationships it speaks of."""

    fields: Mapping[str, Any]
    relationships: Collection[str]
    new: bool
    at: Moment


#: A rule over a whole record: what is wrong with it, if anything.
Rule = Callable[[Proposed], Problem | None]

#: Other spellings of a body, made the usual one before it is looked at.
Spelling = Callable[[Mapping[str, Any]], Mapping[str, Any]]


#: Spec: objects 1.
RECORD_ENVELOPE = ("id", "createdAt", "updatedAt", "httpLink", "externalId", "fields", "relationships")


@dataclass(frozen=True)
class ObjectType:
    """One kind of record. `name` is the singular word of the wire, `plural` names paths and scopes.

    `open_fields` and `open_relationships` say whether a workspace may add its own; a closed body's missing property
    is a `parameter_missing`. `title` is the field that names a record to people.
    """

    name: str
    plural: str
    label: str
    prefix: str
    fields: tuple[Field, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    derived: tuple[Derived, ...] = ()
    open_fields: bool = True
    open_relationships: bool = True
    #: What is served for it: names of operations, and "filter" and "trash", which its list may understand.
    operations: frozenset[str] = frozenset()
    mergeable: bool = False
    body_extras: Mapping[str, str] = field(default_factory=dict)
    #: What a part of a body says if it is there at all: verb → part → key.
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: The keys of a record on the wire.
    envelope: tuple[str, ...] = RECORD_ENVELOPE
    #: What every record of a type without relationships shows in their place.
    fixed_relationships: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    spelling: Spelling | None = None
    title: str = "$name"
    plural_label: str = ""
    description: str | None = None
    custom: bool = False
    id: str | None = None
