"""Commands that are about this computer and the servers it knows: profiles, login, doctor."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .._plan import API_VERSION, Message
from . import calling, connecting, documents
from .arguments import Typed
from .catalogue import Flag
from .connecting import Connection
from .console import Console
from .printing import Printer
from .profiles import Profile, Profiles, masked
from .refusals import FAILED, NOT_ALLOWED, Refused

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

#: Seconds by which clocks may differ before it is worth a word.
CLOCK_TOLERANCE = 60


class Own(NamedTuple):
    """A command that is no operation of the API."""

    usage: str
    summary: str
    run: Callable[[Typed, Console], int]
    words: tuple[str, ...] = ()
    """What may stand by position, for completion."""
    flags: Mapping[str, Flag] = {}


def _login(line: Typed, console: Console) -> int:
    profiles, name = Profiles.load(console.environment), _name(line, "default")
    known = profiles.known.get(name)
    address = _address(line, console) or (known.base_url if known else None)
    if address is None and console.is_attended:
        console.stderr.write(f"Address of the server [{connecting.ORIGIN}]: ")
        console.stderr.flush()
        address = connecting.checked(console.stdin.readline().strip() or None, "The address")
    profile = Profile(name, address or connecting.ORIGIN, _key(line, console))
    said = _validated(Connection(profile.base_url, profile.api_key or "", "login"), line, console).data
    if not isinstance(said, dict) or said.get("active") is not True:
        raise Refused(f"{profile.base_url} does not take this key.", code=NOT_ALLOWED)
    _keep(profiles, profile)
    console.say(f"Logged in to {profile.base_url} as the profile {name!r}, kept in {profiles.path}.")
    return 0


def _logout(line: Typed, console: Console) -> int:
    profiles = Profiles.load(console.environment)
    name = _name(line, profiles.current or "default")
    profiles.known[name] = replace(profiles.named(name), api_key=None)
    profiles.save()
    console.say(f"The key of {name!r} is forgotten here. It stays valid on the server until it is revoked there.")
    return 0


def _whoami(line: Typed, console: Console) -> int:
    _none_left(line, 0)
    found = connecting.connection(line, console)
    said = _validated(found, line, console).data
    facts = {"baseUrl": found.base_url, "apiKey": masked(found.api_key), "from": found.source}
    whole = {**facts, **(said if isinstance(said, dict) else {})}
    Printer(line, console, "whoami").one(calling.answer_of(documents.to_json(whole).encode()))
    return 0


def _profiles(line: Typed, console: Console) -> int:
    verb, *line.loose = line.loose or ["list"]
    if verb not in PROFILE_VERBS:
        raise Refused(f"lightfield profiles has no command {verb!r}; there are: {', '.join(PROFILE_VERBS)}.")
    return PROFILE_VERBS[verb](line, console)


def _list(line: Typed, console: Console) -> int:
    _none_left(line, 0)
    profiles = Profiles.load(console.environment)
    rows = [
        {"name": p.name, "current": p.name == profiles.current, "baseUrl": p.base_url, "apiKey": masked(p.api_key)}
        for p in profiles.known.values()
    ]
    content = documents.to_json(rows).encode()
    Printer(line, console, "profiles", usual="table").one(calling.answer_of(content))
    return 0


def _add(line: Typed, console: Console) -> int:
    profiles, name = Profiles.load(console.environment), _name(line)
    if name in profiles.known:
        raise Refused(
            f"There is a profile {name!r} already: lightfield profiles remove {name}, or lightfield login {name}"
        )
    address = _address(line, console) or connecting.ORIGIN
    _keep(profiles, Profile(name, address, _key(line, console)), current=profiles.current is None)
    console.say(
        f"Added {name!r} for {address}. Use it with --profile {name}, or always: lightfield profiles use {name}"
    )
    return 0


def _use(line: Typed, console: Console) -> int:
    profiles, name = Profiles.load(console.environment), _name(line)
    profiles.current = profiles.named(name).name
    profiles.save()
    console.say(f"Commands now go to {profiles.named(name).base_url}.")
    return 0


def _remove(line: Typed, console: Console) -> int:
    profiles, name = Profiles.load(console.environment), _name(line)
    del profiles.known[profiles.named(name).name]
    if profiles.current == name:
        profiles.current = None
    profiles.save()
    console.say(f"Removed {name!r}.{'' if profiles.current else ' No profile is in use now.'}")
    return 0


def _doctor(line: Typed, console: Console) -> int:
    """Goes from the settings to the server and says what holds and what does not."""
    from email.utils import parsedate_to_datetime

    _none_left(line, 0)
    found = connecting.connection(line, console)
    console.line(f"server   {found.base_url}")
    console.line(f"key      {masked(found.api_key)}, from {found.source}")
    client = connecting.client(found, line, console, "doctor")
    with client:
        try:
            response = client._perform(Message("GET", "/v1/auth/validate"), {}, object, "raw").http_response
        except Exception as error:
            return _unwell(error, console)
    said = calling.answer_of(response.content).data
    console.line(f"answer   {response.status_code} in {response.elapsed.total_seconds() * 1000:.0f} ms")
    console.line(f"version  {API_VERSION}")
    if not isinstance(said, dict) or "active" not in said:
        console.line("         This is not the answer of a Lightfield server; is the address right?")
        return FAILED
    console.line(f"may      {', '.join(said.get('scopes') or ()) or 'everything its owner may'}")
    try:
        from datetime import UTC, datetime

        skew = (datetime.now(UTC) - parsedate_to_datetime(response.headers["date"])).total_seconds()
        console.line(f"clock    {'agrees' if abs(skew) <= CLOCK_TOLERANCE else f'differs by {skew:.0f} s'}")
    except (KeyError, ValueError, TypeError):
        console.line("clock    the server does not tell its time")
    return 0 if said["active"] else FAILED


def _unwell(error: Exception, console: Console) -> int:
    from .. import APIConnectionError, APIStatusError

    if isinstance(error, APIStatusError):
        console.line(f"answer   {calling.told(error)}")
    elif isinstance(error, APIConnectionError):
        console.line(f"answer   none: {error.message} {error.__cause__ or ''}".rstrip())
    else:
        raise error
    return FAILED


def _help(line: Typed, console: Console) -> int:
    from .helping import about

    console.write(about(line.loose))
    return 0


def _completion(line: Typed, console: Console) -> int:
    from .completion import script

    console.write(script(line.loose[0] if line.loose else ""))
    return 0


PROFILE_VERBS = {"list": _list, "add": _add, "use": _use, "remove": _remove}

OWN = {
    "login": Own("login [PROFILE]", "Keep a server's address and a key, after trying them.", _login),
    "logout": Own("logout [PROFILE]", "Forget a key.", _logout),
    "whoami": Own("whoami", "Which server and key are used, and what the key may do.", _whoami),
    "profiles": Own("profiles list|add|use|remove [PROFILE]", "The servers you use.", _profiles, tuple(PROFILE_VERBS)),
    "doctor": Own("doctor", "Check address, key, version and clock.", _doctor),
    "completion": Own(
        "completion bash|zsh|fish|pwsh",
        "Print what teaches a shell the commands.",
        _completion,
        ("bash", "zsh", "fish", "pwsh"),
    ),
    "help": Own("help [COMMAND]", "Explain a command.", _help),
}


def _validated(found: Connection, line: Typed, console: Console) -> calling.Answer:
    with connecting.client(found, line, console, "auth validate") as client:
        return calling.sender(client)(Message("GET", "/v1/auth/validate"))


def _keep(profiles: Profiles, profile: Profile, *, current: bool = True) -> None:
    profiles.known[profile.name] = profile
    if current:
        profiles.current = profile.name
    profiles.save()


def _name(line: Typed, usual: str | None = None) -> str:
    _none_left(line, 1)
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


def _none_left(line: Typed, allowed: int) -> None:
    if extra := line.loose[allowed:]:
        raise Refused(f"Unexpected extra arguments: [{' '.join(extra)}]")
