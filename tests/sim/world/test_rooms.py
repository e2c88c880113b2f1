"""Random rooms: the same from the same seed, and always drivable."""

from __future__ import annotations

import numpy as np
import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world.coverage import DistanceGrid
from patrolcar_sim.world.footprint import distance
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


def test_extras_come_on_top_and_the_room_stays_the_same() -> None:
    plain, _ = load_world("room:7", 1)
    rich, info = load_world("room:7+people+paint+edge", 1)
    names = {plain.geom(i).name for i in range(plain.ngeom)} - {"floor"}
    found = {rich.geom(i).name: rich.geom(i).pos.tolist() for i in range(rich.ngeom)}
    gone = names - set(found)
    assert len(gone) == 1
    assert gone <= {"wall west", "wall east"}
    for name in names - gone:
        assert found[name] == plain.geom(name).pos.tolist(), name
    assert any(name.startswith("paint tape") for name in found)
    people = [prop.path for prop in info.props if prop.path]
    assert people


@pytest.mark.parametrize("seed", range(6))
def test_who_walks_in_a_room_touches_nothing_that_stands_and_not_the_start(seed: int) -> None:
    _, info = load_world(f"room:{seed}+people", 1)
    people = [prop.path for prop in info.props if prop.path]
    assert people
    for path in people:
        points = np.array(path)
        for share in np.linspace(0, 1, 40):
            on = points[:-1] + share * (points[1:] - points[:-1])
            for obstacle in info.obstacles:
                assert distance(obstacle.polygon, on).min() > 0.2, obstacle.name
            assert np.hypot(on[:, 0], on[:, 1]).min() > 0.5


def test_an_extra_that_there_is_none_of_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(PatrolError, match="a room has no 'dog': use people, paint, edge"):
        load_world("room:7+dog")
