"""Random rooms: the same from the same seed, and always drivable."""

from __future__ import annotations

import numpy as np
import pytest

from patrolcar_sim.world.coverage import DistanceGrid
from patrolcar_sim.world.loader import load_world
from patrolcar_sim.world.rooms import room_mjcf
from patrolcar_sim.world.world import World


def test_same_seed_gives_the_same_room() -> None:
    assert room_mjcf(7) == room_mjcf(7)
    assert room_mjcf(7) != room_mjcf(8)


@pytest.mark.parametrize("seed", range(12))
def test_start_is_free_and_all_free_floor_can_be_reached(seed: int) -> None:
    _, info = load_world(f"room:{seed}", seed)
    grid: DistanceGrid = info.grid
    reached = grid.flood(info.start[:2], 0.095)
    inside = reached.any(axis=1)[:, None] & reached.any(axis=0)[None, :]
    assert (reached == ((grid.values > 0.095) & inside)).all()
    assert np.count_nonzero(reached) * 0.05**2 > 4
    assert len(info.obstacles) >= 5


def test_rooms_differ_in_size() -> None:
    sizes = {len(World(f"room:{seed}", 1).coverage.reachable) for seed in range(6)}
    assert len(sizes) > 2
