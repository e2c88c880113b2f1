"""The wheel is whole: an installed `patrol` brings the firmware and the simulator along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SNIPPET = """
import sys, patrolcar, patrolcar_sim
from pathlib import Path
from patrolcar.flash.build import build, firmware_dir
assert Path(patrolcar.__file__).is_relative_to(sys.argv[1]), patrolcar.__file__
assert firmware_dir().is_relative_to(sys.argv[1]), firmware_dir()
print(build(Path(sys.argv[1]) / 'out', 'armv7emsp').files)
"""


@pytest.mark.acceptance
def test_an_installed_wheel_flashes_and_simulates(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site packages"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    run = {"env": environment, "cwd": tmp_path, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "-c", SNIPPET, site], check=False, **run)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    files = len([p for p in (ROOT / "firmware").rglob("*.py") if p.name != "__init__.py"])
    boards = len(list((ROOT / "firmware" / "boards").glob("*.py")))
    assert int(done.stdout) == files - boards + 1
    words = ["demo", "--seconds", "5", "--speed", "max", "--no-window"]
    done = subprocess.run([sys.executable, "-m", "patrolcar", *words], check=False, **run)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
