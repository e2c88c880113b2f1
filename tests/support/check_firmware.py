"""Type-checks the firmware against the real port's stubs: names, attributes, parameters, keywords.

    python tests/support/check_firmware.py     # prints what is wrong; exit code 1 if anything is

mypy reads nothing but the stubs, mended by the reviewed list, and the firmware itself: a module or
a name of CPython's that the port lacks is an error. Functions are checked whether they are
annotated or not; what they are handed counts as anything where they do not say.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import port_stubs

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
CACHE = ROOT / ".mypy_cache" / "port"
BOARD = "pyboard_v11"  # whose file stands for the module `board` that the build makes

_FLAGS = (
    "--python-version=3.10",
    "--no-site-packages",
    "--check-untyped-defs",
    "--follow-imports=silent",  # errors of the stubs themselves are not ours
    "--no-error-summary",
    "--show-error-codes",
    "--strict-equality",
    "--disable-error-code=var-annotated",  # an empty list of the firmware's own says no type
)


def problems(firmware: Path = FIRMWARE, cache: Path = CACHE) -> list[str]:
    """One line each; empty when all is well. StubError as port_stubs.corrected says."""
    stubs = port_stubs.corrected(cache / "stubs")
    extra = cache / "extra"
    extra.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(firmware / "boards" / f"{BOARD}.py", extra / "board.py")
    # The simulator's, where there is one: the firmware works without it.
    (extra / "profiler.pyi").write_text("def tasks(names): ...\ndef task_done(index): ...\n")
    config = cache / "mypy.ini"
    config.write_text(
        f"[mypy]\nmypy_path = {stubs}:{extra}:{firmware}\nfollow_imports_for_stubs = true\n"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", *_FLAGS),
            f"--config-file={config}",
            f"--custom-typeshed-dir={stubs}",
            f"--cache-dir={cache / 'mypy'}",
            ".",
        ],
        cwd=firmware,
        capture_output=True,
        text=True,
    )
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if ": note: " not in line]
    if done.returncode and not found:
        found = [f"mypy failed with exit code {done.returncode}"]
    return found


def main() -> int:
    try:
        found = problems()
    except port_stubs.StubError as error:
        found = [str(error)]
    for line in found:
        print(f"firmware/{line}" if ".py:" in line else line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
