"""On a line of 57600 baud and less, what matters comes through whatever else is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from slow_line import image_at

CAPABILITIES = 520  # MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES
ALL = (
    "imu.nak@3",
    "tof.nak@3:both",
    "sonar.stuck@3:all",
    "floor.stuck@3:cliff-left",
    "floor.stuck@3:cliff-right",
    "floor.stuck@3:line-left",
    "floor.stuck@3:line-middle",
    "floor.stuck@3:line-right",
    "battery.divider@3,factor=2",
)
PARTS = (
    "IMU",
    "left ToF",
    "right ToF",
    "left sonar",
    "front sonar",
    "right sonar",
    "left cliff",
    "right cliff",
    "left line",
    "middle line",
    "right line",
    "battery",
)
Slow = Callable[..., AbstractContextManager[VirtualCar]]


@pytest.fixture
def slow(tmp_path: Path) -> Slow:
    """A car whose line has so many baud: slow(57_600, "imu.nak@4", ...)."""

    @contextmanager
    def make(baud: int, *faults: str) -> Iterator[VirtualCar]:
        with VirtualCar(
            image_at(baud, tmp_path), "empty", 1, faults=[parse(fault) for fault in faults]
        ) as car:
            yield car

    return make


@pytest.mark.parametrize("asked", ["ping and timesync", "version"])
def test_a_flood_of_questions_starves_neither_heartbeats_nor_what_is_said(
    slow: Slow, asked: str
) -> None:
    with slow(57_600, "imu.nak@4", "sonar.stuck@4.5:all") as car:
        car.run(1.5)
        station, mavlink = car.station, car.station._mavlink
        for at_us in range(2_000_000, 8_000_000, 10_000 if asked != "version" else 20_000):
            if asked == "version":
                station.command(CAPABILITIES, at_us=at_us)
            else:
                station.send(mavlink.MAVLink_ping_message(1, 1, 0, 0), at_us)
                station.send(mavlink.MAVLink_timesync_message(0, 0x0102030405060708), at_us)
        car.run(6.6)
        beats = [at for at, m in station.messages if m.get_type() == "HEARTBEAT"]
        gaps = [b - a for a, b in itertools.pairwise(beats)]
        said = {m.text: at for at, m in station.messages if m.get_type() == "STATUSTEXT"}
        assert max(gaps) <= 1_100_000
        assert said["IMU does not answer: heading by wheels alone"] <= 4_200_000
        assert said["front sonar: echo stuck high"] <= 4_800_000
        assert station.last("LOOP_TIMING").overruns == 0


@pytest.mark.parametrize("baud", [9_600, 57_600])
def test_of_twelve_parts_that_fail_at_once_each_one_is_told(slow: Slow, baud: int) -> None:
    with slow(baud, *ALL) as car:
        car.run(14)
        untold = [part for part in PARTS if not any(part in text for text in car.station.texts)]
        assert untold == []
