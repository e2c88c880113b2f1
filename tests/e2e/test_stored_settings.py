"""Settings on a board: read at boot, refused in words, and what they change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booting import reset, running
from patrolcar_sim.car import VirtualCar
from prompt import execute, type_afresh

MakeCar = Callable[..., VirtualCar]
# What holds the loop up for 30 ms makes a tick late.
LATE = """
import time
from patrol.app import Car
car = Car()
sample = car.bumper.sample
def late():
    if car.schedule.ticks == 50: time.sleep_ms(30)
    sample()
car.bumper.sample = late
car.run(200)
"""


def store(car: VirtualCar, **settings: int) -> None:
    execute(
        car,
        "import board\nfrom patrol.store import settings\nfrom patrol.store.log import Log\n"
        f"settings.save(Log(board.SETTINGS), {settings})",
    )


def test_a_settings_record_of_a_newer_firmware_is_refused_in_words(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    execute(
        car,
        "import board\nfrom patrol.store.log import Log\n"
        "Log(board.SETTINGS).append(1, 9, bytes(80))",
    )
    reset(car)
    running(car)
    assert "settings refused: layout 9, known up to 3" in car.station.texts


def test_a_log_level_lets_debug_lines_through_and_another_one_keeps_them_back(
    make_car: MakeCar,
) -> None:
    car = make_car(world="empty")
    running(car)
    heard = []
    for level in (7, 4):
        store(car, log_level=level)
        reset(car)
        running(car)
        type_afresh(car, LATE)
        car.run(4.0)
        assert car.station.last("LOOP_TIMING").log_level == level
        assert car.station.last("LOOP_TIMING").overruns >= 1
        heard.append({m.severity for m in car.station.all("STATUSTEXT")})
    assert heard[0] == {6, 7}
    assert heard[1] == set()


def test_settings_reach_the_drivers(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    store(car, battery_full=16_000)
    before = car.station.last("SYS_STATUS").voltage_battery
    reset(car)
    running(car)
    car.run(1.0)
    after = car.station.last("SYS_STATUS").voltage_battery
    assert after == pytest.approx(before * 16_000 / 14_190, rel=0.02)
