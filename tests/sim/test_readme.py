"""What the simulator's README tells of the plugin is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from patrolcar_sim import pytest_plugin

README = (Path(__file__).resolve().parents[2] / "sim" / "README.md").read_text()
EXAMPLE = re.search(r"```python\n(.*?)```", README, re.DOTALL)


def test_its_markers_and_settings_are_those_of_the_plugin() -> None:
    for marker, (_, known) in pytest_plugin.MARKERS.items():
        (told, *_) = re.findall(rf"`{marker}\(([^)]+)\)`", README)
        keys = set(re.findall(r"(\w+)=", told))
        assert keys
        assert keys <= set(known)
    assert set(re.findall(r"\bpatrolcar_\w+(?= =)", README)) == set(pytest_plugin.INI)


def test_its_example_passes(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    (tmp_path / "test_mine.py").write_text(EXAMPLE[1])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "patrolcar_sim.pytest_plugin"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_its_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).resolve().parents[2] / "sim" / link).exists(), link
