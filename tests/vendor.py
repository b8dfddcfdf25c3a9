"""The vendor's published SDK, in an environment of its own: both packages are called `lightfield`.

The fixture finds it where `OPENLIGHTFIELD_VENDOR_PYTHON` says, or installs it once under `.cache`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

CACHED = Path(__file__).resolve().parents[1] / ".cache" / "vendor"


@pytest.fixture(scope="session")
def vendor_python() -> str:
    """A Python with the vendor's package. Run it with `-I`: both packages are called `lightfield`."""
    given = os.environ.get("OPENLIGHTFIELD_VENDOR_PYTHON")
    if given:
        return given
    python = CACHED / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not _has_package(python):
        venv.create(CACHED, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--pre", "lightfield"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"the vendor's package could not be installed: {done.stderr.strip()[-300:]}")
    return str(python)


def _has_package(python: Path) -> bool:
    return (
        python.exists()
        and not subprocess.run([python, "-I", "-c", "import lightfield"], capture_output=True, check=False).returncode
    )
