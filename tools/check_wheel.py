"""Build the wheel and look inside: the SDK alone must install without the server's dependencies."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

#: What the SDK needs and nothing more.
SDK = {"httpx2", "pydantic", "typing-extensions", "anyio"}

ROOT = Path(__file__).parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, str(ROOT)], check=True
        )
        (wheel,) = Path(folder).glob("*.whl")
        return _check(zipfile.ZipFile(wheel))


def _check(wheel: zipfile.ZipFile) -> int:
    names = wheel.namelist()
    metadata = wheel.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    required = [line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line]
    always = {_name(line) for line in required if "extra ==" not in line}
    faults = []
    if always != SDK:
        faults.append(f"the SDK alone would install {sorted(always)}, not {sorted(SDK)}")
    for wanted in ("lightfield/py.typed", "lightfield_server/py.typed", "lightfield_server/store/schema/"):
        if not any(name.startswith(wanted) for name in names):
            faults.append(f"{wanted} is missing")
    for fault in faults:
        print(f"wheel: {fault}")
    print(f"wheel: {len(names)} files, requires {', '.join(sorted(always))}")
    return 1 if faults else 0


def _name(requirement: str) -> str:
    name = requirement.split(";")[0].strip()
    for sign in "<>=!~[ ":
        name = name.split(sign)[0]
    return name.lower()


if __name__ == "__main__":
    raise SystemExit(main())
