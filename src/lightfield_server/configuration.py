"""Every setting of the server, declared once: its type, its default, and the one sentence that explains it.

A setting is given by a flag (`--rate-limit`), by an environment variable (`LIGHTFIELD_RATE_LIMIT`) or in a TOML file
(`rate_limit`), looked for in that order.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from lightfield_server.identity.limits import DEFAULT_RATE

#: Looked for in the data folder when no other file is named.
FILE = "lightfield.toml"

#: The database inside the data folder.
DATABASE = "lightfield.db"

LOG_LEVELS = ("debug", "info", "warning", "error")

#: The folder of the files' bytes inside the data folder.
FILES = "files"

_SQLITE = "sqlite:///"
_S3 = "s3://"
_POSTGRES = re.compile(r"postgres(ql)?://")


class Refused(Exception):
    """A setting that cannot be used: the sentence says which, where it came from, and what would do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `values` shows how it is written, `says` what it is for, `shown` its default in the manual."""

    name: str
    default: Any
    read: Callable[[Any], Any]
    values: str
    says: str
    shown: str

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return f"LIGHTFIELD_{self.name.upper()}"

    @property
    def switch(self) -> bool:
        """On or off; its flag takes no value."""
        return self.default is False


# Readers: what was written → what it means. They raise ValueError with the rest of "--port: …".


def _folder(sent: Any) -> Path:
    if not isinstance(sent, str | Path) or not str(sent):
        raise ValueError("name a folder")
    return Path(sent).expanduser()


def _database(sent: Any) -> str:
    text = str(sent)
    if re.match(r"postgres(ql)?\+\w+:", text):
        raise ValueError("write postgresql:// without the name of a driver")
    if not _POSTGRES.match(text) and (not text.startswith(_SQLITE) or text == _SQLITE):
        raise ValueError(
            "write sqlite:/// and the path of a file, such as sqlite:///crm.db, or "
            "postgresql://user:password@host/database"
        )
    return text


def _files(sent: Any) -> str:
    text = str(sent)
    if not text or (
        ":" in text and not re.fullmatch(rf"{_S3}[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9](/[A-Za-z0-9._/-]*)?", text)
    ):
        raise ValueError("name a folder, or a bucket such as s3://crm-files/production")
    return text


def _public_url(sent: Any) -> str:
    text = str(sent).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not _plain(parts.netloc) or parts.query or parts.fragment:
        raise ValueError("write the beginning of an address, such as https://crm.example.com")
    return text


def _plain(netloc: str) -> bool:
    """A host, perhaps with a port, and no name or password of anybody."""
    return re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?", netloc, re.ASCII) is not None


def _minutes(sent: Any) -> int:
    return _whole(sent, 1, 10_080, "write a whole number of minutes, from 1 to 10080 (a week)")


def _host(sent: Any) -> str:
    text = str(sent).strip("[]")
    name = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
    if not isinstance(sent, str) or not (_address(text) or re.fullmatch(rf"{name}(\.{name})*\.?", text)):
        raise ValueError("name an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
    return text


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _port(sent: Any) -> int:
    return _whole(sent, 0, 65_535, "a port is a whole number from 0 (any free one) to 65535")


def _workers(sent: Any) -> int:
    return _whole(sent, 1, 1_000, "name a whole number of processes, at least 1")


def _connections(sent: Any) -> int:
    return _whole(sent, 2, 1_000, "name a whole number of connections, at least 2")


def _rate(sent: Any) -> int | None:
    if isinstance(sent, str) and sent.strip().lower() == "off":
        return None
    return _whole(sent, 1, 1_000_000, "write how many requests a second are served, at least 1, or 'off'")


def _megabytes(sent: Any) -> int:
    return _whole(sent, 1, 1_000_000, "write a whole number of megabytes, at least 1")


def _days(sent: Any) -> int:
    return _whole(sent, 1, 3_650, "write a whole number of days, at least 1")


def _whole(sent: Any, low: int, high: int, otherwise: str) -> int:
    text = str(sent).strip()
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else -1
    if isinstance(sent, bool) or not low <= number <= high:
        raise ValueError(otherwise)
    return number


def _level(sent: Any) -> str:
    text = str(sent).strip().lower()
    if text not in LOG_LEVELS:
        raise ValueError(f"choose one of {', '.join(LOG_LEVELS)}")
    return text


def _switch(sent: Any) -> bool:
    words = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    found = sent if isinstance(sent, bool) else words.get(str(sent).strip().lower())
    if found is None:
        raise ValueError("write true or false")
    return found


def _setting(default: Any, read: Callable[[Any], Any], values: str, says: str, shown: str | None = None) -> Any:
    what = {"read": read, "values": values, "says": says, "shown": str(default) if shown is None else shown}
    return field(default=default, metadata=what)


# The settings


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server was told. Attributes are the settings' names in a file."""

    data: Path = _setting(  # noqa: RUF009
        Path("lightfield-data"),
        _folder,
        "DIR",
        "The folder in which everything is kept; it is made when it is missing.",
        "./lightfield-data",
    )
    database: str | None = _setting(
        None,
        _database,
        "URL",
        "Where records are kept: sqlite:/// and the path of a file, or postgresql://user:password@host/database.",
        f"{DATABASE} in the data folder",
    )
    files: str | None = _setting(
        None,
        _files,
        "PLACE",
        "Where the bytes of files are kept: a folder, or s3:// with a bucket and perhaps a prefix.",
        f"{FILES} in the data folder",
    )
    host: str = _setting("127.0.0.1", _host, "ADDRESS", "The address to listen on; 0.0.0.0 is every one there is.")
    port: int = _setting(8000, _port, "N", "The port to listen on; 0 picks a free one.")
    public_url: str | None = _setting(
        None,
        _public_url,
        "URL",
        "The address under which clients reach the server, for those that a proxy stands before.",
        "what each request says",
    )
    workers: int = _setting(1, _workers, "N", "How many processes answer requests, at one address and on one database.")
    connections: int = _setting(
        12, _connections, "N", "How many connections each process keeps to PostgreSQL; a quarter of them write."
    )
    rate_limit: int | None = _setting(
        DEFAULT_RATE,
        _rate,
        "N|off",
        "Requests a second that a workspace may make of each category (Read, Write, Search).",
    )
    link_minutes: int = _setting(
        60, _minutes, "N", "How long an address to upload to, or to download from, is good for, in minutes."
    )
    import_size: int = _setting(
        1024, _megabytes, "MB", "The size of the largest file that may be imported, in megabytes."
    )
    import_days: int = _setting(
        7, _days, "N", "For how many days imported files, and the lists of rejected rows, are kept."
    )
    log_level: str = _setting(
        "warning", _level, "|".join(LOG_LEVELS), "The least important lines that are written to standard error."
    )
    demo: bool = _setting(
        False, _switch, "true|false", "Fill a workspace that has no records yet with made-up ones.", "false"
    )

    example: bool = _setting(
        False,
        _switch,
        "true|false",
        "Answer every request with a made-up record and keep nothing, for tests of clients; on this machine only.",
        "false",
    )

    @property
    def postgres(self) -> str | None:
        """The URL of a PostgreSQL database; None for a file."""
        return self.database if self.database is not None and _POSTGRES.match(self.database) else None

    @property
    def place(self) -> str:
        """The database as people are told of it, without a password."""
        if self.postgres is None:
            return str(self.path)
        return re.sub(r"(?<=//)([^/@:]*):[^/@]*(?=@)|(?<=[?&]password=)[^&]*", lambda m: f"{m[1] or ''}", self.postgres)

    @property
    def path(self) -> Path:
        """The database file."""
        if self.database is None:
            return self.data / DATABASE
        return Path(self.database.removeprefix(_SQLITE)).expanduser()

    @property
    def storage(self) -> Path | str:
        """The folder of the files' bytes, or the address of their bucket."""
        if self.files is None:
            return self.data / FILES
        return self.files if self.files.startswith(_S3) else Path(self.files).expanduser()


SETTINGS: tuple[Setting, ...] = tuple(Setting(f.name, f.default, **f.metadata) for f in fields(Settings))


def settings(
    flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, file: Path | None = None
) -> Settings:
    """The settings in force. `flags` are by name, None for one not given; `file` is the TOML file that was named."""
    given = _from_flags(flags)
    for name, value in _from_environment(environment).items():
        given.setdefault(name, value)
    for name, value in _from_file(file, given.get("data", Settings.data)).items():
        given.setdefault(name, value)
    return Settings(**given)


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {
        setting.name: _read(setting, flags[setting.name], setting.flag)
        for setting in SETTINGS
        if flags.get(setting.name) is not None
    }


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """A variable that is set and empty says nothing: container files leave them so."""
    return {
        setting.name: _read(setting, environment[setting.variable], setting.variable)
        for setting in SETTINGS
        if environment.get(setting.variable)
    }


def _from_file(named: Path | None, folder: Path) -> dict[str, Any]:
    path = folder / FILE if named is None else named
    if named is None and not path.is_file():
        return {}
    known = {setting.name: setting for setting in SETTINGS}
    given = {}
    for name, value in _parsed(path).items():
        if name not in known:
            raise Refused(f"{path}: there is no setting '{name}'. There are: {', '.join(known)}.")
        if name == "data" and named is None:
            raise Refused(f"{path}: a file inside the data folder cannot say where the data folder is.")
        given[name] = _read(known[name], value, f"{name} in {path}")
    return given


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not a TOML file: {error}.") from None


def _read(setting: Setting, sent: Any, source: str) -> Any:
    try:
        return setting.read(sent)
    except ValueError as error:
        _refuse(source, sent, str(error))


def _refuse(source: str, sent: Any, why: str) -> NoReturn:
    raise Refused(f"{source}: '{sent}' cannot be used; {why}.")
