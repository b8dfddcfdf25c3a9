"""What a field's `typeConfiguration` may say (spec: fields 2 and 7)."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select field. A retired one stays readable on records that have it and cannot be chosen anew."""

    id: str
    label: str
    description: str | None = None
    retired: bool = False


@dataclass(frozen=True)
class Configuration:
    """The settings of one field. `company` says that bare LinkedIn handles name companies, not people."""

    options: tuple[Option, ...] = ()
    currency: str | None = None
    unique: bool = False
    multiple: bool = False
    service: str | None = None
    company: bool = False
    #: Closed lists on TEXT fields ($privacySetting): anything else is refused.
    allowed: frozenset[str] = field(default=frozenset())

    @cached_property
    def by_id(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    @cached_property
    def by_label(self) -> dict[str, tuple[Option, ...]]:
        found: dict[str, list[Option]] = defaultdict(list)
        for option in self.options:
            found[folded_label(option.label)].append(option)
        return {label: tuple(options) for label, options in found.items()}


def folded_label(label: str) -> str:
    """Labels compare without regard to case and to runs of white space (spec: fields 7)."""
    return " ".join(label.split()).casefold()
