"""How an object type is declared."""

from lightfield_server.kit.registry import Registry
from lightfield_server.model.configuration import Configuration, Option
from lightfield_server.model.definitions import ObjectType

OBJECT_TYPES: Registry[ObjectType] = Registry("object type")

#: The operations of an ordinary record type (spec: objects 2, sdk-python 4).
RECORD = frozenset({"definitions", "create", "list", "retrieve", "update", "delete", "restore", "filter", "trash"})
WITH_HISTORY = RECORD | {"history"}

MULTIPLE = Configuration(multiple=True)


def object_type(declared: ObjectType) -> ObjectType:
    return OBJECT_TYPES.add(declared.name, declared)


def options(*labels: str) -> Configuration:
    """Options that a workspace may change; it gives them ids of its own when it is made."""
    return Configuration(options=tuple(Option(id="", label=label) for label in labels))


def fixed_options(**labels: str) -> Configuration:
    """Options whose ids are words of the wire and the same everywhere."""
    return Configuration(options=tuple(Option(id=id, label=label) for id, label in labels.items()))


def service(name: str, *, company: bool = False) -> Configuration:
    return Configuration(service=name, company=company)
