"""BaseModel: the form answers take. Lenient unless asked to be strict; unknown keys are kept once, in `model_extra`."""

from __future__ import annotations

import os
from typing import Any, Literal, Self, TypeVar, cast

import pydantic
from pydantic import ConfigDict

from ._lenient import build, make

__all__ = ["BaseModel"]

T = TypeVar("T")

# Compiling a model costs more than using it once; by default it waits until something validates or prints with it.
DEFER = os.environ.get("DEFER_PYDANTIC_BUILD", "true").strip().lower() in ("1", "true", "yes", "on")


class BaseModel(pydantic.BaseModel):
    """An object of an answer.

    Attributes are the snake_case form of the wire's keys. Keys this version does not know can be read as attributes
    too. `model_fields_set` tells a key that was absent from one that was null.
    """

    model_config = ConfigDict(extra="allow", defer_build=DEFER)

    @classmethod
    def construct(cls, _fields_set: set[str] | None = None, **values: object) -> Self:
        """An instance from wire data, nothing checked: wrong types stay, missing keys become None."""
        return cls.model_construct(_fields_set, **values)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: object) -> Self:
        """As `construct`."""
        return make(cls, values, _fields_set)

    def to_dict(
        self,
        *,
        mode: Literal["json", "python"] = "python",
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> dict[str, object]:
        """A plain dict, with the wire's names unless told otherwise.

        Args:
            mode: `json` turns everything into what JSON knows.
            use_api_names: `createdAt` rather than `created_at`.
            exclude_unset: Leave out what the answer did not contain.
            exclude_defaults: Leave out what equals the default.
            exclude_none: Leave out what is None.
            warnings: Warn about values that are not of the promised type.
        """
        return self.model_dump(
            mode=mode,
            by_alias=use_api_names,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
            warnings=warnings,
        )

    def to_json(
        self,
        *,
        indent: int | None = 2,
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> str:
        """JSON text; the arguments are those of `to_dict`, and `indent` may be None for one line."""
        return self.model_dump_json(
            indent=indent,
            by_alias=use_api_names,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
            warnings=warnings,
        )


def shaped(data: object, cast_to: type[T], *, strict: bool) -> T:
    """Data as `cast_to`, which may be a model, a union of models or a container of either.

    Raises:
        pydantic.ValidationError: `strict` is set and the data is not of that type.
    """
    if strict:
        return pydantic.TypeAdapter(cast_to).validate_python(data)
    return cast(T, build(cast_to, cast(Any, data)))
