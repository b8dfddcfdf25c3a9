"""Named moments at which a test stops the process, as a power cut would."""

import os
import signal

_AT = os.environ.get("LIGHTFIELD_CRASH_AT")


def point(name: str) -> None:
    """Stop here, without a goodbye, when `LIGHTFIELD_CRASH_AT` names this moment; it is for tests alone."""
    if name == _AT:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
