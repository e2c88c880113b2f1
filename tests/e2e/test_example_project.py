"""The example project runs where patrolcar is installed as a person installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from difflib import ndiff
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "sim" / "example_project"


def test_its_change_keeps_up_with_the_firmwares_file() -> None:
    name = "patrol/behaviour/manual.py"
    own = (ROOT / "firmware" / name).read_text().splitlines()
    changed = (EXAMPLE / "changes" / name).read_text().splitlines()
    lost = [line for line in ndiff(own, changed) if line.startswith("- ")]
    # Its first line, and the two in which a stick is taken over.
    assert [line.split()[1] for line in lost] == ['"""MANUAL:', "self._x", "self._r"]


@pytest.mark.acceptance
def test_it_passes_in_a_fresh_environment_with_the_plugin_found_by_itself(
    wheel: Path, tmp_path: Path
) -> None:
    project, environment = tmp_path / "my project", tmp_path / "venv"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    paths = {"base": str(environment), "platbase": str(environment)}
    site = Path(sysconfig.get_path("purelib", vars=paths))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    # What it depends on is installed here already; no network for a test.
    (site / "installed_here.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-m", "pytest", "-v", "-p", "no:cacheprovider"],
        cwd=project,
        env={**clean, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "patrolcar-" in done.stdout.partition("plugins:")[2].partition("\n")[0]
    assert "4 passed" in done.stdout
