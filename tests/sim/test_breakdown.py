"""The breakdown of a simulation's time: every part of it once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar_sim.breakdown import FIRMWARE, SONAR, WAITED, WORLD, Breakdown
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image


@pytest.mark.car(world="empty")
def test_every_part_of_a_drive_has_its_time_and_no_time_is_told_twice(
    virtual_car: VirtualCar,
) -> None:
    virtual_car.patrol(1)
    breakdown = Breakdown(virtual_car.board)
    virtual_car.run(5)
    title, each, *parts, exchanges = breakdown.lines()
    assert title.startswith("5 simulated seconds in ")
    told = [float(line.split()[0]) for line in parts]
    assert all(us >= 0 for us in told), parts
    assert sum(told) == pytest.approx(float(each.split()[-1]), abs=1)
    assert min(breakdown.spent[part] for part in (FIRMWARE, WORLD, SONAR)) > 0
    assert breakdown.spent[WAITED] == 0
    assert 3 < float(exchanges.split()[0]) < 12


def test_patrol_sim_tells_it_at_its_end(tmp_path: Path) -> None:
    image = tmp_path / "car.img"
    shutil.copyfile(firmware_image(), image)
    words = ["--flash", image, "--speed", "max", "--duration", "3", "--profile"]
    done = subprocess.run(
        [sys.executable, "-m", "patrolcar", "sim", *map(str, words)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "us per 10 ms tick" in done.stdout
    assert FIRMWARE in done.stdout
