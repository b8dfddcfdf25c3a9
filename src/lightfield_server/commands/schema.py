"""`lightfield schema`: object types, fields, options and relationships. Each command is one operation of the API."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from lightfield_server.commands.asking import answer, ask, given, show, table
from lightfield_server.commands.options import carried_out, where_options, workspace_option
from lightfield_server.configuration import Settings
from lightfield_server.model.configuration import folded_label
from lightfield_server.model.value_types import VALUE_TYPES
from lightfield_server.operations.schema import FIELD, OBJECT, OPTION, RELATIONSHIP
from lightfield_server.records.context import Context

F = TypeVar("F", bound=Callable[..., Any])

VALUE_TYPE = click.Choice([declared.name for declared in VALUE_TYPES if declared.custom], case_sensitive=False)

label_option = click.option("--label", help="What people read.")
needed_label = click.option("--label", required=True, help="What people read.")
description_option = click.option("--description", help="A sentence for people who wonder; '' for none.")
currency_option = click.option("--currency", metavar="CODE", help="For CURRENCY: three letters, such as EUR.")
multiple_option = click.option(
    "--multiple", is_flag=True, default=None, help="For EMAIL, TELEPHONE and URL: several values."
)


@click.group()
def schema() -> None:
    """Define object types, fields, options and relationships.

    Fields that every workspace has begin with a dollar sign; put them in single quotes: '$stage'. Nothing here loses
    data: what is archived or retired can be restored.
    """


@schema.command("show")
@click.argument("object_type", metavar="[TYPE]", required=False)
@workspace_option
@where_options
def show_(settings: Settings, workspace: str | None, object_type: str | None) -> None:
    """List the object types, or show all there is to know of one, as JSON."""
    if object_type is not None:
        show(ask(settings, workspace, "schema.retrieveObject", {"objectType": object_type}))
        return
    table(
        ask(settings, workspace, "schema.listObjects")["data"],
        {
            "type": lambda row: row["objectType"],
            "label": lambda row: row["label"],
            "kind": lambda row: (
                "archived" if row["archived"] else "your own" if row["custom"] else "in every workspace"
            ),
        },
        as_json=False,
    )


@schema.group()
def types() -> None:
    """Object types of your own."""


@schema.group()
def fields() -> None:
    """Fields of an object type."""


@schema.group()
def options() -> None:
    """Options of a select field. OPTION is an option's id or its label."""


@schema.group()
def relationships() -> None:
    """Relationships between object types."""


def command(group: click.Group, name: str, *parameters: Callable[[Any], Any], says: str) -> Callable[[F], F]:
    """Declare a command: its own parameters, then those for finding the workspace."""

    def decorate(function: F) -> F:
        decorated: Any = workspace_option(where_options(function))
        for parameter in reversed(parameters):
            decorated = parameter(decorated)
        group.command(name, help=says)(decorated)
        return function

    return decorate


TYPE_ARGUMENT = click.argument("object_type", metavar="TYPE")
KEY_ARGUMENT = click.argument("key", metavar="KEY")
OPTION_ARGUMENT = click.argument("option", metavar="OPTION")


def _arguments(path: str) -> tuple[Callable[[Any], Any], ...]:
    """The arguments that name what an operation's path does."""
    return {
        OBJECT: (TYPE_ARGUMENT,),
        FIELD: (TYPE_ARGUMENT, KEY_ARGUMENT),
        RELATIONSHIP: (TYPE_ARGUMENT, KEY_ARGUMENT),
        OPTION: (TYPE_ARGUMENT, KEY_ARGUMENT, OPTION_ARGUMENT),
    }[path]


def _moving(group: click.Group, name: str, operation: str, path: str, says: str) -> None:
    """A command that takes nothing but the name of what it moves."""

    def function(settings: Settings, workspace: str | None, **named: str) -> None:
        show(carried_out(settings, workspace, lambda context: answer(context, operation, _path(context, named))))

    command(group, name, *_arguments(path), says=says)(function)


def _path(context: Context, named: dict[str, str]) -> dict[str, str]:
    """Path parameters from arguments; an option may be named by its label."""
    path = {"objectType": named["object_type"]}
    if "key" in named:
        path["key"] = named["key"]
    if "option" in named:
        path["optionId"] = _option_id(context, named["object_type"], named["key"], named["option"])
    return path


def _option_id(context: Context, object_type: str, key: str, named: str) -> str:
    """The id of an option named by id or label; one in use comes before a retired one. An unknown name stays."""
    entity = context.catalog.entities.get(object_type)
    field = None if entity is None else entity.fields.get(key)
    if field is None or named in field.configuration.by_id:
        return named
    labelled = field.configuration.by_label.get(folded_label(named), ())
    return next((option.id for option in sorted(labelled, key=lambda option: option.retired)), named)


# Types


@command(
    types,
    "create",
    click.argument("slug"),
    needed_label,
    click.option("--plural-label", help="What people read of several."),
    description_option,
    says="Define the object type SLUG. Its records have a name; add fields as you like.",
)
def create_type(settings: Settings, workspace: str | None, slug: str, plural_label: str | None, **words: Any) -> None:
    body = given(slug=slug, pluralLabel=plural_label, **words)
    show(ask(settings, workspace, "schema.createObject", body=body))


@command(
    types,
    "change",
    TYPE_ARGUMENT,
    label_option,
    click.option("--plural-label", help="What people read of several."),
    description_option,
    says="Change the words for an object type, one that every workspace has or one of your own.",
)
def change_type(
    settings: Settings, workspace: str | None, object_type: str, plural_label: str | None, **words: Any
) -> None:
    body = given(pluralLabel=plural_label, **words)
    show(ask(settings, workspace, "schema.updateObject", {"objectType": object_type}, body))


_moving(
    types,
    "archive",
    "schema.archiveObject",
    OBJECT,
    "Take an object type of your own out of sight; its records are kept.",
)
_moving(types, "restore", "schema.restoreObject", OBJECT, "Bring an archived object type back with its records.")


# Fields


@command(
    fields,
    "create",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    needed_label,
    click.option("--type", "value_type", type=VALUE_TYPE, required=True, help="What its values are."),
    description_option,
    click.option("--option", "labels", multiple=True, metavar="LABEL", help="For selects: a choice; repeat it."),
    currency_option,
    click.option("--unique", is_flag=True, default=None, help="For EMAIL, TELEPHONE and URL: no value twice."),
    multiple_option,
    click.option("--service", metavar="NAME", help="For SOCIAL_HANDLE: TWITTER, LINKEDIN, FACEBOOK or INSTAGRAM."),
    says="Define the field KEY on an object type.",
)
def create_field(
    settings: Settings,
    workspace: str | None,
    object_type: str,
    key: str,
    value_type: str,
    labels: tuple[str, ...],
    label: str,
    description: str | None,
    currency: str | None,
    unique: bool | None,
    multiple: bool | None,
    service: str | None,
) -> None:
    body = given(
        key=key,
        label=label,
        description=description,
        valueType=value_type,
        typeConfiguration=given(currency=currency, unique=unique, multipleValues=multiple, handleService=service),
        options=[{"label": each} for each in labels] or None,
    )
    show(ask(settings, workspace, "schema.createField", {"objectType": object_type}, body))


@command(
    fields,
    "change",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    label_option,
    description_option,
    currency_option,
    click.option("--unique/--not-unique", default=None, help="For EMAIL, TELEPHONE and URL: no value twice."),
    multiple_option,
    says="Change the words or the settings of a field, as far as no value is lost.",
)
def change_field(
    settings: Settings,
    workspace: str | None,
    object_type: str,
    key: str,
    currency: str | None,
    unique: bool | None,
    multiple: bool | None,
    **words: Any,
) -> None:
    configured = given(currency=currency, unique=unique, multipleValues=multiple)
    body = given(typeConfiguration=configured or None, **words)
    show(ask(settings, workspace, "schema.updateField", {"objectType": object_type, "key": key}, body))


_moving(fields, "archive", "schema.archiveField", FIELD, "Take a field of your own out of sight; its values are kept.")
_moving(fields, "restore", "schema.restoreField", FIELD, "Bring an archived field back with its values.")


# Options


@command(
    options,
    "create",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    click.argument("label"),
    description_option,
    says="Add the option LABEL to a select field, after the others.",
)
def create_option(settings: Settings, workspace: str | None, object_type: str, key: str, **words: Any) -> None:
    path = {"objectType": object_type, "key": key}
    show(ask(settings, workspace, "schema.createOption", path, given(**words)))


@command(
    options,
    "change",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    OPTION_ARGUMENT,
    label_option,
    description_option,
    says="Change the words for an option; records that have it follow.",
)
def change_option(
    settings: Settings, workspace: str | None, label: str | None, description: str | None, **named: str
) -> None:
    body = given(label=label, description=description)
    show(
        carried_out(
            settings, workspace, lambda context: answer(context, "schema.updateOption", _path(context, named), body)
        )
    )


_moving(
    options,
    "retire",
    "schema.retireOption",
    OPTION,
    "Take an option out of choice. Records that have it keep it, and filters still find them.",
)
_moving(options, "restore", "schema.restoreOption", OPTION, "Let a retired option be chosen again.")


@command(
    options,
    "order",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    click.argument("named", metavar="OPTION...", nargs=-1, required=True),
    says="Put the options of a field in this order; name every one that is not retired.",
)
def order_options(
    settings: Settings, workspace: str | None, object_type: str, key: str, named: tuple[str, ...]
) -> None:
    def work(context: Context) -> Any:
        body = {"ids": [_option_id(context, object_type, key, each) for each in named]}
        return answer(context, "schema.orderOptions", {"objectType": object_type, "key": key}, body)

    show(carried_out(settings, workspace, work))


# Relationships


@command(
    relationships,
    "create",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    needed_label,
    click.option("--target", required=True, metavar="TYPE", help="The object type it leads to."),
    click.option("--many", is_flag=True, help="A record may have several."),
    description_option,
    click.option("--inverse-key", metavar="KEY", help="The name of the other end, if it is to have one."),
    click.option("--inverse-label", help="What people read at the other end."),
    click.option("--inverse-many", is_flag=True, help="The other end may have several."),
    says="Define the relationship KEY from an object type to another, or to itself.",
)
def create_relationship(
    settings: Settings,
    workspace: str | None,
    object_type: str,
    key: str,
    label: str,
    target: str,
    many: bool,
    description: str | None,
    inverse_key: str | None,
    inverse_label: str | None,
    inverse_many: bool,
) -> None:
    inverse = given(key=inverse_key, label=inverse_label) or None
    if inverse is not None:
        inverse["cardinality"] = _cardinality(inverse_many)
    body = given(
        key=key, label=label, target=target, cardinality=_cardinality(many), description=description, inverse=inverse
    )
    show(ask(settings, workspace, "schema.createRelationship", {"objectType": object_type}, body))


@command(
    relationships,
    "change",
    TYPE_ARGUMENT,
    KEY_ARGUMENT,
    label_option,
    description_option,
    click.option("--inverse-label", help="What people read at the other end."),
    click.option(
        "--required/--optional", default=None, help="For the $account of opportunities: whether a deal needs one."
    ),
    says="Change the words for a relationship.",
)
def change_relationship(
    settings: Settings,
    workspace: str | None,
    object_type: str,
    key: str,
    inverse_label: str | None,
    **more: Any,
) -> None:
    inverse = None if inverse_label is None else {"label": inverse_label}
    body = given(inverse=inverse, **more)
    show(ask(settings, workspace, "schema.updateRelationship", {"objectType": object_type, "key": key}, body))


_moving(
    relationships,
    "archive",
    "schema.archiveRelationship",
    RELATIONSHIP,
    "Take both ends of a relationship of your own out of sight; its links are kept.",
)
_moving(
    relationships,
    "restore",
    "schema.restoreRelationship",
    RELATIONSHIP,
    "Bring an archived relationship back with its links.",
)


def _cardinality(many: bool) -> str:
    return "HAS_MANY" if many else "HAS_ONE"
