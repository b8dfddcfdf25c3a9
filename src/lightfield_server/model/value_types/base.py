"""What it takes to be a value type."""

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from lightfield_server.kit.registry import Registry
from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.keys import LONGEST_TEXT, Key, Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.texts import Weight

#: Texts within a value – an address, a name, a street – end here; TEXT and MARKDOWN have limits of their own.
LONGEST_ELEMENT = 2_000

#: A value of several elements ends here.
MOST_ELEMENTS = 100

#: A value as JSON has it. Values are kept in the form in which they are read back.
Json = Any
Schema = dict[str, Any]

VALUE_TYPES: "Registry[ValueType]" = Registry("value type")


class ValueType:
    """One type of field value: how it is written, kept, found, shown and described.

    `name` is the wire's word. `kind` and `matching` say what keys it yields and which operators serve it. `weight`
    says what a word in a value of it counts for in full-text search; None keeps the type out of it. `widget` is the
    form control. `configurable` lists the keys that `typeConfiguration` shows for it, in order. A type whose
    `custom` is False is never given to a field that a workspace makes.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind] = Kind.TEXT
    matching: ClassVar[Matching] = Matching.NONE
    weight: ClassVar[Weight | None] = None
    widget: ClassVar[str] = "text"
    configurable: ClassVar[tuple[str, ...]] = ()
    custom: ClassVar[bool] = True
    #: One element of a value, where its schema alone would not make anybody think of one.
    sample: ClassVar[str | None] = None

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        """What to keep of what a client sent; None when that says "no value". Never called with None.

        Raises a `Problem` without `param`: `invalid_type` (400) for a wrong JSON type, `unprocessable` (422) for the
        right type with bad content. Parsing what was kept changes nothing.
        """
        raise NotImplementedError

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        """What a kept value is found by, without repeats; () for a type that cannot be filtered."""
        return ()

    def domains(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        """The domains that a kept value lies in, without repeats; () for a type that has none to do with domains."""
        return ()

    def operands(self, text: str, configuration: Configuration) -> tuple[Key, ...]:
        """The keys a filter's operand names, for `equal`; `invalid_type` when it cannot be read."""
        raise NotImplementedError

    def bounds(self, text: str, configuration: Configuration) -> tuple[int, int]:
        """The largest key not above a filter's operand and the smallest not below it: the same for a key itself.

        An operand beyond every key has bounds just outside the range of keys. `invalid_type` when it cannot be read.
        """
        raise NotImplementedError

    def fragment(self, text: str) -> str:
        """A filter's operand as `startsWith` and `contains` compare it with keys."""
        return text.casefold()

    def text(self, kept: Json, configuration: Configuration) -> str:
        """The value as a person reads it: cells, titles, search, tables on a terminal."""
        return str(kept)

    def searched(self, kept: Json, configuration: Configuration) -> str:
        """What full-text search reads of a kept value, of a type that has a `weight` there."""
        return self.text(kept, configuration)

    def rank(self, kept: Json, configuration: Configuration) -> Key:
        """What a value is sorted by if its type has no keys: how its text begins, or a whole number."""
        return self.text(kept, configuration)[:LONGEST_TEXT].casefold()

    def configure(self, sent: Mapping[str, Json]) -> Configuration:
        """The configuration that an administrator asked for; `invalid_configuration` for what makes no sense.

        `options` are not among what may be sent here: they have operations of their own.
        """
        unknown = sorted(set(sent) - (set(self.configurable) - {"options"}))
        if unknown:
            raise problems.invalid_configuration(f"{self.name} has no setting '{problems.shown(unknown[0])}'.")
        return Configuration()

    def configuration(self, configuration: Configuration) -> dict[str, Json]:
        """The `typeConfiguration` that definitions show."""
        return {name: _SHOWN[name](configuration) for name in self.configurable}

    def write_schema(self, configuration: Configuration) -> Schema:
        """JSON Schema of what may be sent, `null` aside."""
        raise NotImplementedError

    def read_schema(self, configuration: Configuration) -> Schema:
        """JSON Schema of what is read back, `null` aside."""
        return self.write_schema(configuration)


class Phrase(ValueType):
    """A type found by its whole text or by how that begins; an empty text is found by neither."""

    matching = Matching.PHRASE
    weight = Weight.FIELD

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return self.operands(self.text(kept, configuration), configuration)

    def operands(self, text: str, configuration: Configuration) -> tuple[Key, ...]:
        return (text_key(text),) if text else ()


class Amount(ValueType):
    """A type whose keys are whole numbers in order: its operands are the keys that are their own bounds.

    A key is the value times `scale`, for numbers; moments have no sum.
    """

    matching = Matching.AMOUNT
    scale: ClassVar[int] = 1

    def operands(self, text: str, configuration: Configuration) -> tuple[Key, ...]:
        low, high = self.bounds(text, configuration)
        return (low,) if low == high else ()


V = TypeVar("V", bound=type[ValueType])


def value_type(declared: V) -> V:
    """Declare a value type under its wire name."""
    VALUE_TYPES.add(declared.name, declared())
    return declared


def finite(sent: Json) -> int | float:
    """What was sent, if it is a number as JSON has them. True and false are none."""
    if (
        isinstance(sent, bool)
        or not isinstance(sent, int | float)
        or not (isinstance(sent, int) or math.isfinite(sent))
    ):
        raise problems.invalid_type("Expected a number.")
    return sent


def string(sent: Json) -> str:
    """What was sent, if it is a string that JSON clients and every engine can carry; `invalid_type` otherwise."""
    if not isinstance(sent, str):
        raise problems.invalid_type("Expected a string.")
    return carried(sent)


def carried(text: str) -> str:
    """The same text, unless it has characters in it that JSON clients or PostgreSQL cannot carry."""
    if "\0" in text or not _encodable(text):
        raise problems.invalid_type("NUL characters and unpaired surrogates are not accepted in text.")
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def within(text: str, limit: int) -> str:
    """The same text, unless it is longer than the limit."""
    if len(text) > limit:
        raise problems.unprocessable(f"The text is longer than {limit} characters.")
    return text


def closed(sent: Json, members: tuple[str, ...]) -> dict[str, Json]:
    """What was sent, if it is an object with no members but these; those left out are null."""
    if not isinstance(sent, dict):
        raise problems.invalid_type(f"Expected an object with {', '.join(members)}.")
    for name in sent:
        if name not in members:
            raise problems.invalid_type(f"Unrecognized member '{problems.shown(str(name))}'.")
    return {name: sent.get(name) for name in members}


def flag(sent: Mapping[str, Json], name: str) -> bool:
    """A setting that is on or off; off when it is not mentioned."""
    setting = sent.get(name, False)
    if not isinstance(setting, bool):
        raise problems.invalid_configuration(f"'{name}' is true or false.")
    return setting


def text_key(text: str) -> str:
    """A text as a key: case-folded, and short enough for any engine's index.

    Longer texts keep their beginning, so that prefixes still find them, and end in a digest of the whole. The digest
    is spelt in control characters: a fragment that someone looks for is never found in it.
    """
    folded = text.casefold()
    if len(folded) <= LONGEST_TEXT:
        return folded
    whole = hashlib.blake2b(folded.encode(), digest_size=16).hexdigest()
    return f"{folded[:LONGEST_TEXT]}\x1f{whole.translate(_UNSAID)}"


_UNSAID = str.maketrans("0123456789abcdef", "".join(map(chr, [*range(1, 9), *range(14, 22)])))

_SHOWN: dict[str, Callable[[Configuration], Json]] = {
    "options": lambda c: [
        {"id": o.id, "label": o.label, "description": o.description} for o in c.options if not o.retired
    ],
    "currency": lambda c: c.currency,
    "unique": lambda c: c.unique,
    "multipleValues": lambda c: c.multiple,
    "handleService": lambda c: c.service,
}
