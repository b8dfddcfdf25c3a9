"""Running text."""

import html
import re
from typing import ClassVar

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.matching import Matching
from lightfield_server.model.texts import Weight
from lightfield_server.model.value_types.base import Json, Phrase, Schema, ValueType, string, value_type, within


@value_type
class Text(Phrase):
    """A line or so. `allowed` closes the list of what it may say."""

    name = "TEXT"
    limit: ClassVar[int] = 10_000

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        text = within(string(sent), self.limit)
        if configuration.allowed and text not in configuration.allowed:
            raise problems.unprocessable(f"Expected one of {', '.join(sorted(configuration.allowed))}.")
        return text

    def searched(self, kept: Json, configuration: Configuration) -> str:
        return "" if configuration.allowed else str(kept)

    def write_schema(self, configuration: Configuration) -> Schema:
        if configuration.allowed:
            return {"type": "string", "enum": sorted(configuration.allowed)}
        return {"type": "string", "maxLength": self.limit}


@value_type
class Markdown(ValueType):
    """Pages of text, carried as they are and never parsed."""

    name = "MARKDOWN"
    matching = Matching.NONE
    weight = Weight.RUNNING
    widget = "markdown"
    limit: ClassVar[int] = 1_000_000

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        return within(string(sent), self.limit)

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "string", "maxLength": self.limit}


@value_type
class Html(Markdown):
    """The body of an email."""

    name = "HTML"
    widget = "html"
    custom = False

    def text(self, kept: Json, configuration: Configuration) -> str:
        return " ".join(html.unescape(_TAG.sub(" ", kept)).split())


#: Stops at the next `<`, so that a body of nothing else is read once.
_TAG = re.compile("<[^<>]*>")
