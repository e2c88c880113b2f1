"""What the world costs per simulated 10 ms in the office, against MuJoCo's bare steps.

    python tests/bench/bench_world.py [world] [seconds]

The peer is `mj_step` of the same compiled model with the same motor voltages, in the same run.
The car drives in circles, so that walls come near at times.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import mujoco

from patrolcar_sim.world.world import World

TICK_US = 10_000
ROUNDS = 6


def driving(world: World) -> World:
    world.set_standby(True)
    world.set_motor(0, True, False, 0.30)
    world.set_motor(1, True, False, 0.24)
    return world


def costs(works: dict[str, Callable[[int], object]], ticks: int) -> dict[str, float]:
    """us of wall time per call of each, the best of ROUNDS in which they take turns.

    Other processes share the machine; taking turns keeps the ratios fair.
    """
    best = dict.fromkeys(works, float("inf"))
    per_round = ticks // ROUNDS
    for round_ in range(ROUNDS):
        for name, work in works.items():
            first = round_ * per_round + 1
            begin = time.perf_counter()
            for n in range(first, first + per_round):
                work(n)
            best[name] = min(best[name], (time.perf_counter() - begin) / per_round * 1e6)
    return best


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "office"
    ticks = round(float(sys.argv[2]) * 100) if len(sys.argv) > 2 else 3000

    bare = driving(World(name))
    model, data = bare.model, bare.data
    world = driving(World(name))
    whole = driving(World(name))

    def tick(n: int) -> None:
        """As the board does it: time in pieces, encoders and IMU each tick, a ping in 40 ms."""
        begin = (n - 1) * TICK_US
        for part in (1_300, 3_700, 10_000):
            whole.advance(begin + part)
        whole.encoder_count(0, whole.time_us)
        whole.encoder_count(1, whole.time_us)
        whole.imu.write(b"\x3b")
        whole.imu.read(14)
        whole.set_motor(0, True, False, 0.30 + (n & 1) * 0.001)
        whole.set_motor(1, True, False, 0.24 + (n & 1) * 0.001)
        whole.battery_mv()
        whole.bumper()
        if n % 4 == 0:
            whole.ping(n // 4 % 3, whole.time_us)

    whole.imu.write(b"\x6b\x00")
    sensing = driving(World(name))
    sensing.advance(1_000_000)
    sensing.imu.write(b"\x6b\x00")
    # A second read in one step gives the same data at little cost: make each the first.
    imu_step = [0]
    sensing.imu._step = lambda: imu_step[0]

    def read_imu(n: int) -> None:
        imu_step[0] = n
        sensing.imu.write(b"\x3b")
        sensing.imu.read(14)

    us = costs(
        {
            "bare": lambda _: mujoco.mj_step(model, data, 5),
            "advance": lambda n: world.advance(n * TICK_US),
            "ping": lambda n: sensing.ping(n % 3, sensing.time_us),
            "imu": read_imu,
            "encoder": lambda _: sensing.encoder_count(0, sensing.time_us),
            "all": tick,
        },
        ticks,
    )
    bare, total = us["bare"], us["all"]
    print(f"world {name}, {model.ngeom} geoms; wall us per simulated 10 ms (best of {ROUNDS})")
    print(f"  bare mj_step x 5      {bare:7.1f}")
    print(f"  advance               {us['advance']:7.1f}  {us['advance'] / bare:.2f} x bare")
    print(f"  ping (one)            {us['ping']:7.1f}  a quarter of it per tick")
    print(f"  IMU, 14 registers     {us['imu']:7.1f}")
    print(f"  encoder (one)         {us['encoder']:7.1f}")
    print(f"  everything            {total:7.1f}  {total / bare:.2f} x bare")
    print(f"  simulated seconds per second, the world alone: {TICK_US / total:.0f}")


if __name__ == "__main__":
    main()
