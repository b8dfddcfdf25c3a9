"""Commands that are about this computer and the servers it knows. What they do is imported when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from .arguments import Typed
from .console import Console


class Own(NamedTuple):
    """A command that is no operation of the API."""

    usage: str
    summary: str
    where: str
    """Module and function; the function takes what was typed and a console, and gives the exit code."""
    words: tuple[str, ...] = ()
    """What may stand by position."""

    def run(self, line: Typed, console: Console) -> int:
        module, _, function = self.where.partition(":")
        code: int = getattr(import_module(f".{module}", __package__), function)(line, console)
        return code


VERBS = ("list", "add", "use", "remove")
SHELLS = ("bash", "zsh", "fish", "pwsh")

OWN = {
    "login": Own("login [PROFILE]", "Keep a server's address and a key, after trying them.", "logins:login"),
    "logout": Own("logout [PROFILE]", "Forget a key.", "logins:logout"),
    "whoami": Own("whoami", "Which server and key are used, and what the key may do.", "logins:whoami"),
    "profiles": Own("profiles list|add|use|remove [PROFILE]", "The servers you use.", "logins:profiles", VERBS),
    "doctor": Own("doctor", "Check address, key, version and clock.", "doctor:doctor"),
    "completion": Own(
        f"completion {'|'.join(SHELLS)}", "Print what teaches a shell the commands.", "shells:print_script", SHELLS
    ),
    "help": Own("help [COMMAND]", "Explain a command.", "helping:print_help"),
}
