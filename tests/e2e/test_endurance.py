"""A long drive costs at its end what it cost at its beginning."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.ground_station import ScriptedStation

MINUTES = 20  # past the wrap of the microseconds' clock, after 17.9


@dataclass
class Cost:
    """What a minute took that can be counted, and what memory was in use at its end."""

    exchanges: int
    blocks: int  # of CPython's memory
    resident_kb: int
    interpreter_kb: int


def resident_kb(pid: int) -> int:
    return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)]))


def drive_a_minute(car: VirtualCar) -> Cost:
    before = car.board.exchanges
    car.run(60)
    car.station.messages.clear()  # five seconds of them, or nearly ten
    gc.collect()
    interpreter = car.board._interpreter
    assert interpreter is not None
    return Cost(
        car.board.exchanges - before,
        sys.getallocatedblocks(),
        resident_kb(os.getpid()),
        resident_kb(interpreter.process.pid),
    )


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_the_last_minutes_cost_what_the_first_ones_did(image: Path) -> None:
    with VirtualCar(image, "office", station=ScriptedStation(keep_s=5.0)) as car:
        car.patrol(1)
        costs = [drive_a_minute(car) for _ in range(MINUTES)]
        assert car.world.distance_m > 5 * MINUTES
        assert car.board.resets == [1]
    early, late = costs[2:5], costs[-3:]
    assert sum(c.exchanges for c in late) < 1.1 * sum(c.exchanges for c in early)
    assert late[-1].blocks - early[0].blocks < 2000, costs
    assert late[-1].resident_kb - early[0].resident_kb < 2048, costs
    assert late[-1].interpreter_kb - early[0].interpreter_kb < 256, costs
