"""A 32-bit MicroPython, as the chip is: the WebAssembly build from npm, run by node."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

PACKAGE = "@micropython/micropython-webassembly-pyscript"
VERSION = "1.29.0-6"  # of the same MicroPython as the embedded one
KEPT = Path(__file__).parents[2] / "build" / f"micropython-wasm-{VERSION}"


@pytest.fixture(scope="session")
def wasm() -> Path:
    """The package's folder; fetched once. It needs node and npm."""
    for tool in ("node", "npm"):
        assert shutil.which(tool), f"{tool} is not installed: apt-get install nodejs npm"
    folder = KEPT / "package"
    if not (folder / "micropython.wasm").is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", str(KEPT), f"{PACKAGE}@{VERSION}"],
            cwd=KEPT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with tarfile.open(KEPT / done.stdout.split()[-1]) as archive:
            archive.extractall(KEPT, filter="data")
    return folder
