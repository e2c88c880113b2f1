"""The project's own scenarios: each fault shows its effect and the firmware's answer to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar_sim.faults import CATALOGUE

OWN = Path(__file__).resolve().parents[2] / "sim/scenarios"
# Seconds of each; a gap that is known, one that resets, one that moves the world, one of the bus.
SAMPLE = ("uart_bits_answer", "battery_brownout_answer", "world_person_effect", "imu_nak_answer")


def run(*words: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "patrolcar", "scenario", "run", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_fault_has_a_scenario_of_its_effect_and_one_of_the_answer(kind: str) -> None:
    for side in ("effect", "answer"):
        path = OWN / "faults" / f"{kind.replace('.', '_')}_{side}.toml"
        assert path.is_file(), path
        assert f'kind = "{kind}"' in path.read_text(), path


@pytest.mark.parametrize("name", SAMPLE)
def test_a_fault_comes_out_as_its_scenario_says(name: str, tmp_path: Path) -> None:
    run(OWN / "faults" / f"{name}.toml", "--artifacts", tmp_path)


@pytest.mark.acceptance
@pytest.mark.timeout(1200)
def test_every_scenario_comes_out_as_it_says(tmp_path: Path) -> None:
    run(OWN, "--jobs", "2", "--artifacts", tmp_path)
