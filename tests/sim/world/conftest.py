"""What the world's tests share: a car that is told what to do in one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]


@pytest.fixture
def drive() -> Drive:
    """drive(world, left, right, ms): signed duties for a time."""

    def drive(world: World, left: float, right: float, ms: int) -> None:
        world.set_standby(True)
        for side, duty in enumerate((left, right)):
            world.set_motor(side, duty > 0, duty < 0, abs(duty))
        world.advance(world.time_us + ms * 1000)

    return drive
