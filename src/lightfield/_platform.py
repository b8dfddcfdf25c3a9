"""The headers that tell a server what calls it (spec: sdk-python 3)."""

from __future__ import annotations

import platform
import sys
from functools import cache

from ._version import __version__

SYSTEMS = {
    "linux": "Linux",
    "darwin": "MacOS",
    "win32": "Windows",
    "cygwin": "Windows",
    "android": "Android",
    "ios": "iOS",
}
MACHINES = {
    "x86_64": "x64",
    "amd64": "x64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i386": "x32",
    "i686": "x32",
    "armv7l": "arm",
}


@cache
def platform_headers() -> dict[str, str]:
    """The same for every request of this process."""
    machine = platform.machine().lower()
    return {
        "X-Stainless-Lang": "python",
        "X-Stainless-Package-Version": __version__,
        "X-Stainless-OS": SYSTEMS.get(sys.platform) or (f"Other:{sys.platform}" if sys.platform else "Unknown"),
        "X-Stainless-Arch": MACHINES.get(machine) or (f"other:{machine}" if machine else "unknown"),
        "X-Stainless-Runtime": platform.python_implementation(),
        "X-Stainless-Runtime-Version": platform.python_version(),
    }


def async_library() -> str:
    """`async:asyncio` or `async:trio`, whichever is running us."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return "async:trio" if "trio" in sys.modules else "async:unknown"
    return "async:asyncio"
