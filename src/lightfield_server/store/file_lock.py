"""An exclusive lock on a file. The system takes it away from a process that dies.

It belongs to the descriptor through which it was taken: two descriptors of one process exclude one another, too.
"""

import os
import sys
import time
from pathlib import Path

#: How often a lock is tried again where the system does not wake those who wait (seconds).
PAUSE = 0.001


def opened(path: Path) -> int:
    """A descriptor to lock through; the file is made when it is missing. Reading is all that others need to join."""
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Take the lock unless another has it; whether it was taken."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def lock(descriptor: int) -> None:
        """Take the lock, however long that takes."""
        while not try_lock(descriptor):
            time.sleep(PAUSE)

    def unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Take the lock unless another has it; whether it was taken."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def lock(descriptor: int) -> None:
        """Take the lock, however long that takes."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
