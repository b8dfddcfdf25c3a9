"""Profiles: which servers there are, which one is used, and with which key."""

from __future__ import annotations

import getpass
import re
from dataclasses import replace
from typing import Any

from .._plan import Message
from . import calling, connecting, documents
from .arguments import Typed, none_left
from .connecting import Connection
from .console import Console
from .printing import Printer
from .profiles import Profile, Profiles, masked
from .refusals import NOT_ALLOWED, Refused

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def login(line: Typed, console: Console) -> int:
    kept, name = Profiles.load(console.environment), _name(line, "default")
    known = kept.known.get(name)
    address = _address(line, console) or (known.base_url if known else None)
    if address is None and console.is_attended:
        console.stderr.write(f"Address of the server [{connecting.ORIGIN}]: ")
        console.stderr.flush()
        address = connecting.checked(console.stdin.readline().strip() or None, "The address")
    profile = Profile(name, address or connecting.ORIGIN, _key(line, console))
    said = _validated(Connection(profile.base_url, profile.api_key or "", "login"), line, console).data
    if not isinstance(said, dict) or said.get("active") is not True:
        raise Refused(f"{profile.base_url} does not take this key.", code=NOT_ALLOWED)
    _keep(kept, profile)
    console.say(f"Logged in to {profile.base_url} as the profile {name!r}, kept in {kept.path}.")
    return 0


def logout(line: Typed, console: Console) -> int:
    kept = Profiles.load(console.environment)
    name = _name(line, kept.current or "default")
    kept.known[name] = replace(kept.named(name), api_key=None)
    kept.save()
    console.say(f"The key of {name!r} is forgotten here. It stays valid on the server until it is revoked there.")
    return 0


def whoami(line: Typed, console: Console) -> int:
    none_left(line, 0)
    found = connecting.connection(line, console)
    said = _validated(found, line, console).data
    facts = {"baseUrl": found.base_url, "apiKey": masked(found.api_key), "from": found.source}
    whole = {**facts, **(said if isinstance(said, dict) else {})}
    Printer(line, console, "whoami").one(calling.answer_of(documents.to_json(whole).encode()))
    return 0


def profiles(line: Typed, console: Console) -> int:
    verb, *line.loose = line.loose or ["list"]
    if verb not in VERBS:
        raise Refused(f"lightfield profiles has no command {verb!r}; there are: {', '.join(VERBS)}.")
    return VERBS[verb](line, console)


def _list(line: Typed, console: Console) -> int:
    none_left(line, 0)
    kept = Profiles.load(console.environment)
    rows = [
        {"name": p.name, "current": p.name == kept.current, "baseUrl": p.base_url, "apiKey": masked(p.api_key)}
        for p in kept.known.values()
    ]
    content = documents.to_json(rows).encode()
    Printer(line, console, "profiles", usual="table").one(calling.answer_of(content))
    return 0


def _add(line: Typed, console: Console) -> int:
    kept, name = Profiles.load(console.environment), _name(line)
    if name in kept.known:
        raise Refused(
            f"There is a profile {name!r} already: lightfield profiles remove {name}, or lightfield login {name}"
        )
    address = _address(line, console) or connecting.ORIGIN
    _keep(kept, Profile(name, address, _key(line, console)), current=kept.current is None)
    console.say(
        f"Added {name!r} for {address}. Use it with --profile {name}, or always: lightfield profiles use {name}"
    )
    return 0


def _use(line: Typed, console: Console) -> int:
    kept, name = Profiles.load(console.environment), _name(line)
    kept.current = kept.named(name).name
    kept.save()
    console.say(f"Commands now go to {kept.named(name).base_url}.")
    return 0


def _remove(line: Typed, console: Console) -> int:
    kept, name = Profiles.load(console.environment), _name(line)
    del kept.known[kept.named(name).name]
    if kept.current == name:
        kept.current = None
    kept.save()
    console.say(f"Removed {name!r}.{'' if kept.current else ' No profile is in use now.'}")
    return 0


VERBS = {"list": _list, "add": _add, "use": _use, "remove": _remove}


def _validated(found: Connection, line: Typed, console: Console) -> calling.Answer:
    with connecting.client(found, line, console, "auth validate") as client:
        return calling.sender(client)(Message("GET", "/v1/auth/validate"))


def _keep(kept: Profiles, profile: Profile, *, current: bool = True) -> None:
    kept.known[profile.name] = profile
    if current:
        kept.current = profile.name
    kept.save()


def _name(line: Typed, usual: str | None = None) -> str:
    none_left(line, 1)
    name = line.loose[0] if line.loose else usual
    if name is None:
        raise Refused("Which profile? Its name is missing.")
    if not NAME.fullmatch(name):
        raise Refused("The name of a profile is made of letters, digits, dots, dashes and underscores, 64 at most.")
    return name


def _address(line: Typed, console: Console) -> str | None:
    environment = connecting.checked(console.environment.get("LIGHTFIELD_BASE_URL"), "LIGHTFIELD_BASE_URL")
    return connecting.checked(line.settings.get("base-url"), "--base-url") or environment


def _key(line: Typed, console: Console) -> str:
    """The key from the flag, from standard input, or typed without being shown."""
    key: Any = line.settings.get("api-key")
    if key is None:
        key = getpass.getpass("API key: ") if console.is_attended else console.stdin.readline()
    if not (key := key.strip()) or not key.isprintable() or " " in key:
        raise Refused("There is no key: give --api-key, or write it to standard input.", code=NOT_ALLOWED)
    return str(key)
