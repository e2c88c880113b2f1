"""The project's own scenarios: each fault shows its effect and the firmware's answer to it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar_sim.faults import CATALOGUE

OWN = Path(__file__).resolve().parents[2] / "sim/scenarios"
# Seconds of each; a gap that is known, one that resets, one that moves the world, one of the bus.
SAMPLE = ("uart_bits_answer", "battery_brownout_answer", "world_person_effect", "imu_nak_answer")


def run(*words: str | Path, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "patrolcar", "scenario", "run", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


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


def without(text: str, kind: str) -> str:
    """A scenario without its fault; what is told from that on keeps its time."""
    blocks = text.split("\n\n")
    (fault,) = [block for block in blocks if f'kind = "{kind}"' in block]
    at = re.search(r'^at = "(.*)"$', fault, re.M)
    name = re.search(r'^name = "(.*)"$', fault, re.M)
    assert at
    assert name
    left = "\n\n".join(block for block in blocks if block is not fault)
    return re.sub(f'^(from|until) = "{name[1]}"$', rf'\1 = "{at[1]}"', left, flags=re.M)


@pytest.mark.acceptance
@pytest.mark.timeout(1200)
def test_no_effect_is_there_without_its_fault(tmp_path: Path) -> None:
    for kind in CATALOGUE:
        name = f"{kind.replace('.', '_')}_effect.toml"
        (tmp_path / name).write_text(without((OWN / "faults" / name).read_text(), kind))
    said = run(tmp_path, "--jobs", "2", "--artifacts", tmp_path / "out", code=1)
    assert re.search(rf"^0 passed, {len(CATALOGUE)} failed", said, re.M), said
