"""How fast the whole car runs in the office, and where the time goes.

    python tests/bench/bench_sim.py [world] [seconds]    # 3600: whether an hour stays as fast

All sensors, full telemetry, AUTO, averaged after boot. The peer is the bare physics: `mj_step` of
the same model for the same time, in the same run.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mujoco

from patrolcar_sim.breakdown import Breakdown
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.ground_station import ScriptedStation

PARTS = 4  # of the time: the last one is to cost no more than the first


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
        with VirtualCar(image, world, station=ScriptedStation(keep_s=5.0)) as car:
            car.patrol(1.0)
            car.station._decode = False
            parts = []
            for _ in range(PARTS):
                begin = time.perf_counter()
                car.run(seconds / PARTS)
                parts.append(time.perf_counter() - begin)
            physics = bare(car.world, seconds)

            # Once more with clocks in it, which cost a little themselves.
            breakdown = Breakdown(car.board)
            car.run(seconds)
            table = breakdown.lines()
    print(f"{world}, AUTO, all sensors, full telemetry, {seconds:.0f} simulated seconds:")
    print(f"  {seconds / sum(parts):6.1f} simulated seconds per second")
    print(f"  {sum(parts) / physics:6.2f} x the bare physics of the same world in the same run")
    print(f"  {parts[-1] / parts[0]:6.2f} x as long for the last quarter of it as for the first")
    print("with clocks around the parts:")
    print("\n".join(table))


if __name__ == "__main__":
    main()
