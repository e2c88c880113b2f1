"""The same firmware boots, arms and patrols on each of the three boards.

Each has the filesystem of its own build: littlefs 2 on 112 and on 64 KB, FAT on the Nucleo's 64.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from patrolcar_sim.board.models import MODELS
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image


@pytest.mark.parametrize("name", sorted(MODELS))
def test_it_boots_arms_and_patrols_ten_seconds(name: str, tmp_path: Path) -> None:
    image = tmp_path / "flash.img"
    shutil.copyfile(firmware_image(name), image)
    car = VirtualCar(image, "office", 1, board=name)
    with car:
        car.patrol(10)
        assert car.world.distance_m > 1
        assert car.world.contacts == 0, car.world.contact_list
        assert car.board.resets == [1]
        timing = car.station.last("LOOP_TIMING")
        assert timing.overruns == 0
        assert timing.frames_dropped == 0
        # Where there is one LED it shows the motors' power; where there are four, faults alone.
        assert car.board.pins.leds[1] == (0 if name == "pyboard_v11" else 255)


def test_a_buzzer_sounds_when_the_car_is_armed_and_is_silent_then(tmp_path: Path) -> None:
    image = tmp_path / "flash.img"
    shutil.copyfile(firmware_image("nucleo_f446re"), image)
    heard = []
    with VirtualCar(image, "empty", 1, board="nucleo_f446re") as car:
        car.run(1.0)
        car.station.arm(car.board.now_us + 100_000)
        for _ in range(150):
            car.run(0.01)
            heard.append(car.board.pins.buzzer)
    assert not any(heard[:10])
    assert 11 <= sum(heard) <= 13
    assert not any(heard[-50:])
