"""One of few: a box to check, or options that the workspace names."""

from collections.abc import Mapping

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration, folded_label
from lightfield_server.model.keys import Key, Kind
from lightfield_server.model.matching import Matching
from lightfield_server.model.value_types.base import MOST_ELEMENTS, Json, Schema, ValueType, string, value_type


@value_type
class Checkbox(ValueType):
    """Checked or not; a box never touched is neither."""

    name = "CHECKBOX"
    kind = Kind.FLAG
    matching = Matching.CHOICE
    widget = "checkbox"

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        if not isinstance(sent, bool):
            raise problems.invalid_type("Expected true or false.")
        return sent

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return (int(kept),)

    def operands(self, text: str, configuration: Configuration) -> tuple[Key, ...]:
        if text not in ("true", "false"):
            raise problems.invalid_type("Expected true or false.")
        return (int(text == "true"),)

    def text(self, kept: Json, configuration: Configuration) -> str:
        return "Yes" if kept else "No"

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "boolean"}


class Select(ValueType):
    """Options are written by id or label and kept by id, so that renaming one rewrites no record."""

    configurable = ("options",)

    def configure(self, sent: Mapping[str, Json]) -> Configuration:
        super().configure(sent)
        return Configuration()

    def chosen(self, sent: Json, configuration: Configuration) -> str:
        """The id of the option that was sent, by id or by label; retired ones cannot be chosen."""
        text = string(sent)
        option = configuration.by_id.get(text)
        if option is not None and not option.retired:
            return option.id
        labelled = [o for o in configuration.by_label.get(folded_label(text), ()) if not o.retired]
        if len(labelled) > 1:
            raise problems.unprocessable(f"Several options are labelled '{problems.shown(text)}'; send an id.")
        if not labelled:
            raise problems.unprocessable(f"There is no option '{problems.shown(text)}'.")
        return labelled[0].id

    def label(self, id: str, configuration: Configuration) -> str:
        option = configuration.by_id.get(id)
        return id if option is None else option.label

    def read_option(self, configuration: Configuration) -> Schema:
        ids = [option.id for option in configuration.options]
        return {"type": "string", "enum": ids} if ids else {"type": "string"}


@value_type
class SingleSelect(Select):
    name = "SINGLE_SELECT"
    matching = Matching.CHOICE
    widget = "select"

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        return self.chosen(sent, configuration)

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return (kept,)

    def operands(self, text: str, configuration: Configuration) -> tuple[Key, ...]:
        if text in configuration.by_id:
            return (text,)
        return tuple(option.id for option in configuration.by_label.get(folded_label(text), ()))

    def text(self, kept: Json, configuration: Configuration) -> str:
        return self.label(kept, configuration)

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "string", "description": "The id or the label of an option."}

    def read_schema(self, configuration: Configuration) -> Schema:
        return self.read_option(configuration)


@value_type
class MultiSelect(Select):
    name = "MULTI_SELECT"
    matching = Matching.NONE
    widget = "multiselect"

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        if not isinstance(sent, list):
            raise problems.invalid_type("Expected an array of option ids or labels.")
        if len(sent) > MOST_ELEMENTS:
            raise problems.unprocessable(f"At most {MOST_ELEMENTS} options fit here.")
        return list(dict.fromkeys(self.chosen(each, configuration) for each in sent)) or None

    def rank(self, kept: Json, configuration: Configuration) -> Key:
        """The place of the first of its options among all of them."""
        order = list(configuration.by_id)
        return min(order.index(id) for id in kept if id in configuration.by_id)

    def text(self, kept: Json, configuration: Configuration) -> str:
        return ", ".join(self.label(id, configuration) for id in kept)

    def write_schema(self, configuration: Configuration) -> Schema:
        return {
            "type": "array",
            "items": {"type": "string", "description": "The id or the label of an option."},
            "maxItems": MOST_ELEMENTS,
        }

    def read_schema(self, configuration: Configuration) -> Schema:
        return {"type": "array", "items": self.read_option(configuration), "uniqueItems": True}
