"""Why a row is not taken, and what to do about it."""

from dataclasses import dataclass
from typing import Any

from lightfield_server.model import problems


class Refused(Exception):
    """A cell that cannot be read: `reason` says what is wrong, `fix` what to do."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that was not taken. `column` is None when it is about the row as a whole."""

    row: int
    column: str | None
    value: str | None
    reason: str
    fix: str

    def json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "fix": self.fix,
        }


def quoted(value: object) -> str:
    """A cell as a refusal repeats it."""
    return problems.shown(value if isinstance(value, str) else str(value))
