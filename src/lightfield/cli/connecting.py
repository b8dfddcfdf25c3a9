"""Which server is called, with which key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from .._version import __version__
from .arguments import Typed
from .console import Console
from .profiles import Profile, Profiles
from .refusals import NOT_ALLOWED, Refused

if TYPE_CHECKING:
    from .. import Lightfield

#: Of the hosted product; the same as the SDK's.
ORIGIN = "https://api.lightfield.app"

NO_KEY = """\
There is no API key. Give one in one of these ways:
  export LIGHTFIELD_API_KEY=sk_lf_…     for this shell
  lightfield login                      kept in a profile, with the server's address
  lightfield --api-key sk_lf_… …        for one command"""


class Connection(NamedTuple):
    """A server, a key, and where the two were found."""

    base_url: str
    api_key: str
    source: str


def connection(line: Typed, console: Console) -> Connection:
    """The server and the key that flags, environment and profiles come to.

    A key and an address belong together: a profile's key goes to the profile's server only, and a key from the
    environment goes where the environment says.

    Raises:
        Refused: There is no key, or it is not meant for this server.
    """
    address = checked(line.settings.get("base-url"), "--base-url")
    from_environment = checked(console.environment.get("LIGHTFIELD_BASE_URL"), "LIGHTFIELD_BASE_URL")
    key = line.settings.get("api-key")
    chosen = line.settings.get("profile")
    if chosen is not None:
        return _of_profile(_loaded(console).named(chosen), address, key)
    if key or (key := console.environment.get("LIGHTFIELD_API_KEY")):
        source = "--api-key" if line.settings.get("api-key") else "LIGHTFIELD_API_KEY"
        return Connection(address or from_environment or ORIGIN, key, source)
    profiles = _loaded(console)
    name = console.environment.get("LIGHTFIELD_PROFILE") or profiles.current
    if name is None:
        raise Refused(NO_KEY, code=NOT_ALLOWED)
    return _of_profile(profiles.named(name), address or from_environment, None)


def client(found: Connection, line: Typed, console: Console, command: str) -> Lightfield:
    """A client of the SDK that says it is this program.

    Raises:
        Refused: A setting has no such value.
    """
    from .. import DefaultHttpxClient, Lightfield

    options: dict[str, Any] = {}
    if line.on("debug"):
        from .debugging import hooks

        options["http_client"] = DefaultHttpxClient(event_hooks=hooks(console))
    if (seconds := _number(line, "timeout", float)) is not None:
        options["timeout"] = seconds
    if (retries := _number(line, "max-retries", int)) is not None:
        options["max_retries"] = retries
    headers = {
        "User-Agent": f"Lightfield/CLI {__version__}",
        "X-Stainless-Lang": "cli",
        "X-Stainless-Runtime": "cli",
        "X-Stainless-CLI-Command": command,
        **dict(_header(text) for text in line.repeated.get("header", ())),
    }
    return Lightfield(api_key=found.api_key, base_url=found.base_url, default_headers=headers, **options)


def checked(address: str | None, what: str) -> str | None:
    """
    Raises:
        Refused: It is no address of a server.
    """
    if not address:
        return None
    parts = urlsplit(address) if address.isprintable() else None
    if not address.startswith(("http://", "https://")):
        raise Refused(f'{what} "{address}" is missing a scheme (expected http:// or https://)')
    if parts is None or not parts.hostname or _port(parts) is None:
        raise Refused(f'{what} "{address}" is not the address of a server, such as http://127.0.0.1:8000')
    return address.rstrip("/")


def query(line: Typed) -> Mapping[str, str]:
    """What `--query name=value` adds."""
    found = {}
    for text in line.repeated.get("query", ()):
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Refused(f"--query takes name=value, not {text!r}.")
        found[name] = value
    return found


def _of_profile(profile: Profile, address: str | None, key: str | None) -> Connection:
    if key is None and address is not None and address != profile.base_url:
        raise Refused(
            f"The key of the profile {profile.name!r} is for {profile.base_url} and is not sent to {address}.\n"
            "Give a key with --api-key or LIGHTFIELD_API_KEY, or choose another profile.",
            code=NOT_ALLOWED,
        )
    if key is None and not profile.api_key:
        raise Refused(f"The profile {profile.name!r} has no key: lightfield login {profile.name}", code=NOT_ALLOWED)
    return Connection(address or profile.base_url, key or profile.api_key or "", f"the profile {profile.name!r}")


def _loaded(console: Console) -> Profiles:
    profiles = Profiles.load(console.environment)
    if profiles.exposed:
        console.say(f"Others may read the keys in {profiles.path}; run: chmod 600 {profiles.path}")
    return profiles


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not text.isprintable() or not text.isascii():
        raise Refused(f"--header takes 'Name: value' in plain letters, not {text!r}.")
    return name.strip(), value.strip()


def _number(line: Typed, name: str, kind: type[float] | type[int]) -> float | None:
    text = line.settings.get(name)
    if text is None:
        return None
    try:
        found = kind(text)
    except ValueError:
        found = -1
    if not 0 <= found < 1e9:
        raise Refused(f"--{name} takes a number that is not negative, not {text!r}.")
    return found


def _port(parts: Any) -> int | None:
    try:
        return parts.port or 1
    except ValueError:
        return None
