"""The servers someone uses, with their keys, in a file that only they may read."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .refusals import Refused, did_you_mean


@dataclass(frozen=True)
class Profile:
    """A server and the key to call it with. The key goes to this server and to no other."""

    name: str
    base_url: str
    api_key: str | None
    """None after `lightfield logout`."""


@dataclass
class Profiles:
    """What the file holds."""

    path: Path
    current: str | None = None
    known: dict[str, Profile] = field(default_factory=dict)
    exposed: bool = False
    """Whether others on this computer may read the file."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Profiles:
        """The file, or none at all when it is not there yet.

        Raises:
            Refused: It cannot be read, or is not such a file.
        """
        path = place(environment)
        try:
            with path.open(encoding="utf-8") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                said = json.load(file)
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError) as failure:
            raise Refused(f"The profiles in {path} cannot be read: {failure}") from None
        try:
            known = {
                str(name): Profile(str(name), str(each["base_url"]), each.get("api_key"))
                for name, each in said["profiles"].items()
            }
            return cls(path, said.get("current"), known, exposed=os.name != "nt" and bool(mode & 0o077))
        except (AttributeError, KeyError, TypeError):
            raise Refused(f"{path} is not a file of profiles; move it away and add them again.") from None

    def named(self, name: str) -> Profile:
        """
        Raises:
            Refused: There is no such profile.
        """
        if name not in self.known:
            near = did_you_mean(name, self.known)
            raise Refused(f"There is no profile {name!r}.{near} See: lightfield profiles list")
        return self.known[name]

    def save(self) -> None:
        """Writes the file anew, whole or not at all, for its owner alone."""
        said = {
            "current": self.current,
            "profiles": {p.name: {"base_url": p.base_url, "api_key": p.api_key} for p in self.known.values()},
        }
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Such a file is made readable to its owner alone, and keeps that when it is renamed.
            number, written = tempfile.mkstemp(dir=self.path.parent, prefix=".profiles-")
            try:
                with os.fdopen(number, "w", encoding="utf-8") as file:
                    file.write(json.dumps(said, indent=2) + "\n")
                os.replace(written, self.path)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(written)
                raise
        except OSError as failure:
            raise Refused(f"The profiles in {self.path} cannot be written: {failure.strerror}") from None


def place(environment: Mapping[str, str]) -> Path:
    """Where the file lies: LIGHTFIELD_CONFIG, or the usual place for settings."""
    if chosen := environment.get("LIGHTFIELD_CONFIG"):
        return Path(chosen)
    if os.name == "nt" and (roaming := environment.get("APPDATA")):
        return Path(roaming) / "lightfield" / "profiles.json"
    return home(environment, "XDG_CONFIG_HOME", ".config") / "profiles.json"


def home(environment: Mapping[str, str], variable: str, usual: str) -> Path:
    """Our folder below one of the folders that the XDG convention names."""
    chosen = environment.get(variable, "")
    base = Path(chosen) if chosen.startswith("/") else Path(environment.get("HOME") or Path.home()) / usual
    return base / "lightfield"


def masked(key: str | None) -> str:
    """A key as it may be shown: enough to tell it from another."""
    if not key:
        return "(no key)"
    head = "_".join(key.split("_")[:2])
    return f"{head}_…{key[-4:]}" if len(key) >= 20 and "_" in key else f"…{key[-4:]}" if len(key) >= 20 else "…"
