"""Same seed, same drive: every sensor says the same; another seed differs."""

from __future__ import annotations

import random

from patrolcar_sim.world.world import World


def drive_log(name: str, seed: int) -> list[object]:
    """Everything that a board could see on a drive with changing duties."""
    world = World(name, seed)
    world.set_standby(True)
    world.imu.write(b"\x6b\x00")
    world.advance(2000)
    for tof in world.tofs:
        tof.write(b"\x00\x02")
    duties = random.Random(5)
    log: list[object] = []
    for tick in range(1, 301):
        if tick % 20 == 1:
            for side in (0, 1):
                world.set_motor(side, True, False, duties.uniform(0.1, 0.4))
        world.advance(tick * 10_000)
        world.imu.write(b"\x3b")
        log += [
            world.encoder_count(0, world.time_us + 700),
            world.encoder_count(1, world.time_us + 700),
            world.imu.read(14),
            world.ping(tick % 3, world.time_us),
            world.floor_mv(),
            world.battery_mv(),
            world.current_ma(),
        ]
        for tof in world.tofs:
            tof.write(b"\x13")
            log.append(tof.read(13))
    log += [world.pose(), world.distance_m, world.contact_list]
    return log


def test_two_runs_with_one_seed_are_the_same() -> None:
    assert drive_log("office", 1) == drive_log("office", 1)


def test_another_seed_is_another_run() -> None:
    assert drive_log("office", 1) != drive_log("office", 2)
