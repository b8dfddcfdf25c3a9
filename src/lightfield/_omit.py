"""`omit`: an argument that was not given is not the same as one given as None, which is sent as null."""

from __future__ import annotations

__all__ = ["NOT_GIVEN", "NotGiven", "Omit", "not_given", "omit"]


class Omit:
    """Leaves a key out of the request. As a header's value, takes a default header away."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "omit"


class NotGiven:
    """Stands for a client option that was not given, such as a timeout, where None has a meaning of its own."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"


omit = Omit()
not_given = NotGiven()
NOT_GIVEN = not_given


def is_given(value: object) -> bool:
    return not isinstance(value, Omit | NotGiven)
