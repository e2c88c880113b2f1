"""How fast the whole car runs in the office, and where the time goes.

    python tests/bench/bench_sim.py [world] [seconds]

All sensors, full telemetry, AUTO, averaged after boot. The peer is the bare physics: `mj_step` of
the same model for the same time, in the same run.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mujoco

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.ground_station import ScriptedStation


class Clocked:
    """A function that adds up how long its calls take."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.total = 0.0

    def __call__(self, *args: Any) -> Any:
        begin = time.perf_counter()
        try:
            return self.function(*args)
        finally:
            self.total += time.perf_counter() - begin


def bare(world: Any, seconds: float) -> float:
    """Wall seconds of the physics alone."""
    data = mujoco.MjData(world.model)
    begin = time.perf_counter()
    for _ in range(int(seconds * 100)):
        mujoco.mj_step(world.model, data, nstep=5)
    return time.perf_counter() - begin


def main() -> None:
    world = sys.argv[1] if len(sys.argv) > 1 else "office"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "flash.img"
        shutil.copyfile(firmware_image(), image)
        with VirtualCar(image, world, station=ScriptedStation(decode=True)) as car:
            car.patrol(1.0)
            car.station._decode = False
            begin = time.perf_counter()
            car.run(seconds)
            plain = time.perf_counter() - begin
            physics = bare(car.world, seconds)

            # Once more with clocks in it, which cost a little themselves.
            board: Any = car.board
            step = board.world.advance = Clocked(board.world.advance)
            ping = board.world.ping = Clocked(board.world.ping)
            i2c = board.pins.i2c = Clocked(board.pins.i2c)
            poller = board._poll

            class Poll:
                """Waiting for a request, on the board's core: the interpreter's own time."""

                poll = Clocked(poller.poll)
                register = poller.register
                unregister = poller.unregister

            board._poll = Poll
            write = os.write
            clocked_write = Clocked(write)
            os.write = clocked_write
            exchanges = board.exchanges
            begin = time.perf_counter()
            car.run(seconds)
            total = time.perf_counter() - begin
            os.write = write
            exchanges = board.exchanges - exchanges
    ticks = seconds * 100
    firmware = Poll.poll.total + clocked_write.total
    rest = total - firmware - step.total - ping.total - i2c.total
    print(f"{world}, AUTO, all sensors, full telemetry, {seconds:.0f} simulated seconds:")
    print(f"  {seconds / plain:6.1f} simulated seconds per second")
    print(f"  {plain / physics:6.2f} x the bare physics of the same world in the same run")
    print(f"us per 10 ms tick (with the clocks in it: {total / ticks * 1e6:.0f}):")
    for name, spent in (
        ("firmware in the interpreter, and the pipes", firmware),
        ("physics, contacts, battery", step.total),
        ("sonar rays", ping.total),
        ("IMU registers", i2c.total),
        ("pins, UART, lockstep", rest),
    ):
        print(f"  {spent / ticks * 1e6:6.1f}  {name}")
    print(f"  {exchanges / ticks:6.2f}  exchanges")


if __name__ == "__main__":
    main()
